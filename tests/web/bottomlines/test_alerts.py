"""Alerts: of published runs, worst first, within reach; each with its series and its rule; the register of talks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from junxian.web.assessment.models import Round
from junxian.web.bottomlines import queries
from junxian.web.bottomlines.speech import until_words, watch_words
from junxian.web.bottomlines.views import trend
from junxian.web.indicators.models import Observation
from junxian.web.rulebooks.current import current
from junxian.web.units.models import Unit
from tests.web.cockpit.conftest import counties

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def test_before_publication_there_are_no_alerts(world):
    assert "还没有已公布的轮次" in world.client("shizhang").get("/alerts/").content.decode()


def test_the_worst_stand_first(world, published):
    text = world.client("shizhang").get("/alerts/").content.decode()
    names = [unit.name for unit in counties()[:3]]
    places = [text.index(f">{name}</th>") for name in names]
    assert places == sorted(places)
    assert "汐财〔2025〕5号" in text


@pytest.mark.parametrize(
    ("level", "shown"), [("red", [0]), ("yellow", [2]), ("all", [0, 1, 2]), ("nonsense", [0, 1, 2])]
)
def test_levels_narrow(world, published, level, shown):
    text = world.client("shizhang").get("/alerts/", {"level": level}).content.decode()
    assert [k for k in range(3) if f">{counties()[k].name}</th>" in text] == shown


def test_a_county_sees_its_own_alone(world, published):
    own, other = counties()[:2]
    client = world.client(f"{own.code}-jingban")
    text = client.get("/alerts/").content.decode()
    assert own.name in text
    assert other.name not in text
    assert client.get(f"/alerts/{other.code}/wages/").status_code == 403
    assert client.get(f"/alerts/{own.code}/wages/").status_code == 200


def test_unpublished_alerts_are_shown_to_nobody(world, published):
    Round.objects.update(state="reviewing")
    assert queries.shown_rounds() == []
    assert "TB3" not in world.client("kaohe").get("/alerts/").content.decode()


def test_one_alert_tells_its_series_and_its_rule(world, published):
    text = world.client("shizhang").get(f"/alerts/{counties()[0].code}/wages/").content.decode()
    assert "2026年5月" in text
    assert "2026年6月" in text
    assert "超过 5 为红色。" in text
    assert "财政重点监控" in text
    assert "仅本期" in text
    assert "application/json" in text


def test_a_line_nobody_knows_is_not_found(world, published):
    assert world.client("shizhang").get(f"/alerts/{counties()[0].code}/nothing/").status_code == 404


def test_a_round_without_a_figure_is_a_gap(world, published):
    unit = counties()[0]
    rounds = queries.shown_rounds()
    rounds[1].run.alerts.filter(unit=unit).delete()
    rows = queries.series(unit.pk, "wages", rounds)
    assert [row["value"] for row in rows] == [None, 6.0]
    assert trend(rows)["series"][0]["data"] == [None, 6.0]
    assert trend([{"period": "x", "value": None}]) is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_line_of_every_shipped_rule_can_be_told(world, language):
    from django.utils.translation import override

    rules = current()
    with override(language):
        for line in rules.bottomlines:
            said = watch_words(line, rules)
            assert said
            assert all(said)
            assert until_words(line.until)


def observe(unit: Unit, revision: int, value: float | None, state: str = "reported") -> None:
    Observation.objects.create(
        unit=unit, indicator="talk_city", period="2026-05", period_index=24316, kind="M", calibre="约谈-1", value=value,
        state=state, revision=revision, source="汐政督〔2026〕3号", at=NOW,
    )  # fmt: skip


def test_the_register_holds_talks_until_they_are_taken_back(world):
    unit = counties()[0]
    observe(unit, 0, 1.0)
    text = world.client("ducha").get("/alerts/register/").content.decode()
    assert unit.name in text
    assert "汐政督〔2026〕3号" in text
    assert "约谈" in text
    assert unit.name not in world.client(f"{counties()[1].code}-changwu").get("/alerts/register/").content.decode()
    observe(unit, 1, None, "not_applicable")
    assert "汐政督〔2026〕3号" not in world.client("ducha").get("/alerts/register/").content.decode()


def test_constant_queries(world, published, django_assert_max_num_queries):
    client = world.client("shizhang")
    client.get("/alerts/")
    with django_assert_max_num_queries(16):
        client.get("/alerts/?level=all")
