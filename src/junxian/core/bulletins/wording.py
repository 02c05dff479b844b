"""Wording (行文): how numbers, differences and dates are written in a language's official prose (DESIGN §5).

Amounts two decimals, growth one, differences of rates in 百分点, a fall as 下降 x% and never as -x%. The words come
from the catalogue (`bulletins.word.*`), so that this module knows rules and no language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from junxian.core.bulletins.facts import NumberStyle
from junxian.core.errors import RuleError

WHOLE_UNITS = frozenset({
    "人", "个", "户", "家", "起", "件", "次", "项", "位", "名", "所", "张", "元", "元/人",
    "persons", "people", "firms", "jobs", "USD", "$", "USD/person",
})  # fmt: skip
"""Units of measure that are printed without decimals unless a card says otherwise."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's way with numbers: the catalogue's words and the jurisdiction's number style."""

    language: str
    words: Mapping[str, str]
    style: NumberStyle = field(default_factory=NumberStyle)
    terms: Mapping[str, str] = field(default_factory=dict)

    def word(self, key: str, **facts: object) -> str:
        """The catalogue's text for `bulletins.<key>` with its facts; RuleError where the catalogue lacks it."""
        found = self.words.get(f"bulletins.{key}")
        if found is None:
            raise RuleError("bulletins.word_missing", key=f"bulletins.{key}", language=self.language)
        return found.format(**facts)

    def number(self, value: float, decimals: int) -> str:
        """A number as printed, halves away from zero, with the style's decimal and grouping marks."""
        rounded = rounded_half_up(value, decimals)
        text = f"{abs(rounded):,.{max(decimals, 0)}f}"
        text = text.replace(",", "\0").replace(".", self.style.decimal).replace("\0", self.style.group)
        return f"-{text}" if rounded < 0 else text

    def decimals_of(self, unit: str) -> int:
        """Places for a unit of measure: percent one, amounts two, whole things none."""
        if unit in {"%", "百分点", "个百分点"}:
            return self.style.percent_decimals
        return 0 if unit in WHOLE_UNITS else self.style.amount_decimals

    def measured(self, value: float, decimals: int, unit: str) -> str:
        """A number with its unit of measure: 12.35亿元, 8.3%, $65,309, 1,204 persons."""
        number = self.number(value, decimals)
        unit = self.terms.get(unit, unit)
        if unit in {"", "1"}:
            return number
        if unit in {"$", "USD"}:
            return f"-${number[1:]}" if number.startswith("-") else f"${number}"
        return f"{number}{unit}" if unit == "%" or self.language == "zh" else f"{number} {unit}"

    def directed(self, kind: str, value: float, decimals: int, unit: str = "") -> str:
        """A signed figure in words; `kind` (growth, change, compare) chooses the pair: 增长8.3%, 下降1位, 持平."""
        rounded = rounded_half_up(value, decimals)
        if rounded == 0:
            return self.word(f"word.{kind}_flat")
        size = self.measured(abs(float(rounded)), decimals, unit)
        return self.word(f"word.{kind}_{'up' if rounded > 0 else 'down'}", figure=size)

    def points_apart(self) -> str:
        """The unit of a difference of two percentages."""
        return self.word("word.percentage_points")

    def joined(self, names: Sequence[str]) -> list[str]:
        """The separators that stand before each name of an enumeration; the first is empty."""
        middle, last = self.word("word.list_separator"), self.word("word.list_last")
        return ["" if i == 0 else (last if i == len(names) - 1 else middle) for i in range(len(names))]

    def date(self, day: str) -> str:
        """An ISO date as the language writes it, without padding: 2026年7月9日, July 9, 2026; other text as it is."""
        parts = day.split("-")
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            return day
        year, month, date = (int(part) for part in parts)
        name = self.word(f"month.{month}")
        return self.word("word.date", year=year, month=name, day=date)


def rounded_half_up(value: float, decimals: int) -> Decimal:
    """四舍五入 on the shortest decimal text of a float, so that 0.125 printed as 0.13 is what a reader computes."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def arrow(change: int | None) -> str:
    """升降: ↑2, ↓1, — for no change or no earlier place."""
    if not change:
        return "—"
    return f"↑{change}" if change > 0 else f"↓{-change}"
