"""Closing a period (核算一期): from the counties' workbooks to a self-contained run directory and its papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from junxian.core.indicators.known import known_on, latest, with_index
from junxian.core.rulebook import at
from junxian.core.rulebook.judge import Compiled, Judgement, judge, prepare
from junxian.files.rulebooks import hash_of, load, rulebook_zip
from junxian.files.runs import results
from junxian.files.runs.engine import engine_named, versions
from junxian.files.runs.explain import receipts_page
from junxian.files.runs.findings import completeness, write_findings
from junxian.files.runs.intake import Prior, Progress, Taken, alert_history, previous, take_in
from junxian.files.runs.record import run_id, whole_directory, write_record
from junxian.files.snapshots import write_snapshot

Papers = Callable[["Closed", Path], Sequence[Path]]


@dataclass(frozen=True)
class Closed:
    """One closed period in memory: what the papers are written from."""

    judgement: Judgement
    observations: pl.DataFrame
    receipts: list[dict[str, Any]]
    taken: Taken
    last: Prior | None
    stamps: dict[str, str]
    run: str
    today: str


def close(
    rulebook: Path,
    files: Sequence[Path],
    *,
    period: str,
    out: Path,
    today: str,
    scheme: str = "",
    engine: str = "polars",
    known: str = "",
    prior: Path | None = None,
    papers: Papers | None = None,
    progress: Progress | None = None,
) -> Closed:
    """Import, check, derive, watch, score, rank, explain and write it all to `out`, whole or not at all.

    known: an ISO day; only what had been published by then counts. papers: writes the documents into the directory.
    RuleError, DataError where rules or files cannot be used; findings of single cells stop nothing.
    """
    rules = load(rulebook)
    taken = take_in(at(rules, period), files, period, prior=prior, progress=progress)
    asked = Asked(period, scheme, today, engine, known)
    return finish(rulebook, prepare(rules, period, scheme), taken, asked, out=out, papers=papers)


@dataclass(frozen=True)
class Asked:
    """What a close was asked for: the period, the scheme, the day it happens, the engine, the known-on day."""

    period: str
    scheme: str
    today: str
    engine: str = "polars"
    known: str = ""


def finish(
    rulebook: Path, compiled: Compiled, taken: Taken, asked: Asked, *, out: Path, papers: Papers | None = None
) -> Closed:
    """From everything taken in to the run directory `out`, whole or not at all."""
    observations = known_on(taken.observations, asked.known) if asked.known else taken.observations
    with whole_directory(out) as folder:
        (folder / "rulebook.zip").write_bytes(rulebook_zip(rulebook))
        stamps = {"rulebook_hash": hash_of(rulebook), "snapshot_hash": write_snapshot(observations, folder)}
        last = previous(taken, compiled.scheme.id, compiled.period.index)
        history = alert_history(taken, compiled.period.index)
        with engine_named(asked.engine) as where:
            judgement = judge(compiled, observations, history, engine=where)
        found = write_results(judgement, observations, stamps, folder, history)
        run = run_id(folder, stamps)
        language = compiled.rulebook.jurisdiction.language
        write_findings(taken.findings, taken.files, folder, language)
        closed = Closed(judgement, observations, found, taken, last, stamps, run, asked.today)
        (folder / "receipts.html").write_text(receipts_page(found, language), encoding="utf-8")
        if papers is not None:
            papers(closed, folder)
        write_record(folder, _record(compiled, closed, asked.engine, asked.known))
    return closed


def write_results(
    judgement: Judgement, observations: pl.DataFrame, stamps: dict[str, str], folder: Path, history: pl.DataFrame | None
) -> list[dict[str, Any]]:
    """scores.csv, points.csv, alerts.csv (and .parquet for later rounds), receipts.json; returns the receipts."""
    seen = with_index(latest(observations))
    found = results.receipts_of(judgement, seen, stamps)
    texts = {
        "scores.csv": results.scores_csv(judgement),
        "points.csv": results.points_csv(judgement),
        "alerts.csv": results.alerts_csv(judgement),
        "register.csv": results.register_csv(judgement, seen),
        "receipts.json": results.receipts_json(found),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    judgement.alerts.write_parquet(folder / "alerts.parquet")
    if history is not None:
        history.write_parquet(folder / "alerts_before.parquet")
    return found


def _record(compiled: Compiled, closed: Closed, engine: str, known: str) -> dict[str, Any]:
    last = closed.last
    return {
        "run": closed.run,
        "period": compiled.period.text,
        "scheme": compiled.scheme.id,
        "rulebook": {"id": compiled.rulebook.id, "hash": closed.stamps["rulebook_hash"]},
        "snapshot": {"hash": closed.stamps["snapshot_hash"], "rows": closed.observations.height},
        "engine": versions(engine),
        "known_on": known,
        "today": closed.today,
        "previous": None if last is None else {"period": last.record["period"], "run": last.record["run"]},
        "completeness": completeness(closed.judgement.points),
        "findings": closed.taken.findings.get_column("severity").value_counts(sort=True).rows(),
    }
