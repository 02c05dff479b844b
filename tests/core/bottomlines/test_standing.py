"""称职门槛: breaches fail, warnings do not, silence is unknown, nothing heals a breach."""

import polars as pl

from junxian.core.bottomlines import Line, WatchRound, judge_standing, watch_lines

GROWTH = Line.model_validate({
    "id": "增速", "name": "增速", "what": "增速", "watch": {"last_places": {"places": 1, "orange_worse": 2}},
})  # fmt: skip
DEBT = Line.model_validate({
    "id": "债务", "name": "债务", "what": "债务率",
    "watch": {"bands": {"steps": [{"level": "green"}, {"at_least": 100, "level": "yellow"}], "breach_from": "yellow"}},
})  # fmt: skip
SAFETY = Line.model_validate({
    "id": "安全", "name": "安全", "basis": {"document": "办法"},
    "watch": {"events": [{"card": "事故", "level": "yellow"}, {"card": "事故", "at_least": 10, "level": "veto"}]},
})  # fmt: skip
LINES = [GROWTH, DEBT, SAFETY]


def alerts() -> pl.DataFrame:
    values = pl.DataFrame({
        "region_code": ["甲", "乙", "丙", "丁"] * 2,
        "line": ["增速"] * 4 + ["债务"] * 4,
        "value": [9.0, 8.0, 1.0, None, 50.0, 150.0, None, 50.0],
    })  # fmt: skip
    rows = {"region_code": ["丁"], "indicator": ["事故"], "calibre": ["m"], "value": [10.0], "period_index": [24317],
            "state": ["reported"]}  # fmt: skip
    return watch_lines(LINES, values, WatchRound(24317), events=pl.DataFrame(rows))


def standing(ids: list[str], level: str = "red", regions: str = "甲乙丙丁") -> dict[str, str]:
    table = judge_standing(alerts(), LINES, list(regions), level=level, ids=ids)  # type: ignore[arg-type]
    return dict(table.select("region_code", "standing").iter_rows())


def test_a_breach_fails_and_an_early_warning_does_not() -> None:
    found = judge_standing(alerts(), LINES, list("甲乙丙丁"), level="orange", ids=["增速"])
    assert found.rows() == [("甲", "pass", []), ("乙", "pass", []), ("丙", "fail", ["增速"]), ("丁", "unknown", [])]


def test_the_level_decides_and_a_breach_outranks_silence() -> None:
    assert standing(["增速", "债务"]) == {"甲": "pass", "乙": "pass", "丙": "fail", "丁": "unknown"}
    assert standing(["增速", "债务"], "yellow")["乙"] == "fail"


def test_no_matter_on_file_means_none_and_a_veto_counts_at_any_level() -> None:
    assert standing(["安全"]) == {"甲": "pass", "乙": "pass", "丙": "pass", "丁": "veto"}
    assert standing(["增速", "债务", "安全"])["丁"] == "veto"


def test_a_unit_that_a_line_does_not_mention_is_unknown() -> None:
    assert standing(["增速"], regions="甲戊") == {"甲": "pass", "戊": "unknown"}
    assert standing(["安全"], regions="戊") == {"戊": "pass"}


def test_a_line_nobody_gave_values_for_has_no_alerts_and_leaves_all_unknown() -> None:
    values = pl.DataFrame({"region_code": ["甲", "乙"], "line": ["增速", "增速"], "value": [9.0, 8.0]})
    found = watch_lines([GROWTH, DEBT, SAFETY], values, WatchRound(24317))
    assert set(found.get_column("line")) == {"增速"}
    told = judge_standing(found, LINES, ["甲", "乙"], ids=["债务"])
    assert told.get_column("standing").to_list() == ["unknown", "unknown"]
