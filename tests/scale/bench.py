"""Speed (make bench): medians over several runs, the peer in the same run; figures are printed and never asserted."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from junxian.core.assessment.adjust import Facts
from junxian.core.assessment.model import AssessedScheme
from junxian.core.assessment.settle import settle
from junxian.core.errors import DataError
from junxian.core.formulas import Vocabulary
from junxian.core.formulas.measure import UnitTable
from junxian.core.indicators.model import Card
from junxian.core.scoring import Plan, compile_scheme, gather, rows_of

REGIONS, INDICATORS, MONTHS = 2843, 60, 24
PEER_GROUP = 110
METHODS = (
    "efficacy", {"rank_step": "0.3%"}, {"efficacy": {"low": 0, "high": 20, "clamp": [0, 100]}},
    "min_max", {"completion": {"target": 7, "cap": 1.2}}, {"percentile": "below"},
)  # fmt: skip
MISSING = 0.02
SPARK_INDICATORS = 12
"""A Spark plan of hundreds of columns takes minutes to plan on two cores; equality is shown on fewer."""


def median_ms(work: Callable[[], object], times: int) -> tuple[float, float, float]:
    """Median, least and most milliseconds; one run beforehand is not counted."""
    work()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent), min(spent), max(spent)


def shown(name: str, figures: tuple[float, float, float], note: str = "") -> None:
    middle, low, high = figures
    print(f"{name:<66} {middle:>9.1f} ms   ({low:.1f} … {high:.1f})  {note}", flush=True)


def scheme_of(groups: dict[str, str], indicators: int) -> AssessedScheme:
    sets: dict[str, list[str]] = {}
    for code, group in groups.items():
        sets.setdefault(group, []).append(code)
    blocks = [
        {
            "name": f"B{block}",
            "points": 10,
            "of": [
                {"name": f"c{k}", "value": f"同比(i{k})", "points": 2 if k % 6 < 4 else 1, "method": METHODS[k % 6]}
                for k in range(block * 6, block * 6 + 6)
            ],
        }
        for block in range(indicators // 6)
    ]
    missing = dict.fromkeys(("late", "not_reported", "not_applicable", "undefined"), "renormalise")
    return AssessedScheme.model_validate(
        {"id": "bench", "title": "bench", "groups": sets, "missing": missing, "ties": "shared",
         "rounding": {"places": 2}, "criteria": blocks}
    )  # fmt: skip


def compiled(regions: int, indicators: int = INDICATORS) -> tuple[Plan, dict[str, str]]:
    cards = {f"i{k}": Card(code=f"i{k}", name=f"指标{k}", unit="亿元", kind="YTD") for k in range(INDICATORS)}
    groups = {f"{100000 + r}": f"g{r // PEER_GROUP}" for r in range(regions)}
    words = Vocabulary(cards=cards, names={}, population=None, units=UnitTable())
    return compile_scheme(scheme_of(groups, indicators), words), groups


def snapshot(regions: Sequence[str], months: int) -> pl.DataFrame:
    """A snapshot in memory: every region × indicator × month, 2 % not reported."""
    rng = np.random.default_rng(1)
    size = len(regions) * INDICATORS * months
    series = [f"i{k}|YTD|" for k in range(INDICATORS)]
    frame = pl.DataFrame(
        {
            "region_code": np.repeat(list(regions), INDICATORS * months),
            "period_index": np.tile(np.arange(months, dtype=np.int64) + 2024 * 12, len(regions) * INDICATORS),
            "series": np.tile(np.repeat(series, months), len(regions)),
            "value": rng.lognormal(3, 0.2, size),
        }
    )
    gone = pl.Series(rng.random(size) < MISSING)
    frame = frame.with_columns(value=pl.when(gone).then(None).otherwise("value"))
    state = pl.when(pl.col("value").is_null()).then(pl.lit("not_reported")).otherwise(pl.lit("reported"))
    return frame.with_columns(state=state, series=pl.col("series").cast(pl.Categorical))


def judge_all(plan: Plan, figures: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Derived, scored, ranked: 12-month growth, marks, groups, totals, rounding, places."""
    return settle(plan.run(gather(figures, rows, plan.leaves), keep=[plan.root.column("p")]), plan, Facts.none())


def by_hand(figures: pl.DataFrame, groups: dict[str, str]) -> pl.DataFrame:
    """The peer: one hand-written Polars pipeline over the long table, min-max only, float sums, no states, no rules."""
    keys = pl.DataFrame({"region_code": list(groups), "group": list(groups.values())})
    last = figures.with_columns(period_index=pl.col("period_index") + 12).rename({"value": "base"})
    long = figures.lazy().join(last.lazy().drop("state"), on=["region_code", "period_index", "series"])
    long = long.join(keys.lazy(), on="region_code").with_columns(g=(pl.col("value") / pl.col("base") - 1) * 100)
    peers = ["series", "period_index", "group"]
    low, high = pl.col("g").min().over(peers), pl.col("g").max().over(peers)
    marked = long.with_columns(m=60 + 40 * (pl.col("g") - low) / (high - low))
    total = marked.group_by("region_code", "period_index", "group").agg(pl.col("m").sum())
    return total.with_columns(rank=pl.col("m").rank("min", descending=True).over("period_index", "group")).collect()


