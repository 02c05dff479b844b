"""Alerts in tables (预警表): level by word, figure, place among the units with figures, consequence, basis and end."""

from __future__ import annotations

from junxian.core.bulletins.context import Context, path_text
from junxian.core.bulletins.document import Cell, Column, PrintedTable
from junxian.core.bulletins.ledger import Row

NOTHING = "—"


def alerts_table(context: Context, *, title: str = "") -> PrintedTable:
    """底线预警: level by word, figure, place among the units with figures, consequence with basis and end."""
    w, ledger = context.wording, context.ledger
    keys = ("unit", "line", "level", "value", "place", "effect", "basis", "until")
    always = {"unit", "line", "level"}
    used = [key for key in keys if key in always or any(alert_text(context, row, key) for _, row in ledger.warnings)]
    columns = tuple(Column(key, w.word(f"column.{key}")) for key in used)
    rows = tuple(
        tuple(Cell(alert_text(context, row, key) or NOTHING, path=path_text(["alert_text", i, key])) for key in used)
        for i, row in ledger.warnings
    )
    note = "" if rows else w.word("table.alerts_none")
    return PrintedTable(
        id="alerts", title=title or w.word("table.alerts"), columns=columns, rows=rows,
        keys=tuple(str(row["region_code"]) for _, row in ledger.warnings), note=note,
    )  # fmt: skip


def alert_text(context: Context, row: Row, key: str) -> str:
    """One field of an alert as printed; empty where it has none."""
    w, ledger = context.wording, context.ledger
    if key == "unit":
        return ledger.name(str(row["region_code"]))
    if key == "level":
        return w.word(f"level.{row['level']}")
    if key == "value":
        if row.get("value") is None:
            return ""
        card, unit = ledger.measure(row)
        decimals = w.decimals_of(unit) if card is None or card.decimals is None else card.decimals
        return w.measured(float(row["value"]), decimals, unit)
    if key == "place":
        tied = w.word("alert.tied") if row.get("tied") else ""
        return f"{tied}{row['rank']}/{row['n']}" if row.get("rank") is not None and row.get("n") is not None else ""
    if key == "line":
        return ledger.facts.lines.get(str(row["line"]), str(row["line"]))
    if key == "effect":
        return demanded(context, str(row.get(key) or ""))
    return str(row.get(key) or "")


def demanded(context: Context, effect: str) -> str:
    """What an alert demands, from its enumerated codes to words; a word of the scheme's own stays as it is."""
    words = context.wording.words
    shown = [words.get(f"bulletins.demand.{code}", code) for code in effect.split(";") if code]
    return context.wording.word("word.list_separator").join(shown)
