"""Figures (数字): text to numbers with the digits they came with, and one conversion into the card's unit.

A figure keeps at most 15 significant digits, as Excel does. Conversions multiply in floats and are then set back to 15
digits through an exact integer, which gives the nearest float to the decimal product (tested against Decimal).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import polars as pl

DIGITS = 15
_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)?(?:\.\d*)?(?:e[+-]?\d{1,3})?)(.*)", re.IGNORECASE)
_MINUS = str.maketrans({"−": "-", "－": "-", "﹣": "-", "–": "-", "，": ","})
_POWERS = [10.0**k for k in range(23)]


@dataclass(frozen=True, slots=True)
class Written:
    """A figure as text: its exact decimal and the unit written behind it ("" when none)."""

    amount: Decimal
    unit: str


@lru_cache(maxsize=65536)
def read_number(text: str) -> Written | None:
    """`１，２３４．５`, ` 12.3 `, `8.5％`, `3.2亿元` → amount and unit; None when the text is no figure."""
    plain = unicodedata.normalize("NFKC", text.translate(_MINUS)).translate(_MINUS).strip().lstrip("'")
    plain = re.sub(r"(?<=\d)\s+(?=\d{3}(?!\d))", "", plain)
    found = _NUMBER.fullmatch(plain)
    if not found or not any(sign.isdigit() for sign in found[1]):
        return None
    unit = found[2].strip()
    if unit and not _looks_like_unit(unit):
        return None
    return Written(Decimal(found[1].replace(",", "")), unit)


def _looks_like_unit(text: str) -> bool:
    return (
        len(text) <= 8
        and not any(sign.isdigit() for sign in text)
        and not re.search(r"[,.;:!?、。，；：（）()+=*<>~-]", text)
    )


def fifteen(value: float) -> float:
    """A float with no more than 15 significant digits."""
    return float(f"{value:.{DIGITS}g}")


def convert(amount: Decimal, factor: float) -> float:
    """amount·factor to the nearest float of 15 significant digits; a factor is the short decimal or ratio it shows."""
    if factor == 1:
        return fifteen(float(amount))
    exact = (
        Fraction(amount) * Fraction(factor).limit_denominator(10**9)
        if factor < 1
        else Fraction(amount) * Fraction(str(factor))
    )
    return fifteen(float(exact))


def converted(value: pl.Expr, factor: pl.Expr) -> pl.Expr:
    """value·factor, back to 15 significant digits; a factor below one is applied as a division by its inverse."""
    product = pl.when(factor < 1).then(value / (1.0 / factor).round(6)).otherwise(value * factor)
    return pl.when(factor == 1).then(value).otherwise(to_fifteen(product))


def to_fifteen(value: pl.Expr) -> pl.Expr:
    """Round to 15 significant digits; magnitudes outside 1e-7 … 1e15 are left as they are (their unit is at fault)."""
    places = (DIGITS - 1 - value.abs().log10().floor()).cast(pl.Int64, strict=False)
    within = places.is_between(0, 22)
    scale = pl.lit(10.0).pow(pl.when(within).then(places).otherwise(0))
    return pl.when(within).then((value * scale).round(0) / scale).otherwise(value)
