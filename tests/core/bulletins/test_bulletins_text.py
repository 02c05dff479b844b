"""Placeholders, wording and numbering: how figures may enter a sentence and how they are written there."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from junxian.core.bulletins import Bulletin, NumberStyle
from junxian.core.bulletins.numbering import Numbering, chinese_number
from junxian.core.bulletins.placeholders import Placeholder, parse
from junxian.core.bulletins.wording import Wording, arrow, rounded_half_up
from junxian.core.errors import RuleError
from tests.core.bulletins.words import words

ZH = Wording("zh", words("zh"))
EN = Wording("en", words("en"), NumberStyle(group=","))


def test_a_template_splits_into_text_and_placeholders():
    assert parse("{period}，{unit:rank=1}得{value:税收, unit=甲县}{{注}}") == [
        Placeholder("period", written="{period}"),
        "，",
        Placeholder("unit", keys={"rank": "1"}, written="{unit:rank=1}"),
        "得",
        Placeholder("value", "税收", {"unit": "甲县"}, "{value:税收, unit=甲县}"),
        "{",
        "注",
        "}",
    ]


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("得{score", "bulletins.placeholder_unclosed"),
        ("得score}", "bulletins.placeholder_unclosed"),
        ("{points_of_view}", "bulletins.placeholder_unknown"),
        ("{score:place=1}", "bulletins.placeholder_key"),
        ("{growth}", "bulletins.placeholder_argument"),
    ],
)
def test_a_faulty_template_is_refused_with_a_code(template, code):
    with pytest.raises(RuleError) as refused:
        parse(template)
    assert refused.value.code == code
    assert code in words("zh")
    assert code in words("en")


def test_a_bulletin_with_an_unknown_placeholder_is_no_bulletin():
    with pytest.raises(ValidationError, match="placeholder_unknown:marks"):
        Bulletin(id="x", title="通报", body=[{"text": "得{marks}"}])
    with pytest.raises(ValidationError, match="attachment_needs_indicators"):
        Bulletin(id="x", title="通报", body=[], attachments=[{"of": "values", "title": "表"}])


@pytest.mark.parametrize(
    ("wording", "kind", "value", "unit", "expected"),
    [
        (ZH, "growth", 8.25, "%", "增长8.3%"),
        (ZH, "growth", -1.24, "%", "下降1.2%"),
        (ZH, "growth", 0.04, "%", "持平"),
        (ZH, "growth", -0.04, "%", "持平"),
        (ZH, "compare", -6.44, "个百分点", "低6.4个百分点"),
        (ZH, "change", 2, "", "上升2位"),
        (ZH, "change", -1, "", "下降1位"),
        (EN, "growth", -1.24, "%", "fell 1.2%"),
        (EN, "growth", 1234.5, "%", "rose 1,234.5%"),
    ],
)
def test_a_direction_is_said_in_words_and_never_as_a_minus(wording, kind, value, unit, expected):
    places = 0 if kind == "change" else 1
    shown = wording.directed(kind, value, places, unit)
    assert shown == expected
    assert "-" not in shown


def test_amounts_take_two_decimals_growth_one_and_whole_things_none():
    assert [ZH.decimals_of(unit) for unit in ("亿元", "%", "人", "个")] == [2, 1, 0, 0]
    assert ZH.measured(12.345, 2, "亿元") == "12.35亿元"
    assert EN.measured(65309.4, 0, "USD") == "$65,309"
    assert EN.measured(-3.5, 1, "$") == "-$3.5"
    assert EN.measured(1204, 0, "persons") == "1,204 persons"
    assert Wording("en", words("en"), NumberStyle(decimal=",", group=".")).number(1234567.891, 2) == "1.234.567,89"


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 4))
def test_rounding_is_what_a_reader_does_with_the_decimal_text(value, places):
    """Oracle: 四舍五入 digit by digit on the shortest decimal text."""
    text = format(Decimal(repr(abs(value))), "f")
    whole, _, fraction = text.partition(".")
    kept, rest = fraction[:places].ljust(places, "0"), fraction[places:]
    number = int(whole + kept) + (1 if rest[:1] >= "5" else 0)
    expected = Decimal(number).scaleb(-places) * (-1 if value < 0 else 1)
    assert rounded_half_up(value, places) == expected
    assert expected.quantize(Decimal(1), ROUND_HALF_UP) is not None


def test_dates_are_written_without_padding():
    assert ZH.date("2026-07-09") == "2026年7月9日"
    assert EN.date("2026-07-09") == "July 9, 2026"
    assert ZH.date("2026年度") == "2026年度"


def test_arrows_say_gained_lost_and_unknown():
    assert [arrow(2), arrow(-1), arrow(0), arrow(None)] == ["↑2", "↓1", "—", "—"]


def test_headings_count_by_level():
    zh, en = Numbering(ZH), Numbering(EN)
    levels = [1, 2, 2, 3, 4, 1, 2]
    assert [zh.next(level) for level in levels] == ["一、", "（一）", "（二）", "1.", "（1）", "二、", "（一）"]
    assert [en.next(level) for level in levels] == ["1. ", "1.1 ", "1.2 ", "1.2.1 ", "1.2.1.1 ", "2. ", "2.1 "]
    assert [chinese_number(n) for n in (1, 10, 11, 20, 35)] == ["一", "十", "十一", "二十", "三十五"]


def test_a_missing_word_is_a_fault_and_not_an_empty_text():
    with pytest.raises(RuleError, match="word_missing"):
        ZH.word("word.nothing_of_the_kind")


def test_both_catalogues_hold_the_same_keys_and_facts():
    import re

    zh, en = words("zh"), words("en")
    assert zh.keys() == en.keys()
    for key, text in zh.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", en[key])) or key.startswith(
            ("bulletins.word.document_mark", "bulletins.word.heading")
        ), key
