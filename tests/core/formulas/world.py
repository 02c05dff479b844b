"""A small world of figures (试算数据): nine rows of units and periods, and both ways to evaluate a formula over it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from junxian.core.formulas import Context, Formula, Leaf, Vocabulary, analyse, compile_formula, evaluate
from junxian.core.formulas.measure import default_units
from tests.oracles.formulas import Row, Value, World, leaf_value, value_of

COUNTIES = ("甲", "乙", "丙", "丁", "戊")
NOW = 2026 * 12 + 5
PERIODS = (NOW, 2026 * 12, 2026 * 12 + 11)


@dataclass(frozen=True)
class Card:
    code: str
    kind: str = "YTD"
    unit: str | None = None
    growth_of: str | None = None
    flow: str | None = "flow"


CARDS = {
    "收入": Card("收入"),
    "支出": Card("支出"),
    "余额": Card("余额", "EOP", flow="stock"),
    "人口": Card("人口", "Y", flow="stock"),
    "票": Card("票", "M"),
    "收入增速": Card("收入增速", "YTD", "%", growth_of="收入", flow="ratio"),
}


def words(cards: dict[str, Any] | None = None, **more: Any) -> Vocabulary:
    """A vocabulary over the cards, without units unless said."""
    settings: dict[str, Any] = {"names": {"系数": None}, "population": "人口", "constants": frozenset({"系数"})}
    return Vocabulary(cards=cards or CARDS, units=default_units(), **{**settings, **more})


def city(figures: dict[tuple[str, str, str, str, int], str | Fraction]) -> World:
    """A city 市 with five counties in two groups; figures as decimal text."""
    return World(
        figures={key: Fraction(value) for key, value in figures.items()},
        parents=dict.fromkeys(COUNTIES, "市"),
        groups={"甲": "县", "乙": "县", "丙": "县", "丁": "区", "戊": "区", "市": "市"},
        root="市",
        kinds={name: card.kind for name, card in CARDS.items()},
        names={"系数": Fraction(3, 2)},
        growth_of={"收入增速": "收入"},
        population="人口",
    )


def column(leaf: Leaf) -> str:
    return f"{leaf!r}".replace(".", "_")


def frame(world: World, formulas: list[Formula], periods: tuple[int, ...] = PERIODS) -> pl.DataFrame:
    """Every unit and period with a column per leaf, as whoever runs a formula must build it."""
    rows = [(unit, index) for index in periods for unit in world.groups]
    columns: dict[str, Any] = {
        "unit": [unit for unit, _ in rows],
        "group": [world.groups[unit] for unit, _ in rows],
        "period_index": [index for _, index in rows],
        "month": [index % 12 + 1 for _, index in rows],
        **{name: [float(value)] * len(rows) for name, value in world.names.items()},
    }
    for leaf in {leaf for formula in formulas for leaf in formula.leaves}:
        values = [leaf_value(leaf, world, unit, index) for unit, index in rows]
        columns[column(leaf)] = pl.Series([None if v is None else float(v) for v in values], dtype=pl.Float64)
    return pl.DataFrame(columns)


CONTEXT = Context(keys=("period_index", "group"), month="month", columns_of_name={"系数": "系数"})


def compiled_frame(world: World, texts: list[str], vocabulary: Vocabulary | None = None) -> pl.DataFrame:
    """The frame with a column per text, computed."""
    known = vocabulary or words()
    formulas = {text: analyse(text, known) for text in texts}
    table = frame(world, list(formulas.values()))
    return evaluate(table, {text: compile_formula(formula, column, CONTEXT) for text, formula in formulas.items()})


def both(world: World, text: str) -> list[tuple[Value, Any, str]]:
    """(oracle, engine, row) for every row."""
    table = compiled_frame(world, [text])
    tree = analyse(text, words()).tree
    return [
        (
            value_of(tree, world, Row(row["unit"], row["period_index"])),
            row[text],
            f"{row['unit']} {row['period_index']}",
        )
        for row in table.iter_rows(named=True)
    ]


def same(expected: Value, got: Any) -> bool:
    """Missing is missing; truth is truth; numbers agree to a millionth."""
    if expected is None or got is None or isinstance(expected, bool):
        return expected is got
    return abs(float(expected) - got) <= 1e-6 * max(1.0, abs(float(expected)))


def agree(world: World, text: str) -> None:
    wrong = [f"{where}: {expected} ≠ {got}" for expected, got, where in both(world, text) if not same(expected, got)]
    assert wrong == [], f"{text}\n" + "\n".join(wrong)


def full_city() -> World:
    """Three years of figures with gaps: no January 1–2月, a district without a year, zero and negative bases."""
    figures: dict[tuple[str, str, str, str, int], str | Fraction] = {}
    for place, unit in enumerate((*COUNTIES, "市")):
        for year in (2023, 2024, 2025, 2026):
            figures[unit, "人口", "Y", "", year * 12 + 11] = Fraction(30 + 7 * place + year - 2023)
            for month in range(12):
                index = year * 12 + month
                base = Fraction(place * 13 + month * (5 + place) + (year - 2023) * 3 + 1, 4)
                figures[unit, "支出", "YTD", "", index] = base * 2 - (7 if unit == "丙" else 0)
                figures[unit, "余额", "EOP", "", index] = Fraction(100 + place) + Fraction(month * year % 17, 8)
                figures[unit, "收入增速", "YTD", "", index] = Fraction(place * 5 + month - 8, 10)
                for ballot in range(8 if unit == "乙" else 3):
                    figures[unit, "票", "M", f"第{ballot}票", index] = 80 + Fraction((ballot * 7 + month + place) % 19)
                if month or unit in {"甲", "市"}:
                    figures[unit, "收入", "YTD", "", index] = base
                figures[unit, "收入", "M", "", index] = Fraction(month * 3 % 7 - 2 + place)
    for month in range(12):
        figures.pop(("戊", "收入", "YTD", "", 2025 * 12 + month), None)
    figures["丁", "支出", "YTD", "", NOW - 12] = Fraction(0)
    figures["丙", "支出", "YTD", "", NOW - 12] = Fraction(-4)
    figures["乙", "收入", "YTD", "", NOW] = figures["丙", "收入", "YTD", "", NOW]
    return city(figures)
