"""What goes in (输入): workbooks, tidy tables, folders of them, and earlier runs as history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from junxian.core.errors import DataError
from junxian.core.indicators.known import complete
from junxian.core.indicators.model import OBSERVATION_COLUMNS
from junxian.core.indicators.period import parse_period
from junxian.core.rulebook import Rulebook, vocabulary
from junxian.files.runs.record import OURS, read_record
from junxian.files.sheets import FileRead, check_observations, read_files
from junxian.files.snapshots import read_snapshot

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Prior:
    """An earlier run: its period, scheme, scores and alerts."""

    folder: Path
    record: dict[str, Any]
    scores: pl.DataFrame
    alerts: pl.DataFrame


@dataclass(frozen=True)
class Taken:
    """Everything taken in: all observations (new ones last), findings, files read, earlier runs oldest first."""

    observations: pl.DataFrame
    findings: pl.DataFrame
    files: tuple[FileRead, ...]
    priors: tuple[Prior, ...] = ()


def take_in(
    rulebook: Rulebook,
    places: Sequence[Path],
    period: str,
    *,
    prior: Path | None = None,
    progress: Progress | None = None,
) -> Taken:
    """Read and check everything given. A bad file is a finding and never costs the good ones.

    DataError `runs.no_input` where nothing was given that exists.
    """
    absent = [str(place) for place in places if not place.exists()]
    if absent:
        raise DataError("runs.no_such_file", where=", ".join(absent))
    folders, files = _sorted_out(places)
    folders += [prior] if prior is not None and prior not in folders else []
    if not files and not folders:
        raise DataError("runs.no_input", where=", ".join(map(str, places)))
    advance = None if progress is None else lambda done, whole: progress("read", done, whole)
    intake = read_files(
        files, forms=rulebook.forms, units=rulebook.units, cards=rulebook.indicators, period=period, root=rulebook.root,
        checks=rulebook.checks, measure=vocabulary(rulebook).units, progress=advance,
    )  # fmt: skip
    priors = tuple(sorted((p for p in map(prior_run, folders) if p is not None), key=index_of))
    history = history_of(map(read_snapshot, folders), priors)
    checked = check_observations(
        intake.observations, history, checks=rulebook.checks, cards=rulebook.indicators, units=rulebook.units,
        period=period, root=rulebook.root,
    )  # fmt: skip
    findings = pl.concat([intake.findings, checked]).unique(maintain_order=True)
    return Taken(_together([history, intake.observations]), findings, intake.files, priors)


def history_of(frames: Iterable[pl.DataFrame], priors: Iterable[Prior]) -> pl.DataFrame:
    """Figures known before, with the scores and places of earlier runs as figures of their own."""
    return _together([*frames, *map(_scores_as_observations, priors)])


def _sorted_out(places: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Earlier runs and imports apart from files; a plain folder stands for the files in it."""
    folders: list[Path] = []
    files: list[Path] = []
    for place in places:
        if place.is_dir() and any((place / name).is_file() for name in OURS):
            folders.append(place)
        elif place.is_dir():
            files += sorted(p for p in place.rglob("*") if p.is_file() and not p.name.startswith((".", "~$")))
        else:
            files.append(place)
    return folders, files


def _together(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    kept = [complete(frame) for frame in frames if frame.height]
    empty = {n: pl.Float64 if n == "value" else pl.Int64 if n == "revision" else pl.String for n in OBSERVATION_COLUMNS}
    return pl.concat(kept).unique(maintain_order=True, keep="last") if kept else pl.DataFrame(schema=empty)


def prior_run(folder: Path) -> Prior | None:
    """A run directory as history; an import directory has figures only."""
    if not (folder / "run.json").is_file():
        return None
    text = dict.fromkeys(("region_code", "region", "category", "grade", "gate"), pl.String)
    scores = pl.read_csv(folder / "scores.csv", schema_overrides={**text, "score": pl.Float64, "rank": pl.Int64})
    alerts = pl.read_parquet(folder / "alerts.parquet")
    return Prior(folder, read_record(folder), scores, alerts)


def index_of(prior: Prior) -> int:
    return parse_period(str(prior.record["period"])).index


def _scores_as_observations(prior: Prior) -> pl.DataFrame:
    """A run's published scores and places are figures too: `score:<scheme>` and `rank:<scheme>`, computed by a run."""
    period, scheme = str(prior.record["period"]), str(prior.record["scheme"])
    kind = "M" if parse_period(period).frequency == "month" else "Y"
    rows = []
    for what, unit in (("score", "分"), ("rank", "")):
        rows.append(
            prior.scores.select(
                "region_code", pl.lit(f"{what}:{scheme}").alias("indicator"), pl.lit(period).alias("period"),
                pl.lit(kind).alias("kind"), pl.col(what).cast(pl.Float64).alias("value"), pl.lit(unit).alias("unit"),
                pl.lit("run").alias("source_kind"), pl.lit(str(prior.record["run"])).alias("source"),
            ).filter(pl.col("value").is_not_null())
        )  # fmt: skip
    return pl.concat(rows)


def previous(taken: Taken, scheme: str, index: int) -> Prior | None:
    """The latest earlier run of the same scheme."""
    own = [p for p in taken.priors if p.record["scheme"] == scheme and index_of(p) < index]
    return own[-1] if own else None


def alert_history(taken: Taken, index: int) -> pl.DataFrame | None:
    """Alerts of all earlier runs given, for breaches running."""
    earlier = [p.alerts for p in taken.priors if index_of(p) < index]
    return pl.concat(earlier) if earlier else None
