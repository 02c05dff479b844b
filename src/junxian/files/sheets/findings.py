"""Findings (审核发现): every doubt with file, sheet, cell, rule and the facts of its sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from junxian.core.indicators.rules import DEFAULT_SEVERITY, FINDING_COLUMNS, Severity

if TYPE_CHECKING:
    import polars as pl


_BY_CODE: dict[str, Severity] = {"sheets.unit_mismatch": "error"}
"""Findings that cost figures weigh more than the questions of the same rule."""


@dataclass(slots=True)
class Findings:
    """Collects findings while files are read."""

    rows: list[tuple[str, str, str, str, str, str, str]] = field(default_factory=list)

    def add(
        self, place: tuple[str, str, str], rule: str, code: str, *, severity: Severity | None = None, **facts: object
    ) -> None:
        """`place` is (file, sheet, cell); facts are kept as JSON."""
        weight = severity or _BY_CODE.get(code) or DEFAULT_SEVERITY.get(rule, "error")
        self.rows.append((*place, weight, rule, code, json.dumps(facts, ensure_ascii=False, default=str)))

    def frame(self) -> pl.DataFrame:
        """The findings as a frame of text columns."""
        return findings_frame(self.rows)


def findings_frame(rows: Iterable[tuple[str, ...]]) -> pl.DataFrame:
    """A frame with FINDING_COLUMNS, all text."""
    import polars as pl

    return pl.DataFrame(list(rows), schema=dict.fromkeys(FINDING_COLUMNS, pl.String), orient="row")
