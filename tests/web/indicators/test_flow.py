"""From an open hand-in to signed figures: files read, findings answered, three people, a lock."""

from __future__ import annotations

import pytest

from junxian.core.errors import DataError
from junxian.web.indicators import actions, queries
from junxian.web.indicators.models import HandIn, Observation, Upload


def test_departments_owe_what_they_keep_and_counties_nothing(round_open) -> None:
    assert {"统计局", "财政局", "商务局", "人行", "督查室"} <= round_open.keys()
    assert all(hand_in.owner.kind == "department" for hand_in in round_open.values())
    assert "revenue" in round_open["财政局"].indicators
    everything = [code for hand_in in round_open.values() for code in hand_in.indicators]
    assert len(everything) == len(set(everything))
    assert not any(code.startswith(("score:", "talk_")) for code in everything)


def test_opening_twice_adds_nothing(round_open, world) -> None:
    actions.open_hand_ins("monthly", "2026-06", by=world.actor("kaohe"))
    assert HandIn.objects.count() == len(round_open)


def test_quarterly_figures_are_asked_in_the_quarters_last_month_only(world) -> None:
    by = world.actor("kaohe")
    may = {code for h in actions.open_hand_ins("monthly", "2026-05", by=by) for code in h.indicators}
    june = {code for h in actions.open_hand_ins("monthly", "2026-06", by=by) for code in h.indicators}
    assert "gdp_growth" in june - may
    assert "revenue" in may & june


def test_a_workbook_is_read_confirmed_and_kept_with_its_cells(round_open, dropped, clerks) -> None:
    upload = dropped(round_open["商务局"], "商务局")
    assert upload.state == Upload.State.READ, (upload.code, upload.facts)
    assert upload.figures == 40
    for finding in upload.findings.all():
        print(finding.severity, finding.rule, finding.code, finding.cell, finding.facts)
    done = answered(upload, clerks("商务局"))
    assert done.added == 40
    figure = Observation.objects.get(unit__code="X10001", indicator="trade", period="2026-06")
    assert (figure.sheet, figure.file, figure.post) == ("外经外贸", upload.name, clerks("商务局").post)
    assert queries.frame("2026-06").height == 40


def answered(upload, by):
    actions.explain(list(upload.findings.blocking()), "已与县区核对", by=by)
    return actions.confirm(upload, by=by)


def test_three_people_sign_and_the_figures_are_locked(round_open, dropped, clerks) -> None:
    hand_in = round_open["商务局"]
    answered(dropped(hand_in, "商务局"), clerks("商务局"))
    with pytest.raises(DataError) as refusal:
        actions.review(hand_in, by=clerks("商务局", "review"))
    assert refusal.value.code == "web.indicators.not_this_step"
    actions.handle(hand_in, by=clerks("商务局"))
    actions.review(hand_in, by=clerks("商务局", "review"))
    signed = actions.sign(hand_in, by=clerks("商务局", "sign"))
    assert signed.locked
    with pytest.raises(DataError) as refusal:
        actions.enter(hand_in, [actions.Cell("X10001", "trade", "1")], by=clerks("商务局"))
    assert refusal.value.code == "web.indicators.locked"
