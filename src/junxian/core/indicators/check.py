"""Import checks (数据审核): figures against ranges, earlier figures, parts, county sums and last year, rule by rule.

Each check screens whole columns first and looks at rows only where the screen shows something, so that clean figures
cost next to nothing. Findings name file, sheet and cell; facts hold the numbers of the sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from junxian.core.indicators.duplicates import settle_duplicates
from junxian.core.indicators.known import latest, with_index
from junxian.core.indicators.model import Card
from junxian.core.indicators.period import parse_period
from junxian.core.indicators.rules import FINDING_COLUMNS, Check
from junxian.core.units.model import Unit

SAME = ("region_code", "indicator", "kind", "calibre", "stage")
SLACK = 1e-9
"""What sums and quotients of floats may be off by without being wrong."""
PERCENTS = ("%", "百分点", "‰")
Finding = tuple[str, str, str, str, str, str, str]


class Grounds:
    """What the checks may look at: figures now, figures before, cards, units, period and root."""

    def __init__(
        self, now: pl.DataFrame, before: pl.DataFrame, cards: Sequence[Card], units: Sequence[Unit], *, root: str
    ) -> None:
        self.now, self.before, self.root = now, before, root
        self.cards = {card.code: card for card in cards}
        self.units = {unit.code: unit for unit in units}
        self._pool: pl.DataFrame | None = None

    @property
    def pool(self) -> pl.DataFrame:
        """Every figure known, earlier ones first, one row a key and period, with `period_index`."""
        if self._pool is None:
            self._pool = with_index(latest(pl.concat([self.before, self.now], how="vertical")))
        return self._pool

    @property
    def counties(self) -> tuple[str, ...]:
        """Children of the root alive today; those within another unit are inside its figures already."""
        return tuple(u.code for u in self.units.values() if u.parent == self.root and not u.valid_to)


def check_observations(
    observations: pl.DataFrame,
    history: pl.DataFrame | None,
    *,
    checks: Sequence[Check],
    cards: Sequence[Card],
    units: Sequence[Unit],
    period: str,
    root: str,
) -> pl.DataFrame:
    """Findings of the comparing rules over canonical observations, in FINDING_COLUMNS; facts are JSON.

    `history`: earlier observations in the same columns, or None. Rules that speak while a file is read are not
    repeated, but `duplicate`, which is looked for here too. Figures after `period` are left alone.
    """
    before = observations.clear() if history is None else history.select(observations.columns)
    grounds = Grounds(observations, before, cards, units, root=root)
    last = parse_period(period).index
    rows: list[Finding] = []
    for check in checks:
        run = _RUNNERS.get(check.type)
        if run and not check.off:
            rows.extend(run(check, grounds, last))
    return pl.DataFrame(rows, schema=dict.fromkeys(FINDING_COLUMNS, pl.String), orient="row")


def _made(row: dict[str, Any], severity: str, rule: str, code: str, facts: dict[str, Any]) -> Finding:
    text = json.dumps(facts, ensure_ascii=False, default=str)
    return row.get("file") or "", row.get("sheet") or "", row.get("cell") or "", severity, rule, code, text


def _found(check: Check, grounds: Grounds, row: dict[str, Any], code: str, **facts: Any) -> Finding:
    unit, card = grounds.units.get(row["region_code"]), grounds.cards.get(row["indicator"])
    shown = {
        "region": unit.name if unit else row["region_code"], "indicator": card.name if card else row["indicator"],
        "region_code": row["region_code"], "indicator_code": row["indicator"], "period": row["period"],
        "value": row["value"], "unit": card.unit if card else "",
    }  # fmt: skip
    if check.advice:
        facts["advice"] = check.advice
    return _made(row, check.weight, check.id, code, {**shown, **facts})


def _mine(check: Check) -> pl.Expr:
    """Rows a check is about."""
    about = pl.col("value").is_not_null()
    for name, allowed in (("indicator", check.indicators), ("kind", check.kinds), ("region_code", check.regions)):
        if allowed:
            about &= pl.col(name).is_in(list(allowed))
    return about


def _range(check: Check, grounds: Grounds, last: int) -> list[Finding]:
    """`range`: low ≤ value ≤ high."""
    bounds = {code: _bounds(check, card) for code, card in grounds.cards.items()}
    spans = grounds.now.group_by("indicator").agg(
        pl.col("value").min().alias("least"), pl.col("value").max().alias("most")
    )
    outside = [
        code for code, least, most in spans.iter_rows()
        if code in bounds and least is not None and (least < bounds[code][0] or most > bounds[code][1])
    ]  # fmt: skip
    found = []
    for code in outside:
        low, high = bounds[code]
        rows = grounds.now.filter(_mine(check), pl.col("indicator") == code, ~pl.col("value").is_between(low, high))
        for row in rows.iter_rows(named=True):
            found.append(_found(check, grounds, row, "checks.out_of_range", low=_end(low), high=_end(high)))
    return found


def _bounds(check: Check, card: Card) -> tuple[float, float]:
    own = card.range or (None, None)
    low = check.low if check.low is not None else own[0] if check.high is None else None
    high = check.high if check.high is not None else own[1] if check.low is None else None
    return (float("-inf") if low is None else low), (float("inf") if high is None else high)


def _end(bound: float) -> float | None:
    return None if bound in (float("inf"), float("-inf")) else bound


def _not_falling(check: Check, grounds: Grounds, last: int) -> list[Finding]:
    """`not_falling`: 累计 not below the latest earlier figure of the same year; a stated reason answers it."""
    flows = [code for code, card in grounds.cards.items() if card.flow == "flow" and not card.growth_of]
    if (not check.indicators and not flows) or not _several_in_a_year(grounds):
        return []
    about = _mine(check) & pl.col("kind").is_in(list(check.kinds or ("YTD", "YTDQ")))
    if not check.indicators:
        about &= pl.col("indicator").is_in(flows)
    year = pl.col("period_index") // 12
    rows = (
        grounds.pool.filter(about, pl.col("period_index") <= last)
        .sort("period_index")
        .with_columns(pl.col("value", "period").shift(1).over(*SAME, year).name.prefix("earlier_"))
        .filter(pl.col("value") < pl.col("earlier_value") - check.tolerance, pl.col("reason") == "")
    )
    return [
        _found(
            check, grounds, row, "checks.falling", earlier=row["earlier_value"], earlier_period=row["earlier_period"]
        )
        for row in _only_new(rows, grounds).iter_rows(named=True)
    ]


def _indices(grounds: Grounds) -> set[int]:
    """The month every period ends with, of what came in and of what was known."""
    frames = (grounds.now, grounds.before)
    return {parse_period(text).index for frame in frames for text in frame.get_column("period").unique()}


def _several_periods(grounds: Grounds) -> bool:
    return len(_indices(grounds)) > 1


def _several_in_a_year(grounds: Grounds) -> bool:
    indices = _indices(grounds)
    return len({index // 12 for index in indices}) < len(indices)


def _only_new(rows: pl.DataFrame, grounds: Grounds) -> pl.DataFrame:
    """Findings are about what came in now, not about history."""
    if rows.is_empty() or grounds.before.is_empty():
        return rows
    return rows.join(
        grounds.now.select(*SAME, "period").unique(), on=[*SAME, "period"], how="semi", maintain_order="left"
    )


def _a_year_apart(check: Check, pool: pl.DataFrame, last: int) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """Figures that have one a year earlier, those earlier ones as `base`, and the keys both share; no wide copies."""
    indices = set(pool.get_column("period_index").unique())
    later = [index for index in indices if index - 12 in indices and index <= last]
    sides = [index - 12 for index in later]
    rows = pool.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("_row"), "value", "period_index", *SAME)
    rows = rows.filter(_mine(check), pl.col("period_index").is_in(later + sides))
    keys = [*(name for name in SAME if not _constant(rows.get_column(name))), "period_index"]
    thin = rows.filter(pl.col("period_index").is_in(later))
    base = rows.filter(pl.col("period_index").is_in(sides)).with_columns(pl.col("period_index") + 12)
    return thin, base.select(*keys, pl.col("value").alias("base")), keys


def _constant(column: pl.Series) -> bool:
    return column.is_empty() or bool((column == column[0]).all())


def _jump(check: Check, grounds: Grounds, last: int) -> list[Finding]:
    """`jump`: value / last year's − 1 outside [−fall, rise]; rates move by more than `points`."""
    if not _several_periods(grounds):
        return []
    thin, base, keys = _a_year_apart(check, grounds.pool, last)
    rates = [c for c, card in grounds.cards.items() if card.unit in PERCENTS or card.growth_of]
    rate, change = pl.col("indicator").is_in(rates), pl.col("value") / pl.col("base") - 1
    usable = ~rate & (pl.col("base") > 0) & (pl.col("base") >= check.floor)
    leap = pl.lit(False)
    if check.rise is not None:
        leap |= usable & (change > check.rise + SLACK)
    if check.fall is not None:
        leap |= usable & (change < -check.fall - SLACK)
    if check.points is not None:
        leap |= rate & ((pl.col("value") - pl.col("base")).abs() > check.points)
    leaps = thin.join(base, on=keys, how="inner", maintain_order="left").filter(leap)
    rows = grounds.pool[leaps.get_column("_row")].with_columns(leaps.get_column("base"))
    rows = rows.with_columns(change.alias("change"), rate.alias("rate"))
    return [
        _found(check, grounds, row, "checks.jump_points", base=row["base"], points=round(row["value"] - row["base"], 6))
        if row["rate"]
        else _found(check, grounds, row, "checks.jump", base=row["base"], percent=round(row["change"] * 100, 1))
        for row in _only_new(rows, grounds).iter_rows(named=True)
    ]


