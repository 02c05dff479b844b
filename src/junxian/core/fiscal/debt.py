"""Debt lights (债务率红橙黄绿): four ratios of every county on unrounded values, the worst first (RULES §4.2)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_NOISE = 12  # significant digits that are compared; 60.3/20.1 is 300 %, whatever its last float bit
_RATIOS = {
    "legal": (("general", "special"), ("general_strength", "fund_strength")),
    "general": (("general",), ("general_strength",)),
    "special": (("special",), ("fund_strength",)),
    "full": (("general", "special", "hidden"), ("general_strength", "fund_strength")),
}


def debt_lights(debts: pl.DataFrame, steps: Sequence[tuple[float, str]], lowest: str = "green") -> pl.DataFrame:
    """region_code, `<measure>_ratio` (%) and `<measure>_light` for legal, general and special, and `worst`.

    `debts`: region_code, general, special (balances), general_strength, fund_strength (one unit). With a column
    `hidden` the full ratio is given too; without it no hidden amount exists anywhere (RULES §4.9). `steps`: lower bound
    in %, included, and light, from low to high. A ratio without figures, or over a strength not above zero, is null and
    its light empty; `worst` is the worst of the lights there are.
    """
    shown = [name for name in _RATIOS if name != "full" or "hidden" in debts.columns]
    ratios = debts.with_columns(_ratio(name).alias(f"{name}_ratio") for name in shown)
    place = [_place(f"{name}_ratio", steps) for name in shown]
    names = dict(enumerate([lowest, *(name for _, name in steps)]))
    worst = pl.max_horizontal(place).alias("worst")
    lights = [p.alias(f"{name}_light") for p, name in zip(place, shown, strict=True)]
    lit = ratios.with_columns(p.replace_strict(names, default="", return_dtype=pl.String) for p in (*lights, worst))
    return lit.select("region_code", *(f"{n}_{part}" for n in shown for part in ("ratio", "light")), "worst")


def _ratio(name: str) -> pl.Expr:
    balances, strengths = _RATIOS[name]
    owed, strength = (sum((pl.col(c) for c in part), pl.lit(0.0)) for part in (balances, strengths))
    return pl.when(strength > 0).then(owed / strength * 100)


def _place(column: str, steps: Sequence[tuple[float, str]]) -> pl.Expr:
    """How many bounds the ratio reaches; null where there is none."""
    x = pl.col(column).round_sig_figs(_NOISE)
    reached = sum(((x >= bound).cast(pl.Int64) for bound, _ in steps), pl.lit(0, dtype=pl.Int64))
    return pl.when(x.is_finite()).then(reached)
