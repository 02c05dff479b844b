"""A round of the fictional city with its run kept, at the door of approval; the month is closed once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from junxian.files.runs.close import Closed
from junxian.web import clock
from junxian.web.archive.models import Blob
from junxian.web.assessment.keeping import keep_results
from junxian.web.assessment.models import Round, Run
from junxian.web.bulletins import actions
from junxian.web.bulletins.models import Publication
from junxian.web.rulebooks.current import current_version
from tests.files.documents.example_month import PERIOD, close_june, edited_docx
from tests.web.conftest import World


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Closed, Path]:
    return close_june(tmp_path_factory.mktemp("month"))


@pytest.fixture
def this_round(world: World, closed: tuple[Closed, Path]) -> Round:
    """2026-06, computed and waiting for approval."""
    day = clock.today()
    made = Round.objects.create(
        scheme="monthly", period=PERIOD, period_index=24317, opened_at=clock.now(), hand_in_by=day, pass_on_by=day,
        report_by=day, state=Round.State.APPROVING,
    )  # fmt: skip
    run = Run.objects.create(
        round=made, scheme="monthly", period=PERIOD, rulebook=current_version(), at=timezone.now(),
        post=world.post("kaohe"),
    )  # fmt: skip
    keep_results(run, closed[0], closed[1], {})
    made.refresh_from_db()
    return made


@pytest.fixture
def approved(world: World, this_round: Round) -> Round:
    return actions.sign(this_round, "〔2026〕12号", by=world.actor("shizhang"))


@pytest.fixture
def published(world: World, approved: Round) -> Publication:
    return actions.publish(approved, by=world.actor("kaohe"))


def edited(blob: Blob, *pairs: tuple[str, str], add: tuple[str, str] | None = None) -> bytes:
    """A kept notice with texts replaced, or a paragraph added behind another, as an office would in WPS."""
    return edited_docx(bytes(blob.content), *pairs, add=add)


@pytest.fixture
def edit() -> Callable[..., bytes]:
    return edited
