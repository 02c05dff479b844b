"""Criteria of the old table (原指标项): figures, targets, points and texts of all sheets, brought together by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from junxian.core.errors import DataError
from junxian.core.indicators.match import normalise
from junxian.files.adopt.grid import Book, Grid, Spot, shown
from junxian.files.adopt.roles import number_of, read_head
from junxian.files.adopt.table import Series, Sheet

SHORTEST_METHOD = 4


@dataclass
class Item:
    """One criterion as the sheets tell it. `full` is its full points, `stated` whether the sheet says them."""

    name: str
    group: str = ""
    figures: list[Series] = field(default_factory=list)
    target: Series | None = None
    points: Series | None = None
    full: float = 0.0
    stated: bool = False
    weight: float | None = None
    text: str = ""
    text_spot: Spot | None = None

    @property
    def key(self) -> str:
        return normalise(self.name)


@dataclass
class Old:
    """The whole old table."""

    units: list[str]
    categories: dict[str, str]
    codes: dict[str, str]
    items: list[Item]
    total: Series | None = None
    place: Series | None = None
    bonus: list[Series] = field(default_factory=list)
    deductions: list[Series] = field(default_factory=list)
    subtotals: dict[str, Series] = field(default_factory=dict)
    unread: list[tuple[Spot, str]] = field(default_factory=list)
    left_out: list[tuple[Spot, str]] = field(default_factory=list)
    weighted: bool = False
    """Points are out of 100 (or alike) and weights lead to the total."""


def gather(book: Book, sheets: Sequence[Sheet]) -> Old:
    """All sheets as one table; DataError `adopt.no_table` or `adopt.no_points` where there is nothing to adopt."""
    if not sheets:
        raise DataError("adopt.no_table", where=book.file)
    units = list(dict.fromkeys(name for sheet in sheets for name in sheet.axis.names))
    units = [
        name
        for name in units
        if any(s.role in ("points", "total") and name in s.entries for t in sheets for s in t.series)
    ] or units
    old = Old(units, {}, {}, [])
    for sheet in sheets:
        old.categories |= {k: v for k, v in sheet.categories.items() if v}
        old.codes |= sheet.codes
        old.unread += sheet.unread
        old.left_out += sheet.left_out
        _take(old, sheet.series)
    _pair_leftovers(old)
    methods = {key: said for sheet in sheets for key, said in sheet.methods.items()}
    _add_methods(old, book, methods, {sheet.axis.grid.sheet for sheet in sheets})
    old.items = [item for item in old.items if item.points is not None]
    if not old.items:
        raise DataError("adopt.no_points", where=book.file)
    _settle_weights(old)
    _share_places([item.points for item in old.items if item.points is not None])
    return old


def _share_places(columns: Sequence[Series]) -> None:
    """Points typed without a format: 9.5 beside 9.73 was printed as 9.50."""
    typed = [c for c in columns if all(e.places is None for e in c.entries.values())]
    places = max((c.places for c in typed), default=0)
    for column in typed:
        column.carried = places


def _take(old: Old, found: Iterable[Series]) -> None:
    listed = list(found)
    groups = {series.group for series in listed if series.role in ("points", "figure")} - {""}
    names = {series.name for series in listed if series.role == "points"}
    for series in listed:
        whole = not series.name or series.name not in names
        if series.role in ("total", "subtotal") and series.name in groups:
            old.subtotals[series.name] = series
        elif series.role == "total" or (not series.name and series.role == "points"):
            old.total = old.total or series
        elif series.role == "place" and whole:
            old.place = old.place or series
        elif series.role in ("bonus", "deduction"):
            (old.bonus if series.role == "bonus" else old.deductions).append(series)
        elif series.name and series.role in ("figure", "points", "target", "weight"):
            _into(_item(old, series), series)


def _item(old: Old, series: Series) -> Item:
    key = normalise(series.name)
    for item in old.items:
        if item.key == key and (not item.group or not series.group or item.group == series.group):
            item.group = item.group or series.group
            return item
    old.items.append(Item(series.name, series.group))
    return old.items[-1]


def _into(item: Item, series: Series) -> None:
    if series.weight is not None and not item.stated:
        item.full, item.stated = series.weight, True
    if series.role == "points":
        item.points = item.points or series
    elif series.role == "target":
        item.target = item.target or series
    elif series.role == "figure":
        item.figures.append(series)
    elif not item.stated and (first := next(iter(series.entries.values()), None)) and first.value is not None:
        item.full, item.stated = first.value, True  # a column of weights beside each criterion


def _pair_leftovers(old: Old) -> None:
    """财政收入 scored beside 财政收入增速: a name that begins exactly one name without points is meant by it."""
    for item in [i for i in old.items if i.points is not None and not i.figures]:
        fits = [
            o
            for o in old.items
            if o.points is None and o.figures and (o.key.startswith(item.key) or item.key.startswith(o.key))
        ]
        if len(fits) == 1:
            item.figures, item.target = fits[0].figures, item.target or fits[0].target
            if not item.stated and fits[0].stated:
                item.full, item.stated = fits[0].full, True
            old.items.remove(fits[0])


def _add_methods(old: Old, book: Book, methods: dict[str, tuple[str, Spot]], used: set[str]) -> None:
    for item in old.items:
        if item.key in methods:
            item.text, item.text_spot = methods[item.key]
    for grid in book.grids:
        if grid.sheet not in used:
            _read_texts(old, grid)


def _read_texts(old: Old, grid: Grid) -> None:
    """A sheet of words: each row that names a criterion gives its longest other text and its weight."""
    items = {item.key: item for item in old.items}
    columns: dict[int, str] = {}
    for r, row in enumerate(grid.rows):
        heads = [(c, read_head(shown(cell))) for c, cell in enumerate(row) if isinstance(cell, str) and cell]
        named = next(((c, h, items[normalise(h.name)]) for c, h in heads if normalise(h.name) in items), None)
        if named is None:
            columns |= {c: h.role for c, h in heads if h.role}
            continue
        column, head, item = named
        texts = [(len(shown(cell)), c) for c, cell in enumerate(row) if c != column and isinstance(cell, str)]
        length, place = max(texts, default=(0, 0))
        if length >= SHORTEST_METHOD and not item.text:
            item.text, item.text_spot = shown(row[place]), Spot(grid.sheet, r, place)
        weight = head.weight if head.weight is not None else _weight(row, columns)
        if weight is not None and not item.stated:
            item.full, item.stated = weight, True


def _weight(row: Sequence[object], columns: dict[int, str]) -> float | None:
    found = [number_of(row[c]) for c, role in columns.items() if role == "weight" and c < len(row)]
    return next((value for value in found if value is not None), None)


def _settle_weights(old: Old) -> None:
    """Shares become points of a hundred; a criterion without full points takes its best published ones."""
    stated = [item.full for item in old.items if item.stated]
    if stated and len(stated) == len(old.items) and abs(sum(stated) - 1) < 1e-6:
        for item in old.items:
            item.full = float(f"{item.full * 100:.12g}")
    for item in old.items:
        if not item.stated:
            item.full = max((e.value for e in item.points.entries.values() if e.value is not None), default=0.0)  # type: ignore[union-attr]
    old.weighted = len(stated) == len(old.items) > 0 and _fits(old, weighted=True) > _fits(old, weighted=False)
    if old.weighted:
        most = max(e.value or 0.0 for item in old.items for e in item.points.entries.values())  # type: ignore[union-attr]
        for item in old.items:
            item.weight, item.full = (
                item.full,
                next(full for full in (1.0, 5.0, 10.0, 100.0, most) if most <= full * 1.2),
            )


def _fits(old: Old, *, weighted: bool) -> int:
    """For how many units the total is the plain or the weighted sum of the points."""
    if old.total is None:
        return 0
    count = 0
    for name in old.units:
        entry = old.total.entries.get(name)
        if entry is None or entry.value is None:
            continue
        parts = [
            (i.full, i.points.entries[name].value or 0.0) for i in old.items if i.points and name in i.points.entries
        ]
        weights = sum(full for full, _ in parts) or 1.0
        summed = sum(full * p for full, p in parts) / weights if weighted else sum(p for _, p in parts)
        count += abs(summed + _beside(old, name) - entry.value) <= 0.02 * max(1, len(parts)) ** 0.5
    return count


def _beside(old: Old, name: str) -> float:
    up = sum((s.entries[name].value or 0.0) for s in old.bonus if name in s.entries)
    return up - sum(abs(s.entries[name].value or 0.0) for s in old.deductions if name in s.entries)
