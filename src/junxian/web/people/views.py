"""Pages everybody meets: refused, not found, broken; and changing the acting post."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from junxian.web.people.access import PERMISSIONS
from junxian.web.people.middleware import CHOSEN


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: which permission is missing, and whom to ask."""
    wanted = PERMISSIONS.get(str(exception), "")
    return render(request, "people/refused.html", {"wanted": wanted}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: what to do instead."""
    return render(request, "people/not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: nothing was lost, whom to tell."""
    return render(request, "people/broken.html", status=500)


@require_POST
def act_as(request: HttpRequest) -> HttpResponse:
    """Act in another of one's own posts from now on."""
    chosen = request.POST.get("post", "")
    if chosen.isdigit() and int(chosen) in [post.pk for post in request.actor.posts]:  # type: ignore[attr-defined]
        request.session[CHOSEN] = int(chosen)
    back = request.POST.get("next", "/")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "desk")
