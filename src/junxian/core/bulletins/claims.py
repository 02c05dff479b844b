"""Claims (数字断言): a number of a sentence as printed, bound to the path of its fact."""

from __future__ import annotations

from junxian.core.bulletins.context import Context, Path, path_text
from junxian.core.bulletins.document import Figure
from junxian.core.bulletins.wording import rounded_half_up


def measured(context: Context, value: float, path: Path, *, unit: str, decimals: int) -> Figure:
    """A number with its unit of measure."""
    text = context.wording.measured(value, decimals, unit)
    return Figure(text, float(rounded_half_up(value, decimals)), unit, decimals, path_text(path))


def directed(context: Context, kind: str, value: float, path: Path, *, unit: str = "", decimals: int = 0) -> Figure:
    """A signed number whose direction is said in words."""
    text = context.wording.directed(kind, value, decimals, unit)
    number = float(rounded_half_up(value, decimals))
    return Figure(text, number, unit, decimals, path_text(path), directed=True)


def rate_or_amount(context: Context, value: float, path: Path, *, unit: str, decimals: int) -> Figure:
    """A falling rate is said in words, since prose has no minus; everything else is number and unit."""
    if value < 0 and unit == "%" and context.wording.style.negative == "word":
        return directed(context, "growth", value, path, unit=unit, decimals=decimals)
    return measured(context, value, path, unit=unit, decimals=decimals)


def criterion_points(context: Context, code: str, criterion: str, column: str, value: float) -> Figure:
    """Points or maximum of one criterion, as 分 with the score's decimals."""
    unit = context.wording.word("word.points_unit")
    decimals = context.ledger.facts.score_decimals
    return measured(context, value, [column, code, criterion], unit=unit, decimals=decimals)
