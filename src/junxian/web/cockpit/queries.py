"""What the screens show (驾驶舱查询): published results within the actor's reach, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Abs

from junxian.core.text import spoken
from junxian.web.assessment.models import Alert, Point, Receipt, Round, Score
from junxian.web.bottomlines import queries as lines
from junxian.web.people.tags import spoken_language
from junxian.web.rulebooks.current import current

ROWS_SHOWN, SCREEN_ROWS, LEAST_ROWS = 20, 60, 2
"""Rows of one category a screen shows, and of all of them: with many categories each shows its first places only; the
whole ranking is one link away, a page at a time."""
TILES_SHOWN = 150
"""More counties than this make no map that a person can read on one screen."""
MOVERS = 5
WARNED = 5


@dataclass(frozen=True)
class Category:
    """One category's ranking: `rows` the first places, `total` how many units it holds."""

    name: str
    total: int
    scored: int
    rows: tuple[Score, ...]

    @property
    def cut(self) -> bool:
        return self.total > len(self.rows)


@dataclass(frozen=True)
class City:
    """Everything the big screen, the calm page and the brief say of one published round."""

    round: Round | None
    title: str = ""
    schemes: tuple[tuple[str, str], ...] = ()
    categories: tuple[Category, ...] = ()
    movers: tuple[Score, ...] = ()
    lights: dict[str, int] = field(default_factory=dict)
    warned: tuple[Alert, ...] = ()
    tiles: tuple[Score, ...] = ()

    @property
    def units(self) -> int:
        return sum(category.total for category in self.categories)

    @property
    def scored(self) -> int:
        return sum(category.scored for category in self.categories)


def city(reach: frozenset[int] | None, scheme: str = "", warned_reach: frozenset[int] | None = None) -> City:
    """The newest published round of the scheme (of all, if none is named) as far as the reach goes."""
    found = lines.shown_rounds(scheme, limit=1)
    titles = scheme_titles()
    shown = tuple((code, titles.get(code, code)) for code in published_schemes())
    if not found:
        return City(None, schemes=shown)
    newest = found[0]
    run = newest.run_id or 0
    categories = categories_of(run, reach)
    few = sum(category.total for category in categories) <= TILES_SHOWN
    return City(
        newest, titles.get(newest.scheme, newest.scheme), shown, categories, tuple(movers(run, reach)),
        lines.counts(run, warned_reach), tuple(lines.alerts(run, warned_reach, ("veto", "red", "orange"))[:WARNED]),
        tuple(scores(run, reach)) if few else (),
    )  # fmt: skip


def published_schemes() -> list[str]:
    """Schemes of which something has been published."""
    found = Round.objects.filter(state__in=lines.PUBLISHED, trial=False).order_by("scheme")
    return list(found.values_list("scheme", flat=True).distinct())


def scheme_titles() -> dict[str, str]:
    """Scheme id → its title in the reader's language, as the rulebook in force says it."""
    language = spoken_language()
    return {scheme.id: spoken(scheme.title, language) for scheme in current().schemes}


def scores(run: int, reach: frozenset[int] | None) -> QuerySet[Score]:
    """Scores of a run within reach: by category, then rank, those without a score last."""
    found = Score.objects.filter(run_id=run).select_related("unit").annotate(moved=F("previous_rank") - F("rank"))
    found = found if reach is None else found.filter(unit_id__in=reach)
    return found.order_by("category", F("rank").asc(nulls_last=True), "unit__order", "unit__code")


