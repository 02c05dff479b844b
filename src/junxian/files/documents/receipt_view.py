"""Receipts on the page (得分凭据): a receipt's facts as short texts, from the figure's cell to the next step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from junxian.core.bulletins.alert_table import NOTHING
from junxian.core.bulletins.context import Context
from junxian.core.text import spoken
from junxian.files.rulebooks.speak import reference_word

Row = Mapping[str, Any]
SECOND_RANK = frozenset({"kind", "name", "id", "basis", "clause", "note", "value", "unit", "method", "missing", "ties"})
"""Parameters that have a place of their own on the page, or none."""


def receipt_view(receipt: Row, context: Context) -> dict[str, Any]:
    """One unit's receipt as the page's template wants it: texts only."""
    code, w = str(receipt["region_code"]), context.wording
    lines = list(receipt.get("lines") or receipt.get("criteria") or ())
    parents = {line.get("criterion", line.get("key")): line.get("parent") for line in lines}
    return {
        "code": code,
        "name": context.ledger.name(code),
        "head": _head(receipt, context),
        "lines": [_line(line, context, _depth(line, parents)) for line in lines],
        "adjustments": _adjustments(receipt, context),
        "checksum": w.word("page.checksum", checksum=receipt["checksum"]) if receipt.get("checksum") else "",
    }


def _depth(line: Row, parents: Mapping[Any, Any]) -> int:
    depth, parent = 0, line.get("parent")
    while parent and depth < 6:
        depth, parent = depth + 1, parents.get(parent)
    return min(depth, 3)


def _head(receipt: Row, context: Context) -> str:
    ledger, w = context.ledger, context.wording
    row = ledger.scores.get(str(receipt["region_code"]), receipt)
    if row["score"] is None:
        return w.word("level.none")
    score = w.measured(row["score"], ledger.facts.score_decimals, w.word("word.points_unit"))
    parts = [str(row["category"]), score]
    if row["rank"] is not None:
        parts.append(w.word("map.rank", rank=row["rank"]))
    gate = w.word(f"gate.{row['gate']}") if row.get("gate") else ""
    return " · ".join(part for part in (*parts, str(row.get("grade") or ""), gate) if part)


def _adjustments(receipt: Row, context: Context) -> str:
    row = context.ledger.scores.get(str(receipt["region_code"]), {})
    parts = {key: row.get(key) for key in ("base", "bonus", "deduction")}
    if not any(parts[key] for key in ("bonus", "deduction")):
        return ""
    shown = {key: context.wording.number((value or 0) / 1e9, 2) for key, value in parts.items()}
    return context.wording.word("page.adjustments", **shown)


def _line(line: Row, context: Context, depth: int) -> dict[str, Any]:
    w = context.wording
    state = str(line.get("state") or "")
    parameters = line.get("parameters") or {}
    method = parameters.get("method") or line.get("method") or ""
    chosen = method if isinstance(method, Mapping) else {"kind": method, **parameters}
    points = line.get("points")
    return {
        "depth": depth,
        "name": str(line.get("name") or line.get("criterion") or line.get("key")),
        "clause": str(line.get("clause") or ""),
        "figures": [_figure(figure, context) for figure in line.get("inputs") or line.get("figures") or ()],
        "value": _number(line.get("value"), context, str(line.get("unit") or "")),
        "state_word": w.word(f"state.{state}") if state and state != "reported" else "",
        "method": _method(str(chosen.get("kind") or ""), context),
        "parameters": _parameters({key: value for key, value in chosen.items() if key not in SECOND_RANK}),
        "references": _references(line.get("references") or {}, context),
        "points": ""
        if points is None and not state
        else f"{_points(points, context)} / {_points(line.get('maximum'), context)}",
        "place": w.word("page.of_n", rank=line["rank"], n=line["n"]) if line.get("rank") is not None else "",
        "next_step": _next_step(line.get("next_step"), context),
    }


def _points(value: Any, context: Context) -> str:
    return NOTHING if value is None else context.wording.number(float(value), context.ledger.facts.score_decimals)


def _number(value: Any, context: Context, unit: str = "") -> str:
    if value is None or isinstance(value, str):
        return value or NOTHING
    text = f"{float(value):.6g}"
    decimals = len(text.partition(".")[2]) if "e" not in text else 2
    return context.wording.measured(float(value), min(decimals, 4), unit)


def _figure(figure: Row, context: Context) -> str:
    """指标 数值 ← 文件 表 单元格, or its state where there is no figure."""
    card = context.ledger.cards.get(str(figure.get("indicator")))
    name = (
        spoken(card.name, context.ledger.facts.language) if card else str(figure.get("name") or figure.get("indicator"))
    )
    nested = figure.get("source")
    source: Row = nested if isinstance(nested, Mapping) else figure
    unit = (card.unit if card else "") or str(figure.get("unit") or "")
    if figure.get("value") is None:
        shown = context.wording.word(f"state.{figure.get('state') or 'not_reported'}")
    else:
        shown = _number(figure["value"], context, unit)
    place = [str(source.get(key) or "") for key in ("file", "sheet", "cell")]
    where = " ".join(part for part in place if part) or str(source.get("source") or "")
    period = str(source.get("period") or figure.get("period") or "")
    return f"{name}{f' {period}' if period else ''}: {shown}{f' ← {where}' if where else ''}"


def _parameters(parameters: Row) -> str:
    """The method's parameters, short; nested ones are in receipts.json."""
    shown = [
        f"{key}={_short(value)}" for key, value in parameters.items() if isinstance(value, (int, float, str, list))
    ]
    return ", ".join(text for text in shown if not text.endswith("="))[:160]


def _short(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_short(part) for part in value) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _references(references: Any, context: Context) -> list[str]:
    """Reference values and who set them."""
    pairs = references.items() if isinstance(references, Mapping) else [(ref.get("name"), ref) for ref in references]
    found = []
    for name, given in pairs:
        reference = given if isinstance(given, Mapping) else {"value": given}
        word = reference_word(str(name), context.ledger.facts.language)
        text = f"{word} = {_number(reference.get('value'), context)}"
        if reference.get("set_by"):
            names = [context.ledger.name(str(code)) for code in reference["set_by"]]
            text += " " + context.wording.word(
                "page.set_by", names=context.wording.word("word.list_separator").join(names)
            )
        elif reference.get("statistic") or reference.get("formula"):
            text += f" ({reference.get('statistic') or reference.get('formula')})"
        found.append(text)
    return found


def _next_step(step: Any, context: Context) -> str:
    if not step or isinstance(step, str):
        return step or ""
    facts = {key: _number(step.get(key), context) for key in ("value", "distance")}
    return context.wording.word(f"page.next_{step['to']}", **facts)


def _method(kind: str, context: Context) -> str:
    """The method's name; one that the catalogue does not know keeps its own."""
    return context.wording.words.get(f"bulletins.method.{kind}", kind)
