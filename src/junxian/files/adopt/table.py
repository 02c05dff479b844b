"""The old table (原表): every column of figures, points, targets and places under its criterion, by unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from junxian.core.errors import DataError
from junxian.core.indicators.match import normalise
from junxian.files.adopt.axis import Axis, find_axis
from junxian.files.adopt.compute import Computer
from junxian.files.adopt.grid import Book, Spot, shown
from junxian.files.adopt.roles import Head, Role, blank_state, is_summary, number_of, read_head, reading
from junxian.files.sheets.layout import filled

MOST_PLACES = 6
_POINTED = ("得分", "评分", "计分", "打分", "score", "points")


@dataclass(frozen=True)
class Entry:
    """One cell of a series: its value or what its absence is, and where it stands; factor 100 for a per cent cell."""

    value: float | None
    state: str
    spot: Spot
    places: int | None = None
    factor: float = 1.0


@dataclass
class Series:
    """One column under the header: what it is about and its cells by unit name."""

    role: Role
    name: str
    group: str
    unit: str
    weight: float | None
    share: bool
    head: Spot
    label: str = ""
    carried: int | None = None
    entries: dict[str, Entry] = field(default_factory=dict)

    @property
    def places(self) -> int:
        """Decimals printed: by the cells' format, else as the points beside them, else by the values."""
        said = [e.places for e in self.entries.values() if e.places is not None]
        if said or self.carried is not None:
            return max(said) if said else self.carried or 0
        values = [e.value for e in self.entries.values() if e.value is not None]
        return max((_decimals(value) for value in values), default=0)


def _decimals(value: float) -> int:
    return min(len(f"{value:.{MOST_PLACES}f}".rstrip("0").rpartition(".")[2]), MOST_PLACES)


@dataclass
class Sheet:
    """One sheet read: its axis, its series, and the special rows by criterion column."""

    axis: Axis
    series: list[Series]
    methods: dict[str, tuple[str, Spot]] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    unread: list[tuple[Spot, str]] = field(default_factory=list)
    left_out: list[tuple[Spot, str]] = field(default_factory=list)


def read_sheets(book: Book) -> list[Sheet]:
    """Every visible sheet that holds a table of units."""
    computer = Computer(book)
    axes = [axis for grid in book.grids if not grid.hidden and (axis := find_axis(grid))]
    return [sheet for axis in axes if (sheet := _Reader(book, computer, axis).read()).series]


