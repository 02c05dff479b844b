"""Writes on persons (账号): made, given a new password, stopped; each with its audit row in one transaction."""

from __future__ import annotations

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from junxian.core.errors import DataError, RuleError
from junxian.web import clock
from junxian.web.people import approvals, audit, passwords
from junxian.web.people.access import Role
from junxian.web.people.actor import Actor
from junxian.web.people.models import Approval, Person, Post
from junxian.web.people.separation import needs_second


@transaction.atomic
def create_person(username: str, name: str, *, phone: str = "", by: Actor | None) -> tuple[Person, str]:
    """A new account and its one-time password; nothing is kept of a person but name and office phone (RULES §10.4).

    `by` None is the installer at the command line. DataError where the account name is taken or cannot be one.
    """
    demand(by, "people.manage")
    username, name = username.strip(), name.strip()
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as fault:
        raise DataError("web.people.username_unfit", username=username) from fault
    if not name:
        raise DataError("web.people.name_missing")
    if Person.objects.filter(username__iexact=username).exists():
        raise DataError("web.people.username_taken", username=username)
    person = Person.objects.create(username=username, name=name, phone=phone.strip())
    audit.record("person.create", "person", person.pk, by=by, after={"username": username, "name": name})
    password = passwords.one_time()
    passwords.change(person, password, by=by, once=True)
    return person, password


def reset_password(person: Person, *, by: Actor) -> str | Approval:
    """A one-time password, shown once; for an audit administrator the request for it, which another one confirms."""
    demand(by, "people.manage")
    if needs_second(person):
        return approvals.ask("reset", person, {}, by=by)
    return give_one_time(person, by=by)


@transaction.atomic
def give_one_time(person: Person, *, by: Actor) -> str:
    password = passwords.one_time()
    passwords.change(person, password, by=by, once=True)
    return password


def deactivate(person: Person, *, by: Actor) -> Person | Approval:
    """The person can no longer sign in; what was done keeps the name. Nobody stops his own account."""
    demand(by, "people.manage")
    if by.person.pk == person.pk:
        raise RuleError("web.people.own_account")
    if needs_second(person):
        return approvals.ask("deactivate", person, {}, by=by)
    return set_active(person, False, by=by)


def reactivate(person: Person, *, by: Actor) -> Person | Approval:
    """The person may sign in again."""
    demand(by, "people.manage")
    if needs_second(person):
        return approvals.ask("reactivate", person, {}, by=by)
    return set_active(person, True, by=by)


@transaction.atomic
def set_active(person: Person, active: bool, *, by: Actor) -> Person:
    kept = Person.objects.select_for_update().get(pk=person.pk)
    before, kept.is_active = kept.is_active, active
    kept.save(update_fields=["is_active"])
    if not active:
        demand_an_administrator_left()
    audit.record(
        "person.reactivate" if active else "person.deactivate", "person", kept.pk, by=by,
        before={"active": before}, after={"active": active},
    )  # fmt: skip
    return kept


def demand(by: Actor | None, permission: str) -> None:
    """PermissionDenied unless the actor has the permission; None is the installer, who has them all."""
    from django.core.exceptions import PermissionDenied

    if by is not None and not by.may(permission):
        raise PermissionDenied(permission)


def demand_an_administrator_left() -> None:
    """RuleError where nobody could manage accounts after this."""
    held = Post.objects.on(clock.today()).filter(role=Role.SYSTEM, person__is_active=True)
    if not held.exists():
        raise RuleError("web.people.last_administrator")
