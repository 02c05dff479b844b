"""The worker: takes over what dead workers left and leaves the living alone; a killed job is done after all."""

from __future__ import annotations

import os
import signal
import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from junxian.web.assessment.models import Run
from junxian.web.operations import worker
from junxian.web.operations.models import Heartbeat
from tests.web.conftest import World
from tests.web.operations.deployments import Deployment


def beat(name: str, *, seconds_ago: float = 0, pid: int = 0, host: str = "") -> None:
    moment = timezone.now() - timedelta(seconds=seconds_ago)
    Heartbeat.objects.create(
        worker=name, host=host or socket.gethostname(), pid=pid or os.getpid(), started_at=moment, at=moment
    )


def running(worker_name: str, path: str = "junxian.web.indicators.jobs.read_upload", argument: int = 1) -> DBTaskResult:
    return DBTaskResult.objects.create(
        status="RUNNING", args_kwargs={"args": [argument], "kwargs": {}}, task_path=path, backend_name="default",
        run_after=timezone.now(), worker_ids=[worker_name], exception_class_path="", traceback="",
    )  # fmt: skip


def dead_pid() -> int:
    """The number of a process that has just ended."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return child


@pytest.mark.parametrize(("name", "taken"), [
    ("living", False), ("silent", True), ("killed", True), ("never heard of", True), ("elsewhere", False),
])  # fmt: skip
def test_only_the_jobs_of_the_dead_are_queued_again(world: World, name: str, taken: bool) -> None:
    beat("living")
    beat("silent", seconds_ago=worker.ALIVE_SECONDS + 1)
    beat("killed", pid=dead_pid())
    beat("elsewhere", host="another machine", pid=1)
    job = running(name)
    assert worker.take_over() == int(taken)
    job.refresh_from_db()
    assert job.status == ("READY" if taken else "RUNNING")
    assert set(Heartbeat.objects.values_list("pk", flat=True)) == {"living", "elsewhere"}


def test_the_lease_of_a_dead_workers_row_is_released(world: World) -> None:
    held = timezone.now() + timedelta(minutes=5)
    run = Run.objects.create(scheme="monthly", period="2026-06", at=timezone.now(), lease=held, state="running")
    running("gone", "junxian.web.assessment.jobs.compute_run", run.pk)
    worker.take_over()
    run.refresh_from_db()
    assert run.lease is None


def test_a_living_workers_lease_stays(world: World) -> None:
    beat("living")
    held = timezone.now() + timedelta(minutes=5)
    run = Run.objects.create(scheme="monthly", period="2026-06", at=timezone.now(), lease=held, state="running")
    running("living", "junxian.web.assessment.jobs.compute_run", run.pk)
    assert worker.take_over() == 0
    run.refresh_from_db()
    assert run.lease == held


def test_beating_twice_keeps_the_start(world: World) -> None:
    worker.beat("one")
    started = Heartbeat.objects.get(pk="one").started_at
    worker.beat("one")
    row = Heartbeat.objects.get(pk="one")
    assert (row.started_at, row.pid) == (started, os.getpid())
    assert row.at > started


SLOW = """
import time
from pathlib import Path
from django_tasks import task
@task()
def slow(path):
    place = Path(path)
    times = len(place.read_text()) if place.exists() else 0
    place.write_text("x" * (times + 1))
    time.sleep(60 if times == 0 else 0)
"""
ENQUEUE = "import sys; sys.path.insert(0, {folder!r})\nimport slow_job\nslow_job.slow.enqueue({mark!r})\n"
STATES = """
from django_tasks_db.models import DBTaskResult
print(json.dumps(list(DBTaskResult.objects.values_list("status", flat=True))))
"""


def test_a_job_whose_worker_was_killed_is_done_by_the_next(deployment: Deployment, tmp_path: Path) -> None:
    (tmp_path / "slow_job.py").write_text(SLOW)
    mark = tmp_path / "times"
    deployment.given["PYTHONPATH"] = f"{deployment.environment['PYTHONPATH']}{os.pathsep}{tmp_path}"
    deployment.python(ENQUEUE.format(folder=str(tmp_path), mark=str(mark)))
    with deployment.started("worker") as first:
        until = time.monotonic() + 30
        while not mark.exists() and time.monotonic() < until:
            time.sleep(0.1)
        assert mark.read_text() == "x"
        first.kill()
    assert deployment.python(STATES) == ["RUNNING"]
    again = deployment.run("worker", "--until-empty")
    assert again.returncode == 0, again.stderr
    assert deployment.python(STATES) == ["SUCCESSFUL"]
    assert mark.read_text() == "xx"
    assert (
        deployment.python(
            "from junxian.web.operations.models import Heartbeat\nprint(json.dumps(Heartbeat.objects.count()))"
        )
        == 0
    )


def test_a_worker_ends_cleanly_when_told(deployment: Deployment) -> None:
    ask = "from junxian.web.operations.models import Heartbeat\nprint(json.dumps(Heartbeat.objects.count()))"
    with deployment.started("worker") as told:
        until = time.monotonic() + 30
        while deployment.python(ask) == 0 and time.monotonic() < until:
            time.sleep(0.2)
        told.send_signal(signal.SIGTERM)
        assert told.wait(20) == 0
    assert deployment.python(ask) == 0


def test_every_leased_job_is_known() -> None:
    """A new kind of leased job must be named in LEASED, or its row would stay locked for minutes after a kill."""
    import importlib

    for path in worker.LEASED:
        module, _, name = path.rpartition(".")
        assert hasattr(importlib.import_module(module), name)
