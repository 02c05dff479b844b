"""Trying a scheme on a case (用例试算): the real engine on the case's own units and figures, nothing simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from junxian.core.assessment.model import AssessedScheme
from junxian.core.indicators.model import Card
from junxian.core.rulebook import Rulebook
from junxian.core.scoring.model import Criterion, walk
from junxian.core.units.model import Unit

if TYPE_CHECKING:
    import polars as pl

CASE_VALUE = "case_value"


@dataclass(frozen=True)
class Outcome:
    """Results by unit: `scores` has published, rank, grade, gate, bonus, deduction; `points` has one mapping a node."""

    scores: Mapping[str, Mapping[str, Any]]
    points: Mapping[str, Mapping[str, Mapping[str, Any]]]


def try_scheme(
    rulebook: Rulebook, scheme: AssessedScheme, groups: Mapping[str, str], observed: pl.DataFrame, period: str
) -> Outcome:
    """Judge these units (code → group) and nobody else; the rulebook stands at the period."""
    import polars as pl

    from junxian.core.rulebook.judge import judge, prepare

    compiled = replace(prepare(_peopled(rulebook, scheme, groups), period, scheme.id), groups=dict(groups))
    judgement = judge(compiled, observed)
    settled = judgement.settled
    if not scheme.grades and (root := compiled.plan.root).labelled:
        settled = settled.with_columns(grade=pl.col(root.column("g")))
    scores = {row["region_code"]: row for row in settled.iter_rows(named=True)}
    points: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in judgement.points.iter_rows(named=True):
        points.setdefault(row["region_code"], {})[row["criterion"]] = row
    return Outcome(scores, points)


def _peopled(rulebook: Rulebook, scheme: AssessedScheme, groups: Mapping[str, str]) -> Rulebook:
    """The rulebook with this version of the scheme, and with the case's own units where it does not know them."""
    known = {unit.code for unit in rulebook.units}
    guests = tuple(Unit(code=unit, name=unit, parent=rulebook.root) for unit in groups if unit not in known)
    return rulebook.model_copy(update={"schemes": (scheme,), "units": (*rulebook.units, *guests)})


def alone(rulebook: Rulebook, scheme: AssessedScheme, key: str) -> tuple[Rulebook, AssessedScheme]:
    """The scheme reduced to one criterion whose value is given, for the short form of a case."""
    node = next(n for n in walk(scheme.criteria) if n.key == key and isinstance(n, Criterion))
    lone = node.model_copy(update={"value": CASE_VALUE, "lag": 0, "unit": None, "carry": 0})
    plain = AssessedScheme(
        id=scheme.id,
        title=scheme.title,
        frequency=scheme.frequency,
        groups=scheme.groups,
        constants=scheme.constants,
        derive=scheme.derive,
        criteria=(lone,),
        missing=scheme.missing,
        ties=scheme.ties,
        rounding=scheme.rounding,
    )
    given = Card(code=CASE_VALUE, name=CASE_VALUE, kind="M", flow="ratio")
    cards = (*rulebook.indicators, given)
    return rulebook.model_copy(update={"indicators": cards, "bottomlines": ()}), plain
