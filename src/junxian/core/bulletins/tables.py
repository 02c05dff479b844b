"""Printed tables (附表): rankings, points, values, alerts, watch tables, what is missing; every cell with its path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from junxian.core.bulletins.alert_table import NOTHING
from junxian.core.bulletins.context import Context, path_text
from junxian.core.bulletins.document import Cell, Column, PrintedTable
from junxian.core.bulletins.facts import Table
from junxian.core.bulletins.wording import arrow, rounded_half_up
from junxian.core.text import spoken

MARKS = {"not_reported": "/", "late": "/", "not_applicable": "×"}
"""What stands in a cell instead of a figure, so that no absence is ever printed as a zero."""


def ranking_table(context: Context, category: str = "", *, order: str = "rank", title: str = "") -> PrintedTable:
    """排名表: place, unit, score, change of place, grade and gate; units without a place at the end, never left out."""
    ledger, w = context.ledger, context.wording
    codes = ledger.by_rank(category) if order == "rank" else ledger.official(category)
    decimals = ledger.facts.score_decimals
    columns = [
        Column("rank", w.word("column.rank"), "number"),
        Column("unit", w.word("column.unit")),
        Column("score", w.word("column.score"), "number", decimals),
        *([Column("change", w.word("column.change"))] if ledger.has_previous else []),
        *([Column("grade", w.word("column.grade"))] if any(ledger.scores[c].get("grade") for c in codes) else []),
        *([Column("gate", w.word("column.gate"))] if any(ledger.scores[c].get("gate") for c in codes) else []),
    ]
    rows = tuple(tuple(_standing_cell(context, code, column) for column in columns) for code in codes)
    return PrintedTable(
        id=f"ranking/{category}/{order}", title=title or category, columns=tuple(columns), rows=rows,
        keys=tuple(codes), category=category, note=w.word("table.ranking_note"),
    )  # fmt: skip


def _standing_cell(context: Context, code: str, column: Column) -> Cell:
    ledger, key = context.ledger, column.key
    row = ledger.scores[code]
    if key == "unit":
        return Cell(ledger.name(code), path=path_text(["name", code]))
    if key == "change":
        return Cell(arrow(ledger.change(code)), path=path_text(["arrow", code]))
    value = row.get(key)
    if value is None or value == "":
        return Cell(NOTHING, path=path_text([key, code]))
    if key == "gate":
        return Cell(context.wording.word(f"gate.{value}"), path=path_text(["gate_word", code]))
    if key == "grade":
        return Cell(str(value), path=path_text(["grade", code]))
    return number_cell(context, float(value), column.decimals, [key, code])


def number_cell(context: Context, value: float, decimals: int, path: Sequence[Any]) -> Cell:
    """A number cell; tables keep the minus sign, only prose says 下降."""
    rounded = rounded_half_up(value, decimals)
    return Cell(context.wording.number(value, decimals), float(rounded), decimals, path_text(list(path)))


def points_table(
    context: Context, category: str = "", *, criteria: Sequence[str] = (), order: str = "rank", title: str = ""
) -> PrintedTable:
    """得分明细: units × criteria (the top level unless named), the full points in the header."""
    ledger, w = context.ledger, context.wording
    codes = ledger.by_rank(category) if order == "rank" else ledger.official(category)
    keys = tuple(criteria) or tuple(k for k in ledger.top_level() if any((c, k) in ledger.points for c in codes))
    decimals = ledger.facts.score_decimals
    columns = (
        Column("unit", w.word("column.unit")),
        *(Column(key, _with_maximum(context, key, codes), "number", decimals) for key in keys),
        Column("score", w.word("column.score"), "number", decimals),
        Column("rank", w.word("column.rank"), "number"),
    )
    rows = []
    for code in codes:
        cells = [_standing_cell(context, code, columns[0])]
        cells += [_points_cell(context, code, key, decimals) for key in keys]
        rows.append((*cells, *(_standing_cell(context, code, column) for column in columns[-2:])))
    return PrintedTable(
        id=f"points/{category}/{order}", title=title or category, columns=columns, rows=tuple(rows),
        keys=tuple(codes), category=category, note=w.word("table.points_note"),
    )  # fmt: skip


def _with_maximum(context: Context, key: str, codes: Sequence[str]) -> str:
    """The label with the full points where they are the same for every unit shown."""
    label = context.ledger.label(key)
    found = {row["maximum"] for c in codes if (row := context.ledger.points.get((c, key))) and row["maximum"]}
    if len(found) != 1:
        return label
    full = f"{found.pop():g}"
    opening, closing = context.wording.word("word.bracket").split("|")
    return f"{label}{opening}{full}{closing}"


def _points_cell(context: Context, code: str, key: str, decimals: int) -> Cell:
    row = context.ledger.points.get((code, key))
    path = ["points", code, key]
    if row is None or row["points"] is None or row["state"] in MARKS:
        return Cell(MARKS.get(row["state"], NOTHING) if row else NOTHING, path=path_text(path))
    return number_cell(context, row["points"], decimals, path)


def measures_table(context: Context, category: str = "", *, title: str = "") -> PrintedTable:
    """指标值: units × criteria as the scheme measured them, official order, 全市 first where present."""
    ledger, w = context.ledger, context.wording
    codes = ledger.official(category)
    keys = [
        key for key, row in ledger.criteria.items() if row["state"] and any((c, key) in ledger.points for c in codes)
    ]
    if any((ledger.facts.root, key) in ledger.points for key in keys):
        codes = [ledger.facts.root, *(code for code in codes if code != ledger.facts.root)]
    places = [_fewest_decimals(context, codes, key) for key in keys]
    columns = [Column("unit", w.word("column.unit"))]
    columns += [Column(key, ledger.label(key), "number", n) for key, n in zip(keys, places, strict=True)]
    rows = []
    for code in codes:
        cells = [Cell(ledger.name(code), path=path_text(["name", code]))]
        for key, decimals in zip(keys, places, strict=True):
            row, path = ledger.points.get((code, key)), ["measure", code, key]
            if row is None or row["value"] is None:
                cells.append(Cell(MARKS.get(row["state"], NOTHING) if row else NOTHING, path=path_text(path)))
            else:
                cells.append(number_cell(context, row["value"], decimals, path))
        rows.append(tuple(cells))
    return PrintedTable(
        id=f"measures/{category}", title=title or category, columns=tuple(columns), rows=tuple(rows),
        keys=tuple(codes), category=category, note=w.word("table.values_note"),
    )  # fmt: skip


def _fewest_decimals(context: Context, codes: Sequence[str], key: str) -> int:
    """Places up to four that show every value of a column as it is."""
    values = [row["value"] for code in codes if (row := context.ledger.points.get((code, key)))]
    texts = [f"{value:.4f}".rstrip("0").partition(".")[2] for value in values if value is not None]
    return max(map(len, texts), default=0)


def values_table(
    context: Context, indicators: Sequence[str], category: str = "", *, order: str = "official", title: str = ""
) -> PrintedTable:
    """指标数据: units × indicators, the whole area (全市) first where it has a figure."""
    ledger, w = context.ledger, context.wording
    cards = [ledger.card(name) for name in indicators]
    codes = ledger.by_rank(category) if order == "rank" else ledger.official(category)
    period, root = ledger.facts.period, ledger.facts.root
    if any(ledger.observed(root, card.code, period, card.kind, "") for card in cards):
        codes = [root, *(code for code in codes if code != root)]
    places = [w.decimals_of(card.unit) if card.decimals is None else card.decimals for card in cards]
    opening, closing = w.word("word.bracket").split("|")
    columns = [Column("unit", w.word("column.unit"))]
    for card, decimals in zip(cards, places, strict=True):
        name = spoken(card.name, ledger.facts.language)
        unit = f"{opening}{ledger.facts.terms.get(card.unit, card.unit)}{closing}" if card.unit else ""
        columns.append(Column(card.code, name + unit, "number", decimals))
    rows = []
    for code in codes:
        cells = [Cell(ledger.name(code), path=path_text(["name", code]))]
        for card, decimals in zip(cards, places, strict=True):
            path = ["value", code, card.code, period, card.kind, ""]
            row = ledger.observed(code, card.code, period, card.kind, "")
            shown = number_cell(context, row["value"], decimals, path) if row else Cell("/", path=path_text(path))
            cells.append(shown)
        rows.append(tuple(cells))
    return PrintedTable(
        id=f"values/{category}/{order}", title=title or category, columns=tuple(columns), rows=tuple(rows),
        keys=tuple(codes), category=category, note=w.word("table.values_note"),
    )  # fmt: skip


def watch_table(context: Context, table: Table, *, title: str = "") -> PrintedTable:
    """监测表: a finished table (province ranks, lists) as printed."""
    rows = []
    for r, row in enumerate(table.rows):
        cells = [_watch_cell(context, table, r, c) for c in range(len(row))]
        rows.append(tuple(cells))
    columns = []
    for c, name in enumerate(table.columns):
        numeric = any(isinstance(row[c], (int, float)) for row in table.rows)
        columns.append(Column(f"c{c}", name, "number" if numeric else "text", _watch_decimals(table, c)))
    return PrintedTable(
        id=f"watch/{table.id or table.title}", title=title or table.title, columns=tuple(columns), rows=tuple(rows),
        keys=table.keys, note=table.note,
    )  # fmt: skip


def _watch_decimals(table: Table, column: int) -> int:
    given = table.decimals[column] if column < len(table.decimals) else None
    if given is not None:
        return given
    return 2 if any(isinstance(row[column], float) for row in table.rows) else 0


def _watch_cell(context: Context, table: Table, row: int, column: int) -> Cell:
    value = table.rows[row][column]
    path = ["watch", table.id or table.title, row, column]
    if value is None:
        return Cell(NOTHING, path=path_text(path))
    if isinstance(value, str):
        return Cell(value, path=path_text(path))
    return number_cell(context, float(value), _watch_decimals(table, column), path)


def completeness_table(context: Context, category: str = "", *, title: str = "") -> PrintedTable:
    """报送情况: what each unit has not reported, by name; 不适用 apart from 未报送."""
    ledger, w = context.ledger, context.wording
    separator = w.word("word.list_separator")
    columns = tuple(Column(key, w.word(f"column.{key}")) for key in ("unit", "missing", "not_applicable"))
    rows = []
    for code in ledger.official(category):
        missing = [row["criterion"] for row in ledger.leaves(code) if row["state"] in {"not_reported", "late"}]
        apart = [row["criterion"] for row in ledger.leaves(code) if row["state"] == "not_applicable"]
        texts = [separator.join(ledger.label(key) for key in keys) or NOTHING for keys in (missing, apart)]
        rows.append(
            (
                Cell(ledger.name(code), path=path_text(["name", code])),
                Cell(texts[0], path=path_text(["labels", code, ["not_reported", "late"]])),
                Cell(texts[1], path=path_text(["labels", code, ["not_applicable"]])),
            )
        )
    return PrintedTable(
        id=f"completeness/{category}", title=title or category, columns=columns, rows=tuple(rows),
        keys=tuple(ledger.official(category)), category=category,
    )  # fmt: skip
