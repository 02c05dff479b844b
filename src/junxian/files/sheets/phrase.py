"""Sentences of findings (审核意见): code and facts of every finding in words, with its place where wanted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from junxian.core.text import spoken

if TYPE_CHECKING:
    import polars as pl


def messages(findings: pl.DataFrame, language: str = "zh", *, place: bool = False) -> list[str]:
    """One sentence for each finding, in their order; `place` puts file, sheet and cell before it.

    The rule's own `advice` follows the sentence.
    """
    return [message(row, language, place=place) for row in findings.iter_rows(named=True)]


def message(finding: Mapping[str, Any], language: str = "zh", *, place: bool = False) -> str:
    """The sentence of one finding."""
    from junxian.files.rulebooks.speak import say

    facts = {name: _shown(value, language) for name, value in json.loads(finding["facts"] or "{}").items()}
    sentence = say(finding["code"], facts, language)
    if advice := facts.get("advice"):
        sentence += advice if language == "zh" else f" {advice}"
    return where(finding, language) + sentence if place else sentence


def where(finding: Mapping[str, Any], language: str = "zh") -> str:
    """`《6月主要指标》表 D7：`, as much of it as is known."""
    spot = " ".join(part for part in (finding["sheet"], finding["cell"]) if part)
    if language == "zh":
        return f"《{finding['file']}》{spot}：" if finding["file"] else ""
    return f"{finding['file']}{', ' + spot if spot else ''}: " if finding["file"] else ""


def _shown(value: Any, language: str) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, list):
        return ("、" if language == "zh" else ", ").join(_shown(item, language) for item in value)
    return spoken(value, language) if isinstance(value, dict) else str(value)
