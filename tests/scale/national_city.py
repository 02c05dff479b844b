"""A fictional country (虚构全国): 2,843 counties in 31 regions, 60 indicators, one scheme, 24 months of figures.

Every code begins with X, every name is a number: nothing here stands for a real place.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import polars as pl

from junxian.core.indicators.period import at_index

COUNTIES, INDICATORS, MONTHS, REGIONS = 2843, 60, 24, 31
LAST = 2026 * 12 + 5
"""The last month with figures: 2026-06, as Observation counts periods."""
ROOT, SCHEME = "X00", "monthly"
KEEPERS = ("统计局", "财政局", "工信局", "商务局", "人社局", "发改委")
GROWTHS = (
    "efficacy", {"rank_step": "0.3%"}, {"efficacy": {"low": 0, "high": 20, "clamp": [0, 100]}},
    "min_max", {"completion": {"target": 7, "cap": 1.2}}, {"percentile": "below"},
)  # fmt: skip
LEVELS = (
    "efficacy", {"rank_step": "0.3%"}, {"efficacy": {"low": 20, "high": 400, "clamp": [0, 100]}},
    "min_max", {"completion": {"target": 120, "cap": 1.2}}, {"percentile": "below"},
)  # fmt: skip
MISSING = 0.02
"""Share of figures nobody handed in."""


def county(number: int) -> str:
    """The code of a county."""
    return f"X{number + 1:05d}"


def region(number: int) -> str:
    """The region (a peer group of some ninety counties) a county belongs to."""
    return f"第{number % REGIONS + 1:02d}片区"


def months() -> range:
    """Indices of all months with figures, oldest first."""
    return range(LAST - MONTHS + 1, LAST + 1)


def write_rulebook(folder: Path, counties: int) -> Path:
    """The rulebook as a folder: rules as YAML (JSON is YAML), units as a table."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = {
        "schema": "junxian/1", "id": "national", "root": ROOT, "tables": {"units": "units.csv"},
        "title": {"zh": "全国规模测试（虚构）", "en": "National scale (fictional)"},
        "calendar": {"cycle": {"hand_in": 18, "pass_on": 20, "report": 25}},
        "indicators": [_card(k) for k in range(INDICATORS)], "schemes": [_scheme(counties)], "bottomlines": [_line()],
        "checks": [{"id": "range", "type": "range", "low": 0, "high": 1e9}],
    }  # fmt: skip
    (folder / "rulebook.yaml").write_text(json.dumps(rules, ensure_ascii=False, indent=1), encoding="utf-8")
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(("code", "name.zh", "name.en", "level", "category", "parent", "order", "own_code"))
        table.writerow((ROOT, "虚构全国", "Fictional country", "国", "", "", 1, "true"))
        for n in range(counties):
            names = (f"第{n + 1}县", f"County {n + 1}")
            table.writerow((county(n), *names, "县级", region(n), ROOT, n + 2, "true"))
    return folder


def _card(k: int) -> dict[str, object]:
    return {
        "code": f"i{k:02d}", "name": {"zh": f"指标{k:02d}", "en": f"Indicator {k:02d}"}, "unit": "亿元", "kind": "YTD",
        "cumulative": True, "keeper": KEEPERS[k % len(KEEPERS)], "author": "统计局", "checker": "考核办",
    }  # fmt: skip


def _criterion(k: int) -> dict[str, object]:
    """Four of six criteria of a block weigh 2 points; every other block judges growth, the rest the level itself."""
    growth, name = k // 6 % 2 == 0, f"指标{k:02d}.累计"
    method = (GROWTHS if growth else LEVELS)[k % 6]
    value = f"同比({name})" if growth else name
    return {
        "id": f"c{k:02d}", "name": {"zh": f"指标{k:02d}" + ("增速" if growth else "规模"), "en": f"Criterion {k:02d}"},
        "value": value, "points": 2 if k % 6 < 4 else 1, "method": method,
    }  # fmt: skip


