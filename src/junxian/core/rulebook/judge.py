"""Judging one period (核算一期): rules and observations in, everything a close publishes out; no files, no clock.

The order is fixed: panel → scores → bottom lines → adjustments, gates and places → grades and awards → receipts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from junxian.core.assessment.adjust import Facts, event_points
from junxian.core.assessment.grade import grade, place_awards
from junxian.core.assessment.model import AssessedScheme
from junxian.core.assessment.settle import extras, settle, struck_by
from junxian.core.bottomlines import WatchRound, watch_lines
from junxian.core.bottomlines.model import Events, LastPlaces, Limit, Line
from junxian.core.errors import RuleError
from junxian.core.formulas import Vocabulary
from junxian.core.indicators.known import latest, with_index
from junxian.core.indicators.period import Period, parse_period
from junxian.core.rulebook.model import Rulebook
from junxian.core.rulebook.resolve import at, vocabulary
from junxian.core.scoring import Plan, compile_scheme, evaluate, gather, points_table, rows_of
from junxian.core.text import spoken
from junxian.core.units.select import select

STEP = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True)
class Compiled:
    """A rulebook at one period with one of its schemes compiled: what is the same for any figures."""

    rulebook: Rulebook
    scheme: AssessedScheme
    period: Period
    words: Vocabulary
    plan: Plan
    groups: Mapping[str, str]

    @property
    def parents(self) -> dict[str, str]:
        return {unit.code: unit.parent for unit in self.rulebook.units}

    @property
    def names(self) -> dict[str, str]:
        return {unit.code: spoken(unit.name, self.rulebook.jurisdiction.language) for unit in self.rulebook.units}

    @property
    def months(self) -> int:
        """How many months the round covers; February covers January too."""
        return max(self.period.months, STEP[self.scheme.frequency])


@dataclass(frozen=True)
class Judgement:
    """What one period came to. scored: every column of the plan, one row per unit. settled: scores, places, gates."""

    compiled: Compiled
    scored: pl.DataFrame
    settled: pl.DataFrame
    points: pl.DataFrame
    alerts: pl.DataFrame
    events: pl.DataFrame
    awards: pl.DataFrame
    facts: Facts = field(repr=False, default_factory=Facts.none)

    @property
    def scores(self) -> pl.DataFrame:
        """region_code, region, category, score, rank, grade, gate in official order."""
        names = self.compiled.names
        return self.settled.select(
            "region_code", pl.col("region_code").replace_strict(names, return_dtype=pl.String).alias("region"),
            pl.col("group").alias("category"), "score", "rank", "grade", "gate",
        )  # fmt: skip


def choose_scheme(rulebook: Rulebook, period: Period, wanted: str = "") -> AssessedScheme:
    """The scheme asked for, else the only one of the period's frequency; RuleError says which there are."""
    named = [scheme for scheme in rulebook.schemes if scheme.id == wanted]
    fitting = named if wanted else [scheme for scheme in rulebook.schemes if scheme.frequency == period.frequency]
    if len(fitting) != 1:
        known = "、".join(f"{s.id} ({s.frequency})" for s in rulebook.schemes)
        raise RuleError("judge.no_scheme", wanted=wanted or period.frequency, period=period.text, known=known)
    if fitting[0].rounds and period.text not in fitting[0].rounds:
        raise RuleError("judge.no_round", scheme=fitting[0].id, period=period.text, rounds="、".join(fitting[0].rounds))
    return fitting[0]


def prepare(rulebook: Rulebook, period: str, scheme: str = "") -> Compiled:
    """Resolve a rulebook at a period and compile the scheme; RuleError where the rules cannot mean what they say."""
    when = parse_period(period)
    dated = at(rulebook, period)
    chosen = choose_scheme(dated, when, scheme)
    words = vocabulary(dated)
    return Compiled(
        dated, chosen, when, words, compile_scheme(chosen, words, extras(chosen)), groups_of(dated, chosen, period)
    )


