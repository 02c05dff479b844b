"""The province page: places by a naive count, who is missing, links, nothing before it is signed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

import pytest
from django.urls import reverse
from django.utils import timezone

from junxian.core.benchmarks import NamedList
from junxian.core.benchmarks.model import ListEntry
from junxian.core.units.select import select
from junxian.web.benchmarks import queries, standing
from junxian.web.indicators.models import HandIn, Observation
from junxian.web.rulebooks.current import current, current_version
from junxian.web.units.models import Unit

JUNE, MAY = ("2026-06", 2026 * 12 + 5), ("2026-05", 2026 * 12 + 4)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Each test rolls its figures back, so numbers come again; outside of tests a number never does."""
    standing._tables.cache_clear()
    queries._role_models.cache_clear()


def counties() -> tuple[str, ...]:
    rules = current()
    return select(rules.units, "全省可比县", rules.peer_sets, "2026-06")


def enter(values: dict[str, float | None], period: tuple[str, int] = JUNE, indicator: str = "revenue_growth") -> None:
    units = dict(Unit.objects.values_list("code", "pk"))
    Observation.objects.bulk_create(
        Observation(
            unit_id=units[code], indicator=indicator, period=period[0], period_index=period[1], kind="YTD", value=value,
            state="reported" if value is not None else "late", source_kind="cell", at=timezone.now(),
        )
        for code, value in values.items()
    )  # fmt: skip


