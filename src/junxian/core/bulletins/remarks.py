"""Remarks (评述): what a unit lost or gained most in, what it did not report, alerts, watch tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from junxian.core.bulletins.alert_table import alert_text
from junxian.core.bulletins.claims import criterion_points, directed, measured, rate_or_amount
from junxian.core.bulletins.context import Context, Path, Piece, absent, named, path_text, unit_of
from junxian.core.bulletins.document import Figure
from junxian.core.bulletins.ledger import Row
from junxian.core.bulletins.placeholders import Placeholder


def _lost(row: Row) -> float:
    return round((row["maximum"] or 0) - (row["points"] or 0), 9)


def _extremes(gains: bool) -> Callable[[Placeholder, Context], list[Piece]]:
    """主要失分项 or 主要得分项: the criteria with the most points lost, or nearest to full, with points of maximum."""

    def say(placeholder: Placeholder, context: Context) -> list[Piece]:
        code = unit_of(placeholder, context)
        rows = [row for row in context.ledger.leaves(code) if row["points"] is not None and row["maximum"]]
        rows = [row for row in rows if gains or _lost(row) > 0]
        rows.sort(key=(lambda r: (_lost(r), -r["maximum"])) if gains else (lambda r: (-_lost(r), -r["maximum"])))
        rows = rows[: int(placeholder.keys.get("top", 2))]
        if not rows:
            raise absent(placeholder)
        side = "gain" if gains else "loss"
        pieces: list[Piece] = []
        for i, (row, separator) in enumerate(zip(rows, context.wording.joined([""] * len(rows)), strict=True)):
            key = row["criterion"]
            got = criterion_points(context, code, key, "points", row["points"])
            full = criterion_points(context, code, key, "maximum", row["maximum"])
            before, between, after = context.wording.word("word.points_of_maximum").split("|")
            pieces += [separator, named(context.ledger.label(key), side, code, i), before, got, between, full, after]
        return [piece for piece in pieces if piece != ""]

    return say


def _missing(placeholder: Placeholder, context: Context) -> list[Piece]:
    """未报送的指标 of a unit, by name."""
    code = unit_of(placeholder, context)
    keys = [row["criterion"] for row in context.ledger.leaves(code) if row["state"] in {"not_reported", "late"}]
    if not keys:
        raise absent(placeholder)
    pieces: list[Piece] = []
    for i, (key, separator) in enumerate(zip(keys, context.wording.joined(keys), strict=True)):
        pieces += [separator, named(context.ledger.label(key), "unreported_criterion", code, i, len(keys))]
    return [piece for piece in pieces if piece != ""]


_ALERT_NUMBERS = {"value", "rank", "n", "worse", "months", "deduct"}


def _alert(placeholder: Placeholder, context: Context) -> list[Piece]:
    """A field of the alert the surrounding `each: alert` speaks of."""
    field, at = placeholder.argument, context.alert
    row: Row = {} if at is None else context.ledger.alerts[at]
    value: Any = row.get(field)
    if value is None or value == "":
        raise absent(placeholder)
    path: Path = ["alert", at, field]
    if field not in _ALERT_NUMBERS:
        shown = alert_text(context, row, field) if field in {"level", "effect", "line"} else str(value)
        return [named(shown, *path)]
    if field == "value":
        return [_alert_value(context, row, path)]
    whole = field in {"rank", "n", "worse", "months"}
    return [measured(context, float(value), path, unit="", decimals=0 if whole else context.wording.decimals_of(""))]


def _alert_value(context: Context, row: Row, path: Path) -> Figure:
    """The figure that raised the alert: a growth rate in words, anything else with its unit of measure."""
    card, unit = context.ledger.measure(row)
    decimals = context.wording.decimals_of(unit) if card is None or card.decimals is None else card.decimals
    if card and card.growth_of:
        return directed(context, "growth", float(row["value"]), path, unit=unit or "%", decimals=decimals)
    return rate_or_amount(context, float(row["value"]), path, unit=unit, decimals=decimals)


def _watch(placeholder: Placeholder, context: Context) -> list[Piece]:
    """A cell of a watch table; without `row` that of the root unit, without `column` the number of its rows."""
    table = context.ledger.watch(placeholder.argument)
    if "column" not in placeholder.keys:
        return [Figure(str(len(table.rows)), len(table.rows), "", 0, path_text(["watch_rows", table.id]))]
    row_key = placeholder.keys.get("row", context.ledger.facts.root)
    keys = table.keys or tuple(str(row[0]) for row in table.rows)
    if row_key not in keys or placeholder.keys["column"] not in table.columns:
        raise absent(placeholder)
    row, column = keys.index(row_key), table.columns.index(placeholder.keys["column"])
    value = table.rows[row][column]
    if value is None:
        raise absent(placeholder)
    path: Path = ["watch", table.id, row, column]
    if isinstance(value, str):
        return [named(value, *path)]
    given = table.decimals[column] if column < len(table.decimals) else None
    decimals = given if given is not None else (0 if isinstance(value, int) else 2)
    return [measured(context, float(value), path, unit="", decimals=decimals)]


SAYERS: dict[str, Callable[[Placeholder, Context], list[Piece]]] = {
    "losses": _extremes(False),
    "gains": _extremes(True),
    "missing": _missing,
    "alert": _alert,
    "watch": _watch,
}
