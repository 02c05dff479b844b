"""Bonus and deduction (加分扣分): caps, one matter once at its highest, and the months an event belongs to."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from junxian.core.assessment.adjust import EVENT_POINTS, Facts, amount, event_points, totals
from junxian.core.assessment.model import Adjustment, AssessedScheme
from junxian.core.bottomlines import ALERTS
from junxian.core.errors import RuleError
from tests.core.scoring.scene import NANO, NOW, scheme
from tests.oracles.settle import counted, within

HONOURS = [
    {"id": "国家", "name": "国家表彰", "event": "表彰", "each": 2, "family": "荣誉"},
    {"id": "省里", "name": "省级表彰", "event": "省表彰", "each": 1, "family": "荣誉"},
    {"id": "典型", "name": "经验推广", "event": "典型", "each": 0.5, "cap": 2},
]
TALKS = [{"id": "约谈", "name": "约谈", "event": "约谈", "each": 0.5, "cap": 3}]


def rules(**more: Any) -> AssessedScheme:
    return scheme([{"name": "项", "value": "数", "method": "as_is"}], {"县": ["甲", "乙"]}, **more)


def happened(*events: tuple[str, str, str, float, int]) -> pl.DataFrame:
    """unit, card, matter, value, months ago."""
    rows = [(unit, card, matter, float(value), NOW - ago, f"{card}通报") for unit, card, matter, value, ago in events]
    names = ["region_code", "indicator", "calibre", "value", "period_index", "source"]
    return pl.DataFrame(rows, schema=dict(zip(names, EVENT_POINTS_OF, strict=True)), orient="row")


EVENT_POINTS_OF = [pl.String, pl.String, pl.String, pl.Float64, pl.Int64, pl.String]


def summed(found: pl.DataFrame) -> dict[tuple[str, str], D]:
    kept = found.filter(pl.col("counted")).group_by("region_code", "adjustment").agg(pl.col("points").sum())
    return {(unit, rule): D(points) / NANO for unit, rule, points in kept.iter_rows()}


def test_the_same_fact_counts_once_at_its_highest():
    """A matter honoured by the province and then by the State Council brings 2 and not 3 (就高不重复)."""
    events = happened(("甲", "表彰", "事1", 1, 0), ("甲", "省表彰", "事1", 1, 0), ("甲", "省表彰", "事2", 1, 0))
    found = event_points(events, rules(bonus=HONOURS), [NOW], 1)
    assert summed(found) == {("甲", "国家"): 2, ("甲", "省里"): 1}
    assert found.height == 3
    assert found.columns == list(EVENT_POINTS)


def test_another_family_another_sign_and_no_matter_id_count_again():
    events = happened(
        ("甲", "表彰", "事1", 1, 0),
        ("甲", "典型", "事1", 1, 0),
        ("甲", "约谈", "事1", 1, 0),
        ("甲", "典型", "", 1, 0),
        ("甲", "典型", "", 1, 0),
        ("乙", "表彰", "事1", 1, 0),
    )
    found = event_points(events, rules(bonus=HONOURS, deductions=TALKS), [NOW], 1)
    assert summed(found) == {("甲", "国家"): 2, ("甲", "典型"): D("1.5"), ("甲", "约谈"): D("0.5"), ("乙", "国家"): 2}


def test_facts_not_declared_the_same_all_count():
    loose = [{**rule, "same_fact": False} for rule in HONOURS]
    events = happened(("甲", "表彰", "事1", 1, 0), ("甲", "省表彰", "事1", 1, 0))
    assert summed(event_points(events, rules(bonus=loose), [NOW], 1)) == {("甲", "国家"): 2, ("甲", "省里"): 1}


@pytest.mark.parametrize(("months", "expected"), [(1, 1), (3, 3), (12, 4)])
def test_an_event_belongs_to_the_months_of_its_round(months, expected):
    events = happened(*((("甲", "约谈", f"事{ago}", 1, ago)) for ago in (0, 1, 2, 3, 12, 13)))
    found = event_points(events, rules(deductions=TALKS), [NOW], months)
    assert found.height == expected


def test_an_event_struck_out_with_a_zero_counts_for_nothing():
    assert event_points(happened(("甲", "约谈", "事1", 0, 0)), rules(deductions=TALKS), [NOW], 1).height == 0


def test_events_need_to_be_told_their_points():
    with pytest.raises(RuleError, match=r"assessment\.event_needs_points"):
        event_points(happened(), rules(deductions=[{"id": "约谈", "name": "约谈", "event": "约谈"}]), [NOW], 1)


def scored_frame(**columns: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({"region_code": ["甲", "乙"], "period_index": [NOW, NOW], **columns})


def test_caps_hold_for_each_and_for_all():
    events = happened(*((("甲", "约谈", f"事{n}", 1, 0)) for n in range(9)), ("乙", "约谈", "事1", 3, 0))
    written = rules(deductions=TALKS)
    facts = Facts(event_points(events, written, [NOW], 1), Facts.none().alerts, events)
    assert amount(scored_frame(), facts, written.deductions[0]).to_list() == [3 * NANO, 3 * NANO // 2]
    assert totals(scored_frame(), facts, written.deductions * 2, 2.5).to_list() == [5 * NANO // 2, 5 * NANO // 2]
    assert totals(scored_frame(), facts, (), None).to_list() == [0, 0]


def test_a_formula_gives_points_and_without_a_figure_nothing():
    rule = Adjustment(id="超收", name="超收", value="数 / 10", cap=1)
    frame = scored_frame(adj_超收=[0.25, None])
    assert amount(frame, Facts.none(), rule).to_list() == [NANO // 4, 0]
    assert amount(scored_frame(adj_超收=[9.0, -9.0]), Facts.none(), rule).to_list() == [NANO, -NANO]
    each = Adjustment(id="超收", name="超收", value="数", each=0.1)
    assert amount(frame, Facts.none(), each).to_list() == [NANO // 40, 0]


def test_bottom_lines_take_off_what_their_alerts_say():
    rule = Adjustment(id="末位", name="末位", lines=("增速末位",))
    row = dict.fromkeys(ALERTS)
    alerts = [
        {**row, "region_code": "甲", "line": line, "deduct": deduct}
        for line, deduct in [("增速末位", 0.3), ("增速末位", 0.3), ("别的", 5.0), ("增速末位", None)]
    ]
    facts = Facts(Facts.none().events, pl.DataFrame(alerts, schema=ALERTS), Facts.none().observed)
    assert amount(scored_frame(), facts, rule).to_list() == [6 * NANO // 10, 0]


event = st.tuples(
    st.sampled_from("甲乙"),
    st.sampled_from(["表彰", "省表彰", "约谈"]),
    st.sampled_from(["", "事1", "事2"]),
    st.integers(1, 3),
    st.just(0),
)


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.generate])
@given(events=st.lists(event, max_size=8), order=st.randoms(use_true_random=False))
def test_any_events_count_as_the_slow_way_counts_them(events, order):
    family = [{**rule, "family": "", "cap": None} for rule in (*HONOURS[:2], {**TALKS[0], "id": "约", "each": 0.5})]
    written = rules(bonus=family)
    shuffled = list(events)
    order.shuffle(shuffled)
    found = event_points(happened(*shuffled), written, [NOW], 1)
    each = {rule["event"]: (rule["id"], D(str(rule["each"]))) for rule in family}
    told = [(unit, each[card][0], matter, each[card][1] * value) for unit, card, matter, value, _ in events]
    expected: dict[str, D] = {}
    for (unit, _), points in counted(told).items():
        expected[unit] = expected.get(unit, D(0)) + points
    got: dict[str, D] = {}
    for (unit, _), points in summed(found).items():
        got[unit] = got.get(unit, D(0)) + points
    assert got == expected
    assert within(D(5), D(3)) == 3