def _parts_total(check: Check, grounds: Grounds, last: int) -> list[Finding]:
    """`parts_total`: Σ parts against the total, within the tolerance; all parts must be there when exact."""
    names = [check.total, *check.parts]
    rows = grounds.now.filter(pl.col("indicator").is_in(names), pl.col("value").is_not_null())
    if check.regions:
        rows = rows.filter(pl.col("region_code").is_in(list(check.regions)))
    key = ["region_code", "period", "kind", "calibre", "stage"]
    part = pl.col("indicator").is_in(list(check.parts))
    sums = rows.filter(part).group_by(key).agg(pl.col("value").sum().alias("parts_sum"), pl.len().alias("n"))
    totals = rows.filter(~part).join(sums, on=key, how="inner", maintain_order="left")
    slack = check.tolerance + check.tolerance_share * pl.col("value").abs() + SLACK
    over = pl.col("parts_sum") - pl.col("value") > slack
    wrong = over | ((pl.col("value") - pl.col("parts_sum") > slack) & (pl.col("n") == len(check.parts)) & check.exact)
    facts = {"parts": list(check.parts)}
    return [
        _found(check, grounds, row, "checks.parts_differ", parts_sum=round(row["parts_sum"], 9), **facts)
        for row in totals.filter(wrong).iter_rows(named=True)
    ]


