"""The acting post (当前岗位) of every request; the idle time-out; the password that must be changed first."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import BACKEND_SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from junxian.web import clock
from junxian.web.people.actor import Actor
from junxian.web.people.gateway import address_of
from junxian.web.people.models import Post
from junxian.web.people.passwords import must_change

CHOSEN = "post"
"""Session key of the post a person with several chose to act in."""
SEEN = "seen"
"""Session key of the last minute the session was renewed, in seconds since 1970."""
RENEW_SECONDS = 60
OWN_PASSWORD = ("ModelBackend", "AuthenticationBackend")
"""Backends whose passwords are kept here; the directory and the gateway have rules of their own."""


class ActingPost:
    """Sets `request.actor`: None for strangers, else the person in the chosen or first valid post."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.get_response(request)
        renew(request)
        if overdue(request) and not may_wait(request):
            return to_change(request)
        request.actor = acting(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def acting(request: HttpRequest) -> Actor:
    """The person in the post chosen in the session, else in the first one held today."""
    posts = list(Post.objects.on(clock.today()).filter(person=request.user).select_related("unit").order_by("pk"))
    chosen = request.session.get(CHOSEN)
    post = next((p for p in posts if p.pk == chosen), posts[0] if posts else None)
    return Actor(request.user, post, address_of(request), posts)  # type: ignore[arg-type]


def renew(request: HttpRequest) -> None:
    """Push the idle time-out on, at most once a minute: reading pages must not write at every request."""
    from allauth.usersessions.models import UserSession

    moment = int(timezone.now().timestamp())
    if moment - request.session.get(SEEN, 0) < RENEW_SECONDS:
        return
    request.session[SEEN] = moment
    UserSession.objects.create_from_request(request)


def overdue(request: HttpRequest) -> bool:
    """Whether the password kept here must be changed before anything else."""
    backend = str(request.session.get(BACKEND_SESSION_KEY, "")).rsplit(".", 1)[-1]
    return backend in OWN_PASSWORD and must_change(request.user)  # type: ignore[arg-type]


def may_wait(request: HttpRequest) -> bool:
    """Changing the password, leaving, and the language are open to somebody who must change it."""
    free = ("account_change_password", "account_logout", "set_language")
    return request.path_info in [_inside(reverse(name)) for name in free]


def _inside(address: str) -> str:
    """An address without the prefix the application stands under."""
    from django.urls import get_script_prefix

    return "/" + address.removeprefix(get_script_prefix())


def to_change(request: HttpRequest) -> HttpResponse:
    """Off to the password page; a fragment takes its whole page along, the API gets a plain refusal."""
    if request.path_info.startswith("/api/"):
        return HttpResponse(status=401)
    answer = redirect("account_change_password")
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204, headers={"HX-Redirect": reverse("account_change_password")})
    return answer
