"""Figures in a sentence (行文数字): scores, places, values, growth, gaps and sums, each with the path to its fact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from junxian.core.bulletins.context import (
    Context,
    Path,
    Piece,
    absent,
    category_of,
    named,
    path_text,
    unit_of,
)
from junxian.core.bulletins.document import Figure
from junxian.core.bulletins.ledger import Row
from junxian.core.bulletins.placeholders import Placeholder
from junxian.core.bulletins.tables import alert_text
from junxian.core.bulletins.wording import rounded_half_up
from junxian.core.indicators.model import Card


def _measured(context: Context, value: float, path: Path, *, unit: str, decimals: int) -> Figure:
    text = context.wording.measured(value, decimals, unit)
    return Figure(text, float(rounded_half_up(value, decimals)), unit, decimals, path_text(path))


def _directed(context: Context, kind: str, value: float, path: Path, *, unit: str = "", decimals: int = 0) -> Figure:
    text = context.wording.directed(kind, value, decimals, unit)
    number = float(rounded_half_up(value, decimals))
    return Figure(text, number, unit, decimals, path_text(path), directed=True)


def _score(placeholder: Placeholder, context: Context) -> list[Piece]:
    code = unit_of(placeholder, context)
    score = context.ledger.scores.get(code, {}).get("score")
    if score is None:
        raise absent(placeholder)
    decimals = context.ledger.facts.score_decimals
    unit = context.wording.word("word.points_unit")
    return [_measured(context, score, ["score", code], unit=unit, decimals=decimals)]


def _rank(placeholder: Placeholder, context: Context) -> list[Piece]:
    code = unit_of(placeholder, context)
    rank = context.ledger.scores.get(code, {}).get("rank")
    if rank is None:
        raise absent(placeholder)
    return [Figure(str(rank), rank, "", 0, path_text(["rank", code]))]


def _change(placeholder: Placeholder, context: Context) -> list[Piece]:
    code = unit_of(placeholder, context)
    change = context.ledger.change(code)
    if change is None:
        raise absent(placeholder)
    return [_directed(context, "change", change, ["change", code])]


def _of_criterion(column: str) -> Callable[[Placeholder, Context], list[Piece]]:
    def say(placeholder: Placeholder, context: Context) -> list[Piece]:
        code = unit_of(placeholder, context)
        context.ledger.label(placeholder.argument)
        row = context.ledger.points.get((code, placeholder.argument))
        if row is None or row[column] is None:
            raise absent(placeholder)
        return [criterion_points(context, code, placeholder.argument, column, row[column])]

    return say


def criterion_points(context: Context, code: str, criterion: str, column: str, value: float) -> Figure:
    """Points or maximum of one criterion, as 分 with the score's decimals."""
    unit = context.wording.word("word.points_unit")
    decimals = context.ledger.facts.score_decimals
    return _measured(context, value, [column, code, criterion], unit=unit, decimals=decimals)


def _meant(placeholder: Placeholder, context: Context) -> tuple[Card, tuple[str, str, str]]:
    """The card and the period, kind and calibre asked for."""
    card = context.ledger.card(placeholder.argument)
    keys = placeholder.keys
    period = keys.get("period", context.ledger.facts.period)
    return card, (period, keys.get("kind", card.kind), keys.get("calibre", ""))


def _decimals(placeholder: Placeholder, context: Context, card: Card) -> int:
    if "decimals" in placeholder.keys:
        return int(placeholder.keys["decimals"])
    return context.wording.decimals_of(card.unit) if card.decimals is None else card.decimals


def _observed(placeholder: Placeholder, context: Context, code: str) -> tuple[float, Path, Card]:
    card, (period, kind, calibre) = _meant(placeholder, context)
    row = context.ledger.observed(code, card.code, period, kind, calibre)
    if row is None:
        raise absent(placeholder)
    return row["value"], ["value", code, card.code, period, kind, calibre], card


def _value(placeholder: Placeholder, context: Context) -> list[Piece]:
    value, path, card = _observed(placeholder, context, unit_of(placeholder, context))
    return [_rate_or_amount(context, value, path, card, _decimals(placeholder, context, card))]


