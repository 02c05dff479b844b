"""The demonstration and the three administrators, for tests that need them."""

from __future__ import annotations

from typing import Any

import pytest

from junxian.web.people.access import Role
from junxian.web.people.actor import Actor
from junxian.web.people.models import DemoDay, Person, Post
from junxian.web.units.models import Unit

PASSWORD = "Lake-2026-morning"


@pytest.fixture
def demo(settings: Any, world: Any) -> Any:
    """The world in demo mode."""
    settings.DEMO = True
    DemoDay.objects.update_or_create(pk=1, defaults={"day": "2026-07-15"})
    return world


@pytest.fixture
def clerk(world: Any) -> Person:
    """A real account, not a demonstration one, with a post and a password of its own."""
    person = Person(username="chenguang", name="陈光")
    person.save()
    from junxian.web.people import passwords

    passwords.change(person, PASSWORD, by=None)
    Post.objects.create(
        person=person, unit=Unit.objects.get(code="X10001"), role=Role.COUNTY_CLERK, starts="2025-01-01"
    )
    return person


@pytest.fixture
def three(settings: Any, world: Any) -> dict[str, Actor]:
    """The profile of three administrators, with a second system administrator; actors by account name."""
    settings.THREE_ADMINISTRATORS = True
    root = Unit.objects.get(root=True)
    for name, role in (("xitong2", Role.SYSTEM), ("anquan", Role.SECURITY), ("shenjiguan", Role.AUDIT_ADMIN)):
        person = Person.objects.create(username=name, name=name, demo=True)
        Post.objects.create(person=person, unit=root, role=role, starts="2025-01-01")
    return {name: world.actor(name) for name in ("xitong", "xitong2", "anquan", "shenjiguan", "kaohe")}
