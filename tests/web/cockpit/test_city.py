"""The city's pages: what was published, as far as one's post reaches, in a constant number of queries."""

from __future__ import annotations

import pytest

from tests.web.cockpit.conftest import counties

PAGES = ("/cockpit/", "/city/", "/brief/", "/ranking/")


@pytest.mark.parametrize("path", PAGES)
def test_before_anything_is_published_no_score_is_shown(world, path):
    answer = world.client("shizhang").get(path)
    assert answer.status_code == 200
    assert "还没有已公布的轮次" in answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_published_results_are_shown(world, published, path, language):
    text = world.client("shizhang", language).get(path).content.decode()
    first = counties()[1]
    assert (first.name if language == "zh-hans" else first.name_en) in text
    assert "95.00" in text
    assert ("2026年6月" if language == "zh-hans" else "June 2026") in text


@pytest.mark.parametrize("state", ["withdrawn", "approving", "checking"])
@pytest.mark.parametrize("path", PAGES)
def test_what_is_not_public_stays_unseen(world, published, path, state):
    type(published).objects.update(state=state)
    assert "95.00" not in world.client("shizhang").get(path).content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_trial_publishes_nothing(world, published, path):
    type(published).objects.update(trial=True)
    assert "95.00" not in world.client("kaohe").get(path).content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_county_sees_its_own_row_alone(world, published, path):
    own, other = counties()[0], counties()[1]
    text = world.client(f"{own.code}-jingban").get(path).content.decode()
    assert own.name in text
    assert other.name not in text


@pytest.mark.parametrize("path", PAGES)
def test_the_number_of_queries_does_not_grow_with_the_counties(world, published, path, django_assert_max_num_queries):
    client = world.client("shizhang")
    client.get(path)
    with django_assert_max_num_queries(26):
        client.get(path)


def test_the_unit_that_moved_most_is_named(world, published):
    text = world.client("shizhang").get("/brief/").content.decode()
    assert "第 1 位 → 第 3 位" in text


def test_a_missing_score_is_no_zero(world, published):
    text = world.client("shizhang").get("/city/").content.decode()
    assert "无得分" in text
    assert ">0.00<" not in text


def test_the_ranking_is_searched_on_the_server(world, published):
    wanted, other = counties()[0], counties()[1]
    text = world.client("shizhang").get("/ranking/", {"q": wanted.name}).content.decode()
    assert wanted.name in text
    assert other.name not in text


def test_the_map_leads_to_the_counties(world, published):
    text = world.client("shizhang").get("/cockpit/").content.decode()
    assert f'href="/units/{counties()[0].code}/"' in text
    assert "前三分之一" in text


def test_lights_of_trust_say_their_threshold(world, published):
    text = world.client("shizhang").get("/city/").content.decode()
    assert "应报 40 项，已报 39 项（97.5%），达到 98% 为绿" in text
