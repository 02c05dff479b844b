"""The first account (首个账号) of a deployment: a system administrator made on the command line."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.people import audit
from junxian.web.people.access import Role
from junxian.web.people.models import Person, Post
from junxian.web.units.models import Unit


@transaction.atomic
def create_admin(username: str, name: str, password: str) -> Person:
    """A person with the post of system administrator at the city; DataError where the account or city is not right."""
    root = Unit.objects.filter(root=True).first()
    if root is None:
        raise DataError("web.operations.no_city")
    if Person.objects.filter(username=username).exists():
        raise DataError("web.operations.account_taken", username=username)
    person = Person(username=username, name=name, password_set_at=timezone.now())
    try:
        validate_password(password, person)
    except ValidationError as fault:
        raise DataError("web.operations.password_weak", reason=" ".join(fault.messages)) from fault
    person.set_password(password)
    person.save()
    post = Post.objects.create(person=person, unit=root, role=Role.SYSTEM, starts=clock.today())
    audit.record(
        "person.create", "person", person.pk, by=None, unit=root.pk, after={"username": username, "post": post.pk}
    )
    return person
