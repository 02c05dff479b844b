"""Asking a formula (问公式): what a sheet's own formulas would give on other figures, beside what a method would."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from junxian.core.errors import DataError
from junxian.files.adopt.compute import Computer
from junxian.files.adopt.grid import Spot
from junxian.files.adopt.naming import Named, figures_by_code
from junxian.files.adopt.trial import World

TRIALS = 3
MILLIONTH = Decimal("0.000001")


def other_worlds(named: Named, groups: Mapping[str, str]) -> list[World]:
    """Other figures to ask the cell's formula and the candidates about: turned round, stretched, spread."""
    worlds = []
    for number in range(TRIALS):
        figures = {column.code: _moved(column.figures, number) for column in named.figures}
        fixed = figures_by_code([named.target] if named.target else [])
        worlds.append(World(f"trial{number}", groups, {**figures, **fixed}))
    return worlds


def formula_says(
    computer: Computer, named: Named, units: Container[str], worlds: Sequence[World]
) -> dict[str, dict[str, Decimal]]:
    """World → unit → points by the sheet's own formulas; a formula that fails on altered figures says nothing there."""
    said: dict[str, dict[str, Decimal]] = {}
    for world in worlds:
        instead: dict[Spot, float | None] = {}
        for column in named.figures:
            for unit, x in world.figures[column.code].items():
                entry = column.series.entries[unit]
                instead[entry.spot] = x / entry.factor
        said[world.label] = {}
        supposed = computer.supposing(instead)
        for unit, entry in named.item.points.entries.items() if named.item.points else ():
            if unit in units and entry.spot in computer.book.formulas:
                found = _points(supposed, entry.spot)
                if found is not None:
                    said[world.label][unit] = found
    return said


def _points(supposed: Callable[[Spot], object], spot: Spot) -> Decimal | None:
    try:
        found = supposed(spot)
    except DataError:
        return None
    return Decimal(repr(found)).quantize(MILLIONTH, ROUND_HALF_UP) if isinstance(found, float) else None


def _moved(figures: Mapping[str, float], way: int) -> dict[str, float]:
    units, values = list(figures), list(figures.values())
    low, high = min(values, default=0.0), max(values, default=0.0)
    if way == 0:
        moved = values[::-1]
    elif way == 1:
        moved = [v * (0.7 if place % 2 else 1.3) for place, v in enumerate(values)]
    else:
        span = (high - low) or abs(high) or 1.0
        moved = [
            low - 0.4 * span + 1.8 * span * ((place * 7) % len(values)) / len(values) for place in range(len(values))
        ]
    return {unit: round(v, 4) for unit, v in zip(units, moved, strict=True)}
