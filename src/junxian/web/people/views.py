"""Pages everybody meets (人人可用): refused, not found, broken; one's own account and reminders; the demonstration."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.errors import JunxianError
from junxian.web.people import audit, reminders
from junxian.web.people.access import PERMISSIONS
from junxian.web.people.middleware import CHOSEN
from junxian.web.people.models import Message, Person
from junxian.web.people.tags import sentence

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


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


def closed(request: HttpRequest, **given: str) -> HttpResponse:
    """Addresses of allauth this product does not offer: accounts and forgotten passwords are the administrator's."""
    return render(request, "account/signup_closed.html", status=404)


def back(request: HttpRequest, fallback: str = "desk") -> HttpResponse:
    """To the page the form came from, when it is one of ours."""
    wanted = request.POST.get("next", "")
    safe = wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return redirect(wanted if safe else fallback)


def tell(request: HttpRequest, fault: JunxianError) -> None:
    """The refusal as a message of the next page."""
    messages.error(request, sentence(fault))


@require_POST
def act_as(request: HttpRequest) -> HttpResponse:
    """Act in another of one's own posts from now on."""
    chosen = request.POST.get("post", "")
    if chosen.isdigit() and int(chosen) in [post.pk for post in request.actor.posts]:  # type: ignore[attr-defined]
        request.session[CHOSEN] = int(chosen)
    return back(request)


def account_settings(request: HttpRequest) -> HttpResponse:
    """One's own account: password, second factor, sessions, linked accounts, posts."""
    person = request.user
    facts = {
        "factors": Authenticator.objects.filter(user=person).count(),
        "sessions": UserSession.objects.purge_and_list(person),
        "linked": SocialAccount.objects.filter(user=person).count(),
        "can_link": bool(settings.SOCIALACCOUNT_PROVIDERS),
        "own_password": person.has_usable_password(),
    }
    return render(request, "people/account_settings.html", facts)


@require_POST
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """End one of one's own sessions, on whatever computer it is open."""
    session = get_object_or_404(UserSession, pk=number, user=request.user)
    with transaction.atomic():
        session.end()
        audit.record("session.end", "session", number, by=request.actor, after={"ip": session.ip})  # type: ignore[attr-defined]
    messages.success(request, _("已结束该处登录。"))
    return redirect("usersessions_list")


def my_reminders(request: HttpRequest) -> HttpResponse:
    """My reminders, one a day, the newest first."""
    found = Message.objects.filter(person=request.user).order_by("-day")[:60]
    return render(request, "people/reminders.html", {"reminders": found})


@require_POST
def read_reminder(request: HttpRequest, number: int) -> HttpResponse:
    """Mark one of one's own reminders as read."""
    reminders.mark_read(get_object_or_404(Message, pk=number, person=request.user), by=request.actor)  # type: ignore[attr-defined]
    return redirect("reminders")


@require_POST
def enter_demo(request: HttpRequest) -> HttpResponse:
    """以此身份进入: sign in as a demonstration account; outside demo mode this address is not there."""
    if not settings.DEMO:
        raise Http404("demo")
    person = get_object_or_404(Person, username=request.POST.get("username", ""), demo=True, is_active=True)
    login(request, person, backend=MODEL_BACKEND)
    return back(request)
