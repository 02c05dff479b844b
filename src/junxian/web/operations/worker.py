"""The worker (后台作业): runs queued jobs, beats while it lives, and takes over what a killed worker left behind."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from junxian.web.archive import lease
from junxian.web.assessment.models import Run
from junxian.web.indicators.models import Upload
from junxian.web.operations import heads
from junxian.web.operations.models import Heartbeat

BEAT_SECONDS = 5
ALIVE_SECONDS = 30
SWEEP_BEATS = 6
LEASED = {"junxian.web.indicators.jobs.read_upload": Upload, "junxian.web.assessment.jobs.compute_run": Run}
"""Jobs that claim a row by lease: when the worker that held it is dead the row is anybody's at once."""
log = logging.getLogger("junxian.worker")


def work(*, until_empty: bool = False) -> None:
    """Run jobs until a signal ends it, or until the queue is empty."""
    name = f"{socket.gethostname()[:40]}-{uuid.uuid4().hex[:12]}"
    beat(name)
    take_over()
    stop = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(name, stop), name="heartbeat", daemon=True)
    pulse.start()
    worker = Worker(
        queue_names=["*"], interval=0.5, batch=until_empty, backend_name="default", startup_delay=False,
        max_tasks=None, worker_id=name, excluded_queue_names=[],
    )  # fmt: skip
    worker.configure_signals()
    try:
        worker.run()
    finally:
        stop.set()
        pulse.join(BEAT_SECONDS)
        Heartbeat.objects.filter(pk=name).delete()


def _pulse(name: str, stop: threading.Event) -> None:
    """Beat, and now and then look after the dead and the day's audit head."""
    beats = 0
    while not stop.wait(BEAT_SECONDS):
        beats += 1
        try:
            beat(name)
            if beats % SWEEP_BEATS == 1:
                take_over()
                heads.export_daily()
        except Exception:
            log.exception("heartbeat failed; the next one follows in %s seconds", BEAT_SECONDS)
        finally:
            connection.close()


def beat(name: str) -> None:
    """This worker lives."""
    moment = timezone.now()
    Heartbeat.objects.update_or_create(
        pk=name, defaults={"at": moment},
        create_defaults={"at": moment, "started_at": moment, "host": socket.gethostname(), "pid": os.getpid()},
    )  # fmt: skip


def alive(row: Heartbeat) -> bool:
    """Whether its last beat is recent and, on this machine, its process is there."""
    if row.at < timezone.now() - timedelta(seconds=ALIVE_SECONDS):
        return False
    return row.host != socket.gethostname() or not Path("/proc").is_dir() or Path(f"/proc/{row.pid}").is_dir()


@transaction.atomic
def take_over() -> int:
    """Queue again what dead workers left running, with its lease released; returns how many jobs.

    Every job is idempotent: one that had finished its work before it was killed finds that out and does nothing.
    """
    beats = list(Heartbeat.objects.select_for_update())
    living = {row.pk for row in beats if alive(row)}
    Heartbeat.objects.filter(pk__in={row.pk for row in beats} - living).delete()
    left = [job for job in DBTaskResult.objects.running() if not living & set(job.worker_ids[-1:])]
    for job in left:
        _release(job)
        job.status = TaskResultStatus.READY
        job.save(update_fields=["status"])
        log.warning("took over a job of a worker that is gone", extra={"task": job.task_path})
    return len(left)


def _release(job: DBTaskResult) -> None:
    model = LEASED.get(job.task_path)
    given = [*job.args_kwargs["args"], *job.args_kwargs["kwargs"].values()]
    row = model.objects.filter(pk=given[0]).first() if model and given else None
    if row is not None:
        lease.release(row)