def _scheme(counties: int) -> dict[str, object]:
    blocks = [
        {"id": f"B{b}", "name": {"zh": f"板块{b}", "en": f"Block {b}"}, "points": 10,
         "of": [_criterion(k) for k in range(b * 6, b * 6 + 6)]}
        for b in range(INDICATORS // 6)
    ]  # fmt: skip
    groups = {region(n): {"category": region(n), "parent": ROOT} for n in range(min(REGIONS, counties))}
    missing = dict.fromkeys(("late", "not_reported", "not_applicable", "undefined"), "renormalise")
    return {
        "id": SCHEME, "title": {"zh": "月度考核（虚构）", "en": "Monthly assessment (fictional)"}, "frequency": "month",
        "basis": {"document": "规模测试说明", "number": "虚构〔2026〕1号", "date": "2026-01-01"},
        "author": "考核办", "checker": "统计局", "groups": groups, "full": 100, "ties": "shared", "missing": missing,
        "rounding": {"places": 2}, "criteria": blocks,
    }  # fmt: skip


def _line() -> dict[str, object]:
    return {
        "id": "last_ten", "name": {"zh": "指标00不落后十名", "en": "Indicator 00 not among the last ten"},
        "portfolio": "财政", "what": "指标00.累计", "months_running": {3: "red"},
        "watch": {"last_places": {"places": 10, "yellow_gap": 0.3, "min_units": 6, "breach": "orange"}},
        "basis": {"document": "规模测试说明", "article": "第二条"}, "author": "考核办", "checker": "统计局",
    }  # fmt: skip


def figures(counties: int) -> pl.DataFrame:
    """Every county × indicator × month: region_code, indicator, period_index, value (null: not reported).

    Amounts since the beginning of the year, grown by 8 ± 5 % a year, sorted by county, indicator and month.
    """
    rng = np.random.default_rng(20260701)
    first = (months()[0] // 12) * 12
    index = np.arange(first, LAST + 1)
    level = rng.lognormal(2.2, 0.6, (counties, INDICATORS, 1))
    growth = 1 + rng.normal(0.08, 0.05, (counties, INDICATORS, 1)) * (index // 12 - index[0] // 12)
    month = level * growth * rng.lognormal(0, 0.08, (counties, INDICATORS, index.size))
    since = [month[:, :, year : year + 12].cumsum(axis=2) for year in range(0, index.size, 12)]
    value, index = np.round(np.concatenate(since, axis=2), 2)[:, :, -MONTHS:], index[-MONTHS:]
    frame = pl.DataFrame(
        {
            "region_code": np.repeat([county(n) for n in range(counties)], INDICATORS * MONTHS),
            "indicator": np.tile(np.repeat([f"i{k:02d}" for k in range(INDICATORS)], MONTHS), counties),
            "period_index": np.tile(index, counties * INDICATORS),
            "value": value.ravel(),
        }
    )
    gone = pl.Series(rng.random(frame.height) < MISSING)
    return frame.with_columns(value=pl.when(gone).then(None).otherwise("value"))


def observed(frame: pl.DataFrame) -> pl.DataFrame:
    """The figures with the text columns of an observation, as an office's workbook would have brought them."""
    periods = {index: at_index(index).text for index in months()}
    reported = pl.col("value").is_not_null()
    place = pl.col("region_code").str.slice(1).str.to_integer()
    return frame.with_columns(
        period=pl.col("period_index").replace_strict(periods, return_dtype=pl.String),
        state=pl.when(reported).then(pl.lit("reported")).otherwise(pl.lit("not_reported")),
        raw=pl.when(reported).then(pl.col("value").cast(pl.String)).otherwise(pl.lit("—")),
        sheet=pl.lit("主要指标"),
        cell=pl.format("D{}", place + 3),
    ).with_columns(file=pl.format("{}主要指标.xlsx", "period"), source=pl.format("{}指标月报", "period"))


def canonical(frame: pl.DataFrame) -> pl.DataFrame:
    """What the engine reads of `observed`."""
    from junxian.core.indicators.known import complete

    kept = ("region_code", "indicator", "period", "value", "state", "raw", "source", "file", "sheet", "cell")
    more = pl.lit("YTD").alias("kind"), pl.lit("亿元").alias("unit"), pl.lit("cell").alias("source_kind")
    return complete(frame.select(*kept, *more))
