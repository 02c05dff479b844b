"""Figures in a sentence (行文数字): scores, places, values, growth, gaps and sums, each with the path to its fact."""

from __future__ import annotations

from collections.abc import Callable

from junxian.core.bulletins import remarks
from junxian.core.bulletins.claims import criterion_points, directed, measured, rate_or_amount
from junxian.core.bulletins.context import (
    Context,
    Path,
    Piece,
    absent,
    category_of,
    path_text,
    unit_of,
)
from junxian.core.bulletins.document import Figure
from junxian.core.bulletins.placeholders import Placeholder
from junxian.core.bulletins.wording import rounded_half_up
from junxian.core.indicators.model import Card


def _score(placeholder: Placeholder, context: Context) -> list[Piece]:
    code = unit_of(placeholder, context)
    score = context.ledger.scores.get(code, {}).get("score")
    if score is None:
        raise absent(placeholder)
    decimals = context.ledger.facts.score_decimals
    unit = context.wording.word("word.points_unit")
    return [measured(context, score, ["score", code], unit=unit, decimals=decimals)]


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
    return [directed(context, "change", change, ["change", code])]


def _of_criterion(column: str) -> Callable[[Placeholder, Context], list[Piece]]:
    def say(placeholder: Placeholder, context: Context) -> list[Piece]:
        code = unit_of(placeholder, context)
        context.ledger.label(placeholder.argument)
        row = context.ledger.points.get((code, placeholder.argument))
        if row is None or row[column] is None:
            raise absent(placeholder)
        return [criterion_points(context, code, placeholder.argument, column, row[column])]

    return say


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
    return [rate_or_amount(context, value, path, unit=card.unit, decimals=_decimals(placeholder, context, card))]


def _growth(placeholder: Placeholder, context: Context) -> list[Piece]:
    value, path, card = _observed(placeholder, context, unit_of(placeholder, context))
    unit = card.unit or "%"
    return [directed(context, "growth", value, path, unit=unit, decimals=_decimals(placeholder, context, card))]


def _compare(placeholder: Placeholder, context: Context) -> list[Piece]:
    """高于或低于: one unit against another; two percentages differ by percentage points."""
    own, own_path, card = _observed(placeholder, context, unit_of(placeholder, context))
    other_code = context.ledger.code(placeholder.keys.get("to", context.ledger.facts.root))
    other, other_path, _ = _observed(placeholder, context, other_code)
    unit = context.wording.points_apart() if card.unit == "%" else card.unit
    path = ["minus", own_path, other_path]
    decimals = _decimals(placeholder, context, card)
    return [directed(context, "compare", own - other, path, unit=unit, decimals=decimals)]


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
    return [measured(context, abs(own - other), path, unit=unit, decimals=context.ledger.facts.score_decimals)]


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
    return [measured(context, total, path, unit=card.unit, decimals=_decimals(placeholder, context, card))]


def _mean(placeholder: Placeholder, context: Context) -> list[Piece]:
    """平均得分 of the units with a place."""
    category = category_of(placeholder, context)
    scores = [rounded_half_up(context.ledger.scores[code]["score"], 9) for code in context.ledger.ranked(category)]
    if not scores:
        raise absent(placeholder)
    mean = float(sum(scores) / len(scores))
    unit = context.wording.word("word.points_unit")
    decimals = context.ledger.facts.score_decimals
    return [measured(context, mean, ["mean", "score", category], unit=unit, decimals=decimals)]


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
    **remarks.SAYERS,
}