def groups_of(rulebook: Rulebook, scheme: AssessedScheme, period: str) -> dict[str, str]:
    """Unit code → the scheme's group, in official order; RuleError where a unit stands in two groups."""
    found: dict[str, str] = {}
    for name, wanted in scheme.groups.items():
        for code in select(rulebook.units, wanted, rulebook.peer_sets, period):
            if code in found:
                raise RuleError("judge.two_groups", scheme=scheme.id, unit=code, first=found[code], second=name)
            found[code] = name
    order = {unit.code: place for place, unit in enumerate(rulebook.units)}
    return dict(sorted(found.items(), key=lambda item: order[item[0]]))


def _graded(settled: pl.DataFrame, compiled: Compiled, struck: Any) -> pl.DataFrame:
    """Grades by thresholds and quotas; where the tree itself ends in a label (a decision table), that is the grade."""
    graded = grade(settled, compiled.scheme, struck)
    root = compiled.plan.root
    if compiled.scheme.grades or not root.labelled:
        return graded
    label = pl.col(root.column("g")).fill_null("")
    return graded.with_columns(grade=label, by_points=label)


@dataclass(frozen=True)
class Engine:
    """Where the plan runs: `send` takes a Polars frame there, `fetch` brings the result back."""

    send: Callable[[pl.DataFrame], Any] = lambda frame: frame
    fetch: Callable[[Any], pl.DataFrame] = lambda frame: frame


def judge(
    compiled: Compiled, observations: pl.DataFrame, history: pl.DataFrame | None = None, *, engine: Engine = Engine()
) -> Judgement:
    """Judge one period. observations: canonical, any revisions; history: alerts of earlier rounds.

    Rows come in official order of the units.
    """
    seen = with_index(latest(observations))
    scored = score(compiled, seen, engine)
    facts = _facts(compiled, seen, history)
    settled = settle(scored, compiled.plan, facts)
    struck = struck_by(compiled.scheme)
    graded = _graded(settled, compiled, struck)
    won = [place_awards(graded, compiled.scheme, award, struck) for award in compiled.scheme.awards]
    points = points_table(scored, compiled.plan)
    awards = (
        pl.concat(won)
        if won
        else pl.DataFrame(schema={"region_code": pl.String, "award": pl.String, "points": pl.Int64})
    )
    return Judgement(compiled, scored, graded, points, facts.alerts, facts.events, awards, facts)


def in_series(seen: pl.DataFrame) -> pl.DataFrame:
    """Observations with one row per key as `gather` reads them."""
    key = pl.concat_str("indicator", "kind", "calibre", separator="|")
    return seen.select("region_code", "period_index", key.alias("series").cast(pl.Categorical), "value", "state")


def score(compiled: Compiled, seen: pl.DataFrame, engine: Engine = Engine()) -> pl.DataFrame:
    """Every column of the plan for the period, rows in official order. seen: one row per key, with period_index."""
    rows = rows_of(compiled.groups, compiled.parents, compiled.rulebook.root, [compiled.period.index])
    panel = gather(engine.send(in_series(seen)), engine.send(rows), compiled.plan.leaves)
    order = pl.Enum(list(compiled.groups))
    return engine.fetch(compiled.plan.run(panel)).sort(pl.col("region_code").cast(order))


def _facts(compiled: Compiled, seen: pl.DataFrame, history: pl.DataFrame | None) -> Facts:
    cards = {card.code for card in compiled.rulebook.indicators if card.event}
    events = seen.filter(pl.col("indicator").is_in(list(cards)))
    counted = event_points(events, compiled.scheme, [compiled.period.index], compiled.months)
    alerts = watch(compiled, seen, events, history)
    recent = pl.col("period_index").is_between(compiled.period.index - compiled.months + 1, compiled.period.index)
    return Facts(counted, alerts, events.filter(recent), tuple(compiled.rulebook.bottomlines))


