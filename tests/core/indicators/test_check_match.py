"""Names: what is sure, what is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.indicators.match import card_names, normalise, region_names, split_calibre
from junxian.core.indicators.model import Card
from junxian.core.units.model import Unit

UNITS = [
    Unit(code="990200", name={"zh": "汀州市", "en": "Tingzhou"}),
    Unit(code="990212", name="柏溪区", parent="990200", valid_from="2014-10-01"),
    Unit(code="990224", name="柏溪县", parent="990200", valid_to="2014-09-30", successors={"990212": 1.0}),
    Unit(code="990225", name="分水县", valid_to="2014-09-30", successors={"990212": 0.4, "990203": 0.6}),
    Unit(code="990203", name="顺湖回族区", parent="990200"),
    Unit(code="990221", name="云台县", parent="990200"),
    Unit(code="990222", name="云石县", parent="990200", short="石城"),
    Unit(code="US1", name="Adams County", parent="990200"),
]
NAMES = region_names(UNITS, day="2026-06", root="990200", root_words=("全市",))


@pytest.mark.parametrize(
    ("written", "code", "how"),
    [
        ("云台县", "990221", "exact"), (" 云 台 县 ", "990221", "exact"), ("1.云台县", "990221", "exact"),
        ("其中：云台县", "990221", "exact"), ("汀州市云台县", "990221", "exact"), ("云台", "990221", "short"),
        ("顺湖", "990203", "short"), ("顺湖区", "990203", "short"), ("石城", "990222", "short"),
        ("全市", "990200", "root"),
        ("柏溪", "990212", "short"), ("柏溪县", "990212", "old"), ("990221", "990221", "code"),
        ("990221000000", "990221", "code"),
        ("９９０２２１", "990221", "code"), ("顺湖回", "990203", "prefix"), ("Adams", "US1", "short"),
        ("ADAMS COUNTY", "US1", "exact"),
        ("Tingzhou", "990200", "exact"),
    ],
)  # fmt: skip
def test_sure_names(written: str, code: str, how: str) -> None:
    found = NAMES.match(written)
    assert (found.code, found.how) == (code, how)


@pytest.mark.parametrize(
    ("written", "how", "candidates"),
    [
        ("云合县", "near", {"990221", "990222"}),
        ("分水县", "several", {"990212", "990203"}),
        ("天外", "unknown", set()),
        ("", "unknown", set()),
    ],
)
def test_doubtful_names_are_asked(written: str, how: str, candidates: set[str]) -> None:
    found = NAMES.match(written)
    assert (found.code, found.how) == ("", how)
    assert set(found.candidates) >= candidates


def test_numbers_are_codes() -> None:
    assert NAMES.match(990221.0).code == "990221"
    assert NAMES.match(990221).code == "990221"


def test_a_former_name_is_its_own_unit_while_it_lived() -> None:
    then = region_names(UNITS, day="2013-06")
    assert then.match("柏溪县").code == "990224"
    assert then.match("柏溪区").code == ""


def test_two_alike_beginnings_are_several() -> None:
    names = region_names([Unit(code="1", name="新河市"), Unit(code="2", name="新河县")])
    found = names.match("新河")
    assert (found.code, set(found.candidates)) == ("", {"1", "2"})


def test_a_bulk_lookup_agrees_or_steps_back() -> None:
    names = region_names(UNITS, day="2026-06")
    assert names.codes(["云台县", "石城"]) is None
    assert [names.known(text).code for text in ("云台县", "石城")] == ["990221", "990222"]
    assert names.codes(["云台县", "石城"]) == ["990221", "990222"]
    assert names.codes(["云台县", "天外"]) is None


def test_cards_by_name_alias_and_long_beginning() -> None:
    names = card_names([
        Card(code="a", name="一般公共预算收入", aliases=("公共财政预算收入",)), Card(code="b", name="一般公共预算支出"),
        Card(code="c", name={"zh": "社会消费品零售总额", "en": "Retail sales"}),
        Card(code="d", name="固定资产投资（不含农户）"),
    ])  # fmt: skip
    assert names.match("公共财政预算收入").code == "a"
    assert names.match("固定资产投资(不含农户)").code == "d"
    assert names.match("社会消费品零售").code == "c"
    assert names.match("retail sales").code == "c"
    assert set(names.match("一般公共预算").candidates) == {"a", "b"}
    assert names.match("社会").code == ""


@given(st.sampled_from([unit.name for unit in UNITS if isinstance(unit.name, str)]), st.text(" \u3000\t", max_size=3))
def test_blanks_around_a_name_say_nothing(name: str, blank: str) -> None:
    assert normalise(blank + name + blank) == normalise(name)


@pytest.mark.parametrize(
    ("text", "name", "calibre"),
    [
        ("全市（不含云台）", "全市", "不含云台"),
        ("全市(含云台)", "全市", "含云台"),
        ("云台县", "云台县", ""),
        ("投资（亿元）", "投资（亿元）", ""),
    ],
)
def test_calibres_in_brackets(text: str, name: str, calibre: str) -> None:
    assert split_calibre(text) == (name, calibre)
