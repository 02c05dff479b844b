"""Writing, reading and hashing a snapshot (快照).

The hash is SHA-256 over sorted canonical rows, never over Parquet bytes: the columns of `OBSERVATION_COLUMNS` in their
order, figures with at most 15 significant digits, fields joined by U+001F, rows sorted as text, ended by a line feed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from junxian.core.errors import DataError
from junxian.core.indicators.known import complete, latest, with_index
from junxian.core.indicators.model import OBSERVATION_COLUMNS

SEPARATOR = "\x1f"


def figure_text(value: float | None) -> str:
    """A figure with at most 15 significant digits, plain or with an exponent; empty where there is none."""
    return "" if value is None else format(value, ".15g")


def canonical_lines(frame: pl.DataFrame) -> list[str]:
    """The sorted canonical rows of a snapshot, as the hash sees them."""
    rows = complete(frame).select(OBSERVATION_COLUMNS)
    texts = rows.with_columns(
        pl.Series("value", [figure_text(v) for v in rows.get_column("value")], dtype=pl.String),
        pl.col("revision").cast(pl.String),
    )
    clean = [pl.col(c).str.replace_all(r"[\x1f\r\n]", " ") for c in OBSERVATION_COLUMNS]
    joined = texts.select(pl.concat_str(clean, separator=SEPARATOR).alias("row"))
    return joined.get_column("row").sort().to_list()


def snapshot_hash(frame: pl.DataFrame) -> str:
    """SHA-256 over the canonical rows, as hexadecimal text."""
    digest = hashlib.sha256()
    for line in canonical_lines(frame):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def write_snapshot(frame: pl.DataFrame, folder: Path) -> str:
    """Write snapshot.parquet and snapshot.csv; returns the hash."""
    rows = complete(frame)
    rows.write_parquet(folder / "snapshot.parquet", compression="zstd", statistics=False)
    (folder / "snapshot.csv").write_text(canonical_csv(rows), encoding="utf-8", newline="")
    return snapshot_hash(rows)


def canonical_csv(frame: pl.DataFrame) -> str:
    """The same rows as CSV for a third party; text that a spreadsheet would run stands behind an apostrophe."""
    rows = complete(frame).with_columns(
        pl.Series("value", [figure_text(v) for v in frame.get_column("value")], dtype=pl.String)
    )
    columns = [guarded(name) if name not in ("value", "revision") else pl.col(name) for name in OBSERVATION_COLUMNS]
    return rows.select(columns).write_csv()


def guarded(name: str) -> pl.Expr:
    """A text column no spreadsheet will run: what starts like a formula gets an apostrophe in front."""
    risky = pl.col(name).str.contains(r"^[=+\-@\t\r]")
    return pl.when(risky).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name)


def read_snapshot(folder: Path) -> pl.DataFrame:
    """The observations of an import or run directory; DataError `snapshot.unreadable` names the file."""
    path = folder / "snapshot.parquet"
    try:
        return complete(pl.read_parquet(path))
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise DataError("snapshot.unreadable", where=str(path), reason=str(fault).splitlines()[0]) from fault


def prepared(frame: pl.DataFrame) -> pl.DataFrame:
    """A snapshot ready to calculate with: one row per key with `period_index` and `series`, the rest left behind."""
    rows = with_index(latest(frame))
    series = pl.concat_str("indicator", "kind", "calibre", separator="|")
    return rows.select("region_code", "period_index", series.alias("series").cast(pl.Categorical), "value", "state")
