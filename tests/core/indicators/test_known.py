"""Revisions and "as known on": the latest wins, nothing is lost, a day in the past shows what was known then."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.errors import DataError
from junxian.core.indicators.known import KEY, complete, known_on, latest, with_index
from junxian.core.indicators.model import OBSERVATION_COLUMNS, STAGES

ROW = {"region_code": "T01", "indicator": "gdp", "period": "2025", "kind": "Y", "calibre": ""}
rows = st.lists(
    st.fixed_dictionaries(
        {
            "region_code": st.sampled_from(["T01", "T02"]),
            "period": st.sampled_from(["2025", "2024"]),
            "published_at": st.sampled_from(["", "2026-01-20", "2026-12-30"]),
            "stage": st.sampled_from(STAGES),
            "revision": st.integers(0, 2),
            "value": st.floats(0, 100),
        }
    ),
    min_size=1,
    max_size=12,
)


def frame(given_rows: list[dict[str, object]]) -> pl.DataFrame:
    return complete(pl.DataFrame([ROW | row for row in given_rows]))


@given(rows)
def test_the_latest_row_of_each_key_as_a_plain_loop_finds_it(given_rows: list[dict[str, object]]) -> None:
    best: dict[tuple[object, ...], tuple[tuple[object, ...], int]] = {}
    for place, row in enumerate(given_rows):
        key = tuple((ROW | row)[name] for name in KEY)
        mark = (row["published_at"], STAGES.index(row["stage"]), row["revision"], place)  # type: ignore[arg-type]
        best[key] = max(best.get(key, (mark, place)), (mark, place))
    kept = sorted(place for _, place in best.values())
    found = latest(frame(given_rows))
    assert found.get_column("value").to_list() == [given_rows[place]["value"] for place in kept]


def test_what_was_known_on_a_day() -> None:
    table = frame(
        [{"published_at": "2026-01-20", "value": 10.0}, {"published_at": "2026-12-30", "value": 11.0, "revision": 1}]
    )
    assert latest(known_on(table, "2026-06-30")).get_column("value").to_list() == [10.0]
    assert latest(known_on(table, "2026-12-30")).get_column("value").to_list() == [11.0]


def test_columns_not_given_are_empty_and_never_invented() -> None:
    found = complete(pl.DataFrame({"region_code": ["T01"], "indicator": ["gdp"], "period": ["2025"], "value": [None]}))
    assert tuple(found.columns) == OBSERVATION_COLUMNS
    assert found.get_column("value").to_list() == [None]
    assert found.get_column("source").to_list() == [""]


def test_a_frame_without_its_key_is_refused() -> None:
    with pytest.raises(DataError) as refusal:
        complete(pl.DataFrame({"region_code": ["T01"]}))
    assert refusal.value.facts["columns"] == "indicator, period, value"


def test_period_index_of_merged_months() -> None:
    table = frame([{"period": "2026-01/02", "value": 1.0}, {"period": "2026-02", "value": 1.0}])
    assert with_index(table).get_column("period_index").to_list() == [2026 * 12 + 1] * 2
