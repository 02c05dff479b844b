"""Verifying a run (复核): recompute scores, points, alerts and receipts from the directory alone, bit by bit."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from junxian.core.rulebook.judge import judge, prepare
from junxian.files.rulebooks import hash_of, load
from junxian.files.runs.close import write_results
from junxian.files.runs.engine import versions
from junxian.files.runs.record import RESULTS, checksum, file_hash, read_record, run_id
from junxian.files.snapshots import read_snapshot, snapshot_hash


@dataclass(frozen=True)
class Difference:
    """One thing that is not what the run says: `code` names the sentence, `what` the file or field."""

    code: str
    what: str
    stated: str = ""
    found: str = ""


@dataclass(frozen=True)
class Verdict:
    """`differences` empty: bit-equal. `other_engine` names the versions where they are not ours."""

    differences: tuple[Difference, ...]
    other_engine: tuple[Difference, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 bit-equal, 1 different, 2 a run of another engine version."""
        return 2 if self.other_engine else 1 if self.differences else 0


def verify(folder: Path) -> Verdict:
    """Check every hash and recompute every result; DataError where the directory cannot be read at all."""
    record = read_record(folder)
    here = versions(str(record["engine"]["engine"]))
    others = [
        Difference("verify.engine", name, stated=str(stated), found=here.get(name, ""))
        for name, stated in record["engine"].items()
        if here.get(name) != stated
    ]
    differences = _files(folder, record)
    if not _lacking(folder):
        differences += _seals(folder, record)
        if not others:
            differences += _recomputed(folder, record)
    return Verdict(tuple(differences), tuple(others))


def _lacking(folder: Path) -> bool:
    return any(not (folder / name).is_file() for name in (*RESULTS, "rulebook.zip", "snapshot.parquet"))


def _seals(folder: Path, record: dict[str, Any]) -> list[Difference]:
    """run.json over itself, the rulebook and the snapshot."""
    body = {name: value for name, value in record.items() if name != "seal"}
    stamps = {"rulebook_hash": hash_of(folder / "rulebook.zip"), "snapshot_hash": snapshot_hash(read_snapshot(folder))}
    pairs = [
        ("run.json", str(record.get("seal")), checksum(body)),
        ("rulebook.zip", str(record["rulebook"]["hash"]), stamps["rulebook_hash"]),
        ("snapshot.parquet", str(record["snapshot"]["hash"]), stamps["snapshot_hash"]),
        ("run", str(record["run"]), run_id(folder, stamps)),
    ]
    return [Difference("verify.seal", name, stated, found) for name, stated, found in pairs if stated != found]


def _files(folder: Path, record: dict[str, Any]) -> list[Difference]:
    found = []
    for name, stated in record["files"].items():
        path = folder / name
        actual = file_hash(path) if path.is_file() else ""
        if actual != stated:
            found.append(Difference("verify.file", name, stated, actual))
    return found


def _recomputed(folder: Path, record: dict[str, Any]) -> list[Difference]:
    compiled = prepare(load(folder / "rulebook.zip"), str(record["period"]), str(record["scheme"]))
    before = folder / "alerts_before.parquet"
    history = pl.read_parquet(before) if before.is_file() else None
    observations = read_snapshot(folder)
    judgement = judge(compiled, observations, history)
    stamps = {"rulebook_hash": hash_of(folder / "rulebook.zip"), "snapshot_hash": snapshot_hash(observations)}
    found: list[Difference] = []
    with tempfile.TemporaryDirectory() as place:
        write_results(judgement, observations, stamps, Path(place), history)
        for name in RESULTS:
            found += _compared(folder / name, Path(place) / name)
    return found


def _compared(stated: Path, computed: Path) -> list[Difference]:
    """The first line that differs, so that a person can look at it."""
    if stated.read_bytes() == computed.read_bytes():
        return []
    said, found = (path.read_text(encoding="utf-8").splitlines() for path in (stated, computed))
    place = next((i for i, (a, b) in enumerate(zip(said, found, strict=False)) if a != b), min(len(said), len(found)))
    line = [lines[place] if place < len(lines) else "" for lines in (said, found)]
    return [Difference("verify.recomputed", f"{stated.name}:{place + 1}", line[0].strip(), line[1].strip())]
