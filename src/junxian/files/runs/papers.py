"""Papers of a run (公文与表册): the facts a bulletin speaks of, gathered from a closed period, and written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from junxian.core.benchmarks import RankTable
from junxian.core.benchmarks.model import RankedIndicator
from junxian.core.bulletins import Bulletin, RunFacts
from junxian.core.bulletins.facts import NumberStyle, Table
from junxian.core.errors import DataError
from junxian.core.formulas import analyse
from junxian.core.indicators.period import Period
from junxian.core.rulebook.judge import Compiled
from junxian.core.rulebook.standings import rank_tables
from junxian.core.text import spoken
from junxian.core.units.select import select
from junxian.files.charts import echarts_js, font_path
from junxian.files.documents import write_outputs
from junxian.files.documents.write import findings_of
from junxian.files.recompute import write_recompute
from junxian.files.rulebooks import say
from junxian.files.runs.engine import versions
from junxian.files.runs.findings import completeness

if TYPE_CHECKING:
    from junxian.files.runs.close import Closed

RANK_COLUMNS = ("region", "indicator", "value", "rate", "gap", "rank", "n", "change", "change_last_year")
DECIMALS = (None, None, 2, 2, 2, 0, 0, 0, 0)
PLACE, VALUE = RANK_COLUMNS.index("rank"), RANK_COLUMNS.index("value")


def write_papers(closed: Closed, folder: Path) -> list[Path]:
    """复算.xlsx always; 通报.docx, 排名表.xlsx and index.html where the rulebook has a bulletin for the scheme."""
    sheet = write_recompute(
        closed.judgement, folder / "复算.xlsx", observations=closed.observations, stamps=closed.stamps
    )
    written = [sheet.path, write_canonical_page(folder, closed)]
    for bulletin in bulletins_of(closed.judgement.compiled):
        written += write_outputs(facts_of(closed), bulletin, folder)
    return written


def paper_notes(closed: Closed) -> list[str]:
    """What a person should read before releasing the papers: sentences left out, length, phrases that demand paper."""
    compiled = closed.judgement.compiled
    language = compiled.rulebook.jurisdiction.language
    notes = [n for bulletin in bulletins_of(compiled) for n in findings_of(facts_of(closed), bulletin)]
    return [say(note.code, note.facts, language) for note in notes] + _without_assets(compiled, language)


def _without_assets(compiled: Compiled, language: str) -> list[str]:
    """One sentence where the chart library or the font could not be fetched; the papers stand without pictures."""
    if not bulletins_of(compiled):
        return []
    try:
        echarts_js()
        font_path()
    except DataError as lacking:
        return [say(lacking.code, lacking.facts, language)]
    return []


def bulletins_of(compiled: Compiled) -> tuple[Bulletin, ...]:
    """The bulletin of this scheme; one that names no scheme serves all."""
    own = [b for b in compiled.rulebook.bulletins if b.scheme in ("", compiled.scheme.id)]
    return tuple(sorted(own, key=lambda b: b.scheme == ""))[:1]


def facts_of(closed: Closed) -> RunFacts:
    """Everything a bulletin may speak of."""
    judgement, compiled = closed.judgement, closed.judgement.compiled
    rules, scheme, language = compiled.rulebook, compiled.scheme, compiled.rulebook.jurisdiction.language
    previous = None if closed.last is None else closed.last.scores
    return RunFacts(
        period=compiled.period.text,
        period_title=period_title(compiled.period, language),
        language=language,
        scheme_id=scheme.id,
        scheme_title=spoken(scheme.title, language),
        scheme_version=scheme.effective.from_,
        rulebook_title=spoken(rules.title, language),
        root=rules.root,
        units=rules.units,
        scores=_scores(closed, previous),
        points=judgement.points,
        alerts=_named_lines(judgement.alerts, compiled),
        observations=closed.observations,
        cards=rules.indicators,
        today=closed.today,
        receipts=tuple(closed.receipts),
        watch=tuple(_watch_tables(closed)),
        previous=previous,
        completeness=completeness(judgement.points),
        unreported=tuple(judgement.settled.filter(pl.col("score").is_null()).get_column("region_code")),
        engine=" ".join(versions("polars").values()),
        rulebook_hash=closed.stamps["rulebook_hash"],
        snapshot_hash=closed.stamps["snapshot_hash"],
        run=closed.run,
        line_units=_line_units(compiled),
        style=NumberStyle(**rules.jurisdiction.number_style.model_dump()),
        ranking=scheme.rank,
        score_decimals=max(scheme.rounding.places, 0),
        terms={name: spoken(text, language) for name, text in rules.jurisdiction.terms.items()},
    )


def _scores(closed: Closed, previous: pl.DataFrame | None) -> pl.DataFrame:
    settled = closed.judgement.settled
    internal = settled.select("region_code", "n", "exact", "base", "bonus", "deduction", "by_points")
    table = closed.judgement.scores.join(internal, on="region_code", how="left", maintain_order="left")
    if previous is None:
        nothing = pl.lit(None, dtype=pl.Int64)
        return table.with_columns(previous_rank=nothing, rank_change=nothing)
    earlier = previous.select("region_code", pl.col("rank").alias("previous_rank"))
    joined = table.join(earlier, on="region_code", how="left", maintain_order="left")
    return joined.with_columns(rank_change=pl.col("previous_rank") - pl.col("rank"))


def _named_lines(alerts: pl.DataFrame, compiled: Compiled) -> pl.DataFrame:
    """Alerts with the line's printed name instead of its id."""
    language = compiled.rulebook.jurisdiction.language
    names = {line.id: spoken(line.name, language) for line in compiled.rulebook.bottomlines}
    return alerts.with_columns(pl.col("line").replace(names))