def _county_sum(check: Check, grounds: Grounds, last: int) -> list[Finding]:
    """`county_sum`: the counties' sum against the city's figure of the same calibre; only where all have one."""
    city = grounds.now.filter(_mine(check), pl.col("region_code") == grounds.root)
    if city.is_empty():
        return []
    counties = [c for c in check.regions or grounds.counties if c != grounds.root]
    additive = [
        c
        for c, card in grounds.cards.items()
        if card.flow != "ratio" and not card.growth_of and card.unit not in PERCENTS
    ]
    found: list[Finding] = []
    for calibre in city.get_column("calibre").unique(maintain_order=True):
        without = check.calibres[calibre].without if calibre in check.calibres else ()
        if calibre and calibre not in check.calibres:
            continue
        summed = [c for c in counties if c not in without and not _inside(c, counties, grounds)]
        found.extend(_against_city(check, city.filter(calibre=calibre), summed, additive, grounds))
    return found


def _inside(code: str, counties: Sequence[str], grounds: Grounds) -> bool:
    """Whether a unit's figures are already inside those of another unit in the sum (其中)."""
    unit = grounds.units.get(code)
    return bool(unit and unit.within and unit.within in counties)


def _against_city(
    check: Check, city: pl.DataFrame, summed: Sequence[str], additive: Sequence[str], grounds: Grounds
) -> list[Finding]:
    key = ["indicator", "period", "kind", "stage"]
    parts = grounds.now.filter(
        pl.col("region_code").is_in(list(summed)), pl.col("calibre") == "", pl.col("value").is_not_null()
    )
    sums = parts.group_by(key).agg(pl.col("value").sum().alias("sum"), pl.col("region_code").n_unique().alias("n"))
    slack = check.tolerance + check.tolerance_share * pl.col("value").abs() + SLACK
    wrong = (pl.col("sum") - pl.col("value")).abs() > slack
    rows = city.filter(pl.col("indicator").is_in(list(check.indicators or additive))).join(
        sums, on=key, how="inner", maintain_order="left"
    )
    rows = rows.filter(wrong, pl.col("n") == len(summed))
    return [
        _found(
            check,
            grounds,
            row,
            "checks.county_sum",
            sum=round(row["sum"], 9),
            n=row["n"],
            calibre=row["calibre"],
            counties=list(summed),
        )
        for row in rows.iter_rows(named=True)
    ]


def _required(check: Check, grounds: Grounds, last: int) -> list[Finding]:
    """`required`: a figure or an honest 不适用 for each unit and indicator at the period."""
    regions = check.regions or grounds.counties
    rows = with_index(grounds.now.filter(pl.col("indicator").is_in(list(check.indicators)))).filter(
        pl.col("period_index") == last
    )
    there = rows.filter(pl.col("value").is_not_null() | (pl.col("state") == "not_applicable"))
    have = set(there.select("region_code", "indicator").iter_rows())
    empty = {(r["region_code"], r["indicator"]): r for r in rows.iter_rows(named=True)}
    found = []
    for region in regions:
        for code in check.indicators:
            if (region, code) not in have:
                blank = {"region_code": region, "indicator": code, "period": "", "value": None}
                found.append(_found(check, grounds, empty.get((region, code), blank), "checks.required"))
    return found


def _duplicates(check: Check, grounds: Grounds, last: int) -> list[Finding]:
    """`duplicate`: nothing is stated twice."""
    found = settle_duplicates(grounds.now)[1]
    return [(*row[:3], check.severity or row[3], check.id, *row[5:]) for row in found.iter_rows()]


_RUNNERS: dict[str, Callable[[Check, Grounds, int], list[Finding]]] = {
    "range": _range, "not_falling": _not_falling, "jump": _jump, "parts_total": _parts_total,
    "county_sum": _county_sum, "required": _required, "duplicate": _duplicates,
}  # fmt: skip
