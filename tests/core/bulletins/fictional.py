"""A fictional city (虚构市): eight units 甲 … 辛 in two categories, one of them without figures, for the tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from junxian.core.bulletins import Bulletin, RunFacts, Table
from junxian.core.indicators.model import Card
from junxian.core.units.model import Unit

ROOT = "990000"
PERIOD = "2026-06"
UNITS = (
    Unit(code=ROOT, name={"zh": "丘陵市", "en": "Hillside City"}, level="city"),
    Unit(code="990021", name={"zh": "甲县", "en": "Jia County"}, category="县", parent=ROOT, tile=(0, 0)),
    Unit(code="990022", name={"zh": "乙县", "en": "Yi County"}, category="县", parent=ROOT, tile=(1, 0)),
    Unit(code="990023", name={"zh": "丙县", "en": "Bing County"}, category="县", parent=ROOT, tile=(2, 0)),
    Unit(code="990024", name={"zh": "丁县", "en": "Ding County"}, category="县", parent=ROOT, tile=(0, 1)),
    Unit(code="990025", name={"zh": "戊县", "en": "Wu County"}, category="县", parent=ROOT, tile=(2, 1)),
    Unit(code="990002", name={"zh": "己区", "en": "Ji District"}, category="区", parent=ROOT, tile=(1, 1)),
    Unit(code="990003", name={"zh": "庚区", "en": "Geng District"}, category="区", parent=ROOT, tile=(0, 2)),
    Unit(code="990004", name={"zh": "辛区", "en": "Xin District"}, category="区", parent=ROOT, tile=(1, 2)),
)
CARDS = (
    Card(code="revenue", name={"zh": "一般公共预算收入", "en": "Budget revenue"}, unit="亿元", kind="YTD"),
    Card(code="revenue_growth", name={"zh": "一般公共预算收入增速", "en": "Revenue growth"}, unit="%",
         growth_of="revenue", kind="YTD"),
    Card(code="pm25", name={"zh": "PM2.5平均浓度", "en": "PM2.5"}, unit="微克/立方米", direction="-",
         kind="YTD", decimals=0),
    Card(code="jobs", name={"zh": "城镇新增就业", "en": "New urban jobs"}, unit="人", kind="YTD"),
)  # fmt: skip
CATEGORY = {unit.code: unit.category for unit in UNITS if unit.category}
# revenue (亿元), growth (%), PM2.5, jobs; None was not reported.
FIGURES: dict[str, tuple[float | None, ...]] = {
    ROOT: (86.125, 5.2, 43.0, 18450.0),
    "990021": (12.3456, 9.04, 41.0, 2310.0),
    "990022": (10.2, 8.3, 42.0, 2105.0),
    "990023": (8.75, 7.4, 45.0, 1980.0),
    "990024": (7.005, 6.2, 44.0, None),
    "990025": (5.5, -1.24, 51.0, 1500.0),
    "990002": (15.2, 4.0, 39.0, 3010.0),
    "990003": (14.8, 4.0, 40.0, 2980.0),
    "990004": (None, None, None, None),
}
# points of the four leaves, in the order of the cards below, and the mark for the gate.
POINTS: dict[str, tuple[float | None, ...]] = {
    "990021": (30.0, 28.5, 19.2, 18.0),
    "990022": (28.5, 27.0, 18.8, 18.0),
    "990023": (27.0, 25.5, 17.0, 18.0),
    "990024": (25.5, 24.0, 17.5, None),
    "990025": (24.0, 9.5, 12.0, 12.0),
    "990002": (30.0, 27.0, 20.0, 20.0),
    "990003": (28.5, 27.0, 19.5, 19.0),
    "990004": (None, None, None, None),
}
LEAVES = (
    ("收入规模", "fiscal", 30.0, 0),
    ("收入增速", "fiscal", 30.0, 1),
    ("PM2.5", "people", 20.0, 2),
    ("新增就业", "people", 20.0, 3),
)
GROUPS = {"fiscal": ("财政实力", 60.0), "people": ("民生环境", 40.0)}
SCORES: dict[str, tuple[float | None, int | None, str, str, int | None]] = {
    "990021": (95.70, 1, "优秀", "pass", 3),
    "990022": (92.30, 2, "良好", "pass", 1),
    "990023": (87.50, 3, "良好", "pass", 3),
    "990024": (83.75, 4, "一般", "pass", 2),
    "990025": (57.50, 5, "较差", "fail", 5),
    "990002": (97.00, 1, "优秀", "pass", 2),
    "990003": (94.00, 2, "良好", "pass", 1),
    "990004": (None, None, "", "not_assessed", None),
}


def scores_frame() -> pl.DataFrame:
    rows = []
    for code, (score, rank, grade, gate, before) in SCORES.items():
        category = CATEGORY[code]
        peers = [c for c, values in SCORES.items() if CATEGORY[c] == category and values[0] is not None]
        rows.append(
            {
                "region_code": code, "region": name(code), "category": category, "score": score, "rank": rank,
                "grade": grade, "gate": gate, "n": len(peers),
                "exact": None if score is None else round(score * 10**9), "previous_rank": before,
                "rank_change": None if rank is None or before is None else before - rank,
            }
        )  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def name(code: str, language: str = "zh") -> str:
    return next(unit.name[language] for unit in UNITS if unit.code == code)  # type: ignore[index]


def points_frame() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for code, got in POINTS.items():
        for key, (label, full) in GROUPS.items():
            members = [i for i, leaf in enumerate(LEAVES) if leaf[1] == key and got[i] is not None]
            total = sum(got[i] or 0 for i in members) if members else None
            rows.append(point(code, key, label, full, points=total, parent="", depth=0, state="", value=None))
            for i, (leaf, parent, maximum, card) in enumerate(LEAVES):
                if parent != key:
                    continue
                state = "reported" if FIGURES[code][card] is not None else "not_reported"
                value = FIGURES[code][card]
                rows.append(
                    point(code, leaf, leaf, maximum, points=got[i], parent=key, depth=1, state=state, value=value)
                )
    return pl.DataFrame(rows, infer_schema_length=None)


def point(code: str, key: str, label: str, maximum: float, **rest: Any) -> dict[str, Any]:
    share = None if rest["points"] is None else rest["points"] / maximum
    return {"region_code": code, "criterion": key, "label": label, "name": label, "maximum": maximum,
            "normalised": share, **rest}  # fmt: skip


def observations_frame() -> pl.DataFrame:
    rows = []
    for code, figures in FIGURES.items():
        for card, value in zip(CARDS, figures, strict=True):
            rows.append(
                {
                    "region_code": code, "indicator": card.code, "period": PERIOD, "kind": card.kind, "calibre": "",
                    "stage": "flash", "value": value, "state": "not_reported" if value is None else "reported",
                    "raw": "" if value is None else str(value), "unit": card.unit, "source": "月报", "revision": 1,
                    "file": "6月主要指标.xlsx", "sheet": "县区", "cell": "D7",
                }
            )  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def alerts_frame() -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"region_code": "990025", "region": "戊县", "line": "收入增速不当后三名", "level": "red",
             "indicator": "revenue_growth", "value": -1.24, "rank": 7, "n": 7, "worse": 0, "tied": False, "months": 1,
             "deduct": 2.0, "basis": "丘陵市考核办法", "effect": "当月不得评优", "until": "2026-12-31"},
            {"region_code": "990002", "region": "己区", "line": "收入增速不当后三名", "level": "yellow",
             "indicator": "revenue_growth", "value": 4.0, "rank": 5, "n": 7, "worse": 1, "tied": True, "months": 1,
             "deduct": None, "basis": "丘陵市考核办法", "effect": "", "until": ""},
        ]
    )  # fmt: skip


WATCH = Table(
    id="province_growth", title="全省各市生产总值增速（2026年上半年）",
    columns=("位次", "市", "增速（%）"),
    rows=((1, "东风市", 6.4), (2, "南岭市", 6.1), (3, "丘陵市", 5.2),
          (3, "西河市", 5.2), (5, "北原市", 4.8), (None, "中洲市", None)),
    keys=("980000", "970000", ROOT, "960000", "950000", "940000"),
    decimals=(0, None, 1), ranks={0: (2, "high")}, note="中洲市未报送；有数的市排名。",
)  # fmt: skip


def receipts() -> tuple[dict[str, Any], ...]:
    """Receipts in the form the page expects."""
    found = []
    points = {(row["region_code"], row["criterion"]): row for row in points_frame().to_dicts()}
    for code, (score, rank, grade, gate, _) in SCORES.items():
        criteria = []
        for leaf, _parent, maximum, card in LEAVES:
            row = points[(code, leaf)]
            figure = {
                "indicator": CARDS[card].code, "name": CARDS[card].name["zh"], "period": PERIOD,  # type: ignore[index]
                "value": row["value"], "unit": CARDS[card].unit, "state": row["state"],
                "file": "6月主要指标.xlsx", "sheet": "县区", "cell": "D7", "source": "月报",
            }  # fmt: skip
            criteria.append(
                {
                    "key": leaf, "name": leaf, "clause": "第三条", "value": row["value"], "unit": CARDS[card].unit,
                    "state": row["state"], "figures": [figure], "method": "rank_step",
                    "parameters": {"step": 0.05, "floor": 0.0},
                    "references": [{"name": "n", "value": 5, "unit": ""}], "normalised": row["normalised"],
                    "points": row["points"], "maximum": maximum, "rank": 1, "n": 5, "next_step": "高一位再得1.50分",
                }
            )  # fmt: skip
        found.append(
            {"region_code": code, "region": name(code), "category": CATEGORY[code], "score": score, "rank": rank,
             "n": 5, "grade": grade, "gate": gate, "criteria": criteria, "checksum": "ab" * 32}
        )  # fmt: skip
    return tuple(found)


def facts(**changes: Any) -> RunFacts:
    whole = RunFacts(
        period=PERIOD, period_title="2026年6月", language="zh", scheme_id="monthly",
        scheme_title="县区高质量发展月度考核办法", scheme_version="2026-02", rulebook_title="丘陵市规则集", root=ROOT,
        units=UNITS, scores=scores_frame(), points=points_frame(), alerts=alerts_frame(),
        observations=observations_frame(), cards=CARDS, today="2026-07-09", receipts=receipts(), watch=(WATCH,),
        completeness={"reported": 27, "late": 0, "not_reported": 5, "not_applicable": 0}, unreported=("990004",),
        engine="1.0.0", rulebook_hash="1" * 64, snapshot_hash="2" * 64, run="3" * 64,
    )  # fmt: skip
    return replace(whole, **changes)


def bulletin(**changes: Any) -> Bulletin:
    given: dict[str, Any] = {
        "id": "monthly_notice",
        "title": "关于{period}县区高质量发展考核情况的通报",
        "issuer": "丘陵市考核工作领导小组办公室",
        "number": "丘考办〔{year}〕{serial}号",
        "recipients": ["各县区人民政府", "市直有关部门"],
        "copy_to": ["市委办公室", "市人大常委会办公室", "市政协办公室"],
        "remark": "此件公开发布",
        "body": [
            {"text": "按照《{scheme}》，现将{period}考核情况通报如下。"},
            {"level": 1, "text": "总体情况"},
            {"each": "category",
             "text": "{category}类有得分的单位{n}个，平均{mean}。前三名依次是{units:top=3,with=score}。"},
            {"text": "全市一般公共预算收入{value:revenue}，{growth:revenue_growth}；"
                     "县类合计{sum:revenue,category=县}。"},
            {"when": "unreported",
             "text": "{units:unreported}未报送，不计分、不排名，全市未报送的数据{count:not_reported}项。"},
            {"level": 1, "text": "好的方面"},
            {"each": "category", "joined": True,
             "text": "{category}类中，{unit:rank=1}居首位，得{score:rank=1}，较末位高{gap:rank=1}。"},
            {"each": "top", "places": 3, "joined": True, "category": "县",
             "text": "{unit}得{score}，位次{change}，{gains:top=1}表现突出。"},
            {"level": 1, "text": "靠后的单位和原因"},
            {"each": "bottom", "places": 2, "category": "县",
             "text": "{unit}列第{rank}位，主要失分在{losses:top=2}；一般公共预算收入{growth:revenue_growth}，"
                     "增速比全市{compare:revenue_growth,to=990000}。"},
            {"level": 2, "text": "底线预警"},
            {"each": "alert",

             "text": "{unit}：{alert:line}（{alert:level}），本期{alert:value}，"
                     "{alert:n}个有数单位中列第{alert:rank}位。"},
            {"when": "watch",
             "text": "全省生产总值增速，我市{watch:province_growth,column=增速（%）}%，"
                     "列第{watch:province_growth,column=位次}位。"},
            {"level": 1, "text": "有关要求"},
            {"text": "靠后的单位要对照失分项，逐项查明原因；市直部门要上门帮助，不要求另报材料。"},
        ],
        "attachments": [
            {"of": "ranking", "title": "{period}县区考核得分排名表"},
            {"of": "points", "title": "{period}县区考核得分明细表"},
            {"of": "values", "title": "{period}主要指标数据表",
             "indicators": ["revenue", "revenue_growth", "pm25", "jobs"]},
            {"of": "alerts", "title": "底线预警表"},
            {"of": "watch", "title": "全省位次监测表"},
        ],
        "pictures": [{"of": "tile_map", "title": "{period}县区考核示意图"}],
    }  # fmt: skip
    return Bulletin.model_validate({**given, **changes})


def english_bulletin() -> Bulletin:
    return Bulletin.model_validate(
        {
            "id": "report", "kind": "plain", "language": "en", "title": "County performance, {period}",
            "issuer": "Hillside Assessment Office", "paper": "letter",
            "recipients": ["All counties", "All departments"],
            "body": [
                {"level": 1, "text": "Overview"},
                {"each": "category", "text": "{n} units of group {category} have a score; the mean is {mean}. "
                                             "Leading: {units:top=3,with=score}."},
                {"text": "Budget revenue was {value:revenue} and {growth:revenue_growth}."},
                {"level": 1, "text": "Falling behind"},
                {"each": "bottom", "places": 1,
                 "text": "{unit} is number {rank}; its place is {change}; revenue {growth:revenue_growth}."},
                {"when": "unreported", "text": "Not reported: {units:unreported}."},
            ],
            "attachments": [{"of": "ranking", "title": "Ranking, {period}"}],
        }
    )  # fmt: skip
