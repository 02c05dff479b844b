"""Places in the province (全省位次): every rank table and every list of role models a rulebook declares, computed."""

from __future__ import annotations

import polars as pl

from junxian.core.benchmarks import Peers, RankTable, nearest, rank_table
from junxian.core.benchmarks.gap import gap
from junxian.core.indicators.known import latest, with_index
from junxian.core.rulebook.judge import STEP, Compiled, in_series
from junxian.core.scoring import evaluate, rows_of
from junxian.core.text import spoken
from junxian.core.units.select import select


def rank_tables(compiled: Compiled, observations: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """For each rank table its rows as `benchmarks.rank_table` gives them, `indicator` being the printed name."""
    series = in_series(with_index(latest(observations)))
    tables = [b for b in compiled.rulebook.benchmarks if isinstance(b, RankTable)]
    return {table.id: _rank_table(compiled, table, series) for table in tables}


def _rank_table(compiled: Compiled, table: RankTable, series: pl.DataFrame) -> pl.DataFrame:
    index, step = compiled.period.index, STEP[compiled.scheme.frequency]
    peers = select(compiled.rulebook.units, table.peers, compiled.rulebook.peer_sets, compiled.period.text)
    language = compiled.rulebook.jurisdiction.language
    parts, falling, decimals = [], [], {}
    for row in table.indicators:
        name = spoken(row.name, language) or row.value
        at = {"value": index, "previous": index - step, "last_year": index - 12}
        found = _at_times(compiled, row.value, peers, series, at)
        upper = _upper(compiled, table.upper, row.rate or row.value, series)
        parts.append(found.with_columns(indicator=pl.lit(name), rate=pl.lit(upper, dtype=pl.Float64)))
        if row.better == "low":
            falling.append(name)
        if row.decimals is not None:
            decimals[name] = row.decimals
    return rank_table(pl.concat(parts), falling=falling, decimals=decimals)


def _at_times(
    compiled: Compiled, text: str, codes: tuple[str, ...], series: pl.DataFrame, at: dict[str, int]
) -> pl.DataFrame:
    """region_code and one column per moment; where a table has one round a year, before and last year are the same."""
    rows = rows_of(dict.fromkeys(codes, "peers"), compiled.parents, compiled.rulebook.root, sorted(set(at.values())))
    found = evaluate({"value": text}, rows, series, compiled.words).with_columns(pl.col("value").cast(pl.Float64))
    table = pl.DataFrame({"region_code": list(codes)}, schema={"region_code": pl.String})
    for name, index in at.items():
        own = found.filter(pl.col("period_index") == index).select("region_code", pl.col("value").alias(name))
        table = table.join(own, on="region_code", how="left", maintain_order="left")
    return table


def _upper(compiled: Compiled, code: str, text: str, series: pl.DataFrame) -> float | None:
    if not code:
        return None
    found = _at_times(compiled, text, (code,), series, {"value": compiled.period.index})
    value: float | None = found.get_column("value").item()
    return value


def role_models(compiled: Compiled, seen: pl.DataFrame) -> dict[str, list[dict[str, object]]]:
    """unit judged → its role models by every rule of peers: rule, name, region_code, distance, target, own, gap.

    A unit that lacks one of the figures has none by that rule. seen: one observation per key with period_index.
    """
    series = in_series(seen)
    found: dict[str, list[dict[str, object]]] = {}
    for rule in compiled.rulebook.benchmarks:
        if not isinstance(rule, Peers):
            continue
        among = select(compiled.rulebook.units, rule.among, compiled.rulebook.peer_sets, compiled.period.text)
        rows = rows_of(dict.fromkeys(among, "peers"), compiled.parents, compiled.rulebook.root, [compiled.period.index])
        texts = {text: text for text in (*rule.means, rule.target)}
        figures = evaluate(texts, rows, series, compiled.words).drop("period_index", "group")
        figures = figures.rename({rule.target: "target"})
        whole = figures.drop_nulls().select("region_code", "target").iter_rows()
        for code, own in whole:
            if code in compiled.groups:
                found.setdefault(code, []).extend(_models(compiled, rule, nearest(figures, code, rule), own))
    return found


def _models(compiled: Compiled, rule: Peers, near: pl.DataFrame, own: float) -> list[dict[str, object]]:
    told = {"rule": rule.id, "name": spoken(rule.name, compiled.rulebook.jurisdiction.language), "own": own}
    rows = near.select("region_code", "distance", "target").iter_rows(named=True)
    return [told | row | {"region": compiled.names[row["region_code"]], "gap": gap(own, row["target"])} for row in rows]
