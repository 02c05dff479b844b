"""A round of the fictional city with its offices' own workbooks, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from junxian.web.indicators import actions, jobs
from junxian.web.indicators.models import HandIn, Upload

PERIOD = "2026-06"
SCHEME = "monthly"


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighteen months of workbooks of five offices, one folder a round."""
    from junxian.files.examples import generate

    folder = tmp_path_factory.mktemp("books")
    generate(folder)
    return folder


def book(books: Path, office: str, period: str = PERIOD) -> tuple[str, bytes]:
    """Name and content of an office's file of a round."""
    path = next(p for p in sorted((books / period.replace("/", "_")).iterdir()) if p.name.startswith(office))
    return path.name, path.read_bytes()


@pytest.fixture
def round_open(world) -> dict[str, HandIn]:
    """Hand-ins of the round by the owner's name."""
    made = actions.open_hand_ins(SCHEME, PERIOD, by=world.actor("kaohe"))
    return {hand_in.owner.name: hand_in for hand_in in made}


@pytest.fixture
def clerks(world):
    """The demo account of a department by its name and step."""
    from junxian.web.people.models import Post

    def of(name: str, step: str = "handle"):
        found = Post.objects.select_related("person", "unit").filter(role="department", step=step)
        post = found.get(unit__name=name, unit__kind="department")
        return world.actor(post.person.username)

    return of


@pytest.fixture
def dropped(books, clerks):
    """Drop an office's workbook into a hand-in and read it."""

    def into(hand_in: HandIn, office: str, period: str = PERIOD, keeper: str = "") -> Upload:
        name, content = book(books, office, period)
        upload = actions.drop(hand_in, name, content, by=clerks(keeper or hand_in.owner.name))
        jobs.read_upload.call(upload.pk)
        upload.refresh_from_db()
        return upload

    return into
