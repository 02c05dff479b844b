"""Finding the units (找评价对象): which column or row of a sheet names who was scored, without a list of names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from junxian.files.adopt.grid import Grid, shown
from junxian.files.adopt.roles import is_summary, number_of, read_head
from junxian.files.sheets.layout import filled

FEWEST_UNITS = 3
LOOK = 300
_PLACE = re.compile(
    r"(?:[县区市旗州盟乡镇村]|街道|街道办|开发区|新区|园区|示范区|局|委|办|公司|集团|county|district|city|town|parish)$",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"(?:增速|增幅|增长|收入|投资|产值|增加值|总额|总量|占比|比重|完成率|[^汇]率|指标|指数|数量|任务|工作|满意度|支出|面积|水平|情况|growth|rate|income|revenue)$|[%％]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Axis:
    """Units stand in `column` of the grid (turned where they ran across), at `rows`; `sections`: each row's heading."""

    grid: Grid
    column: int
    rows: tuple[int, ...]
    names: tuple[str, ...]
    sections: tuple[str, ...]
    weight: int


def find_axis(grid: Grid) -> Axis | None:
    """The better of units running down and units running across; None where neither looks like a list of units."""
    if not grid.rows or not grid.rows[0]:
        return None
    found = [axis for way in (grid, grid.across()) for axis in _down(way)]
    return max(found, key=lambda axis: (axis.weight, -axis.column, not axis.grid.turned), default=None)


def _down(grid: Grid) -> list[Axis]:
    whole = filled(grid.rows, grid.merged)
    return [axis for column in range(min(len(whole[0]), LOOK)) if (axis := _axis(grid, whole, column)) is not None]


def _axis(grid: Grid, whole: Sequence[Sequence[Any]], column: int) -> Axis | None:
    rows: list[int] = []
    names: list[str] = []
    sections: list[str] = []
    weight = 0
    section = ""
    for place, row in enumerate(grid.rows[:LOOK]):
        name = shown(whole[place][column]) if isinstance(whole[place][column], str) else ""
        if not name and names and column + 1 < len(row) and read_head(shown(row[column + 1])).role:
            name = names[-1]  # two rows for one unit, figures and points, its name only beside the first
        if _is_unit_row(row, column, name):
            rows.append(place)
            names.append(name)
            sections.append(section)
            weight += _likeness(name)
        elif heading := _heading(row):
            section = heading
    if len(set(names)) < FEWEST_UNITS or weight <= 0 or len(names) > 3 * len(set(names)):
        return None
    corner = {read_head(shown(row[column])).role for row in grid.rows[: rows[0]]}
    said = ("unit" in corner) - bool(corner & {"criterion", "serial"})
    weight += 3 * len(names) * (-said if grid.turned else said)  # the corner speaks of the column below it
    return None if weight <= 0 else Axis(grid, column, tuple(rows), tuple(names), _useful(sections), weight)


def _is_unit_row(row: Sequence[Any], column: int, name: str) -> bool:
    """A short name with figures to its right, or marks of figures not there."""
    if not name or len(name) > 30 or number_of(name) is not None or is_summary(name):
        return False
    head = read_head(name)
    if head.role or head.weight is not None:
        return False
    return any(number_of(cell) is not None for cell in row[column + 1 :])


def _likeness(name: str) -> int:
    if _MEASURE.search(name):
        return -2
    return 3 if _PLACE.search(name) else 1


def _heading(row: Sequence[Any]) -> str:
    """`一、县（4个）`: the only text of its row, without its number and count."""
    texts = [shown(cell) for cell in row if cell != ""]
    if len(set(texts)) != 1 or number_of(texts[0]) is not None or len(texts[0]) > 30:
        return ""
    return re.sub(r"^[(（]?[一二三四五六七八九十\d]+[)）]?[、.．]\s*|[（(].*$", "", texts[0]).strip()


def _useful(sections: Sequence[str]) -> tuple[str, ...]:
    """Headings count as categories when there are two with two units each; a title above all is none."""
    sizes = {name: sections.count(name) for name in sections}
    named = {name for name, size in sizes.items() if name and size >= 2}
    if len(named) < 2 or any(name not in named for name in sections):
        return ("",) * len(sections)
    return tuple(sections)
