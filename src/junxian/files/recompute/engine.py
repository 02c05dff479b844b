"""What the engine computed (核算结果), in the order of the workbook's rows: figures, node results, scores.

Live formulas are held against it before they are written; what differs is pasted and named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from junxian.core.formulas.model import Leaf
from junxian.core.rulebook.judge import Judgement
from junxian.core.scoring.plan import NodePlan
from junxian.files.recompute.book import Unit
from junxian.files.recompute.model import Value
from junxian.files.recompute.reckon import Span

STATES = ("reported", "late", "not_reported", "not_applicable", "undefined")
"""States by their code in the panel."""


def units_of(judgement: Judgement) -> tuple[list[Unit], list[Span]]:
    """Rows of the workbook: categories in the scheme's order, official order inside."""
    names = judgement.compiled.names
    rows = judgement.settled.select("region_code", "group").rows()
    units: list[Unit] = []
    spans: list[Span] = []
    for category in judgement.compiled.scheme.groups:
        own = [Unit(code, names.get(code, code), category) for code, group in rows if group == category]
        if own:
            spans.append(Span(category, len(units), len(units) + len(own)))
            units.extend(own)
    return units, spans


@dataclass(frozen=True)
class Facts:
    """A judgement read by rows of the workbook."""

    judgement: Judgement
    codes: Sequence[str]
    scored: pl.DataFrame
    settled: pl.DataFrame
    _points: dict[str, dict[str, dict[str, Any]]]

    @classmethod
    def of(cls, judgement: Judgement, codes: Sequence[str]) -> Facts:
        """Everything in the order of `codes`."""
        order = pl.DataFrame({"region_code": list(codes)}, schema={"region_code": pl.String})
        scored, settled = (
            order.join(frame, on="region_code", how="left", maintain_order="left")
            for frame in (judgement.scored, judgement.settled)
        )
        points: dict[str, dict[str, dict[str, Any]]] = {}
        wanted = ("value", "state", "normalised", "points", "maximum", "label")
        for row in judgement.points.select("region_code", "criterion", *wanted).iter_rows(named=True):
            points.setdefault(row["criterion"], {})[row["region_code"]] = row
        return cls(judgement, codes, scored, settled, points)

    def node(self, node: NodePlan, what: str) -> list[Any]:
        """value, state, normalised, points, maximum or label of a node."""
        own = self._points.get(node.node.key, {})
        return [own[code][what] for code in self.codes]

    def leaf(self, leaf: Leaf) -> tuple[list[float | None], list[str]]:
        """Figures of a leaf and their states; a figure without a row is not reported."""
        column = self.judgement.compiled.plan.leaf_column(leaf)
        values = self.scored.get_column(column).to_list()
        codes = self.scored.get_column(f"{column}s").to_list()
        nothing = [0 if value is not None else 2 for value in values]
        return values, [STATES[n if code is None else code] for code, n in zip(codes, nothing, strict=True)]

    def settled_column(self, name: str) -> list[Any]:
        """A column of the settlement."""
        return self.settled.get_column(name).to_list()


def differing(found: Sequence[Value], stated: Sequence[Any], slack: float) -> list[int]:
    """Rows in which a live formula does not give what the engine gave."""
    return [row for row, (ours, theirs) in enumerate(zip(found, stated, strict=True)) if not same(ours, theirs, slack)]


def same(ours: Value, theirs: Any, slack: float) -> bool:
    """Missing is missing; numbers agree to `slack` and thirteen digits."""
    if theirs is None or theirs == "" or isinstance(ours, str):
        return ours == (theirs or "")
    if isinstance(theirs, str):
        return False
    return abs(float(ours) - float(theirs)) <= slack + 1e-13 * abs(float(theirs))
