"""A small world for the web floor: the fictional city with one account for each role, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from junxian.web.people.actor import Actor
from junxian.web.people.models import Person, Post

EXAMPLE = Path(str(files("junxian") / "rulebooks")) / "example"


@dataclass
class World:
    """The city and its people."""

    rulebook: str

    def person(self, username: str) -> Person:
        return Person.objects.get(username=username)

    def post(self, username: str) -> Post:
        return Post.objects.select_related("person", "unit").get(person__username=username)

    def actor(self, username: str) -> Actor:
        post = self.post(username)
        return Actor(post.person, post, "127.0.0.1")

    def client(self, username: str, language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(self.person(username), backend="django.contrib.auth.backends.ModelBackend")
        return client


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """汐岚市 with its rulebook adopted and all demo accounts, written once; every test rolls back to it."""
    from junxian.web.people.demo import make_accounts
    from junxian.web.rulebooks.actions import adopt

    with django_db_blocker.unblock():
        adopt(EXAMPLE, by=None)
        make_accounts(date(2025, 1, 1))


@pytest.fixture
def world(db: None) -> World:
    """The fictional city."""
    from junxian.web.rulebooks.current import current_version

    return World(current_version().hash)


@pytest.fixture
def client_of(world: World) -> Callable[[str], Client]:
    return world.client