def watch(compiled: Compiled, seen: pl.DataFrame, events: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    """Alerts of the period: every line's formula for its peers, now and one round before."""
    lines = compiled.rulebook.bottomlines
    series = in_series(seen)
    values = [_line_values(compiled, line, series) for line in lines if not isinstance(line.watch, Events)]
    told = {line.id: _told(compiled, line) for line in lines if line.units}
    now = watch_round(compiled)
    nothing = pl.DataFrame(schema={"region_code": pl.String, "line": pl.String})
    table = pl.concat(values, how="diagonal") if values else nothing
    judged = events.filter(pl.col("region_code").is_in(list(compiled.groups)))
    return watch_lines(
        lines,
        table,
        now,
        events=judged,
        history=history,
        names=compiled.names,
        told=told,
        language=compiled.rulebook.jurisdiction.language,
    )


def watch_round(compiled: Compiled) -> WatchRound:
    """The round as the bottom lines count it."""
    rules = compiled.rulebook
    begins, merged = rules.jurisdiction.fiscal_year_start, rules.calendar.merged_months
    return WatchRound(compiled.period.index, STEP[compiled.scheme.frequency], begins, merged)


def _told(compiled: Compiled, line: Line) -> tuple[str, ...]:
    return select(compiled.rulebook.units, line.units, compiled.rulebook.peer_sets, compiled.period.text)


def _peers(compiled: Compiled, line: Line) -> tuple[str, ...]:
    if isinstance(line.watch, LastPlaces) and line.watch.peers:
        return select(compiled.rulebook.units, line.watch.peers, compiled.rulebook.peer_sets, compiled.period.text)
    return _told(compiled, line) if line.units else tuple(compiled.groups)


def _line_values(compiled: Compiled, line: Line, series: pl.DataFrame) -> pl.DataFrame:
    """region_code, line, value, bound, previous_rank, previous_n for every peer of a line."""
    index, step = compiled.period.index, STEP[compiled.scheme.frequency]
    groups = dict.fromkeys(_peers(compiled, line), line.id)
    rows = rows_of(groups, compiled.parents, compiled.rulebook.root, [index, index - step])
    texts = {"value": line.what}
    if isinstance(line.watch, Limit) and isinstance(line.watch.at_most, str):
        texts["bound"] = line.watch.at_most
    found = evaluate(texts, rows, series, compiled.words).with_columns(pl.col("value").cast(pl.Float64))
    high = getattr(line.watch, "better", "high") == "high"
    earlier = found.filter(pl.col("period_index") == index - step).select(
        "region_code",
        previous_rank=pl.col("value").rank("min", descending=high).cast(pl.Int64),
        previous_n=pl.col("value").count().cast(pl.Int64),
    )
    here = found.filter(pl.col("period_index") == index).drop("period_index", "group")
    return here.with_columns(line=pl.lit(line.id)).join(earlier, on="region_code", how="left")


def without_figures(judgement: Judgement) -> list[str]:
    """Units judged that have no score at all, in official order."""
    settled = judgement.settled
    return settled.filter(pl.col("score").is_null()).get_column("region_code").to_list()


def sources_of(seen: pl.DataFrame) -> dict[tuple[str, str, int], dict[str, Any]]:
    """Where each figure came from: (region_code, series, period_index) → the observation's own words."""
    kept = (
        "period", "kind", "calibre", "stage", "raw", "unit", "source", "source_grade", "source_kind", "file", "sheet",
        "cell", "published_at", "revision", "reason", "entered_by",
    )  # fmt: skip
    key = pl.concat_str("indicator", "kind", "calibre", separator="|").alias("_series")
    rows = seen.select("region_code", key, "period_index", pl.struct(kept).alias("_source")).iter_rows()
    return {
        (region, series, index): {k: v for k, v in source.items() if v not in ("", None)}
        for region, series, index, source in rows
    }
