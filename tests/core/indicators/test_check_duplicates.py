"""Repetitions: kept once when equal, from neither place when not."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.indicators.duplicates import settle_duplicates
from junxian.core.indicators.known import complete
from tests.oracles.sheets import twice

ROW = st.tuples(st.sampled_from(["A", "B", "C"]), st.sampled_from(["x", "y"]), st.sampled_from([1.0, 2.0]))


def frame(rows: list[tuple[str, str, float]]) -> pl.DataFrame:
    plain = pl.DataFrame(rows, schema=["region_code", "indicator", "value"], orient="row")
    cells = pl.format("B{}", pl.int_range(pl.len()) + 1)
    return complete(
        plain.with_columns(cells.alias("cell"), pl.lit("f").alias("file"), pl.lit("2026-06").alias("period"))
    )


@given(st.lists(ROW, min_size=1, max_size=12))
def test_settling_agrees_with_the_plain_way(rows: list[tuple[str, str, float]]) -> None:
    left, findings = settle_duplicates(frame(rows))
    kept, dropped = twice(rows)
    assert dict(zip(zip(left["region_code"], left["indicator"], strict=True), left["value"], strict=True)) == kept
    assert findings.height == dropped
    assert left.height == len(kept)


def test_a_revision_a_calibre_and_a_period_are_no_repetition() -> None:
    base = frame([("A", "x", 1.0)])
    others = [
        base.with_columns(pl.lit(value).alias(name))
        for name, value in (("calibre", "含"), ("period", "2026-05"), ("kind", "M"))
    ]
    revised = base.with_columns(pl.lit(1, dtype=pl.Int64).alias("revision"), pl.lit(2.0).alias("value"))
    whole = pl.concat([base, *others, revised])
    left, findings = settle_duplicates(whole)
    assert left.equals(whole)
    assert findings.is_empty()


def test_the_finding_says_where_it_stood_first() -> None:
    row = settle_duplicates(frame([("A", "x", 1.0), ("B", "x", 1.0), ("A", "x", 2.0)]))[1].row(0, named=True)
    assert (row["cell"], row["severity"], row["code"]) == ("B3", "error", "checks.duplicate_differs")
    assert '"first":"f  B1"' in row["facts"]