class _Reader:
    """Reads one sheet whose units run down (the grid was turned where they ran across)."""

    def __init__(self, book: Book, computer: Computer, axis: Axis) -> None:
        self.book, self.computer, self.axis, self.grid = book, computer, axis, axis.grid
        self.first = axis.rows[0]
        self.cells = filled(self.grid.rows, self.grid.merged)
        self.sheet = Sheet(axis, [])
        self.specials = {
            row: role for row in range(len(self.grid.rows)) if row not in axis.rows and (role := self._special(row))
        }

    def _special(self, row: int) -> Role:
        """Whether a row beside the units holds weights, targets or methods: its label says so."""
        texts = [shown(cell) for cell in self.grid.rows[row][: self.axis.column + 1] if isinstance(cell, str)]
        roles = [read_head(text).role for text in texts if text]
        return next((role for role in roles if role in ("weight", "target", "method")), "")

    def read(self) -> Sheet:
        row_roles = self._roles_of_rows()
        top = self._top()
        for column in range(self.axis.column + 1, len(self.grid.rows[0])):
            heads = [(row, read_head(shown(self.cells[row][column]))) for row in self._header(top, column)]
            self._column(column, heads, row_roles)
        for column in range(self.axis.column):
            self._beside(column, top)
        self._name_points()
        self._rows_left_out()
        if any(self.axis.sections):
            self.sheet.categories = dict(zip(self.axis.names, self.axis.sections, strict=True))
        return self.sheet

    def _rows_left_out(self) -> None:
        """Rows of figures among the units that have no name which could be read."""
        last = self.axis.rows[-1]
        for row in range(self.first, last):
            cells = self.grid.rows[row]
            label = shown(cells[self.axis.column])
            if row in self.axis.rows or row in self.specials or is_summary(label):
                continue
            if sum(number_of(cell) is not None for cell in cells[self.axis.column + 1 :]) > 1:
                self.sheet.left_out.append((self.grid.spot(row, self.axis.column), label))

    def _top(self) -> int:
        """The first header row: below the title, which is one text however wide."""
        top = self.first
        while top > 0 and len({shown(c) for c in self.cells[top - 1] if c != ""}) <= 1:
            top -= 1  # headings of categories and empty lines above the first unit
        top = top or self.first
        while top > 0 and len({shown(c) for c in self.cells[top - 1] if c != ""}) > 1:
            top -= 1
        return top

    def _header(self, top: int, column: int) -> list[int]:
        rows = [r for r in range(top, self.first) if r not in self.specials and isinstance(self.cells[r][column], str)]
        labels = {r: read_head(shown(self.cells[r][self.axis.column])).role for r in rows}
        return [r for r in rows if self.cells[r][column] != "" and labels[r] not in ("serial", "code", "remark")]

    def _roles_of_rows(self) -> dict[int, Role]:
        """Where each unit has a row of figures and one of points, the column beside the names says which is which."""
        for column in range(self.axis.column + 1, min(self.axis.column + 3, len(self.grid.rows[0]))):
            roles = {row: read_head(shown(self.cells[row][column])).role for row in self.axis.rows}
            if all(role in ("figure", "points", "place", "target") for role in roles.values()):
                return roles
        return {}

    def _beside(self, column: int, top: int) -> None:
        """Columns left of the names: categories and codes; the rest is not needed."""
        roles = [read_head(shown(self.cells[row][column])).role for row in range(top, self.first)]
        target = {"category": self.sheet.categories, "code": self.sheet.codes}
        for role in roles:
            if role in target:
                for row, name in self._unit_rows():
                    target[role][name] = shown(self.cells[row][column])

    def _unit_rows(self) -> Iterator[tuple[int, str]]:
        yield from zip(self.axis.rows, self.axis.names, strict=True)

    def _column(self, column: int, heads: Sequence[tuple[int, Head]], row_roles: dict[int, Role]) -> None:
        series = self._described(column, [head for _, head in heads], heads[-1][0] if heads else self.first)
        for role, at in self._ways(series.role, row_roles):
            own = replace(series, role=role, entries={})
            rows = [(r, n) for r, n in self._unit_rows() if not row_roles or row_roles[r] == at]
            for row, name in rows:
                if name not in own.entries:
                    self._entry(own, row, column, name)
            if own.role == "category":
                self.sheet.categories = {name: shown(self.cells[row][column]) for row, name in rows}
            elif own.role == "code":
                self.sheet.codes = {name: shown(self.cells[row][column]) for row, name in rows}
            elif any(entry.value is not None for entry in own.entries.values()) and own.role not in (
                "serial",
                "remark",
                "unit",
            ):
                self.sheet.series.append(own)
        self._special_cells(column, series)

    @staticmethod
    def _ways(own: Role, row_roles: dict[int, Role]) -> list[tuple[Role, Role]]:
        """(role, the unit rows it stands in): a column of totals or places stays one, whatever its rows are called."""
        if not row_roles:
            return [(own, "")]
        found = list(dict.fromkeys(row_roles.values()))
        if own in ("total", "subtotal", "place", "bonus", "deduction"):
            return [(own, at) for at in found if at == "points"]
        return [(role, role) for role in found]

    def _described(self, column: int, heads: Sequence[Head], row: int) -> Series:
        role: Role = next((head.role for head in reversed(heads) if head.role), "")
        names = [head.name for head in heads if head.name]
        weights = [head for head in heads if head.weight is not None]
        name, group = (names[-1], names[-2] if len(names) > 1 else "") if names else ("", "")
        if len(names) > 1 and read_head(names[-1]).role == "figure":  # 投资 over 增速 is one name
            name = names[-2] if names[-2].endswith(names[-1]) else names[-2] + names[-1]
            group = names[-3] if len(names) > 2 else ""
        if group == name:
            group = ""
        own = next(
            (head for head in reversed(weights) if not names or head.name in ("", names[-1]) or head.name in name), None
        )
        unit = next((head.unit for head in reversed(heads) if head.unit), "")
        weight = own.weight if own else None
        label = reading().header.split_unit(heads[-1].text)[0] if heads else ""
        spot = self.grid.spot(row, column)
        return Series(role, name, group, unit, weight, bool(own and own.share), spot, label)

    def _entry(self, series: Series, row: int, column: int, name: str) -> None:
        spot = self.grid.spot(row, column)
        cell = self.grid.rows[row][column]
        if spot in self.book.formulas:
            try:
                cell = self.computer.stored(spot)
            except DataError as refusal:
                self.sheet.unread.append((spot, str(refusal.facts.get("what", ""))))
                cell = ""
        value = number_of(cell)
        factor = 100.0 if value is not None and self.book.is_percent(spot) else 1.0
        state = "reported" if value is not None else blank_state("" if cell is None else cell) or "not_reported"
        places = self.book.places(spot)
        kept = None if value is None else float(f"{value * factor:.15g}")
        series.entries[name] = Entry(kept, state, spot, places, factor)
        if factor != 1 and not series.unit:
            series.unit = "%"

    def _special_cells(self, column: int, series: Series) -> None:
        """Rows of weights, targets and methods speak for the criterion of their column."""
        for row, role in self.specials.items():
            cell = self.cells[row][column] if row < len(self.cells) else self.grid.rows[row][column]
            value = number_of(cell)
            if role == "method" and isinstance(cell, str) and cell and series.name:
                self.sheet.methods.setdefault(normalise(series.name), (shown(cell), self.grid.spot(row, column)))
            elif role == "weight" and value is not None:
                share = self.book.is_percent(self.grid.spot(row, column)) or (isinstance(cell, str) and "%" in cell)
                for own in self.sheet.series:
                    if own.head == series.head or (own.name and own.name == series.name):
                        own.weight, own.share = (value * 100 if share and value <= 1 else value), share
            elif role == "target" and value is not None and series.name:
                spot = self.grid.spot(row, column)
                same = {name: Entry(value, "reported", spot) for name in self.axis.names}
                self.sheet.series.append(replace(series, role="target", entries=same, head=spot))

    def _name_points(self) -> None:
        """Names and roles the header leaves to the reader: see `_roles`, `_parents` and `_neighbours`."""
        self._roles()
        self._parents()
        self._neighbours()

    def _roles(self) -> None:
        """A sheet of scores holds points where nothing else is said; other sheets hold figures."""
        texts = [shown(cell) for row in self.grid.rows[: self._top()] for cell in row if cell != ""]
        title = " ".join([self.grid.sheet, *texts]).casefold()
        spoken = any(series.role in ("points", "figure") for series in self.sheet.series)
        for series in self.sheet.series:
            if not series.role:
                series.role = "points" if not spoken and any(word in title for word in _POINTED) else "figure"

    def _parents(self) -> None:
        """工业用电 over 亿千瓦时 | 得分: beside points that have the upper name, the lower one is only a label."""
        scored = {series.name for series in self.sheet.series if series.role == "points"} - {""}
        for series in self.sheet.series:
            if series.role in ("figure", "target") and series.name not in scored and series.group in scored:
                series.name, series.group = series.group, ""

    def _neighbours(self) -> None:
        """A bare 得分 belongs to the figure before it, unless that has its points already."""
        last: Series | None = None
        named = {series.name for series in self.sheet.series if series.role == "points" and series.name}
        for series in self.sheet.series:
            if series.name:
                last = series if series.role in ("figure", "points", "target") else last
            elif last is not None and series.role in ("points", "target", "weight"):
                if series.role == "points" and last.name in named:
                    continue
                series.name, series.group = last.name, last.group
                series.weight = last.weight if series.weight is None else series.weight
                named |= {series.name} if series.role == "points" else set()
