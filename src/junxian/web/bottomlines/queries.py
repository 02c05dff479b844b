"""What has been published about bottom lines (底线预警查询): always of published runs, within the actor's reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from junxian.core.bottomlines.model import LEVELS, Events, Line
from junxian.core.rulebook import Rulebook
from junxian.web.assessment.models import Alert, Round
from junxian.web.indicators.models import Observation

PUBLISHED = (Round.State.PUBLISHED, Round.State.FROZEN)
HISTORY = 24
"""How many published rounds a series looks back."""
SEVERITY = Case(
    *(When(level=level, then=Value(place)) for place, level in enumerate(LEVELS)),
    default=Value(-1), output_field=IntegerField(),
)  # fmt: skip
"""green 0 … veto 4; a unit that is not watched comes last."""


def shown_rounds(scheme: str = "", limit: int = HISTORY) -> list[Round]:
    """Published rounds of a scheme (of the one published last, if none is named), newest first, trials left out."""
    found = Round.objects.filter(state__in=PUBLISHED, trial=False).select_related("run")
    found = found.defer("seal", "run__comparison", "run__facts")  # a comparison holds every unit of the deployment
    found = found.order_by("-period_index", "-published_at", "-pk")
    if not scheme:
        scheme = found.values_list("scheme", flat=True).first() or ""
    return list(found.filter(scheme=scheme)[:limit])


def alerts(run_id: int, reach: frozenset[int] | None, levels: Iterable[str] = ()) -> QuerySet[Alert]:
    """Alerts of a run within reach, worst first; `levels` narrows."""
    found = Alert.objects.filter(run_id=run_id).select_related("unit").annotate(severity=SEVERITY)
    if reach is not None:
        found = found.filter(unit_id__in=reach)
    if levels:
        found = found.filter(level__in=list(levels))
    return found.order_by("-severity", "unit__order", "unit__code", "line")


def counts(run_id: int, reach: frozenset[int] | None) -> dict[str, int]:
    """How many (unit, line) pairs stand at each level, in the order of LEVELS; levels nobody has are left out."""
    own = Q() if reach is None else Q(unit_id__in=reach)
    rows = Alert.objects.filter(own, run_id=run_id).order_by().values("level").annotate(n=Count("pk"))
    found = {row["level"]: row["n"] for row in rows}
    return {level: found[level] for level in reversed(LEVELS) if level in found}


def series(unit_id: int, line: str, rounds: list[Round]) -> list[dict[str, Any]]:
    """One row per round, oldest first: period, level, value, rank, n, worse, months; None where not watched."""
    rows = Alert.objects.filter(unit_id=unit_id, line=line, run_id__in=[r.run_id for r in rounds])
    found = {row["run_id"]: row for row in rows.values("run_id", "level", "value", "rank", "n", "worse", "months")}
    nothing = {"level": "", "value": None, "rank": None, "n": None, "worse": None, "months": None}
    return [{"period": r.period, **found.get(r.run_id, nothing)} for r in reversed(rounds)]


def filed_cards(rules: Rulebook) -> dict[str, tuple[str, str]]:
    """Event cards that go on the register of notices and talks → (form, issuer)."""
    watches = [line.watch for line in rules.bottomlines if isinstance(line.watch, Events)]
    return {rule.card: (rule.form, rule.issuer) for watch in watches for rule in watch.of if rule.form}


def register(rules: Rulebook, reach: frozenset[int] | None) -> list[dict[str, Any]]:
    """Notices, talks and criticisms (通报约谈台账), newest first: each matter by its newest revision."""
    cards = filed_cards(rules)
    rows = Observation.objects.filter(indicator__in=cards).select_related("unit")
    rows = rows if reach is None else rows.filter(unit_id__in=reach)
    newest: dict[tuple[object, ...], Observation] = {}
    for row in rows.order_by("revision", "pk"):
        newest[row.unit_id, row.indicator, row.period, row.calibre] = row
    standing = [row for row in newest.values() if row.state == "reported" and row.value]
    standing.sort(key=lambda row: (-row.period_index, row.unit.order, row.indicator))
    return [{"row": row, "form": cards[row.indicator][0], "issuer": cards[row.indicator][1]} for row in standing]


def line_of(rules: Rulebook, code: str) -> Line | None:
    """The line of that id as the rulebook in force says it."""
    return next((line for line in rules.bottomlines if line.id == code), None)
