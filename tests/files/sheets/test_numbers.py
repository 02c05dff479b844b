"""Figures from text and their conversion, against Decimal."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.files.sheets.numbers import convert, converted, fifteen, read_number, to_fifteen
from tests.oracles.sheets import rounded

FULL = str.maketrans("0123456789.,-%+", "０１２３４５６７８９．，－％＋")
POWERS = [Decimal(10) ** k for k in range(-8, 9)]
amounts = st.decimals(min_value=-(10**10), max_value=10**10, places=4, allow_nan=False).map(str)


@given(amounts)
def test_text_keeps_its_decimal(text: str) -> None:
    for written in (text, f" {text} ", text.translate(FULL), f"'{text}"):
        found = read_number(written)
        assert found is not None
        assert found.amount == Decimal(text)
        assert found.unit == ""


@given(st.integers(-(10**12), 10**12), st.integers(0, 9999))
def test_thousands_marks_say_nothing(whole: int, part: int) -> None:
    text = f"{whole:,}.{part:04d}"
    plain = Decimal(f"{whole}.{part:04d}")
    for written in (text, text.translate(FULL), text.replace(",", " "), text.replace(",", "，")):
        found = read_number(written)
        assert found is not None
        assert found.amount == plain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "—",
        "约3",
        "3.1.2",
        "12,34",
        "(3.2)",
        "2026年6月",
        "=1+1",
        "1/2",
        "3~4",
        "同上",
        "-",
        "%",
        "1,23,456",
        "0x1F",
        "∞",
    ],
)
def test_what_is_no_figure_is_none(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "unit"), [("8.5%", "%"), ("8.5％", "%"), ("3.2亿元", "亿元"), ("12 人", "人"), ("3元/人", "元/人")]
)
def test_a_unit_behind_a_figure_is_kept(text: str, unit: str) -> None:
    found = read_number(text)
    assert found is not None
    assert found.unit == unit


@given(amounts, st.sampled_from(POWERS))
def test_one_figure_is_converted_to_the_nearest_float(text: str, factor: Decimal) -> None:
    assert convert(Decimal(text), float(factor)) == rounded(text, factor)


@given(st.lists(amounts, min_size=1, max_size=20), st.sampled_from(POWERS))
def test_columns_are_converted_like_single_figures(texts: list[str], factor: Decimal) -> None:
    frame = pl.DataFrame({"value": [float(t) for t in texts]}).with_columns(pl.lit(float(factor)).alias("factor"))
    got = frame.select(converted(pl.col("value"), pl.col("factor"))).to_series().to_list()
    for text, value in zip(texts, got, strict=True):
        expected = rounded(text, factor)
        assert value == expected or abs(expected) < 1e-7 or abs(expected) >= 1e15


@given(st.integers(1, 10**9), st.sampled_from([Fraction(1, 15), Fraction(2000, 3), Fraction(1, 10000)]))
def test_ratios_such_as_mu_and_hectares_stay_within_a_digit_of_the_exact(number: int, factor: Fraction) -> None:
    frame = pl.DataFrame({"value": [float(number)], "factor": [float(factor)]})
    got = frame.select(converted(pl.col("value"), pl.col("factor"))).item()
    assert got == pytest.approx(float(number * factor), rel=5e-15)


@given(st.floats(1e-6, 1e14))
def test_fifteen_digits_in_columns_and_alone(value: float) -> None:
    got = pl.DataFrame({"v": [value]}).select(to_fifteen(pl.col("v"))).item()
    assert got == pytest.approx(fifteen(value), rel=1.01e-14)  # a seventeenth digit may tip a half


def test_the_usual_noise_of_floats_is_gone() -> None:
    frame = pl.DataFrame({"v": [1.1, 0.1, 2.675, 4.35, -0.29]}).with_columns(pl.lit(10000.0).alias("f"))
    assert frame.select(converted(pl.col("v"), pl.col("f"))).to_series().to_list() == [
        11000.0,
        1000.0,
        26750.0,
        43500.0,
        -2900.0,
    ]
