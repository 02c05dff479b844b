"""Verifying a run: bit-equal passes, every forgery is named, another engine version is exit 2."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from junxian.core.errors import DataError, RuleError
from junxian.files.runs.record import checksum, file_hash, run_id
from junxian.files.runs.verify import verify
from junxian.files.snapshots import snapshot_hash


def reseal(run: Path, **changes: object) -> None:
    """Do what a careful forger would: write every hash anew."""
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    record.pop("seal")
    record |= changes
    record["files"] = {name: file_hash(run / name) for name in record["files"]}
    stamps = {"rulebook_hash": record["rulebook"]["hash"], "snapshot_hash": record["snapshot"]["hash"]}
    record["run"] = run_id(run, stamps)
    text = json.dumps(record | {"seal": checksum(record)}, ensure_ascii=False)
    (run / "run.json").write_text(text, encoding="utf-8")


def test_an_untouched_run_is_bit_equal(made: dict[str, Path]) -> None:
    for name in ("may", "june"):
        verdict = verify(made[name])
        assert verdict.differences == ()
        assert verdict.exit_code == 0


@pytest.mark.parametrize("name", ["scores.csv", "points.csv", "alerts.csv", "receipts.json"])
def test_an_altered_result_is_named_even_when_every_seal_is_rewritten(june: Path, name: str) -> None:
    text = (june / name).read_text(encoding="utf-8")
    assert "T01" in text
    (june / name).write_text(text.replace("T01", "T09", 1), encoding="utf-8")
    assert {d.what.split(":")[0] for d in verify(june).differences} >= {name}
    reseal(june)
    verdict = verify(june)
    assert verdict.exit_code == 1
    assert [d.what.split(":")[0] for d in verdict.differences] == [name]


def test_an_altered_figure_is_found(june: Path) -> None:
    frame = pl.read_parquet(june / "snapshot.parquet")
    frame = frame.with_columns(pl.when(pl.col("region_code") == "T01").then(99.0).otherwise("value").alias("value"))
    frame.write_parquet(june / "snapshot.parquet")
    record = json.loads((june / "run.json").read_text(encoding="utf-8"))
    reseal(june, snapshot=record["snapshot"] | {"hash": snapshot_hash(frame)})
    found = {d.what.split(":")[0] for d in verify(june).differences}
    assert "points.csv" in found


def test_an_altered_rule_is_found(june: Path) -> None:
    archive = (june / "rulebook.zip").read_bytes()
    (june / "rulebook.zip").write_bytes(archive.replace(b"points: 6", b"points: 5"))
    with pytest.raises(RuleError):
        verify(june)


def test_another_engine_version_is_named(june: Path) -> None:
    record = json.loads((june / "run.json").read_text(encoding="utf-8"))
    reseal(june, engine=record["engine"] | {"junxian": "0.0.1"})
    verdict = verify(june)
    assert verdict.exit_code == 2
    assert [(d.what, d.stated) for d in verdict.other_engine] == [("junxian", "0.0.1")]


def test_a_missing_file_is_named(june: Path) -> None:
    (june / "points.csv").unlink()
    assert [d.what for d in verify(june).differences] == ["points.csv"]
    assert verify(june).exit_code == 1


def test_a_directory_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no_record"):
        verify(tmp_path)


def test_added_file_in_the_record_is_checked(june: Path) -> None:
    (june / "findings.csv").write_text("nothing", encoding="utf-8")
    assert [d.what for d in verify(june).differences] == ["findings.csv"]
