"""Findings of a rulebook (规则审查意见): what contradicts what, and at which place of the text."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from junxian.core.units.select import nearest

Path = tuple[str | int, ...]
"""Keys and positions from the top of the rulebook, as written: ("schemes", 0, "criteria", 2, "value")."""


@dataclass(frozen=True)
class Finding:
    """One fault or warning; `code` names its sentence, `facts` fill it. A rulebook with an error is never adopted."""

    code: str
    path: Path
    facts: dict[str, object] = field(default_factory=dict)
    level: Literal["error", "warning"] = "error"


def fault(code: str, *path: str | int, **facts: object) -> Finding:
    return Finding(f"rulebook.{code}", path, facts)


def warning(code: str, *path: str | int, **facts: object) -> Finding:
    return Finding(f"rulebook.{code}", path, facts, "warning")


def unknown(what: str, word: str, known: Collection[str], *path: str | int) -> list[Finding]:
    """Nothing when the word is known, otherwise the fault with the nearest known word."""
    if not word or word in known:
        return []
    return [fault(f"unknown_{what}", *path, name=word, nearest=nearest(word, sorted(known)) or "—")]
