"""Labels (等次) compared with texts: equal, unequal, unknown; an indicator is no label."""

from __future__ import annotations

import polars as pl
import pytest

from junxian.core.errors import RuleError
from junxian.core.formulas import Context, Vocabulary, analyse, compile_formula, evaluate
from junxian.core.formulas.measure import UnitTable
from junxian.core.indicators.model import Card

CARD = Card(code="debt", name="债务", unit="亿元")
WORDS = Vocabulary(cards={"债务": CARD}, names={"grade": None, "x": None}, population=None, units=UnitTable())
FRAME = pl.DataFrame({"g": ["A", "B", None], "v": [1.0, 4.0, 5.0], "m": [1, 1, 1]})


def values(text: str) -> list[object]:
    context = Context(keys=("m",), month="m", columns_of_name={"grade": "g", "x": "v"})
    compiled = compile_formula(analyse(text, WORDS), lambda leaf: "v", context)
    return evaluate(FRAME, {"r": compiled}).get_column("r").to_list()  # type: ignore[no-any-return]


def test_a_label_equals_a_text() -> None:
    assert values('grade = "A"') == [True, False, None]
    assert values('grade <> "A"') == [False, True, None]


def test_labels_and_numbers_in_one_condition() -> None:
    assert values('若(grade = "A" 或 x > 3, 1, 0)') == [1.0, 1.0, 1.0]


def test_an_indicator_has_no_text() -> None:
    with pytest.raises(RuleError, match="wants_label"):
        analyse('债务 = "A"', WORDS)
