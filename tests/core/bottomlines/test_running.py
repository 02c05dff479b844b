"""连续升级: breaches running over rounds, gaps, the February round, and what silence does (RULES §2.9)."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.bottomlines import Line, WatchRound, in_effect, watch_lines
from tests.oracles import bottomlines as oracle

TEXT = {
    "id": "增速末位", "name": "增速不当后三名", "what": "同比(收入.累计)",
    "basis": {"document": "考核办法", "article": "第八条"},
    "watch": {"last_places": {"places": 1, "breach": "yellow"}}, "months_running": {2: "orange", 3: "red"},
    "effect": {"deduct": {"yellow": 0.3, "orange": 0.3, "red": 0.5}, "demand": {"red": ["letter", "talk"]}},
    "until": "round",
}  # fmt: skip
MARCH = 2026 * 12 + 2
MERGED = ((1, 2),)


def month(value: float | None, index: int, history: pl.DataFrame | None, line: Line, step: int = 1) -> pl.DataFrame:
    """The alerts of one round in which 甲 has this value and two others have 5 and 6."""
    values = pl.DataFrame({"region_code": ["甲", "乙", "丙"], "line": line.id, "value": [value, 5.0, 6.0]})
    return watch_lines(
        [line], values, WatchRound(index, step=step, merged_months=MERGED), history=history, names={"甲": "甲县"}
    )


def run(states: list[tuple[int, float | None]], line: Line, step: int = 1) -> dict[str, object]:
    history: pl.DataFrame | None = None
    for index, value in states:
        alerts = month(value, index, history, line, step)
        history = alerts if history is None else pl.concat([history, alerts])
    return alerts.row(0, named=True)


def test_two_rounds_orange_three_rounds_red_with_a_letter() -> None:
    line = Line.model_validate(TEXT)
    one, two, three = (run([(MARCH + i, 1.0) for i in range(n)], line) for n in (1, 2, 3))
    assert [(r["level"], r["months"], r["deduct"], r["effect"]) for r in (one, two, three)] == [
        ("yellow", 1, 0.3, ""), ("orange", 2, 0.3, ""), ("red", 3, 0.5, "letter;talk"),
    ]  # fmt: skip
    assert (three["region"], three["indicator"], three["basis"]) == ("甲县", "同比(收入.累计)", "考核办法 第八条")
    assert three["until"] == "2026-05-31"


def test_a_round_held_starts_the_count_again() -> None:
    found = run([(MARCH, 1.0), (MARCH + 1, 5.5), (MARCH + 2, 1.0)], Line.model_validate(TEXT))
    assert (found["level"], found["months"]) == ("yellow", 1)


def test_silence_neither_counts_nor_ends_the_count_unless_the_line_says_so() -> None:
    states = [(MARCH, 1.0), (MARCH + 1, None), (MARCH + 2, 1.0)]
    assert run(states, Line.model_validate(TEXT))["months"] == 2
    assert run(states, Line.model_validate(TEXT | {"unreported": "break"}))["months"] == 1
    silent = run(states[:2], Line.model_validate(TEXT))
    assert (silent["level"], silent["months"], silent["deduct"], silent["until"]) == ("not_watched", 0, 0.0, "")


def test_february_follows_december_and_a_missing_round_ends_what_is_known() -> None:
    line = Line.model_validate(TEXT)
    december, february = 2025 * 12 + 11, 2026 * 12 + 1
    assert run([(december, 1.0), (february, 1.0), (MARCH, 1.0)], line)["months"] == 3
    assert run([(MARCH, 1.0), (MARCH + 2, 1.0)], line)["months"] == 1
    assert run([(MARCH, 1.0), (MARCH + 3, 1.0)], line, step=3)["months"] == 2


def test_escalation_never_lowers_a_level() -> None:
    line = Line.model_validate(TEXT | {"watch": {"last_places": {"places": 1, "breach": "red"}}})
    assert run([(MARCH, 1.0), (MARCH + 1, 1.0)], line)["level"] == "red"


def test_only_units_told_are_kept_but_all_count_as_peers() -> None:
    line = Line.model_validate(TEXT)
    values = pl.DataFrame({"region_code": ["甲", "乙", "丙"], "line": line.id, "value": [1.0, 5.0, 6.0]})
    alerts = watch_lines([line], values, WatchRound(MARCH), told={line.id: ["乙"]})
    assert alerts.select("region_code", "n", "level").rows() == [("乙", 3, "green")]


def test_places_lost_are_counted_from_the_alerts_of_the_round_before() -> None:
    line = Line.model_validate(TEXT | {"watch": {"last_places": {"places": 1, "yellow_fall": 2}}})
    units = list("甲乙丙丁戊")

    def alerts(figures: list[float], index: int, history: pl.DataFrame | None) -> pl.DataFrame:
        values = pl.DataFrame({"region_code": units, "line": line.id, "value": figures})
        return watch_lines([line], values, WatchRound(index), history=history)

    march = alerts([9.0, 8.0, 7.0, 6.0, 1.0], MARCH, None)
    april = alerts([7.0, 9.0, 8.0, 6.0, 1.0], MARCH + 1, march)
    assert april.select("level", "reason").row(0) == ("yellow", "falling")
    assert april.get_column("level").to_list() == ["yellow", "green", "green", "green", "red"]
    may = alerts([7.0, 9.0, 8.0, 6.0, 1.0], MARCH + 2, march)  # nothing is known of April
    assert may.item(0, "level") == "green"


def test_effects_last_to_their_day() -> None:
    line = Line.model_validate(TEXT | {"until": "+2"})
    alerts = month(1.0, MARCH, None, line)
    assert in_effect(alerts, "2026-05-31").get_column("region_code").to_list() == ["甲"]
    assert in_effect(alerts, "2026-06-01").height == 0


@pytest.mark.parametrize(
    ("until", "begins", "expected"),
    [("year_end", 1, "2026-12-31"), ("year_end", 4, "2026-03-31"), ("2027-06-30", 1, "2027-06-30"),
     ("+0", 1, "2026-03-31"), ("+12", 1, "2027-03-31")],
)  # fmt: skip
def test_end_dates(until: str, begins: int, expected: str) -> None:
    line = Line.model_validate(TEXT | {"until": until})
    values = pl.DataFrame({"region_code": ["甲", "乙"], "line": line.id, "value": [1.0, 5.0]})
    alerts = watch_lines([line], values, WatchRound(MARCH, year_begins=begins))
    assert alerts.get_column("until").to_list() == [expected, ""]


def test_no_lines_give_an_empty_table_of_the_same_shape() -> None:
    nothing = watch_lines([], pl.DataFrame(), WatchRound(MARCH))
    assert nothing.height == 0
    assert nothing.columns == month(1.0, MARCH, None, Line.model_validate(TEXT)).columns


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=6), st.booleans())
def test_agrees_with_the_slow_way(states: list[bool | None], bridge: bool) -> None:
    line = Line.model_validate(TEXT | {"unreported": "bridge" if bridge else "break"})
    values = {True: 1.0, False: 5.5, None: None}
    found = run([(MARCH + i, values[state]) for i, state in enumerate(states)], line)
    assert found["months"] == (oracle.running(states, bridge=bridge) if states[-1] else 0)


def test_where_january_is_a_round_of_its_own_a_missing_january_ends_the_count() -> None:
    line = Line.model_validate(TEXT)
    values = pl.DataFrame({"region_code": ["甲", "乙"], "line": line.id, "value": [1.0, 5.0]})
    december = watch_lines([line], values, WatchRound(2025 * 12 + 11))
    assert watch_lines([line], values, WatchRound(2026 * 12 + 1), history=december).item(0, "months") == 1
    assert watch_lines([line], values, WatchRound(2026 * 12), history=december).item(0, "months") == 2
