"""底线事件: a matter once at its highest, what lasts, and the register of notices and talks (RULES §2.6, §2.9)."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.bottomlines import Line, WatchRound, register
from junxian.core.bottomlines.events import count_once, watch_events
from junxian.core.bottomlines.watch import watch_lines
from junxian.core.errors import RuleError
from tests.oracles import bottomlines as oracle

JUNE = WatchRound(2026 * 12 + 5)
SAFETY = {
    "id": "安全生产", "name": "安全生产", "until": "year_end",
    "basis": {"document": "安全生产考核办法", "number": "〔2026〕1号"},
    "watch": {"events": {"of": [
        {"card": "死亡人数", "level": "yellow", "deduct": 0.5},
        {"card": "死亡人数", "at_least": 3, "level": "red", "deduct": 3},
        {"card": "死亡人数", "at_least": 10, "level": "veto", "deduct": 3},
    ], "family": "事故"}},
}  # fmt: skip
NOTICES = {
    "id": "通报约谈", "name": "不被通报约谈", "until": "+3", "basis": {"document": "督查办法"},
    "watch": {"events": {"of": [
        {"card": "市级通报", "level": "yellow", "deduct": 0.5, "form": "notice", "issuer": "city"},
        {"card": "省级约谈", "level": "red", "deduct": 3, "form": "talk", "issuer": "province"},
        {"card": "PM2.5超标", "level": "yellow", "deduct": 0.5, "per_count": True},
    ], "family": "事故"}},
}  # fmt: skip


def event(
    region: str, card: str, matter: str, value: float | None, month: int, *, state: str = "reported"
) -> dict[str, object]:  # fmt: skip
    return {
        "region_code": region, "indicator": card, "calibre": matter, "value": value, "state": state,
        "period_index": 2026 * 12 + month - 1, "source": f"〔2026〕{month}号", "published_at": f"2026-{month:02d}-20",
    }  # fmt: skip


def events(*rows: dict[str, object]) -> pl.DataFrame:
    names = ("region_code", "indicator", "calibre", "state", "source", "published_at")
    schema = dict.fromkeys(names, pl.String) | {"value": pl.Float64, "period_index": pl.Int64}
    return pl.DataFrame(list(rows), schema=schema)


def told(frame: pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return list(frame.select(columns).iter_rows())


def test_levels_by_the_grade_of_the_accident() -> None:
    frame = events(*(event(f"U{n}", "死亡人数", "a", n, 5) for n in (0, 1, 2, 3, 9, 10)))
    found = watch_events(frame, Line.model_validate(SAFETY), JUNE)
    assert dict(told(found, "region_code", "level")) == {
        "U1": "yellow", "U2": "yellow", "U3": "red", "U9": "red", "U10": "veto",
    }  # fmt: skip
    assert found.get_column("breach").all()


def test_one_matter_counts_once_at_its_highest() -> None:
    frame = events(
        event("甲", "市级通报", "m1", 1, 3), event("甲", "省级约谈", "m1", 1, 4), event("甲", "市级通报", "m2", 1, 5),
        event("乙", "市级通报", "m1", 1, 5),
    )  # fmt: skip
    found = watch_events(frame, Line.model_validate(NOTICES), JUNE)
    assert told(found, "region_code", "matter", "level", "deduct") == [
        ("乙", "m1", "yellow", 0.5), ("甲", "m1", "red", 3.0), ("甲", "m2", "yellow", 0.5),
    ]  # fmt: skip


def test_a_matter_named_by_two_lines_costs_points_once() -> None:
    lines = [Line.model_validate(SAFETY), Line.model_validate(NOTICES)]
    frame = events(
        event("甲", "死亡人数", "m1", 3, 5), event("甲", "省级约谈", "m1", 1, 6), event("乙", "死亡人数", "m2", 1, 5),
        event("乙", "省级约谈", "m2", 1, 6),
    )  # fmt: skip
    alerts = watch_lines(lines, pl.DataFrame(), JUNE, events=frame)
    assert told(alerts.sort("line", "region_code"), "line", "region_code", "level", "deduct", "same_as") == [
        ("安全生产", "乙", "yellow", 0.0, "通报约谈"), ("安全生产", "甲", "red", 3.0, ""),
        ("通报约谈", "乙", "red", 3.0, ""), ("通报约谈", "甲", "red", 0.0, "安全生产"),
    ]  # fmt: skip
    apart = [
        lines[0],
        Line.model_validate(NOTICES | {"watch": {"events": NOTICES["watch"]["events"] | {"family": "通报"}}}),
    ]
    assert watch_lines(apart, pl.DataFrame(), JUNE, events=frame).get_column("deduct").sum() == 9.5


def test_a_deduction_per_count_and_an_event_without_a_matter_id() -> None:
    frame = events(
        event("甲", "PM2.5超标", "", 4, 5), event("甲", "市级通报", "", 1, 5), event("甲", "市级通报", "", 1, 6)
    )
    found = watch_events(frame, Line.model_validate(NOTICES), JUNE)
    assert sorted(told(found, "indicator", "deduct")) == [("PM2.5超标", 2.0), ("市级通报", 0.5), ("市级通报", 0.5)]


def test_effects_end_and_rounds_to_come_are_not_looked_at() -> None:
    frame = events(*(event("甲", "市级通报", f"m{month}", 1, month) for month in (1, 2, 3, 6, 7)))
    found = watch_events(frame, Line.model_validate(NOTICES), JUNE)  # +3 months: those of March last to June
    assert found.get_column("matter").to_list() == ["m3", "m6"]
    year = watch_events(events(event("甲", "死亡人数", "old", 1, -3), event("甲", "死亡人数", "m1", 1, 1)),
                        Line.model_validate(SAFETY), JUNE)  # fmt: skip
    assert year.get_column("matter").to_list() == ["m1"]


def test_a_line_of_the_round_sees_only_the_round_and_february_covers_january() -> None:
    line = Line.model_validate(SAFETY | {"watch": {"events": SAFETY["watch"]["events"] | {"span": "round"}}})
    frame = events(*(event("甲", "死亡人数", f"m{month}", 1, month) for month in (1, 2, 5, 6)))
    assert watch_events(frame, line, JUNE).get_column("matter").to_list() == ["m6"]
    february = watch_events(frame, line, WatchRound(2026 * 12 + 1, merged_months=((1, 2),)))
    assert february.get_column("matter").to_list() == ["m1", "m2"]
    assert watch_events(frame, line, WatchRound(2026 * 12 + 1)).get_column("matter").to_list() == ["m2"]
    quarter = watch_events(frame, line, WatchRound(2026 * 12 + 5, step=3))
    assert quarter.get_column("matter").to_list() == ["m5", "m6"]


def test_an_event_without_a_figure_is_not_watched_and_never_safe() -> None:
    frame = events(
        event("甲", "死亡人数", "m1", None, 5, state="late"),
        event("乙", "死亡人数", "m2", None, 5, state="not_applicable"),
    )
    found = watch_events(frame, Line.model_validate(SAFETY), JUNE)
    assert told(found, "region_code", "level", "breach", "deduct") == [("甲", "not_watched", False, 0.0)]


def test_points_of_the_line_hold_where_the_event_names_none() -> None:
    rules = {"of": [{"card": "死亡人数", "level": "red"}], "breach_from": "red"}
    line = Line.model_validate(SAFETY | {"watch": {"events": rules}, "effect": {"deduct": {"red": 2}}})
    assert watch_events(events(event("甲", "死亡人数", "m", 1, 5)), line, JUNE).get_column("deduct").to_list() == [2.0]


def test_register_of_notices_and_talks_keeps_every_document() -> None:
    frame = events(
        event("甲", "市级通报", "m1", 1, 4), event("甲", "省级约谈", "m1", 1, 5), event("乙", "死亡人数", "m2", 1, 5),
    )  # fmt: skip
    rows = register(frame, [Line.model_validate(SAFETY), Line.model_validate(NOTICES)], JUNE)
    assert told(rows, "region_code", "matter", "form", "issuer", "document", "date", "until") == [
        ("甲", "m1", "notice", "city", "〔2026〕4号", "2026-04-20", "2026-07-31"),
        ("甲", "m1", "talk", "province", "〔2026〕5号", "2026-05-20", "2026-08-31"),
    ]  # fmt: skip
    assert register(frame, [], JUNE).height == 0


def test_the_wrong_kind_of_line_is_refused() -> None:
    line = Line.model_validate({"id": "x", "name": "x", "what": "y", "watch": {"last_places": 3}})
    with pytest.raises(RuleError, match="wrong_watch"):
        watch_events(events(), line, JUNE)


rows = st.lists(
    st.tuples(st.sampled_from("甲乙"), st.sampled_from(["m1", "m2", "m3"]), st.integers(1, 12)), max_size=12
)


@given(rows, st.randoms())
def test_agrees_with_the_slow_way_in_any_order(given_rows: list[tuple[str, str, int]], chance: object) -> None:
    graded = [
        (u, m, "veto" if n >= 10 else "red" if n >= 3 else "yellow", 0.5 if n < 3 else 3.0) for u, m, n in given_rows
    ]
    shuffled = list(given_rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    frame = events(*(event(u, "死亡人数", m, n, 5) for u, m, n in shuffled))
    found = watch_events(frame, Line.model_validate(SAFETY), JUNE)
    expected = oracle.once(graded)
    assert {
        (r, m): (level, d) for r, m, level, d in told(found, "region_code", "matter", "level", "deduct")
    } == expected


def test_counting_once_leaves_other_alerts_alone() -> None:
    line = Line.model_validate(
        {"id": "x", "name": "x", "what": "y", "watch": {"last_places": 1}, "effect": {"deduct": 0.3}}
    )
    values = pl.DataFrame({"region_code": ["甲", "乙", "丙"], "line": ["x"] * 3, "value": [1.0, 1.0, 2.0]})
    alerts = watch_lines([line], values, JUNE)
    assert count_once(alerts, [line]).equals(alerts)
    assert alerts.get_column("deduct").to_list() == [0.3, 0.3, 0.0]
