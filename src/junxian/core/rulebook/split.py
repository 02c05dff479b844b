"""Splitting a change (变动拆解): what missing figures, own figures, others' figures and the rule each moved.

Counterfactual runs in one fixed, printed order — missing → own → others → rule — so that the parts, in integer points,
sum exactly to the whole. What bottom lines and events take off goes with a unit's own figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from junxian.core.assessment.adjust import Facts
from junxian.core.assessment.settle import settle
from junxian.core.indicators.known import latest, with_index
from junxian.core.rulebook.judge import Compiled, Judgement, in_series
from junxian.core.scoring import gather, rows_of

PARTS = ("missing", "own", "others", "rule")
CHUNK = 40


@dataclass(frozen=True)
class Side:
    """One of the two runs compared."""

    judgement: Judgement
    observations: pl.DataFrame

    @property
    def compiled(self) -> Compiled:
        return self.judgement.compiled


def split_change(first: Side, second: Side) -> pl.DataFrame:
    """region_code, before, after, missing, own, others, rule: Int64 of 10⁻⁹ points, for units judged in both runs.

    missing + own + others + rule = after − before for every unit; all null where either run has no score for it.
    """
    shared = [code for code in first.compiled.groups if code in second.compiled.groups]
    old = _panel(first.compiled, first, shared)
    new = _panel(first.compiled, second, shared)
    filled = _with_same_gaps(old, new, first.compiled)
    before = _exact(first.judgement.settled)
    after = _exact(second.judgement.settled)
    table = pl.DataFrame({"region_code": shared}, schema={"region_code": pl.String})
    steps = {
        "before": before,
        "at_missing": _scores(first.compiled, filled, first.judgement.facts),
        "at_own": _own_steps(first.compiled, filled, new, second),
        "at_others": _scores(first.compiled, new, _moved(second, first.compiled)),
        "after": after,
    }
    for name, frame in steps.items():
        joined = frame.select("region_code", pl.col("exact").alias(name))
        table = table.join(joined, on="region_code", how="left", maintain_order="left")
    marks = ["before", "at_missing", "at_own", "at_others", "after"]
    pairs = zip(PARTS, marks[:-1], marks[1:], strict=True)
    return table.select(
        "region_code", "before", "after", *((pl.col(b) - pl.col(a)).alias(part) for part, a, b in pairs)
    )


def _panel(rules: Compiled, side: Side, codes: Sequence[str]) -> pl.DataFrame:
    """The figures of one side, as the first run's rules read them, in that run's groups."""
    index = side.compiled.period.index
    groups = {code: rules.groups[code] for code in codes}
    rows = rows_of(groups, rules.parents, rules.rulebook.root, [index])
    series = in_series(with_index(latest(side.observations)))
    panel = pl.DataFrame(gather(series, rows, rules.plan.leaves))
    order = pl.Enum(list(codes))
    return panel.sort(pl.col("region_code").cast(order)).with_columns(
        period_index=pl.lit(rules.period.index, dtype=pl.Int64)
    )


def _leaf_columns(rules: Compiled, *, own_place: bool | None = None) -> list[tuple[str, str]]:
    chosen = [i for i, leaf in enumerate(rules.plan.leaves) if own_place is None or (leaf.place == "") is own_place]
    return [(f"x{i}", f"x{i}s") for i in chosen]


def _with_same_gaps(old: pl.DataFrame, new: pl.DataFrame, rules: Compiled) -> pl.DataFrame:
    """The old panel with every cell that appeared or vanished taken from the new one."""
    changed = []
    for value, state in _leaf_columns(rules):
        gap = old.get_column(value).is_null() != new.get_column(value).is_null()
        for name in (value, state):
            changed.append(_where(gap, new.get_column(name), old.get_column(name)))
    return old.with_columns(changed)


def _where(mask: pl.Series, then: pl.Series, otherwise: pl.Series) -> pl.Series:
    return then.zip_with(mask, otherwise.cast(then.dtype)).alias(then.name)


def _own_steps(rules: Compiled, filled: pl.DataFrame, new: pl.DataFrame, second: Side) -> pl.DataFrame:
    """Each unit's score with its own figures new and all others' as they were: one counterfactual a unit."""
    own = ["month", *(name for pair in _leaf_columns(rules, own_place=True) for name in pair)]
    codes = filled.get_column("region_code").to_list()
    found = []
    for start in range(0, len(codes), CHUNK):
        batch = [_with_row(filled, new, own, place) for place in range(start, min(start + CHUNK, len(codes)))]
        stacked = pl.concat(batch)
        scored = pl.DataFrame(rules.plan.run(stacked))
        mine = scored.filter(pl.col("region_code") == pl.col("_whose")).drop("_whose")
        found.append(mine.with_columns(period_index=pl.lit(rules.period.index, dtype=pl.Int64)))
    whole = pl.concat([part.select(found[0].columns) for part in found])  # a run promises no order of its columns
    return _exact(settle(whole, rules.plan, _moved(second, rules)))


def _with_row(filled: pl.DataFrame, new: pl.DataFrame, own: list[str], place: int) -> pl.DataFrame:
    here = pl.Series([i == place for i in range(filled.height)])
    swapped = [_where(here, new.get_column(name), filled.get_column(name)) for name in own]
    code = filled.get_column("region_code")[place]
    return filled.with_columns(
        *swapped, period_index=pl.lit(place, dtype=pl.Int64), _whose=pl.lit(code, dtype=pl.String)
    )


def _moved(second: Side, rules: Compiled) -> Facts:
    """The second run's events and alerts, dated as the first run's rules look for them."""
    facts = second.judgement.facts
    at = pl.lit(rules.period.index, dtype=pl.Int64)
    return Facts(facts.events.with_columns(period_index=at), facts.alerts, facts.observed, facts.lines)


def _scores(rules: Compiled, panel: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    return _exact(settle(pl.DataFrame(rules.plan.run(panel)), rules.plan, facts))


def _exact(settled: pl.DataFrame) -> pl.DataFrame:
    return settled.select("region_code", "exact")