def scoring(times: int) -> None:
    plan, groups = compiled(REGIONS)
    figures = snapshot(list(groups), MONTHS)
    rows = rows_of(groups, {}, "", [2024 * 12 + m for m in range(MONTHS)])
    label = f"{REGIONS} regions × {INDICATORS} × {MONTHS} months: derived, scored, ranked"
    shown(label, median_ms(lambda: judge_all(plan, figures, rows), times), "target ≤ 600")
    shown("  peer: hand-written Polars, min-max only", median_ms(lambda: by_hand(figures, groups), times))
    plan9, nine = compiled(9)
    city = snapshot(list(nine), 13)
    row9 = rows_of(nine, {}, "", [2024 * 12 + 12])
    shown(
        f"9 counties × {INDICATORS}: derived, scored, ranked",
        median_ms(lambda: judge_all(plan9, city, row9), 40),
        "target ≤ 15",
    )
    shown("  peer: hand-written Polars, min-max only", median_ms(lambda: by_hand(city, nine), 40))
    print(
        f"  methods: {', '.join(m if isinstance(m, str) else next(iter(m)) for m in METHODS)}; 12-month growth of each"
    )


def spark(times: int) -> None:
    """The same methods on PySpark, one month and fewer indicators, compared cell by cell."""
    from junxian.files.runs.engine import engine_named

    plan, groups = compiled(100, SPARK_INDICATORS)
    figures = snapshot(list(groups), 13)
    rows = rows_of(groups, {}, "", [2024 * 12 + 12])
    try:
        with engine_named("spark") as there:
            sent, asked = there.send(figures), there.send(rows)

            def run() -> pl.DataFrame:
                found = plan.run(gather(sent, asked, plan.leaves), keep=[plan.root.column("p")])
                return settle(there.fetch(found), plan, Facts.none())

            shown(
                f"100 regions × {SPARK_INDICATORS} × 1 month on PySpark, local[2]", median_ms(run, max(1, times // 3))
            )
            keep = ["region_code", "exact", "rank"]
            one, two = (f.select(keep).sort("region_code") for f in (run(), judge_all(plan, figures, rows)))
            print(f"  identical to Polars in every score and rank: {one.equals(two)}")
    except DataError as refusal:
        print(f"PySpark not measured: {refusal.code}")


def reading(times: int, files: int) -> None:
    """Workbooks of 3 sheets × 100 rows × 8 columns read and checked, beside calamine reading them and doing nothing."""
    from python_calamine import CalamineWorkbook

    from junxian.files.sheets import check_observations, read_files
    from tests.scale.workbooks import make_workbooks, reading_city

    with tempfile.TemporaryDirectory() as folder:
        paths = make_workbooks(Path(folder), files)
        city = reading_city(files)

        def ours() -> None:
            taken = read_files(paths, forms=city.forms, units=city.units, cards=city.indicators, period="2026-06")
            check_observations(
                taken.observations, None, checks=city.checks, cards=city.indicators, units=city.units, period="2026-06",
                root=city.root,
            )  # fmt: skip

        def theirs() -> None:
            for path in paths:
                book = CalamineWorkbook.from_path(str(path))
                for name in book.sheet_names:
                    book.get_sheet_by_name(name).to_python()

        a, b = median_ms(ours, times), median_ms(theirs, times)
        shown(f"{files} workbooks of 3 × 100 × 8 read and checked", a, f"{a[0] / b[0]:.2f} × the peer; target ≤ 2")
        shown("  peer: python-calamine alone", b)


def start_up(times: int) -> None:
    command = [str(Path(sys.executable).with_name("junxian")), "--help"]
    shown(
        "junxian --help",
        median_ms(lambda: subprocess.run(command, capture_output=True, check=True), times),
        "target ≤ 300",
    )


def web(given: argparse.Namespace, part: str) -> None:
    """The web floor on both databases: pages over a national database, and the deadline hour."""
    from tests.scale.hand_in_hour import deadline
    from tests.scale.national import national

    kinds = (given.database,) if given.database else ("sqlite", "postgres")
    if part == "national":
        national(given.counties, kinds)
    else:
        deadline(given.counties, given.compress, kinds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--files", type=int, default=REGIONS)
    parser.add_argument("--only", choices=["scoring", "spark", "reading", "start_up", "national", "deadline"])
    parser.add_argument("--counties", type=int, default=REGIONS, help="how many counties the web is asked to carry")
    parser.add_argument("--database", choices=["sqlite", "postgres"], help="one of the two the web runs on")
    parser.add_argument("--compress", type=float, default=2, help="how many times as fast the deadline hour is played")
    given = parser.parse_args()
    print(f"polars {pl.__version__}, {pl.thread_pool_size()} threads; medians (least … most)")
    parts = {
        "start_up": lambda: start_up(given.times),
        "scoring": lambda: scoring(given.times),
        "reading": lambda: reading(max(3, given.times // 2), given.files),
        "spark": lambda: spark(given.times),
        "national": lambda: web(given, "national"),
        "deadline": lambda: web(given, "deadline"),
    }
    for name, part in parts.items():
        if given.only in (None, name):
            part()


if __name__ == "__main__":
    main()
