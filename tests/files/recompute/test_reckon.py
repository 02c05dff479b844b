"""Reckoning (活公式求值): what a cell is said to show, against plain decimals and plain counting."""

from __future__ import annotations

import statistics
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.scoring import marks as engine_marks
from junxian.core.scoring.model import Rounding
from junxian.files.recompute.book import Book
from junxian.files.recompute.marks import MARKS
from junxian.files.recompute.model import MISSING, Cell, Column, Expr, NotExpressed, Number, Over, apply, infix, when
from junxian.files.recompute.peers import PEERS, placed
from junxian.files.recompute.reckon import Span, reckon, round_half_up
from junxian.files.recompute.rounding import published
from junxian.files.recompute.spell import DEEPEST, ROW, Speller, letters, number_text, quoted

SPAN = Span("县", 0, 4)
NANO = st.integers(-9_000_000_000_000, 9_000_000_000_000)
MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
FIGURES = st.lists(st.one_of(st.just(MISSING), st.integers(-5, 5).map(float)), min_size=1, max_size=12)


def column(*values: float | str) -> Column:
    return Column("表", 3, "列", values)


def shown(expr: Expr) -> float | str | bool:
    """What a formula that reads no row shows."""
    return reckon(expr, [Span("县", 0, 1)])[0]


@given(NANO, st.sampled_from(sorted(MODES)), st.integers(0, 6))
def test_rounding_is_that_of_decimals(nano: int, mode: str, places: int) -> None:
    exact = Decimal(nano).scaleb(-9)
    expected = exact.quantize(Decimal(1).scaleb(-places), MODES[mode])
    found = shown(published(Number(nano / 1e9), Rounding(places=places, mode=mode)))  # type: ignore[arg-type]
    assert Decimal(repr(float(found))).quantize(Decimal("1e-9")) == expected


@pytest.mark.parametrize(
    ("value", "places", "expected"), [(1.005, 2, 1.01), (-1.005, 2, -1.01), (0.285, 2, 0.29), (2.5, 0, 3)]
)
def test_halves_are_those_of_the_decimal_that_is_meant(value: float, places: int, expected: float) -> None:
    assert round_half_up(value, places) == expected


@given(FIGURES)
def test_a_place_counts_who_is_better(figures: list[float | str]) -> None:
    keys = [f if isinstance(f, str) else (f,) for f in figures]
    known = [f for f in figures if not isinstance(f, str)]
    for ties in ("shared", "last", "average", "dense"):
        for own, place in zip(figures, placed(keys, ties, descending=True), strict=True):
            if isinstance(own, str):
                assert place == MISSING
                continue
            better, same = sum(f > own for f in known), sum(f == own for f in known)
            dense = len({f for f in known if f > own}) + 1
            first, last = better + 1, better + same
            assert place == {"shared": first, "last": last, "average": (first + last) / 2, "dense": dense}[ties]


@given(FIGURES.filter(lambda figures: sum(not isinstance(f, str) for f in figures) > 1))
def test_statistics_pass_over_what_is_missing(figures: list[float | str]) -> None:
    known = [f for f in figures if not isinstance(f, str)]
    expected = {
        "MAX": max(known), "MIN": min(known), "AVERAGE": statistics.fmean(known), "MEDIAN": statistics.median(known),
        "SUM": sum(known), "COUNT": len(known), "STDEV": statistics.stdev(known), "STDEVP": statistics.pstdev(known),
    }  # fmt: skip
    for name, value in expected.items():
        assert PEERS[name].reckon([figures], [])[0] == pytest.approx(value, abs=1e-9), name


def test_nobody_has_a_figure() -> None:
    empty = (MISSING, MISSING)
    assert {
        name: PEERS[name].reckon([empty], [0.5])[0] for name in ("MAX", "STDEV", "SPREAD", "PERCENTILE", "LOWER")
    } == dict.fromkeys(("MAX", "STDEV", "SPREAD", "PERCENTILE", "LOWER"), MISSING)
    assert PEERS["COUNT"].reckon([empty], []) == [0.0, 0.0]


def test_a_missing_figure_is_no_number() -> None:
    with pytest.raises(TypeError):
        reckon(infix("+", Cell(column(MISSING, 1.0, 2.0, 3.0)), 1), [SPAN])


def test_only_the_branch_that_is_taken_is_reckoned() -> None:
    x = Cell(column(MISSING, 0.0, 2.0, 4.0))
    inverse = when(apply("ISNUMBER", x), when(infix("=", x, 0), MISSING, infix("/", 1, x)), MISSING)
    assert reckon(inverse, [SPAN]) == (MISSING, MISSING, 0.5, 0.25)


def test_categories_do_not_see_each_other() -> None:
    x = column(1.0, 5.0, 3.0, 9.0)
    assert reckon(Over("MAX", (x,)), [Span("县", 0, 2), Span("区", 2, 4)]) == (5.0, 5.0, 9.0, 9.0)


def test_formulas_are_written_as_they_are_meant() -> None:
    x = Cell(Column("一 表", 28, "列", (1.0,)))
    text = Speller("二", "参数").text(infix("-", 1, infix("-", infix("*", infix("+", x, 2), 3), Number(-4))), SPAN)
    assert text == f"=1-(('一 表'!AC{ROW}+2)*3-(-4))"


@pytest.mark.parametrize(("place", "expected"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_letters(place: int, expected: str) -> None:
    assert letters(place) == expected


def test_texts_and_numbers_cannot_break_out_of_a_formula() -> None:
    assert quoted('a"&x\n') == '"a""&x"'
    assert quoted("SORT(x)") == '"SORT"&"(x)"'
    assert (number_text(1e-9), number_text(5.0), number_text(0.1)) == ("1E-09", "5", "0.1")


def test_what_a_cell_cannot_hold_is_refused() -> None:
    deep: Expr = Number(1.0)
    for _ in range(DEEPEST + 1):
        deep = apply("ABS", deep)
    wide = apply("MAX", *[Number(1.0)] * 256)
    long = apply("MAX", *["长" * 300] * 40)
    for expr, code in ((deep, "recompute.too_deep"), (wide, "recompute.too_many"), (long, "recompute.too_long")):
        with pytest.raises(NotExpressed) as refusal:
            Speller("表", "参数").text(expr, SPAN)
        assert refusal.value.code == code


def test_every_method_of_the_engine_has_a_worksheet_form() -> None:
    assert MARKS.keys() == engine_marks.MARKS.keys()


def test_a_parameter_of_a_number_is_called_by_its_word() -> None:
    book = Book(
        [],
        [],
        {"recompute.setting.rung": "档分", "recompute.setting.quantile": "{name}分位", "recompute.setting.low": "低标"},
    )
    assert (book.setting_name("rung_3"), book.setting_name("low_quantile")) == ("档分 3", "低标分位")
