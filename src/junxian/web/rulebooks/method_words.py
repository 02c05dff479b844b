"""Methods in plain words (计分方法白话): what each way of marking does with this criterion's own numbers."""

from __future__ import annotations

from typing import Any

from junxian.core.scoring.methods import BasePlusMinus, Ladder, Method, RankTable, Slope
from junxian.core.scoring.model import Criterion, GrowthCases
from junxian.web.rulebooks.formula_words import Reader, number, percent

HEAD = "web.rulebooks.method."
SHARES = {
    ("completion", "cap"), ("completion", "zero_below"), ("rank_step", "step"), ("rank_step", "floor"),
    ("rank_linear", "floor"), ("hit_then_rank", "step"), ("advance", "base"), ("advance", "per_place"),
}  # fmt: skip
"""Parameters that are shares of the full points; they are said as percentages."""
STATISTICS = ("min", "max", "mean", "median", "sample", "population")
SAID_BY_ITSELF = {"scale", "steps", "up", "down", "marks"}


def method_sentences(criterion: Criterion, reader: Reader) -> list[str]:
    """The method of a criterion: what it does, then one sentence for each thing it says beyond its defaults."""
    method = criterion.method
    facts = {name: _said(method.kind, value, reader, name) for name, value in method if value is not None}
    down = criterion.direction == "-" and f"{HEAD}{method.kind}.smaller"
    head = down if down and _has(down, reader) else f"{HEAD}{method.kind}"
    sentences = [_say(head, reader, **facts)]
    sentences += [_say(key, reader, **facts) for key in _beyond(method, reader)]
    return sentences + _inner(method, reader)


def _beyond(method: Method, reader: Reader) -> list[str]:
    """Keys of the sentences for parameters that are not at their defaults."""
    fields = type(method).model_fields
    changed = [n for n, field in fields.items() if n not in SAID_BY_ITSELF and getattr(method, n) != field.default]
    return [key for n in changed if _has(key := f"{HEAD}{method.kind}.{n}", reader)]


def _inner(method: Method, reader: Reader) -> list[str]:
    """Rungs, places and slopes, each a sentence of its own."""
    if isinstance(method, Ladder):
        return [_rung(step, reader) for step in method.steps]
    if isinstance(method, RankTable):
        marks = enumerate(method.marks, start=1)
        return [_say(f"{HEAD}rank_table.place", reader, place=place, points=number(mark)) for place, mark in marks]
    if isinstance(method, BasePlusMinus):
        slopes = (("up", method.up), ("down", method.down))
        return [_slope(f"{HEAD}base_plus_minus.{name}", slope, reader) for name, slope in slopes if slope]
    return []


def _rung(step: Any, reader: Reader) -> str:
    got = step.name or _say(f"{HEAD}points", reader, points=number(step.points or 0.0))
    if step.at_least is None:
        return _say(f"{HEAD}ladder.lowest", reader, got=got)
    return _say(f"{HEAD}ladder.rung", reader, at_least=_said("ladder", step.at_least, reader), got=got)


def _slope(key: str, slope: Slope, reader: Reader) -> str:
    said = _say(key, reader, per=number(slope.per), points=number(slope.points))
    return said if slope.cap is None else said + _say(f"{HEAD}slope.cap", reader, cap=number(slope.cap))


def growth_sentences(growth: GrowthCases | None, reader: Reader) -> list[str]:
    """What a growth rate without an ordinary base earns; what is left undefined follows the missing rule."""
    if growth is None:
        return []
    found = []
    for name in ("net_increase", "zero_to_zero", "loss_to_profit", "narrowed", "widened", "profit_to_loss"):
        value = getattr(growth, name)
        if value == "undefined":
            continue
        share = f"{percent(value[0])}～{percent(value[1])}" if isinstance(value, tuple) else _share(value, reader)
        found.append(_say(f"web.rulebooks.growth.{name}", reader, share=share))
    if growth.small_base is not None:
        low, high = growth.small_base_clip or (None, None)
        facts = {"base": _said("growth", growth.small_base, reader), "low": _bound(low), "high": _bound(high)}
        found.append(_say("web.rulebooks.growth.small_base", reader, **facts))
    return found


def _share(value: float | str, reader: Reader) -> str:
    return _say("web.rulebooks.growth.mean", reader) if value == "mean" else percent(float(value))


def _bound(value: float | None) -> str:
    return "—" if value is None else number(value)


def _said(kind: str, value: Any, reader: Reader, name: str = "") -> str:
    """A parameter in words: a share, a number, a statistic of the peers, a formula, or one of them per group."""
    if isinstance(value, dict):
        parts = (f"{group} {_said(kind, inner, reader, name)}" for group, inner in value.items())
        return _say("web.rulebooks.comma", reader).join(parts)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _text(str(value), reader) if isinstance(value, str) else str(value)
    return percent(value) if (kind, name) in SHARES else number(value)


def _text(value: str, reader: Reader) -> str:
    quantile = value[1:] if value[:1] == "p" and value[1:].isdigit() else ""
    if quantile:
        return _say("web.rulebooks.statistic.quantile", reader, share=f"{quantile}%")
    if value in STATISTICS:
        return _say(f"web.rulebooks.statistic.{value}", reader)
    choice = f"web.rulebooks.choice.{value}"
    return _say(choice, reader) if _has(choice, reader) else reader.read(value).phrase


def _say(code: str, reader: Reader, **facts: object) -> str:
    from junxian.files.rulebooks import say

    return say(code, facts, reader.language)


def _has(code: str, reader: Reader) -> bool:
    from junxian.files.rulebooks.speak import sentences

    return code in sentences(reader.language)
