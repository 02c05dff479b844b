"""What a run is computed from (核算输入): figures from the database, the rulebook, and earlier published runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from junxian.web.assessment.models import Round, Run

MONTHS_BACK = 24
"""How far back earlier runs are looked up: two years of rounds."""


def earlier_runs(index: int) -> list[Run]:
    """Published runs of every scheme before the month of `index`, oldest first."""
    states = [Round.State.PUBLISHED, Round.State.FROZEN]
    rounds = Round.objects.filter(state__in=states, period_index__lt=index, period_index__gte=index - MONTHS_BACK)
    chosen = rounds.exclude(run=None).order_by("period_index").values_list("run", flat=True)
    found = Run.objects.select_related("archive").in_bulk(list(chosen))
    return [found[pk] for pk in chosen]


def previous_run(scheme: str, index: int) -> Run | None:
    """The published run of the same scheme's latest earlier round."""
    return next((run for run in reversed(earlier_runs(index)) if run.scheme == scheme), None)


def unpack_history(runs: Sequence[Run], folder: Path) -> list[Path]:
    """What later rounds need of earlier runs, one directory each."""
    from junxian.files.runs.stored import HISTORY, unpacked

    return [unpacked(bytes(run.archive.content), folder / f"{run.pk}", HISTORY) for run in runs if run.archive]


def unpack(run: Run, folder: Path) -> Path:
    """The whole run directory of a run."""
    from junxian.files.runs.stored import unpacked

    return unpacked(bytes(run.archive.content), folder)


def rulebook_of(run: Run, folder: Path) -> Path:
    """The rulebook the run is computed by, as a zip: the draft's as it stands now, else the version's."""
    path = folder / "rulebook.zip"
    if run.draft:
        from junxian.web.rulebooks.folder import packed

        path.write_bytes(packed(run.draft.files))
    else:
        path.write_bytes(bytes(run.rulebook.zip.content))
    return path
