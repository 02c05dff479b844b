"""What the province page shows (全省位次查询): which periods are open, trends, lists, role models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from junxian.core.benchmarks import NamedList, Peers
from junxian.core.indicators import parse_period
from junxian.core.rulebook import Rulebook
from junxian.core.text import spoken
from junxian.web.benchmarks.standing import (
    Table,
    indicators_of,
    newest_figure,
    period_texts,
    scheme_of,
    tables,
    watched,
)
from junxian.web.indicators.models import Observation
from junxian.web.indicators.opening import open_indices
from junxian.web.people.actor import Actor
from junxian.web.rulebooks.current import current_version, rulebook
from junxian.web.units.models import Unit

TREND = 12


def open_periods(actor: Actor, texts: list[str] | None = None) -> list[str]:
    """Periods whose places the actor may see, the newest first: their keepers have signed every figure read."""
    mark = current_version().hash
    rules = rulebook(mark)
    texts = texts or [row.value for table in watched(rules) for row in table.indicators]
    codes = indicators_of(mark, texts) if texts else set()
    figures = Observation.objects.filter(indicator__in=codes, state="reported")
    indices = set(figures.order_by().values_list("period_index", flat=True).distinct())
    for code in sorted(codes):
        indices &= set(open_indices(code, indices, actor))
    return period_texts(rules, sorted(indices, reverse=True))


def table_at(period: str, language: str) -> dict[str, Table]:
    """The rank tables of the rulebook in force at a period."""
    return tables(current_version().hash, period, language)


def trend(table: str, unit: str, periods: list[str], language: str) -> dict[str, Any] | None:
    """The ECharts option of a unit's places by every indicator of a table; a period without a place is a gap."""
    seen = [(period, table_at(period, language).get(table)) for period in reversed(periods[:TREND])]
    rows = [(period, found) for period, found in seen if found is not None]
    names = [block.name for block in rows[-1][1].blocks] if rows else []
    lines = {name: [_rank(found, name, unit) for _period, found in rows] for name in names}
    if not any(rank for ranks in lines.values() for rank in ranks):
        return None
    most = max(block.n for _period, found in rows for block in found.blocks)
    return {
        "aria": {"enabled": True, "decal": {"show": True}}, "tooltip": {"trigger": "axis"},
        "legend": {"top": 0, "type": "scroll"}, "grid": {"left": 48, "right": 24, "top": 48, "bottom": 32},
        "xAxis": {"type": "category", "data": [period for period, _found in rows]},
        "yAxis": {"type": "value", "inverse": True, "min": 1, "max": max(most, 2), "minInterval": 1,
                  "name": _("位次（上方为好）"), "nameLocation": "start"},
        "series": [
            {"name": name, "type": "line", "connectNulls": False, "data": ranks} for name, ranks in lines.items()
        ],
    }  # fmt: skip


def _rank(found: Table, name: str, unit: str) -> int | None:
    block = next((block for block in found.blocks if block.name == name), None)
    place = next((place for place in block.places if place.code == unit), None) if block else None
    return place.rank if place else None


@dataclass(frozen=True)
class ListYear:
    """One published list in one year: ours on it, the best place, how many are on file, and our entries."""

    name: str
    publisher: str
    year: int
    ours: int
    best: int | None
    nominal: int | None
    entries: int
    rows: tuple[tuple[str, int, bool, str], ...]


def lists(rules: Rulebook, language: str) -> list[ListYear]:
    """Published lists with publisher and year, the newest first; publishers are never added together (RULES §8.1)."""
    found = [entry for entry in rules.benchmarks if isinstance(entry, NamedList)]
    if not found:
        return []
    from junxian.core.benchmarks import count_entries
    from junxian.core.benchmarks.lists import entries

    names = {unit.code: spoken(unit.name, language) for unit in rules.units}
    ours = _under_root(rules)
    held = entries(found, language).to_dicts()
    rows = []
    for one in count_entries(found, ours, language).to_dicts():
        own = [
            (names[row["region_code"]], row["rank"], row["tied"], row["source"]) for row in held
            if (row["list"], row["year"]) == (one["list"], one["year"]) and row["region_code"] in ours
        ]  # fmt: skip
        rows.append(ListYear(one["name"], one["publisher"], one["year"], one["ours"], one["best"], one["nominal"],
                             one["entries"], tuple(sorted(own, key=lambda row: row[1]))))  # fmt: skip
    return sorted(rows, key=lambda row: (-row.year, row.name))


def _under_root(rules: Rulebook) -> set[str]:
    return {unit.code for unit in rules.units if unit.parent == rules.root or unit.code == rules.root}


@dataclass(frozen=True)
class Model:
    """A unit alike in means and better in the outcome."""

    rule: str
    unit: str
    model: str
    own: float
    target: float
    gap: float | None
    distance: float

    @property
    def gap_percent(self) -> float | None:
        """The gap in percent of the model's figure."""
        return None if self.gap is None else self.gap * 100


def role_models(actor: Actor, language: str) -> tuple[str, list[Model]]:
    """(period, role models) of the counties the actor reads, at the newest period all figures of the rules are open."""
    mark = current_version().hash
    texts = [
        text for entry in rulebook(mark).benchmarks if isinstance(entry, Peers) for text in (*entry.means, entry.target)
    ]
    periods = open_periods(actor, texts) if texts else []
    if not periods:
        return "", []
    found = _role_models(mark, periods[0], newest_figure(indicators_of(mark, texts)))
    reach = actor.reach_of("unit.see")
    mine = Unit.objects.all() if reach is None else Unit.objects.filter(pk__in=reach)
    codes = set(mine.filter(code__in=list(found)).values_list("code", flat=True))
    rules = rulebook(mark)
    names = {unit.code: spoken(unit.name, language) for unit in rules.units}
    titles = {entry.id: spoken(entry.name, language) for entry in rules.benchmarks if isinstance(entry, Peers)}
    models = [
        Model(titles[str(row["rule"])], names[code], names[str(row["region_code"])], row["own"], row["target"],
              row["gap"], row["distance"])
        for code, rows in found.items() if code in codes for row in rows
    ]  # fmt: skip
    return periods[0], models


@lru_cache(maxsize=16)
def _role_models(mark: str, period: str, newest: tuple[int, object]) -> dict[str, list[dict[str, Any]]]:
    """`newest` stands for the figures seen."""
    from junxian.core.indicators.known import latest, with_index
    from junxian.core.rulebook.judge import prepare
    from junxian.core.rulebook.standings import role_models as found
    from junxian.web.indicators.queries import frame

    rules = rulebook(mark)
    compiled = prepare(rules, period, scheme_of(rules, parse_period(period)))
    texts = [text for entry in rules.benchmarks if isinstance(entry, Peers) for text in (*entry.means, entry.target)]
    return found(compiled, with_index(latest(frame(period, indicators=indicators_of(mark, texts)))))
