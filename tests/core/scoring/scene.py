"""A scene (试算场景): a few units, their figures and a scheme, scored; and the same scored another way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from junxian.core.assessment.model import AssessedScheme
from junxian.core.assessment.settle import extras
from junxian.core.formulas import Vocabulary
from junxian.core.formulas.measure import default_units
from junxian.core.indicators.model import Card
from junxian.core.scoring import Plan, compile_scheme, gather, points_table, rows_of
from junxian.core.scoring.native import run_native
from junxian.core.scoring.route import STATE_WORDS

NOW = 2026 * 12 + 5
NANO = 1_000_000_000
RENORMALISE = dict.fromkeys(("late", "not_reported", "not_applicable", "undefined"), "renormalise")
STATES = ("late", "not_reported", "not_applicable")
Figure = float | str | None
"""A value, or one of STATES; None is a unit of which nothing was heard."""
Figures = Mapping[str, Mapping[Any, Figure]]
"""Indicator (`name` or `name[calibre]`) → unit, or (unit, months ago) → figure."""


def cards(names: Sequence[str], **units: str) -> dict[str, Card]:
    return {name: Card(code=name, name=name, kind="M", unit=units.get(name, "")) for name in names}


def vocabulary(names: Sequence[str], **units: str) -> Vocabulary:
    return Vocabulary(cards=cards(names, **units), names={}, population=None, units=default_units())


def scheme(criteria: Sequence[Mapping[str, Any]], groups: Mapping[str, Sequence[str]], **more: Any) -> AssessedScheme:
    plain = {"id": "试", "title": "试", "missing": RENORMALISE, "ties": "shared", "rounding": {"places": 2}}
    return AssessedScheme.model_validate({**plain, "groups": groups, "criteria": list(criteria), **more})


def observed(figures: Figures) -> pl.DataFrame:
    """Observations as `gather` reads them."""
    rows = []
    for name, found in figures.items():
        code, _, calibre = name.rstrip("]").partition("[")
        for key, figure in found.items():
            unit, ago = key if isinstance(key, tuple) else (key, 0)
            if figure is None:
                continue
            state = figure if isinstance(figure, str) else "reported"
            value = None if isinstance(figure, str) else float(figure)
            rows.append((unit, NOW - ago, f"{code}|M|{calibre}", value, state))
    columns = {"region_code": pl.String, "period_index": pl.Int64, "series": pl.String, "value": pl.Float64}
    return pl.DataFrame(rows, schema={**columns, "state": pl.String}, orient="row")


@dataclass(frozen=True)
class Scene:
    """A plan over a panel, run."""

    plan: Plan
    panel: pl.DataFrame
    frame: pl.DataFrame

    def column(self, key: str, what: str = "p") -> dict[str, Any]:
        node = next(node for node in self.plan.nodes if node.node.key == key)
        return dict(self.frame.select("region_code", node.column(what)).iter_rows())

    def points(self, key: str = "total") -> dict[str, Fraction | None]:
        """Unit → points, exact."""
        return {unit: None if p is None else Fraction(p, NANO) for unit, p in self.column(key).items()}

    def marks(self, key: str) -> dict[str, Fraction | None]:
        return {unit: None if p is None else Fraction(p, NANO) for unit, p in self.column(key, "n").items()}

    def states(self, key: str) -> dict[str, str]:
        return {unit: STATE_WORDS[code] for unit, code in self.column(key, "t").items()}

    def table(self) -> pl.DataFrame:
        return points_table(self.frame, self.plan)


def scored(
    criteria: Sequence[Mapping[str, Any]],
    figures: Figures,
    groups: Mapping[str, Sequence[str]] | None = None,
    *,
    words: Vocabulary | None = None,
    ago: Sequence[int] = (0,),
    **more: Any,
) -> Scene:
    """Score the units of `groups` (by default all that are named) on their figures of the period."""
    units = dict.fromkeys(key[0] if isinstance(key, tuple) else key for found in figures.values() for key in found)
    groups = groups or {"县": list(units)}
    written = scheme(criteria, groups, **more)
    known = words or vocabulary([name.partition("[")[0] for name in figures])
    plan = compile_scheme(written, known, extras(written))
    of = {unit: name for name, members in groups.items() for unit in members}
    rows = rows_of(of, dict.fromkeys(of, "市"), "市", [NOW - months for months in ago])
    panel = gather(observed(figures), rows, plan.leaves)
    return Scene(plan, panel, plan.run(panel))


def other_ways(scene: Scene) -> dict[str, Callable[[], pl.DataFrame]]:
    """The same plan on the same panel: not stacked, and through Narwhals on a lazy frame."""
    return {
        "tall": lambda: run_native(scene.plan, scene.panel, None, tall=0),
        "lazy": lambda: pl.DataFrame(scene.plan.run(scene.panel.lazy()).collect()),
    }


def exact_columns(scene: Scene) -> list[str]:
    """What must be the same to the last bit: results, maxima, roles, states, labels."""
    found = [node.column(what) for node in scene.plan.nodes for what in ("p", "m", "o")]
    found += [node.column("t") for node in scene.plan.nodes if not node.children]
    return found + [node.column("g") for node in scene.plan.nodes if node.labelled]
