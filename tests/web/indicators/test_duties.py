"""Who owes what: counties only for what they alone have, due on a working day, figures as a frame."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from junxian.web.indicators import actions, duties, jobs, queries
from junxian.web.indicators.models import Observation
from tests.web.conftest import EXAMPLE


@pytest.fixture
def county_alone(world, tmp_path):
    """The rulebook with one card that a county alone has."""
    from junxian.web.rulebooks.actions import adopt

    shutil.copytree(EXAMPLE, tmp_path / "city")
    cards = tmp_path / "city" / "indicators.yaml"
    text = cards.read_text("utf-8")
    old = "range: [0, 200], keeper: 农业农村局,"
    assert text.count(old) == 1
    cards.write_text(text.replace(old, f"{old} only_county_has: true,"), "utf-8")
    adopt(tmp_path / "city", by=None)
    return world


def test_a_county_owes_only_what_it_alone_has(county_alone) -> None:
    made = actions.open_hand_ins("monthly", "2026-06", by=county_alone.actor("kaohe"))
    counties = {h.owner.code: h.indicators for h in made if h.owner.kind == "region"}
    assert len(counties) == 9
    assert set(map(tuple, counties.values())) == {("demonstration",)}
    assert not any("demonstration" in h.indicators for h in made if h.owner.kind == "department")


def test_a_county_types_reviews_and_signs_its_own_fact(county_alone) -> None:
    made = actions.open_hand_ins("monthly", "2026-06", by=county_alone.actor("kaohe"))
    own = next(h for h in made if h.owner.code == "X10001")
    clerk, deputy, head = (county_alone.actor(f"X10001-{n}") for n in ("jingban", "changwu", "xianzhang"))
    actions.enter(own, [actions.Cell("X10001", "demonstration", "80")], by=clerk)
    upload = actions.submit(own, by=clerk)
    jobs.read_upload.call(upload.pk)
    actions.confirm(upload, by=clerk)
    actions.handle(own, by=clerk)
    actions.review(own, by=deputy)
    assert actions.sign(own, by=head).locked
    page = county_alone.client("X10002-jingban").get("/hand-ins/").content.decode()
    assert "东篱" not in page
    assert page.count("/hand-ins/") >= 1


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2026-06", date(2026, 7, 20)),  # the 18th is a Saturday
        ("2026-04", date(2026, 5, 18)),
        ("2026-01/02", date(2026, 3, 18)),
        ("2025-12", date(2026, 1, 19)),  # the 18th is a Sunday
    ],
)
def test_hand_ins_are_due_on_a_working_day(world, period, day) -> None:
    assert duties.due_day(duties.rules_in(period), period) == day


def test_make_up_days_are_worked_and_holidays_are_not(world) -> None:
    rules = duties.rules_in("2026-02")
    assert duties.is_working(rules, date(2026, 2, 14))  # a Saturday made up
    assert duties.next_working_day(rules, date(2026, 2, 16)) == date(2026, 2, 23)


def test_months_published_together_are_one_period(world) -> None:
    cards = {card.code: card for card in duties.rules_in("2026-01/02").indicators}
    assert duties.cell_period(cards["revenue"], "2026-01/02") == "2026-01/02"
    assert duties.cell_period(cards["cash"], "2026-01/02") == "2026-02"
    assert duties.cell_period(cards["gdp"], "2026-06") == "2026Q2"


def test_the_frame_is_what_the_engine_reads(round_open, dropped, clerks, django_assert_max_num_queries) -> None:
    from junxian.core.indicators.model import OBSERVATION_COLUMNS
    from junxian.files.sheets import check_observations

    upload = dropped(round_open["商务局"], "商务局")
    actions.explain(list(upload.findings.blocking()), "已核对", by=clerks("商务局"))
    actions.confirm(upload, by=clerks("商务局"))
    with django_assert_max_num_queries(1):
        frame = queries.frame("2026-06")
    assert tuple(frame.columns) == OBSERVATION_COLUMNS
    oracle = sorted((o.unit.code, o.indicator, o.period, o.value) for o in Observation.objects.select_related("unit"))
    key = frame.select("region_code", "indicator", "period", "value").rows()
    assert sorted(key, key=str) == sorted(oracle, key=str)
    assert queries.frame("2026-05").is_empty()
    rules = duties.rules_in("2026-06")
    check_observations(
        frame, None, checks=rules.checks, cards=rules.indicators, units=rules.units, period="2026-06", root=rules.root
    )


def test_pages_ask_the_database_little(world, round_open, dropped, clerks, django_assert_max_num_queries) -> None:
    upload = dropped(round_open["商务局"], "商务局")
    actions.explain(list(upload.findings.blocking()), "已核对", by=clerks("商务局"))
    actions.confirm(upload, by=clerks("商务局"))
    client = world.client("kaohe")
    client.get("/indicators/")
    for address in ("/hand-ins/", "/indicators/", "/indicators/trade/", "/units/X10001/figures/2026-06/"):
        with django_assert_max_num_queries(22, info=address):
            client.get(address)
