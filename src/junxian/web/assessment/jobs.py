"""Computing a run (核算): idempotent, under a lease; results and the state `done` are written in one transaction."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from junxian.core.errors import JunxianError
from junxian.core.indicators.period import parse_period
from junxian.web import clock
from junxian.web.archive import lease
from junxian.web.assessment import gather
from junxian.web.assessment.keeping import keep_results
from junxian.web.assessment.models import Run
from junxian.web.indicators.queries import frame
from junxian.web.people import audit

STEPS = ("figures", "history", "compute", "compare", "keep")


@task()
def compute_run(run_id: int) -> None:
    """Compute a waiting run. A finished or failed run, or one another worker holds, is left alone."""
    run = Run.objects.select_related("round", "draft", "rulebook__zip").get(pk=run_id)
    if run.state in (Run.State.DONE, Run.State.FAILED) or not lease.claim(run):
        return
    Run.objects.filter(pk=run_id).update(state=Run.State.RUNNING, all_steps=len(STEPS), done_steps=0)
    try:
        with tempfile.TemporaryDirectory() as place:
            _compute(run, Path(place))
    except JunxianError as fault:
        _fail(run, fault.code, fault.facts | ({"where": fault.where} if fault.where else {}))
    except Exception as fault:
        _fail(run, "web.assessment.broke", {"what": type(fault).__name__})
        raise
    finally:
        lease.release(run)


def _compute(run: Run, place: Path) -> None:
    from junxian.files.runs.close import Asked
    from junxian.files.runs.papers import write_papers
    from junxian.files.runs.stored import close_frame

    figures = frame(run.period)
    _advance(run, "history")
    index = parse_period(run.period).index
    priors = gather.unpack_history(gather.earlier_runs(index), place / "history")
    rulebook = gather.rulebook_of(run, place)
    _advance(run, "compute")
    asked = Asked(run.period, run.scheme, clock.today().isoformat())
    papers = write_papers if run.purpose == Run.Purpose.OFFICIAL else None
    closed = close_frame(rulebook, figures, asked, out=place / "run", priors=priors, papers=papers)
    _advance(run, "compare")
    comparison = _compared(run, place)
    _advance(run, "keep")
    keep_results(run, closed, place / "run", comparison)


def _compared(run: Run, place: Path) -> dict[str, Any]:
    """The change from last month's run, and from the run this one replaces or is tried against, in its parts."""
    against = {"previous": run.previous, "replaced": run.replaces}
    found: dict[str, Any] = {}
    for name, other in against.items():
        if other is not None and other.archive is not None:
            found[name] = _parts(gather.unpack(other, place / name), place / "run") | {"run": other.pk}
    return found


def _parts(first: Path, second: Path) -> dict[str, Any]:
    from junxian.files.runs.compare import compare

    made = compare(first, second)
    return {"period": made.first["period"], "mark": made.first["run"], "rows": made.table.to_dicts()}


def _advance(run: Run, step: str) -> None:
    Run.objects.filter(pk=run.pk).update(done_steps=STEPS.index(step))


@transaction.atomic
def _fail(run: Run, code: str, facts: dict[str, Any]) -> None:
    """The run says why; whoever started it can start another."""
    told = {name: str(value) for name, value in facts.items()}
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, code=code[:60], facts=told, finished_at=timezone.now())
    audit.record("run.fail", "run", run.pk, by=None, after={"code": code, "facts": told})
