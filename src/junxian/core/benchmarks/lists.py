"""Published lists (榜单): our entries by list, publisher and year, and what moved between two years (RULES §8.1)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from junxian.core.benchmarks.model import NamedList
from junxian.core.errors import DataError, RuleError
from junxian.core.text import spoken

_SCHEMA = pl.Schema({
    "list": pl.String, "name": pl.String, "publisher": pl.String, "year": pl.Int64, "region_code": pl.String,
    "rank": pl.Int64, "tied": pl.Boolean, "source": pl.String,
})  # fmt: skip


def entries(lists: Sequence[NamedList], language: str = "zh") -> pl.DataFrame:
    """All entries: list, name, publisher, year, region_code, rank, tied, source; a unit twice on a list refused."""
    rows = [
        (one.id, spoken(one.name, language), spoken(one.publisher, language), e.year, e.unit, e.rank,
         " ".join(p for p in (spoken(e.source.document, language), e.source.number) if p) if e.source else "")
        for one in lists for e in one.entries
    ]  # fmt: skip
    names = [name for name in _SCHEMA if name != "tied"]
    table = pl.DataFrame(rows, schema={name: _SCHEMA[name] for name in names}, orient="row")
    twice = table.filter(pl.struct("list", "year", "region_code").is_duplicated())
    if twice.height:
        first = twice.row(0, named=True)
        raise DataError("benchmarks.entry_twice", list=first["name"], year=first["year"], unit=first["region_code"])
    return table.with_columns(tied=pl.len().over("list", "year", "rank") > 1).select(list(_SCHEMA))


def count_entries(lists: Sequence[NamedList], codes: Collection[str], language: str = "zh") -> pl.DataFrame:
    """By list, publisher and year: how many of `codes` are on it, the best place, and how many entries the list holds.

    Publishers are never added together. `nominal` is the list's own number (100), `entries` what is on file: ties may
    make it 101.
    """
    table = entries(lists, language)
    nominal = {one.id: one.places for one in lists}
    ours = pl.col("region_code").is_in(list(codes))
    return (
        table.group_by("list", "name", "publisher", "year", maintain_order=True)
        .agg(ours=ours.sum().cast(pl.Int64), best=pl.col("rank").filter(ours).min(), entries=pl.len().cast(pl.Int64))
        .with_columns(nominal=pl.col("list").replace_strict(nominal, return_dtype=pl.Int64))
        .sort("list", "year")
    )


def movement(old: NamedList, new: NamedList, years: tuple[int, int], codes: Collection[str]) -> pl.DataFrame:
    """region_code, rank_old, rank_new, change (positive = forward), state ∈ {entered, left, up, down, same, unknown}.

    `entered` and `left` need the whole list of the other year; where only some entries are on file absence is
    `unknown`. Two publishers are refused: their places do not compare.
    """
    if old.publisher != new.publisher or old.id != new.id:
        raise RuleError("benchmarks.publishers_mixed", one=spoken(old.publisher), other=spoken(new.publisher))
    sides = [
        pl.DataFrame(
            [(e.unit, e.rank) for e in one.entries if e.year == year and e.unit in codes],
            schema={"region_code": pl.String, f"rank_{side}": pl.Int64}, orient="row",
        )
        for one, year, side in ((old, years[0], "old"), (new, years[1], "new"))
    ]  # fmt: skip
    both = sides[0].join(sides[1], on="region_code", how="full", coalesce=True)
    change = pl.col("rank_old") - pl.col("rank_new")
    state = (
        pl.when(pl.col("rank_old").is_null()).then(pl.lit("entered" if old.whole else "unknown"))
        .when(pl.col("rank_new").is_null()).then(pl.lit("left" if new.whole else "unknown"))
        .when(change > 0).then(pl.lit("up")).when(change < 0).then(pl.lit("down")).otherwise(pl.lit("same"))
    )  # fmt: skip
    return both.with_columns(change=change, state=state).sort("rank_new", "rank_old", "region_code", nulls_last=True)
