"""The county's page: standing, movement, reasons, role models, what hangs over it; own results only."""

from __future__ import annotations

from tests.web.cockpit.conftest import counties


def page(world, username, code, language="zh-hans"):
    return world.client(username, language).get(f"/units/{code}/")


def test_where_it_stands_and_what_moved(world, published):
    first = counties()[0]
    text = page(world, f"{first.code}-changwu", first.code).content.decode()
    assert "85.00" in text
    assert "▼2" in text
    assert "收入" in text
    assert "▼1.00" in text
    assert "云浦县" in text
    assert "2.50" in text
    assert "TB3 工资到位" in text


def test_another_county_is_refused(world, published):
    first, second = counties()[:2]
    assert page(world, f"{first.code}-jingban", second.code).status_code == 403


def test_a_department_sees_the_place_but_not_the_points(world, published):
    first = counties()[0]
    text = page(world, "bumen1-handle", first.code).content.decode()
    assert "85.00" in text
    assert "各项得分只给本单位和市级岗位看" in text
    assert "云浦县" not in text


def test_a_unit_without_a_figure_has_no_score(world, published):
    last = counties()[-1]
    text = page(world, "shizhang", last.code).content.decode()
    assert "未报送" in text
    assert ">0.00<" not in text


def test_in_english(world, published):
    first = counties()[0]
    text = page(world, "shizhang", first.code, "en").content.decode()
    assert first.name_en in text
    assert "Revenue" in text
    assert "TB3 Wages on time" in text


def test_the_drill_is_a_fragment(world, published):
    first = counties()[0]
    text = world.client("shizhang").get(f"/cockpit/{first.code}/").content.decode()
    assert "<html" not in text
    assert "经济" in text


def test_constant_queries(world, published, django_assert_max_num_queries):
    client, first = world.client("shizhang"), counties()[0]
    client.get(f"/units/{first.code}/")
    with django_assert_max_num_queries(28):
        client.get(f"/units/{first.code}/")