def categories_of(run: int, reach: frozenset[int] | None) -> tuple[Category, ...]:
    """Each category with its first places: one query for the sizes, one for all the rows shown."""
    own = Q(run_id=run) if reach is None else Q(run_id=run, unit_id__in=reach)
    sizes = Score.objects.filter(own).order_by().values("category").annotate(n=Count("pk"), scored=Count("score"))
    by_name = {row["category"]: row for row in sizes}
    near, count = scores(run, reach), max(len(by_name), 1)
    room = min(ROWS_SHOWN, max(LEAST_ROWS, SCREEN_ROWS // count))
    if sum(row["n"] for row in by_name.values()) > room * count:
        near = near.filter(rank__lte=room)
    rows: dict[str, list[Score]] = {name: [] for name in by_name}
    for row in near:
        if len(rows[row.category]) < room:
            rows[row.category].append(row)
    return tuple(Category(n, by_name[n]["n"], by_name[n]["scored"], tuple(rows[n])) for n in sorted(by_name))


def movers(run: int, reach: frozenset[int] | None) -> QuerySet[Score]:
    """Units whose rank moved most since the round before, biggest surprise first."""
    moved = scores(run, reach).filter(rank__isnull=False, previous_rank__isnull=False).exclude(rank=F("previous_rank"))
    return moved.annotate(distance=Abs(F("previous_rank") - F("rank"))).order_by("-distance", "rank")[:MOVERS]


def searched(run: int, reach: frozenset[int] | None, category: str, text: str) -> QuerySet[Score]:
    """The ranking narrowed by category and by a part of the unit's name or code."""
    found = scores(run, reach)
    if category:
        found = found.filter(category=category)
    if text:
        wanted = Q(unit__name__contains=text) | Q(unit__name_en__icontains=text) | Q(unit__code__startswith=text)
        found = found.filter(wanted)
    return found


def history(unit_id: int, rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """score, rank, n, grade of a unit for each round, oldest first; None where it was not scored."""
    rows = Score.objects.filter(unit_id=unit_id, run_id__in=[r.run_id for r in rounds])
    found = {row["run_id"]: row for row in rows.values("run_id", "score", "rank", "n", "grade", "category")}
    nothing = {"score": None, "rank": None, "n": None, "grade": "", "category": ""}
    return [{"period": r.period, **found.get(r.run_id, nothing)} for r in reversed(rounds)]


@dataclass(frozen=True)
class Change:
    """A criterion's points now and in the round before."""

    criterion: str
    name: Any
    now: float
    before: float
    maximum: float | None

    @property
    def difference(self) -> float:
        return self.now - self.before


def changes(unit_id: int, now: int, before: int) -> list[Change]:
    """Leaf criteria whose points moved between two runs, largest movement first; a missing figure is no movement."""
    groups = {row["parent"] for row in _points(unit_id, now)}
    earlier = {row["criterion"]: row["points"] for row in _points(unit_id, before)}
    found = [
        Change(row["criterion"], row["name"], row["points"], earlier[row["criterion"]], row["maximum"])
        for row in _points(unit_id, now)
        if row["criterion"] not in groups and row["points"] is not None and earlier.get(row["criterion"]) is not None
    ]
    return sorted((c for c in found if c.difference), key=lambda c: (-abs(c.difference), c.criterion))


def _points(unit_id: int, run: int) -> list[dict[str, Any]]:
    rows = Point.objects.filter(unit_id=unit_id, run_id=run).order_by("order", "criterion")
    return list(rows.values("criterion", "parent", "name", "points", "maximum", "state", "value", "depth"))


def points(unit_id: int, run: int) -> list[dict[str, Any]]:
    """A unit's points as the scheme's tree lists them.

    `share`: whole percent of the maximum, for the bar; `group`: whether criteria stand under it.
    """
    rows = _points(unit_id, run)
    groups = {row["parent"] for row in rows}
    for row in rows:
        row["group"] = row["criterion"] in groups
        whole = row["maximum"]
        row["share"] = None if row["points"] is None or not whole else round(100 * row["points"] / whole)
    return rows


def role_models(unit_id: int, run: int) -> list[dict[str, Any]]:
    """Whom to learn from: the nearest peers of the unit's receipt, those who do better first."""
    found = Receipt.objects.filter(unit_id=unit_id, run_id=run).values_list("content__role_models", flat=True).first()
    return sorted(found or [], key=lambda model: (str(model.get("name", "")), float(model.get("distance") or 0)))
