"""Names (命名): indicators of the draft, called as the sheet calls them, and how formulas write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from junxian.core.errors import RuleError
from junxian.core.formulas.model import Name
from junxian.core.formulas.parse import parse
from junxian.files.adopt.criteria import Item
from junxian.files.adopt.roles import reading
from junxian.files.adopt.table import Series

LONGEST = 60


@dataclass
class Column:
    """One indicator of the draft: its card and the series its figures come from."""

    code: str
    name: str
    unit: str
    series: Series

    @property
    def term(self) -> str:
        return term_of(self.name)

    @property
    def figures(self) -> dict[str, float]:
        return {unit: entry.value for unit, entry in self.series.entries.items() if entry.value is not None}

    def card(self, kind: str, frequency: str) -> dict[str, Any]:
        said: dict[str, Any] = {"code": self.code, "name": self.name}
        if self.unit:
            said["unit"] = self.unit
        return said | {"kind": kind, "frequency": frequency, "flow": "ratio"}


@dataclass
class Named:
    """A criterion with the indicators it may read; `typed` holds points taken as figures where no method was found."""

    item: Item
    key: str
    figures: list[Column] = field(default_factory=list)
    target: Column | None = None
    typed: Column | None = None

    @property
    def columns(self) -> list[Column]:
        return [*self.figures, *([self.target] if self.target else [])]


def name_all(items: Iterable[Item]) -> list[Named]:
    """Every criterion with cards of its own; no name is given twice."""
    taken: set[str] = set()
    found: list[Named] = []
    for number, item in enumerate(items, start=1):
        key = _unique(item.name, taken)
        named = Named(item, key)
        for place, series in enumerate(item.figures):
            name = key if len(item.figures) == 1 else _unique(_labelled(item, series), taken)
            named.figures.append(
                Column(f"c{number:02d}" + (f"_{place + 1}" if place else ""), name, _unit(series), series)
            )
        if item.target is not None:
            name = _unique(f"{key}目标", taken)
            named.target = Column(f"c{number:02d}_target", name, _unit(item.target), item.target)
            _same_unit(named)
        if item.points is not None:
            named.typed = Column(f"c{number:02d}_points", _unique(f"{key}得分", taken), "", item.points)
        found.append(named)
    return found


def _labelled(item: Item, series: Series) -> str:
    label = series.label.strip()
    return label if label.startswith(item.name) else f"{item.name}{label}"


def _unique(name: str, taken: set[str]) -> str:
    plain = "".join(sign for sign in name if sign.isprintable() and sign not in '`「」"').strip()[:LONGEST] or "指标"
    found, number = plain, 2
    while found in taken:
        found, number = f"{plain}{number}", number + 1
    taken.add(found)
    return found


def _unit(series: Series) -> str:
    return series.unit if series.unit and reading().header.unit_of(series.unit) else ""


def _same_unit(named: Named) -> None:
    """A target written without its unit has that of the figure it is for, and the other way round."""
    assert named.target is not None
    first = next((column.unit for column in named.figures if column.unit), "")
    if not named.target.unit:
        named.target.unit = first
    for column in named.figures:
        if not column.unit and column.unit != named.target.unit:
            column.unit = named.target.unit


def term_of(name: str) -> str:
    """A name as formulas write it: bare where that is read as one name, in 「」 otherwise."""
    try:
        tree = parse(name)
    except RuleError:
        return f"「{name}」"
    return name if tree == Name(name, line=tree.line, column=tree.column) else f"「{name}」"


def figures_by_code(columns: Iterable[Column]) -> Mapping[str, Mapping[str, float]]:
    return {column.code: column.figures for column in columns}
