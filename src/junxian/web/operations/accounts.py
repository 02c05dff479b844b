"""The first accounts (首批账号) of a deployment, made on the command line: the system administrator, or all three."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.people import audit
from junxian.web.people.access import ADMINISTRATORS, Role
from junxian.web.people.models import Person, Post
from junxian.web.units.models import Unit


@dataclass(frozen=True)
class Account:
    """An account to be made: user name, name, and the password as typed."""

    username: str
    name: str
    password: str


def first_roles() -> tuple[Role, ...]:
    """Administrators to be made: the system's, and with the three separated (RULES §10.2) those nobody is yet."""
    if not settings.THREE_ADMINISTRATORS:
        return (Role.SYSTEM,)
    held = set(Post.objects.on(clock.today()).filter(role__in=ADMINISTRATORS).values_list("role", flat=True))
    return tuple(role for role in ADMINISTRATORS if role == Role.SYSTEM or role not in held)


@transaction.atomic
def create_admins(accounts: Mapping[str, Account]) -> list[Person]:
    """All of them or none. DataError where one is not right, or where two roles would fall to one account."""
    names = [account.username for account in accounts.values()]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError("web.operations.account_twice", username=twice)
    return [create_admin(one.username, one.name, one.password, role=role) for role, one in accounts.items()]


@transaction.atomic
def create_admin(username: str, name: str, password: str, *, role: str = Role.SYSTEM) -> Person:
    """A person with an administrator's post at the city; DataError where the account or city is not right.

    Only the installer comes here, so the profile's second person is not asked: there is nobody yet to ask. A security
    or audit administrator after the first is made in the web application, by those who may.
    """
    root = Unit.objects.filter(root=True).first()
    if root is None:
        raise DataError("web.operations.no_city")
    if role not in first_roles():
        raise DataError("web.operations.role_held", username=username)
    if Person.objects.filter(username=username).exists():
        raise DataError("web.operations.account_taken", username=username)
    person = Person(username=username, name=name, password_set_at=timezone.now())
    try:
        validate_password(password, person)
    except ValidationError as fault:
        raise DataError("web.operations.password_weak", reason=" ".join(fault.messages)) from fault
    person.set_password(password)
    person.save()
    post = Post.objects.create(person=person, unit=root, role=role, starts=clock.today())
    after = {"username": username, "post": post.pk, "role": str(role)}
    audit.record("person.create", "person", person.pk, by=None, unit=root.pk, after=after)
    return person
