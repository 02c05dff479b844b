"""A very small fictional city (甲乙丙丁) with two rounds of figures, for the tests of runs."""

from __future__ import annotations

from pathlib import Path

RULEBOOK = """
schema: junxian/1
id: test-city
title: 试验市
root: T00
calendar: {merged_months: [[1, 2]]}
units:
  - {code: T00, name: 试验市, level: 市}
  - {code: T01, name: 甲县, level: 县, category: 县, parent: T00}
  - {code: T02, name: 乙县, level: 县, category: 县, parent: T00}
  - {code: T03, name: 丙县, level: 县, category: 县, parent: T00}
  - {code: T04, name: 丁县, level: 县, category: 县, parent: T00}
indicators:
  - {code: revenue, name: 收入, unit: 亿元, kind: YTD}
  - {code: jobs, name: 就业, unit: 人, kind: YTD}
  - {code: talk, name: 约谈, unit: 次, kind: M, event: true}
schemes:
  - id: monthly
    title: 月度考核
    frequency: month
    groups: {县: {parent: T00}}
    missing: {late: renormalise, not_reported: zero, not_applicable: renormalise, undefined: renormalise}
    ties: shared
    rounding: {places: 2, mode: half_up}
    full: 10
    criteria:
      - {name: 收入增速, value: 同比(收入.累计), unit: "%", points: 6, method: {rank_step: 10%}, clause: 第一条}
      - {name: 就业人数, value: 就业.累计, points: 4, method: {between: {low: min, high: max}}, clause: 第二条}
    deductions:
      - {id: talk, name: 约谈, event: talk, each: 0.5, cap: 1}
    grades: [{name: 优秀, at_least: 9}, {name: 合格}]
bottomlines:
  - {id: jobs_last, name: 就业末位, what: 就业.累计, watch: {last_places: {places: 1}}, effect: {deduct: 0.2}}
"""

HEAD = "region_code,period,indicator,value,unit,source,kind,state,calibre,published_at\n"
BASE = """T01,2025-05,revenue,10,亿元,甲报,YTD,,,
T02,2025-05,revenue,20,亿元,乙报,YTD,,,
T03,2025-05,revenue,30,亿元,丙报,YTD,,,
T04,2025-05,revenue,40,亿元,丁报,YTD,,,
T01,2025-06,revenue,12,亿元,甲报,YTD,,,
T02,2025-06,revenue,24,亿元,乙报,YTD,,,
T03,2025-06,revenue,36,亿元,丙报,YTD,,,
T04,2025-06,revenue,48,亿元,丁报,YTD,,,
"""
MAY = """T01,2026-05,revenue,11,亿元,甲报,YTD,,,2026-06-10
T02,2026-05,revenue,21,亿元,乙报,YTD,,,2026-06-10
T03,2026-05,revenue,33.6,亿元,丙报,YTD,,,2026-06-10
T04,2026-05,revenue,42,亿元,丁报,YTD,,,2026-06-10
T01,2026-05,jobs,100,人,人社,YTD,,,2026-06-10
T02,2026-05,jobs,200,人,人社,YTD,,,2026-06-10
T03,2026-05,jobs,150,人,人社,YTD,,,2026-06-10
T04,2026-05,jobs,,人,人社,YTD,not_reported,,2026-06-10
"""
JUNE = """T01,2026-06,revenue,13.8,亿元,甲报,YTD,,,2026-07-10
T02,2026-06,revenue,25.2,亿元,乙报,YTD,,,2026-07-10
T03,2026-06,revenue,37.8,亿元,丙报,YTD,,,2026-07-10
T04,2026-06,revenue,57.6,亿元,丁报,YTD,,,2026-07-20
T01,2026-06,jobs,130,人,人社,YTD,,,2026-07-10
T02,2026-06,jobs,210,人,人社,YTD,,,2026-07-10
T03,2026-06,jobs,220,人,人社,YTD,,,2026-07-10
T04,2026-06,jobs,180,人,人社,YTD,,,2026-07-10
T02,2026-06,talk,1,次,督查通报,M,,matter-1,2026-07-01
"""


def write_city(folder: Path, rulebook: str = RULEBOOK) -> Path:
    """The rulebook folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rulebook.yaml").write_text(rulebook, encoding="utf-8")
    return folder


def write_figures(folder: Path, name: str, *parts: str) -> Path:
    """A tidy CSV of figures."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    path.write_text(HEAD + "".join(parts), encoding="utf-8")
    return path
