"""Header roles (表头角色): what a header cell of a score sheet is about: figure, points, target, weight, total."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from typing import Literal

from junxian.core.formulas import measure
from junxian.core.indicators.match import normalise
from junxian.files.adopt.grid import shown
from junxian.files.sheets.context import AUTOMATIC, Context, Reading
from junxian.files.sheets.header import GROWTH_WORDS, KIND_WORDS, NEUTRAL_WORDS
from junxian.files.sheets.numbers import read_number

Role = Literal[
    "", "figure", "points", "target", "weight", "method", "total", "subtotal", "place", "bonus", "deduction", "serial",
    "unit", "category", "remark", "criterion", "code",
]  # fmt: skip

WORDS: dict[Role, str] = {
    "points": "得分 分数 考核得分 评分 计分 实得分 实际得分 考核分 考评得分 得分情况 单项得分 points score marks",
    "weight": "分值 权重 满分 标准分 标准分值 基准分 权数 分值权重 权重分 满分值 weight max maximum fullpoints",
    "target": """目标 目标值 目标数 计划 计划数 计划值 任务 任务数 任务目标 年度目标 全年目标 全年计划 年度计划 目标任务
        target plan""",
    "place": "位次 名次 排名 排位 排序 单项排名 单项位次 rank place position",
    "total": """总分 总得分 综合得分 得分合计 合计得分 考核总分 最终得分 总成绩 综合分 考核总得分 综合总分 合计 总计
        total totalscore overall""",
    "subtotal": "小计 subtotal",
    "bonus": "加分 奖励分 加分项 加分合计 bonus",
    "deduction": "扣分 减分 扣分项 扣分合计 倒扣分 deduction penalty",
    "figure": """指标值 实际 实际值 实际数 实绩 完成 完成值 完成数 完成率 数值 数据 原始值 原始数据 指标数据 完成情况
        指标完成情况 实际完成 实际完成值 实际完成数 本年 本期 总量 占比 比重 基础数据
        value actual figure figures achieved result""",
    "method": """计分办法 计分方法 评分标准 评分办法 评分方法 计分规则 计分标准 考核办法 考核方法 考核标准 评分细则
        计分说明 赋分办法 计算办法 method scoring scoringmethod howscored""",
    "serial": "序号 编号 no 次序 number",
    "unit": """县区 县市区 区县 县(市区) 县(区) 县(市、区) 单位 地区 区域 被考核单位 考核单位 考核对象 参评单位 单位名称
        乡镇 镇街 乡镇街道 部门 名称 county counties region unit district area municipality town""",
    "category": "类别 分类 组别 分组 类型 片区 category group class",
    "remark": "备注 说明 等次 等级 评价 note notes remark remarks grade",
    "criterion": """指标 指标名称 考核指标 考核项目 考核内容 项目 评价指标 一级指标 二级指标 三级指标 指标体系
        criterion criteria indicator""",
    "code": "代码 行政区划代码 区划代码 code regioncode",
}
LARGEST = 10**15
SUMMARY_WORDS = """合计 总计 全市 全省 全县 全区 平均 平均值 均值 平均数 最大值 最小值 最高 最低 最高值 最低值 最大 最小
    全市平均 市平均 汇总 小计 标准值 标准差 total average mean max min city overall all"""
SUMMARY_ROWS = frozenset(SUMMARY_WORDS.split())
_WEIGHT = re.compile(
    r"[(（\[【]?\s*(?:分值|权重|满分|标准分|weight|max)?\s*[:：]?\s*(\d+(?:\.\d+)?)\s*(分|%|％|points?|pts?|marks?)\s*[)）\]】]?",
    re.IGNORECASE,
)
_BARE_WEIGHT = re.compile(
    r"[(（\[【]\s*(?:分值|权重|满分|weight|max)\s*[:：]?\s*(\d+(?:\.\d+)?)\s*[)）\]】]", re.IGNORECASE
)


@cache
def reading() -> Reading:
    """The reader of ordinary forms, with no cards: it knows units of measure, blanks and numbers."""
    return Context((), (), (), "2000", "", measure.factor, measure.DEFINITIONS).reading(AUTOMATIC)


@cache
def _role_of() -> dict[str, Role]:
    found: dict[str, Role] = {}
    for role, words in WORDS.items():
        for word in words.split():
            found[normalise(word)] = role
    return found


@dataclass(frozen=True)
class Head:
    """What one header cell says: its role, the name that is left, its unit of measure and its weight."""

    text: str
    role: Role = ""
    name: str = ""
    unit: str = ""
    weight: float | None = None
    share: bool = field(default=False, compare=False)
    """Whether the weight was written in per cent."""


@cache
def read_head(cell: str) -> Head:
    """`一般公共预算收入增速（10分）` → name and weight; `得分` → points; `GDP增速（%）` → name and unit."""
    text = shown(cell)
    rest, weight, share = _cut_weight(text)
    name, unit = reading().header.split_unit(rest)
    role, name = _cut_role(name.strip(" :：-—、"), ends=weight is None)
    return Head(text, role, name, unit, weight, share)


def _cut_weight(text: str) -> tuple[str, float | None, bool]:
    for pattern in (_WEIGHT, _BARE_WEIGHT):
        for found in pattern.finditer(text):
            inside = found[0].lstrip()[:1] in "(（[【" and found[0].rstrip()[-1:] in ")）]】"
            said = re.search(r"分值|权重|满分|weight", found[0], re.IGNORECASE) is not None
            share = found.lastindex == 2 and found[2] in "%％"
            if (inside and not share) or said:
                return (text[: found.start()] + text[found.end() :]).strip(), float(found[1]), share
    return text, None, False


def _cut_role(name: str, *, ends: bool) -> tuple[Role, str]:
    """A role word alone, or at the end of a name (`GDP增速得分`, `GDP target`); not of `全省位次（5分）`."""
    plain = normalise(name)
    if (role := _role_of().get(plain)) is not None:
        return role, ""
    if plain in GROWTH_WORDS or plain in NEUTRAL_WORDS or plain in KIND_WORDS:
        return "figure", name if plain in GROWTH_WORDS else ""
    for role in ("points", "target", "weight", "place") if ends else ():
        for word in sorted(WORDS[role].split(), key=len, reverse=True):  # type: ignore[index]
            if (
                len(word) < len(name)
                and name.casefold().endswith(word)
                and (not word.isascii() or name[-len(word) - 1] == " ")
            ):
                return role, name[: -len(word)].strip(" -—_:：（(")  # type: ignore[return-value]
    return "", name


def is_summary(text: str) -> bool:
    """Whether a row so labelled is no unit: totals, averages, extremes."""
    return normalise(re.sub(r"[（(].*", "", text)) in SUMMARY_ROWS


def number_of(cell: object) -> float | None:
    """The figure a cell holds, also one written as text."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if isfinite(cell) else None
    written = read_number(cell) if isinstance(cell, str) and cell.strip() else None
    return None if written is None or abs(written.amount) > LARGEST else float(written.amount)


def blank_state(cell: object) -> str:
    """`—`, `/`, `…` and their kin: which absence a blank mark means, "" when the cell is no blank."""
    if not isinstance(cell, str):
        return ""
    bare = cell.strip().replace("\u3000", "")
    return (
        "not_reported" if not bare else str(reading().blanks.get(bare) or reading().blanks.get(bare.casefold()) or "")
    )