def _line_units(compiled: Compiled) -> dict[str, str]:
    """The printed name of a bottom line → the unit of its value, as the formula's own analysis says it."""
    language = compiled.rulebook.jurisdiction.language
    found = {}
    for line in compiled.rulebook.bottomlines:
        if line.what and (unit := analyse(line.what, compiled.words).unit):
            found[spoken(line.name, language)] = unit
    return found


def _watch_tables(closed: Closed) -> list[Table]:
    """Rank tables as they are printed; one of several indicators that shows all units becomes one table for each."""
    compiled = closed.judgement.compiled
    tables = rank_tables(compiled, closed.observations)
    found = []
    for rule in compiled.rulebook.benchmarks:
        if not isinstance(rule, RankTable):
            continue
        rows = _comparable(tables[rule.id], compiled)
        shown = _shown(compiled, rule, rows)
        if shown.height == shown.get_column("indicator").n_unique():
            found.append(
                _table(rule, shown, compiled, rule.id, spoken(rule.title, compiled.rulebook.jurisdiction.language))
            )
            continue
        for place, row in enumerate(rule.indicators):
            found.append(_one_indicator(rule, shown, compiled, place, row))
    return found


def _one_indicator(rule: RankTable, shown: pl.DataFrame, compiled: Compiled, place: int, row: RankedIndicator) -> Table:
    """One indicator of a rank table; where every peer is printed, the self-check can count the places again."""
    language = compiled.rulebook.jurisdiction.language
    name = spoken(row.name, language) or row.value
    own = shown.filter(pl.col("indicator") == name)
    title = say("standing.title", {"title": spoken(rule.title, language), "indicator": name}, language)
    key = rule.id if place == 0 else f"{rule.id}-{place + 1}"
    table = _table(rule, own, compiled, key, title)
    whole = own.get_column("rank").drop_nulls().len() == own.get_column("n").max()
    return replace(table, ranks={PLACE: (VALUE, row.better)}) if whole else table


def _comparable(rows: pl.DataFrame, compiled: Compiled) -> pl.DataFrame:
    """Named rows; a change of place is said only where as many units had figures before (RULES §1.8)."""
    same = [
        pl.when(pl.col(f"{when}_n") == pl.col("n")).then(pl.col(name)).alias(name)
        for when, name in (("previous", "change"), ("last_year", "change_last_year"))
    ]
    named = pl.col("region_code").replace_strict(compiled.names, return_dtype=pl.String)
    return rows.with_columns(*same, region=named)


def _table(rule: RankTable, shown: pl.DataFrame, compiled: Compiled, key: str, title: str) -> Table:
    language = compiled.rulebook.jurisdiction.language
    heads = tuple(say(f"standing.{name}", {}, language) for name in RANK_COLUMNS)
    plain = tuple(shown.select(RANK_COLUMNS).iter_rows())
    return Table(title, heads, plain, key, tuple(shown.get_column("region_code")), DECIMALS)


def _shown(compiled: Compiled, rule: RankTable, rows: pl.DataFrame) -> pl.DataFrame:
    if not rule.shown:
        return rows
    codes = select(compiled.rulebook.units, rule.shown, compiled.rulebook.peer_sets, compiled.period.text)
    return rows.filter(pl.col("region_code").is_in(list(codes)))


def period_title(period: Period, language: str) -> str:
    """A period as it is written in a sentence: 2026年6月, 2026年1—2月, 2026年; June 2026 in English."""
    first = period.month - period.months + 1
    form = "months" if period.frequency == "month" and period.months > 1 else period.frequency
    begins = str(first) if language == "zh" else say(f"month.{first}", {}, language)
    facts = {"year": period.year, "part": (period.month - 1) // period.months + 1, "first": begins}
    return say(f"period.{form}", facts | {"name": say(f"month.{period.month}", {}, language)}, language)


def write_canonical_page(folder: Path, closed: Closed) -> Path:
    """A page on the canonical form, so that anybody can hash snapshot.csv and the rulebook without our engine."""
    language = closed.judgement.compiled.rulebook.jurisdiction.language
    path = folder / ("规范形式.md" if language == "zh" else "canonical-form.md")
    path.write_text(say("canonical.page", dict(closed.stamps), language), encoding="utf-8")
    return path