def _rate_or_amount(context: Context, value: float, path: Path, card: Card, decimals: int) -> Figure:
    """A falling rate is said in words, since prose has no minus; everything else is number and unit."""
    if value < 0 and card.unit == "%" and context.wording.style.negative == "word":
        return _directed(context, "growth", value, path, unit=card.unit, decimals=decimals)
    return _measured(context, value, path, unit=card.unit, decimals=decimals)


def _growth(placeholder: Placeholder, context: Context) -> list[Piece]:
    value, path, card = _observed(placeholder, context, unit_of(placeholder, context))
    unit = card.unit or "%"
    return [_directed(context, "growth", value, path, unit=unit, decimals=_decimals(placeholder, context, card))]


def _compare(placeholder: Placeholder, context: Context) -> list[Piece]:
    """高于或低于: one unit against another; two percentages differ by percentage points."""
    own, own_path, card = _observed(placeholder, context, unit_of(placeholder, context))
    other_code = context.ledger.code(placeholder.keys.get("to", context.ledger.facts.root))
    other, other_path, _ = _observed(placeholder, context, other_code)
    unit = context.wording.points_apart() if card.unit == "%" else card.unit
    path = ["minus", own_path, other_path]
    decimals = _decimals(placeholder, context, card)
    return [_directed(context, "compare", own - other, path, unit=unit, decimals=decimals)]


def _gap(placeholder: Placeholder, context: Context) -> list[Piece]:
    """分差: how far the score lies from that of the place `to` (the last one unless said), without direction."""
    category = category_of(placeholder, context)
    code = unit_of(placeholder, context)
    others = context.ledger.at_rank(category, placeholder.keys.get("to", "last"))
    own = context.ledger.scores.get(code, {}).get("score")
    if own is None or not others:
        raise absent(placeholder)
    other = context.ledger.scores[others[0]]["score"]
    path = ["abs", ["minus", ["score", code], ["score", others[0]]]]
    unit = context.wording.word("word.points_unit")
    return [_measured(context, abs(own - other), path, unit=unit, decimals=context.ledger.facts.score_decimals)]


def _sum(placeholder: Placeholder, context: Context) -> list[Piece]:
    """合计 of a flow over the units of a category that have the figure; absent where none has."""
    card, (period, kind, calibre) = _meant(placeholder, context)
    category = category_of(placeholder, context)
    rows = [
        row
        for code in context.ledger.official(category)
        if (row := context.ledger.observed(code, card.code, period, kind, calibre)) is not None
    ]
    if not rows:
        raise absent(placeholder)
    total = float(sum(rounded_half_up(row["value"], 9) for row in rows))
    path = ["sum", card.code, category, period, kind, calibre]
    return [_measured(context, total, path, unit=card.unit, decimals=_decimals(placeholder, context, card))]


def _mean(placeholder: Placeholder, context: Context) -> list[Piece]:
    """平均得分 of the units with a place."""
    category = category_of(placeholder, context)
    scores = [rounded_half_up(context.ledger.scores[code]["score"], 9) for code in context.ledger.ranked(category)]
    if not scores:
        raise absent(placeholder)
    mean = float(sum(scores) / len(scores))
    unit = context.wording.word("word.points_unit")
    decimals = context.ledger.facts.score_decimals
    return [_measured(context, mean, ["mean", "score", category], unit=unit, decimals=decimals)]


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
    card = context.ledger.cards.get(str(row.get("indicator") or ""))
    if card and field == "value":
        decimals = context.wording.decimals_of(card.unit) if card.decimals is None else card.decimals
        if card.growth_of:
            return [_directed(context, "growth", float(value), path, unit=card.unit or "%", decimals=decimals)]
        return [_rate_or_amount(context, float(value), path, card, decimals)]
    unit, decimals = "", 0 if field in {"rank", "n", "worse", "months"} else context.wording.decimals_of("")
    return [_measured(context, float(value), path, unit=unit, decimals=decimals)]


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
    return [_measured(context, float(value), path, unit="", decimals=decimals)]


SAYERS: dict[str, Callable[[Placeholder, Context], list[Piece]]] = {
    "score": _score,
    "rank": _rank,
    "change": _change,
    "points": _of_criterion("points"),
    "maximum": _of_criterion("maximum"),
    "value": _value,
    "growth": _growth,
    "compare": _compare,
    "gap": _gap,
    "sum": _sum,
    "mean": _mean,
    "losses": _extremes(False),
    "gains": _extremes(True),
    "missing": _missing,
    "alert": _alert,
    "watch": _watch,
}
