"""The example's monthly scheme run by the engine against the same scheme in plain arithmetic, round by round."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest

from junxian.core.indicators.period import parse_period
from junxian.core.rulebook import at, vocabulary
from junxian.core.scoring import compile_scheme, gather, rows_of
from junxian.core.units.select import select
from junxian.files.examples.registers import EVENTS
from junxian.files.examples.workbooks import SEED
from junxian.files.examples.world import ROUNDS
from tests.files.examples.truth import expected
from tests.rulebooks.example_figures import observed, rules
from tests.rulebooks.example_oracle import Figure, base_points

LOST = {"accident_ordinary": 0.5, "accident_larger": 3, "eco_talk": 1, "petition_event": 0.5, "health_event": 0.5,
        "poverty_return": 2}  # fmt: skip


@pytest.fixture(name="observed")
def _observed() -> pl.DataFrame:
    return observed()


def engine(observed: pl.DataFrame, period: str) -> dict[str, dict[str, float]]:
    rulebook = at(rules(), period)
    scheme = next(s for s in rulebook.schemes if s.id == "monthly")
    plan = compile_scheme(scheme, vocabulary(rulebook))
    groups = {
        code: name
        for name, wanted in scheme.groups.items()
        for code in select(rulebook.units, wanted, rulebook.peer_sets, period)
    }
    rows = rows_of(groups, {u.code: u.parent for u in rulebook.units}, rulebook.root, [parse_period(period).index])
    scored = plan.run(gather(observed.lazy(), rows.lazy(), plan.leaves)).collect()
    columns = {plan_.node.key: plan_.column("p") for plan_ in plan.nodes}
    columns = {**{name: columns[name] for name in "ABCDE"}, "whole": plan.root.column("p")}
    return {
        row["region_code"]: {name: row[column] / 1e9 for name, column in columns.items()}
        for row in scored.iter_rows(named=True)
    }


def figures(period: str) -> dict[tuple[str, str], Figure]:
    found: dict[tuple[str, str], Figure] = {}
    now, before = parse_period(period).index, f"{int(period[:4]) - 1}{period[4:]}"
    cells = {**(expected(SEED, before) if before in ROUNDS else {}), **expected(SEED, period)}
    names = {now: "", now - 12: "@-12"}
    for (unit, code, _, when), (value, state) in cells.items():
        if (index := parse_period(when).index) in names:
            found[unit, f"{code}{names[index]}"] = state if value is None else float(value)
    return found


@pytest.mark.parametrize("period", [p for p in ROUNDS if p.startswith("2026")])
def test_engine_and_plain_arithmetic_agree(observed: pl.DataFrame, period: str) -> None:
    scored, given = engine(observed, period), figures(period)
    groups: Mapping[str, list[str]] = {
        "县": [u for u in scored if u.startswith("X1002")], "区": [u for u in scored if u.startswith("X1000")],
    }  # fmt: skip
    assert {name: len(units) for name, units in groups.items()} == {"县": 5, "区": 4}
    month = int(period[-2:])
    for name, units in groups.items():
        for unit in units:
            lost = sum(LOST.get(e.card, 0) for e in EVENTS if (e.unit, e.period) == (unit, period))
            plain = base_points(given, unit, units, group=name, month=month, lost=lost)
            assert scored[unit] == pytest.approx(plain, abs=1e-6), unit


def test_a_figure_not_reported_costs_its_points_and_a_late_one_does_not(observed: pl.DataFrame) -> None:
    key = (
        (pl.col("region_code") == "X10021")
        & (pl.col("indicator") == "debt_plan_done")
        & (pl.col("period") == "2026-06")
    )
    usual = engine(observed, "2026-06")["X10021"]
    silent = engine(observed.filter(~key), "2026-06")["X10021"]
    late = engine(
        observed.with_columns(
            value=pl.when(key).then(None).otherwise(pl.col("value")),
            state=pl.when(key).then(pl.lit("late")).otherwise(pl.col("state")),
        ),
        "2026-06",
    )["X10021"]
    assert usual["B"] - silent["B"] == pytest.approx(2.0)
    assert late["B"] > silent["B"] + 1.5


def test_without_its_register_a_unit_has_no_bottom_line_points_rather_than_all(observed: pl.DataFrame) -> None:
    filed = (pl.col("indicator") == "register_filed") & (pl.col("region_code") == "X10021")
    rulebook = at(rules(), "2026-06")
    scheme = next(s for s in rulebook.schemes if s.id == "monthly")
    plan = compile_scheme(scheme, vocabulary(rulebook))
    rows = rows_of({"X10021": "县", "X10022": "县"}, {"X10021": "X10000", "X10022": "X10000"}, rulebook.root,
                   [parse_period("2026-06").index])  # fmt: skip
    gathered = gather(observed.filter(~filed).lazy(), rows.lazy(), plan.leaves)
    scored = {row["region_code"]: row for row in plan.run(gathered).collect().iter_rows(named=True)}
    column = next(node.column("p") for node in plan.nodes if node.node.key == "D")
    assert scored["X10022"][column] == 10 * 10**9
    assert scored["X10021"][column] is None
