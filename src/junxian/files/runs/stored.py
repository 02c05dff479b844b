"""Stored runs (入库核算): close a period from figures at hand; a run directory as one archive and back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from junxian.core.errors import DataError
from junxian.core.indicators.known import complete, latest, with_index
from junxian.core.indicators.model import OBSERVATION_COLUMNS
from junxian.core.indicators.period import parse_period
from junxian.core.rulebook import Rulebook, at
from junxian.core.rulebook.judge import prepare
from junxian.files.rulebooks import load
from junxian.files.runs.close import Asked, Closed, Papers, finish
from junxian.files.runs.intake import Taken, history_of, index_of, prior_run
from junxian.files.sheets import check_observations

HISTORY = ("run.json", "scores.csv", "alerts.parquet")
"""What a later round needs of an earlier run."""
LARGEST = 2 * 1024**3
NIGHT = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every archive member: the same directory always gives the same bytes."""


def close_frame(
    rulebook: Path,
    frame: pl.DataFrame,
    asked: Asked,
    *,
    out: Path,
    priors: Sequence[Path] = (),
    papers: Papers | None = None,
) -> Closed:
    """Close a period from observations at hand. frame: canonical columns, any revisions, this period and earlier ones.

    priors: directories of earlier runs, of which scores and alerts count; their figures are in the frame already.
    RuleError, DataError where rules or figures cannot be used.
    """
    rules = load(rulebook)
    taken = taken_from(at(rules, asked.period), frame, asked.period, priors)
    return finish(rulebook, prepare(rules, asked.period, asked.scheme), taken, asked, out=out, papers=papers)


def taken_from(rules: Rulebook, frame: pl.DataFrame, period: str, priors: Sequence[Path]) -> Taken:
    """Figures at hand as if they had just been read: the period's own are checked against all others."""
    whole = complete(frame).sort(OBSERVATION_COLUMNS) if frame.height else history_of((), ())
    earlier = tuple(sorted((run for run in map(prior_run, priors) if run is not None), key=index_of))
    dated = with_index(whole)
    own = dated.get_column("period_index") == parse_period(period).index
    history = history_of([whole.filter(~own)], earlier)
    findings = check_observations(
        latest(whole.filter(own)), history, checks=rules.checks, cards=rules.indicators, units=rules.units,
        period=period, root=rules.root,
    )  # fmt: skip
    return Taken(pl.concat([history, whole.filter(own)]), findings, (), earlier)


def packed(folder: Path) -> bytes:
    """A run directory as a zip archive; equal directories give equal bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            member = zipfile.ZipInfo(path.relative_to(folder).as_posix(), NIGHT)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, path.read_bytes())
    return stream.getvalue()


def unpacked(content: bytes, folder: Path, names: Sequence[str] = ()) -> Path:
    """The archive's members (all, or those named) written into `folder`; `stored.unreadable` if none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                _extract(archive, member, folder, names)
    except zipfile.BadZipFile as fault:
        raise DataError("stored.unreadable", reason=str(fault)) from fault
    return folder


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, names: Sequence[str]) -> None:
    if member.is_dir() or (names and member.filename not in names):
        return
    target = (folder / member.filename).resolve()
    if not target.is_relative_to(folder.resolve()) or member.file_size > LARGEST:
        raise DataError("stored.unreadable", reason=member.filename)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(archive.read(member))


def member_of(content: bytes, name: str) -> bytes:
    """One file of a run archive; DataError `stored.no_member` where it is not in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(name)
    except KeyError as fault:
        raise DataError("stored.no_member", name=name) from fault


def members_of(content: bytes) -> tuple[str, ...]:
    """Names of the files in a run archive, sorted."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return tuple(sorted(archive.namelist()))