def spread(codes: Iterable[str], start: float = 1.0) -> dict[str, float | None]:
    """Figures with ties and one absent."""
    found: dict[str, float | None] = {code: start + (place // 2) * 0.5 for place, code in enumerate(codes)}
    found[next(iter(found))] = None
    return found


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_an_empty_province_says_so(world) -> None:
    assert "还没有可以排位次的一期" in text_of(world.client("shizhang").get(reverse("province")))


def test_places_are_those_a_naive_count_gives(world) -> None:
    values = spread(counties())
    enter(values)
    table = standing.tables(current_version().hash, "2026-06", "zh")["province_counties"]
    block = table.blocks[0]
    known = {code: value for code, value in values.items() if value is not None}
    assert {place.code for place in block.places} == set(values)
    for place in block.places:
        own = known.get(place.code)
        if own is None:
            assert (place.rank, place.value, place.last) == (None, None, None)
            continue
        better = sum(other > own for other in known.values())
        worse = sum(other < own for other in known.values())
        assert (place.rank, place.worse) == (better + 1, worse)
        assert place.tied is (sum(other == own for other in known.values()) > 1)
        assert place.last is (worse < 3)
    assert block.n == len(known)
    assert len(block.missing) == 1
    assert block.places[-1].value is None


def test_movement_since_last_month(world) -> None:
    codes = counties()
    enter({code: float(place) for place, code in enumerate(codes)}, MAY)
    enter({code: float(-place) for place, code in enumerate(codes)}, JUNE)
    block = standing.tables(current_version().hash, "2026-06", "zh")["province_counties"].blocks[0]
    first = next(place for place in block.places if place.code == codes[0])
    assert (first.rank, first.change, first.change_last_year) == (1, len(codes) - 1, None)


def test_places_among_another_number_of_units_are_not_compared(world) -> None:
    codes = counties()
    enter({codes[0]: 3.0}, MAY)
    enter({code: float(place) for place, code in enumerate(codes)}, JUNE)
    block = standing.tables(current_version().hash, "2026-06", "zh")["province_counties"].blocks[0]
    first = next(place for place in block.places if place.code == codes[0])
    assert (first.rank, first.change, first.before) == (len(codes), None, 1)
    assert "当时有数 1 个，不比" in text_of(world.client("shizhang").get(reverse("province") + "?all"))


def test_a_new_figure_changes_the_table_and_the_same_figures_do_not_compute_twice(world) -> None:
    codes = counties()
    enter({code: float(place) for place, code in enumerate(codes[1:])})
    mark = current_version().hash
    before = standing.tables(mark, "2026-06", "zh")
    assert standing.tables(mark, "2026-06", "zh") is before
    enter({codes[0]: 99.0})
    after = standing.tables(mark, "2026-06", "zh")["province_counties"].blocks[0]
    assert after.places[0].code == codes[0]


def test_the_page_links_each_figure_to_its_history_and_names_who_is_missing(world) -> None:
    values = spread(counties())
    enter(values)
    answer = world.client("shizhang").get(reverse("province"))
    page, text = answer.content.decode(), text_of(answer)
    shown = [code for code in select(current().units, "五县", current().peer_sets, "") if values[code] is not None]
    for code in shown:
        assert reverse("figure", args=[code, "revenue_growth", "2026-06"]) in page
    missing = next(code for code, value in values.items() if value is None)
    assert "没有数的单位" in text
    assert str(Unit.objects.get(code=missing)) in text
    assert f"可比单位 {len(values)} 个，有数 {len(values) - 1} 个" in text


def test_a_county_may_follow_its_own_figures_only(world) -> None:
    enter({code: float(place) for place, code in enumerate(counties())})
    page = world.client("X10021-jingban").get(reverse("province") + "?all").content.decode()
    assert reverse("figure", args=["X10021", "revenue_growth", "2026-06"]) in page
    assert reverse("figure", args=["X10022", "revenue_growth", "2026-06"]) not in page


def test_no_place_before_the_keeper_has_signed(world) -> None:
    enter({code: float(place) for place, code in enumerate(counties())})
    enter({code: float(place) for place, code in enumerate(counties())}, indicator="industry_growth")
    owed = HandIn.objects.create(
        period="2026-06", scheme="monthly", owner=Unit.objects.get(code="department:财政局"), due="2026-07-18",
        indicators=["revenue_growth"],
    )  # fmt: skip
    for person in ("shizhang", "kaohe", "X10021-changwu"):
        client = world.client(person)
        assert "还没有可以排位次的一期" in text_of(client.get(reverse("province")))
        assert client.get(reverse("province") + "?period=2026-06").status_code == 404
        assert "还没有位次" in text_of(
            client.get(reverse("province_trend", args=["province_counties"]) + "?unit=X10021")
        )
        assert "没有可以比的榜样" in text_of(client.get(reverse("province_models")))
    post, now = world.post("bumen1-sign"), timezone.now()
    HandIn.objects.filter(pk=owed.pk).update(
        state="signed", handled_by=world.post("bumen1-handle"), handled_at=now, reviewed_by=world.post("bumen1-review"),
        reviewed_at=now, signed_by=post, signed_at=now,
    )  # fmt: skip
    assert "2026年6月" in text_of(world.client("shizhang").get(reverse("province")))
    assert "还没有可以排位次的一期" in text_of(world.client("X10021-changwu").get(reverse("province")))  # not published


def test_the_trend_is_a_drawing_with_its_figures_beside_it(world) -> None:
    codes = counties()
    for months, period in enumerate((MAY, JUNE)):
        enter({code: float(place * (1 - 2 * months)) for place, code in enumerate(codes)}, period)
    option = queries.trend("province_counties", codes[0], ["2026-06", "2026-05"], "zh")
    assert option["xAxis"]["data"] == ["2026-05", "2026-06"]
    assert option["series"][0]["data"] == [len(codes), 1]
    assert option["yAxis"]["inverse"] is True
    page = world.client("shizhang").get(reverse("province_trend", args=["province_counties"]) + f"?unit={codes[0]}")
    assert 'type="application/json"' in page.content.decode()


def test_role_models_are_shown_to_a_county_for_itself_alone(world) -> None:
    codes = select(current().units, "九县区", current().peer_sets, "")
    for indicator in ("investment_growth", "upper_funds", "revenue_growth"):
        enter({code: float(place + 1) for place, code in enumerate(codes)}, indicator=indicator)
    units = dict(Unit.objects.values_list("code", "pk"))
    Observation.objects.bulk_create(
        Observation(unit_id=units[code], indicator="loans", period="2026-06", period_index=JUNE[1], kind="EOP",
                    value=10.0 + place, state="reported", at=timezone.now())
        for place, code in enumerate(codes)
    )  # fmt: skip
    _period, everybody = queries.role_models(world.actor("shizhang"), "zh")
    _period, own = queries.role_models(world.actor("X10021-changwu"), "zh")
    assert {model.unit for model in own} == {"枕溪县"}
    assert {model.unit for model in everybody} > {"枕溪县"}
    for model in everybody:
        assert model.target > model.own
        assert model.gap_percent == pytest.approx((model.target - model.own) / model.target * 100)


def test_lists_of_two_publishers_stand_apart(world) -> None:
    def one(key: str, publisher: str, ranks: dict[str, int]) -> NamedList:
        entries = tuple(ListEntry(year=2025, unit=code, rank=rank) for code, rank in ranks.items())
        return NamedList(id=key, name="百强县", publisher=publisher, places=100, entries=entries)

    rules = current().model_copy(update={"benchmarks": (
        one("a", "甲机构", {"X10021": 80, "X10022": 80, "X20021": 3}), one("b", "乙机构", {"X10021": 60}),
    )})  # fmt: skip
    found = {row.publisher: row for row in queries.lists(rules, "zh")}
    assert (found["甲机构"].ours, found["甲机构"].best, found["甲机构"].entries) == (2, 80, 3)
    assert [row[2] for row in found["甲机构"].rows] == [True, True]
    assert (found["乙机构"].ours, found["乙机构"].best) == (1, 60)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_is_read_in_few_queries(world, language: str, django_assert_max_num_queries) -> None:
    enter({code: float(place) for place, code in enumerate(counties())})
    client = world.client("kaohe", language)
    client.get(reverse("province"))
    with django_assert_max_num_queries(24):
        assert client.get(reverse("province")).status_code == 200
