"""Sign-in facts (登录记录): in, out, refused and locked out are audited; the lock says until when, in a sentence."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.gateway import address_of
from junxian.web.people.models import Person


def signed_in(sender: Any, request: HttpRequest, user: Person, **given: Any) -> None:
    """Audit a sign-in with the way it came."""
    _note("sign_in", user, request, {"by": str(getattr(user, "backend", "")).rsplit(".", 1)[-1]})


def signed_out(sender: Any, request: HttpRequest, user: Person | None, **given: Any) -> None:
    """Audit a sign-out."""
    if user is not None and user.pk:
        _note("sign_out", user, request)


def refused(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **given: Any) -> None:
    """Audit a failed sign-in; a name nobody has is not kept, people type passwords there."""
    known = Person.objects.filter(username=credentials.get("username") or "").first()
    _note("sign_in.refused", known, request, {"known": known is not None}, anonymous=True)


def locked(sender: Any, request: HttpRequest, username: str, **given: Any) -> None:
    """Audit that an account was locked."""
    _note("sign_in.locked", Person.objects.filter(username=username or "").first(), request, anonymous=True)


def _note(
    action: str, person: Person | None, request: HttpRequest | None, after: Any = None, *, anonymous: bool = False
) -> None:
    """A row of its own. Somebody who failed is not the person: the account is the subject and nobody the actor."""
    address = address_of(request) if request else ""
    by = None if anonymous or person is None else Actor(person, None, address)
    facts = {**(after or {}), **({"address": address} if anonymous else {})}
    with transaction.atomic():
        audit.record(action, "person", person.pk if person else "", by=by, after=facts or None)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The page of a locked account: which one, since how many failures, when to try again."""
    from axes.helpers import get_client_username, get_cool_off, get_failure_limit

    name = get_client_username(request, credentials) or ""
    until = last_failure(name) + get_cool_off(request)
    facts = {"name": name, "until": until, "failures": get_failure_limit(request, credentials)}
    return render(request, "account/locked.html", facts, status=429)


def last_failure(username: str) -> Any:
    """When the last failure that counts was."""
    from axes.models import AccessAttempt

    found = AccessAttempt.objects.filter(username=username).order_by("-attempt_time").first()
    return found.attempt_time if found else timezone.now()
