"""Places in the province (全省位次): rank tables of a period from the figures of the database, computed once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from junxian.core.benchmarks import RankTable
from junxian.core.bottomlines.model import LastPlaces
from junxian.core.formulas import Formula, analyse
from junxian.core.indicators.period import Period, at_index, holds
from junxian.core.rulebook import Rulebook, at, vocabulary
from junxian.core.text import spoken
from junxian.core.units.select import select
from junxian.web.indicators.models import Observation
from junxian.web.rulebooks.current import rulebook

STEP = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True)
class Place:
    """One unit's place by one indicator. `figure`: (indicator, period) of the one figure it is made of, or None.

    change, change_last_year: places gained, only where as many units had figures then; before, year_ago: how many had
    them where it was another number, None otherwise (RULES §1.8).
    `last`: among the last places the rulebook's bottom line of this formula watches; None where none watches it.
    """

    code: str
    name: str
    shown: bool
    value: float | None
    gap: float | None
    rank: int | None
    n: int
    change: int | None
    change_last_year: int | None
    before: int | None
    year_ago: int | None
    worse: int | None
    tied: bool
    last: bool | None
    figure: tuple[str, str] | None


@dataclass(frozen=True)
class Block:
    """One indicator of a rank table: places by rank, then the units without a figure."""

    name: str
    formula: str
    better: str
    unit: str
    decimals: int
    n: int
    rate: float | None
    places: tuple[Place, ...]
    lines: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """Names of the units without a figure."""
        return [place.name for place in self.places if place.value is None]

    @property
    def shown(self) -> list[Place]:
        """The places that are printed."""
        return [place for place in self.places if place.shown]


@dataclass(frozen=True)
class Table:
    """A rank table of one period."""

    id: str
    title: str
    peers: int
    blocks: tuple[Block, ...]


def watched(rules: Rulebook) -> list[RankTable]:
    """The rank tables of a rulebook; dated versions of one table count once, the last."""
    return list({entry.id: entry for entry in rules.benchmarks if isinstance(entry, RankTable)}.values())


@lru_cache(maxsize=64)
def leaves_of(mark: str, text: str) -> Formula:
    """What a formula of a version reads."""
    rules = rulebook(mark)
    started = [entry.effective.from_ for entry in rules.indicators if entry.effective.from_]
    return analyse(text, vocabulary(at(rules, max(started, default="2000-12")[:7])))


def indicators_of(mark: str, texts: Iterable[str]) -> set[str]:
    """Codes of all indicators the formulas read."""
    return {leaf.indicator for text in texts for leaf in leaves_of(mark, text).leaves}


def scheme_of(rules: Rulebook, period: Period) -> str:
    """A scheme of the period's frequency in force then, for its rounds' length; empty where there is none."""
    for scheme in rules.schemes:
        rounds = not scheme.rounds or period.text in scheme.rounds
        if (
            scheme.frequency == period.frequency
            and rounds
            and holds(period, scheme.effective.from_, scheme.effective.to)
        ):
            return scheme.id
    return ""


def newest_figure(codes: Iterable[str]) -> tuple[int, object]:
    """The last figure of these indicators, its number and moment: while it stays, what follows from them stays."""
    last = Observation.objects.filter(indicator__in=list(codes)).order_by("-pk").values_list("pk", "at").first()
    return last or (0, None)


def tables(mark: str, period: str, language: str) -> dict[str, Table]:
    """Every rank table of a version at a period, by id."""
    texts = [row.value for table in watched(rulebook(mark)) for row in table.indicators]
    return _tables(mark, period, language, newest_figure(indicators_of(mark, texts)))


@lru_cache(maxsize=96)
def _tables(mark: str, period: str, language: str, newest: tuple[int, object]) -> dict[str, Table]:
    """`newest` stands for the figures seen: another one makes another entry."""
    from junxian.core.indicators import parse_period
    from junxian.core.rulebook.judge import prepare
    from junxian.core.rulebook.standings import rank_tables
    from junxian.web.indicators.queries import frame

    rules = rulebook(mark)
    scheme = scheme_of(rules, parse_period(period))
    found = watched(rules)
    if not scheme or not found:
        return {}
    compiled = prepare(rules, period, scheme)
    texts = [text for table in found for row in table.indicators for text in (row.value, row.rate) if text]
    seen = frame(period, indicators=indicators_of(mark, texts))
    ranked = rank_tables(compiled, seen)
    dated = {entry.id: entry for entry in watched(compiled.rulebook)}
    periods = _periods(seen)
    view = _View(mark, compiled, language, periods)
    return {key: view.table(entry, ranked[key]) for key, entry in dated.items() if key in ranked}


def _periods(seen: Any) -> dict[tuple[str, str, str, int], str]:
    """(unit, indicator, kind, index) → the period text its figure stands under."""
    from junxian.core.indicators.known import with_index

    rows = with_index(seen).select("region_code", "indicator", "kind", "period_index", "period").iter_rows()
    return {(unit, code, kind, index): text for unit, code, kind, index, text in rows}


@dataclass(frozen=True)
class _View:
    """Frames of the engine as rows of a page."""

    mark: str
    compiled: Any
    language: str
    periods: dict[tuple[str, str, str, int], str]

    def table(self, entry: RankTable, ranked: Any) -> Table:
        rules, period = self.compiled.rulebook, self.compiled.period.text
        peers = select(rules.units, entry.peers, rules.peer_sets, period)
        shown = set(select(rules.units, entry.shown, rules.peer_sets, period)) if entry.shown else set(peers)
        blocks = []
        for row in entry.indicators:
            printed = spoken(row.name, rules.jurisdiction.language) or row.value
            rows = ranked.filter(ranked["indicator"] == printed).sort("rank", nulls_last=True, maintain_order=True)
            blocks.append(self._block(entry, row, rows.to_dicts(), shown))
        return Table(entry.id, spoken(entry.title, self.language), len(peers), tuple(blocks))

    def _block(self, entry: RankTable, row: Any, rows: list[dict[str, Any]], shown: set[str]) -> Block:
        formula = leaves_of(self.mark, row.value)
        watch = self._last_places(entry, row)
        cards = {card.code: card for card in self.compiled.rulebook.indicators}
        own = cards[formula.leaves[0].indicator] if len(formula.leaves) == 1 else None
        decimals = row.decimals if row.decimals is not None else own.decimals if own and own.decimals is not None else 2
        names = {unit.code: spoken(unit.name, self.language) for unit in self.compiled.rulebook.units}
        places = tuple(self._place(one, names, shown, formula, watch) for one in rows)
        return Block(
            spoken(row.name, self.language) or row.value, row.value, row.better, formula.unit or "", decimals,
            next((one["n"] for one in rows), 0) or 0,
            next((one["rate"] for one in rows), None) if entry.upper else None,
            places, tuple(spoken(line.name, self.language) for line in watch),
        )  # fmt: skip

    def _last_places(self, entry: RankTable, row: Any) -> list[Any]:
        """The bottom lines that watch the last places of this very formula among these very units."""
        return [
            line for line in self.compiled.rulebook.bottomlines
            if line.what == row.value and isinstance(line.watch, LastPlaces) and line.watch.peers == entry.peers
        ]  # fmt: skip

    def _place(
        self, row: dict[str, Any], names: dict[str, str], shown: set[str], formula: Formula, watch: list[Any]
    ) -> Place:
        code, worse = row["region_code"], row["worse"]
        last = None
        if watch and worse is not None and (row["n"] or 0) >= max(line.watch.min_units for line in watch):
            last = any(worse < line.watch.places for line in watch)
        change, before = _since(row, "change", "previous_n")
        change_year, year_ago = _since(row, "change_last_year", "last_year_n")
        return Place(
            code, names[code], code in shown, row["value"], row["gap"], row["rank"], row["n"] or 0, change, change_year,
            before, year_ago, worse, bool(row["tied"]), last, self._figure(code, formula),
        )  # fmt: skip

    def _figure(self, code: str, formula: Formula) -> tuple[str, str] | None:
        if len(formula.leaves) != 1:
            return None
        leaf = formula.leaves[0]
        index = leaf.index_at(self.compiled.period.index)
        period = self.periods.get((code, leaf.indicator, leaf.kind, index))
        return (leaf.indicator, period) if period else None


def _since(row: dict[str, Any], change: str, count: str) -> tuple[int | None, int | None]:
    """(places gained, None) where as many units had figures then as now, else (None, how many had them)."""
    if row[change] is None or row[count] == row["n"]:
        return row[change], None
    return None, row[count]


def period_texts(rules: Rulebook, indices: Iterable[int]) -> list[str]:
    """Month ends as the periods of the rulebook's rounds: the shortest frequency some scheme has then."""
    found = []
    merged = {months[-1] for months in rules.calendar.merged_months}
    for index in indices:
        for frequency in ("month", "quarter", "half", "year"):
            if index % STEP[frequency] == STEP[frequency] - 1 or frequency == "month":
                period = at_index(index, frequency, merged=frequency == "month" and index % 12 + 1 in merged)
                if scheme_of(rules, period):
                    found.append(period.text)
                    break
    return found
