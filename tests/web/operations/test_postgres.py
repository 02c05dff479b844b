"""A real PostgreSQL: a workbook handed in, read by the worker, confirmed, computed; triggers hold as on SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from junxian.files.examples import generate
from tests.web.operations.deployments import Deployment

PREPARE = """
from datetime import date
from junxian.web.assessment.actions import open_round
from junxian.web.indicators.actions import drop
from junxian.web.indicators.models import HandIn
from junxian.web.operations.seed import acting
from junxian.web.people.demo import make_accounts
from junxian.web.people.models import Post
from junxian.web.people.actor import Actor
from pathlib import Path
make_accounts(date(2024, 1, 1))
held = open_round("monthly", "2026-06", by=acting("kaohe"))
dropped = []
for hand_in in HandIn.objects.filter(period="2026-06", owner__kind="department").select_related("owner"):
    post = Post.objects.select_related("person", "unit").filter(unit=hand_in.owner, step="handle").first()
    if post is None:
        continue
    for path in sorted(Path(FOLDER).iterdir()):
        if path.name.startswith(hand_in.owner.name) and path.suffix in (".xlsx", ".xls"):
            drop(hand_in, path.name, path.read_bytes(), by=Actor(post.person, post, "127.0.0.1"))
            dropped.append(path.name)
print(json.dumps(dropped))
"""
READ = """
from junxian.web.indicators.models import Upload, Finding
print(json.dumps([[u.name, u.state, u.figures] for u in Upload.objects.order_by("pk")]))
"""
COMPUTE = """
import polars as pl
from junxian.files.snapshots import read_snapshot
from junxian.web.assessment.actions import start_run
from junxian.web.assessment.models import Round
from junxian.web.indicators.models import Upload
from junxian.web.indicators.storing import append
from junxian.web.operations.seed import acting
from django.db import transaction
import io
with transaction.atomic():
    for upload in Upload.objects.exclude(staged=None).select_related("staged"):
        append(pl.read_parquet(io.BytesIO(bytes(upload.staged.content))), by=None, upload=upload)
start_run(Round.objects.get(period="2026-06"), by=acting("kaohe"))
"""
DONE = """
from junxian.web.assessment.models import Run, Score
from junxian.web.people.audit import breaks
from junxian.web.indicators.models import Observation
from django_tasks_db.models import DBTaskResult
run = Run.objects.latest("pk")
print(json.dumps({
    "state": run.state, "code": run.code, "facts": run.facts, "scores": Score.objects.filter(run=run).count(),
    "ranked": Score.objects.filter(run=run).exclude(rank=None).count(), "observations": Observation.objects.count(),
    "breaks": [b.code for b in breaks()],
    "why": [t[-400:] for t in DBTaskResult.objects.values_list("traceback", flat=True) if t],
}))
"""
REFUSED = """
from django.db import DatabaseError, connection, transaction
from junxian.web.archive.models import Blob
from junxian.web.indicators.models import Observation
from junxian.web.people.models import AuditRow
said = []
for table in (Blob, Observation, AuditRow):
    for change in ("update", "delete"):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                name = table._meta.db_table
                column = table._meta.pk.column
                update = f"UPDATE {name} SET {column} = {column}"
                cursor.execute(f"DELETE FROM {name}" if change == "delete" else update)
            said.append(f"{name} {change} allowed")
        except DatabaseError as fault:
            said.append("append-only" if "append-only" in str(fault) else str(fault))
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbooks of the month that is open in the demonstration."""
    made = generate(tmp_path_factory.mktemp("workbooks"), 2026)
    return next(path.parent for path in made if path.parent.name == "2026-06")


def test_a_month_is_handed_in_read_and_computed(postgres_deployment: Deployment, june: Path) -> None:
    dropped = postgres_deployment.python(PREPARE.replace("FOLDER", repr(str(june))))
    assert dropped
    assert postgres_deployment.run("worker", "--until-empty").returncode == 0
    uploads = postgres_deployment.python(READ)
    assert [name for name, _state, _figures in uploads] == dropped
    assert {state for _name, state, _figures in uploads} == {"read"}
    assert sum(figures for _name, _state, figures in uploads) > 100
    postgres_deployment.python(COMPUTE)
    assert postgres_deployment.run("worker", "--until-empty").returncode == 0
    done = postgres_deployment.python(DONE)
    assert (done["state"], done["breaks"]) == ("done", []), done["why"]
    assert done["scores"] == 9
    assert done["observations"] > 100
    assert postgres_deployment.python(REFUSED) == ["append-only"] * 6
    assert postgres_deployment.run("doctor").stdout.count("■") == 1 + len(demo_faults(postgres_deployment))


def demo_faults(deployment: Deployment) -> list[str]:
    """Beside the worker that has ended: the demonstration's accounts in a deployment that is none."""
    return [line for line in deployment.run("doctor").stdout.splitlines() if "演示账号" in line]
