"""Faults of a rulebook text (规则文本的错处): where they stand, which sentence says them, what fills it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from junxian.core.errors import RuleError

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file; lines and columns count from 1, 0 means the file as a whole."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, order=True)
class Fault:
    """One fault or warning at its place."""

    file: str
    line: int
    column: int
    code: str
    facts: dict[str, object] = field(default_factory=dict, compare=False)
    level: Literal["error", "warning"] = "error"

    @property
    def where(self) -> str:
        return str(Place(self.file, self.line))


def fault_at(place: Place, code: str, **facts: object) -> Fault:
    return Fault(place.file, place.line, place.column, code, facts)


class FaultyRulebook(RuleError):
    """A rulebook that cannot be used; `faults` holds all of them, not the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__("rulebooks.faulty", where=first.where, count=len(self.faults), first=first.code)
