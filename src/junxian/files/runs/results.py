"""Results as bytes (结果文件): one judgement always gives the same scores, points, alerts and receipts."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from junxian.core.assessment.adjust import amount
from junxian.core.bottomlines import register
from junxian.core.indicators.period import at_index
from junxian.core.rulebook.judge import Compiled, Judgement, sources_of, watch_round
from junxian.core.rulebook.standings import role_models
from junxian.core.scoring import receipts
from junxian.core.scoring.exact import NANO, published
from junxian.core.text import spoken, without_empty
from junxian.files.runs.record import checksum
from junxian.files.snapshots.snapshot import figure_text, guarded

SCORES = ("region_code", "region", "category", "score", "rank", "grade", "gate")
POINTS = ("region_code", "criterion", "value", "state", "normalised", "points", "maximum")
ALERTS = (
    "region_code", "region", "line", "level", "indicator", "value", "rank", "n", "worse", "tied", "months", "deduct",
    "basis", "effect", "until",
)  # fmt: skip


def scores_csv(judgement: Judgement) -> str:
    """region_code, region, category, score (declared places), rank, grade, gate; empty where there is no score."""
    rounding = judgement.compiled.scheme.rounding
    exact = judgement.settled.get_column("published").to_list()
    texts = ["" if points is None else f"{published(points, rounding):f}" for points in exact]
    return _csv(judgement.scores.with_columns(pl.Series("score", texts, dtype=pl.String)), SCORES)


def points_csv(judgement: Judgement) -> str:
    """Every node of every unit: value, state, mark, points, maximum; groups too."""
    return _csv(judgement.points, POINTS)


def alerts_csv(judgement: Judgement) -> str:
    return _csv(judgement.alerts, ALERTS)


REGISTER = (
    "region_code", "line", "matter", "card", "form", "issuer", "document", "date", "period", "level", "deduct", "until",
)  # fmt: skip


def register_csv(judgement: Judgement, seen: pl.DataFrame) -> str:
    """The register of notices, talks and criticisms (通报约谈台账) still in effect; empty: only the head."""
    compiled = judgement.compiled
    cards = [card.code for card in compiled.rulebook.indicators if card.event]
    judged = pl.col("indicator").is_in(cards) & pl.col("region_code").is_in(list(compiled.groups))
    filed = register(seen.filter(judged), compiled.rulebook.bottomlines, watch_round(compiled))
    if filed.is_empty():
        return ",".join(REGISTER) + "\n"
    months = [at_index(index).text for index in filed.get_column("period_index")]
    return _csv(filed.with_columns(pl.Series("period", months, dtype=pl.String)), REGISTER)


def _csv(frame: pl.DataFrame, columns: tuple[str, ...]) -> str:
    chosen = frame.select(columns)
    floats = [name for name, kind in chosen.schema.items() if kind == pl.Float64]
    texts = [pl.Series(name, [figure_text(v) for v in chosen.get_column(name)], dtype=pl.String) for name in floats]
    words = [guarded(name) for name, kind in chosen.schema.items() if kind == pl.String]
    return chosen.with_columns(words).with_columns(texts).write_csv()


def receipts_of(judgement: Judgement, seen: pl.DataFrame, stamps: dict[str, str]) -> list[dict[str, Any]]:
    """One receipt per unit, each with a checksum over itself. seen: one observation per key with period_index."""
    compiled, scheme = judgement.compiled, judgement.compiled.scheme
    lines = receipts(judgement.scored, compiled.plan, sources_of(seen))
    _name_inputs(lines, compiled)
    adjusted = _adjustments(judgement)
    models = role_models(compiled, seen)
    language = compiled.rulebook.jurisdiction.language
    titles = {line.id: spoken(line.name, language) for line in compiled.rulebook.bottomlines}
    found = []
    for place, row in enumerate(judgement.settled.to_dicts()):
        code = row["region_code"]
        receipt = {
            "region_code": code,
            "region": compiled.names[code],
            "category": row["group"],
            "period": compiled.period.text,
            **stamps,
            "scheme": _scheme(judgement),
            "score": None if row["published"] is None else float(published(row["published"], scheme.rounding)),
            "rank": row["rank"],
            "n": row["n"],
            "grade": row["grade"],
            "by_points": row["by_points"],
            "gate": row["gate"],
            **{name: _points(row[name]) for name in ("base", "bonus", "deduction", "exact")},
            "gates": {g.id: row[f"gate_{g.id}_result"] for g in scheme.gates},
            "vetoes": [v.id for v in scheme.vetoes if row[f"veto_{v.id}_result"]],
            "adjustments": [{**rule, "points": points[place]} for rule, points in adjusted if points[place]],
            "events": _own(judgement.events, code),
            "alerts": [row | {"name": titles[row["line"]]} for row in _own(judgement.alerts, code)],
            "awards": _own(judgement.awards, code),
            "role_models": models.get(code, []),
            "lines": lines[code],
        }
        found.append(receipt | {"checksum": checksum(receipt)})
    return found


def _name_inputs(lines: dict[str, list[dict[str, Any]]], compiled: Compiled) -> None:
    """Give every figure the name of its indicator beside the code."""
    language = compiled.rulebook.jurisdiction.language
    names = {card.code: spoken(card.name, language) for card in compiled.rulebook.indicators}
    for line in (line for own in lines.values() for line in own):
        for item in line.get("inputs", ()):
            item["name"] = names.get(item["indicator"], item["indicator"])


def _scheme(judgement: Judgement) -> dict[str, Any]:
    scheme = judgement.compiled.scheme
    rules = scheme.model_dump(mode="json", by_alias=True, exclude={"criteria", "groups"})
    return rules | {"title": spoken(scheme.title, judgement.compiled.rulebook.jurisdiction.language)}


def _adjustments(judgement: Judgement) -> list[tuple[dict[str, Any], list[float]]]:
    scheme, settled, found = judgement.compiled.scheme, judgement.settled, []
    for sign, rules in ((1, scheme.bonus), (-1, scheme.deductions)):
        for rule in rules:
            points = amount(settled, judgement.facts, rule)
            named = without_empty(rule) | {"name": spoken(rule.name, judgement.compiled.rulebook.jurisdiction.language)}
            found.append((named, [sign * p / NANO for p in points.to_list()]))
    return found


def _own(frame: pl.DataFrame, code: str) -> list[dict[str, Any]]:
    kept = frame.filter(pl.col("region_code") == code).drop("region_code").to_dicts()
    return [{k: v for k, v in row.items() if v not in (None, "")} for row in kept]


def _points(nano: int | None) -> float | None:
    return None if nano is None else nano / NANO


def receipts_json(found: list[dict[str, Any]]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"
