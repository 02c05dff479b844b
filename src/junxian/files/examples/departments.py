"""Departments (报送部门): four offices and their workbooks, each in its own habit of layout.

统计局 three-row merged heads with the unit in the third row, sub-totals among the counties, a quarterly sheet ·
财政局 .xls with a serial number, short names, amounts as text, the unit in a corner · 商务局 indicators down and
regions across, full-width digits, percents as text · 人行 the month in Chinese characters, old names, a hidden sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from junxian.files.examples.layout import CORNER, TITLE, Mark, Sheet, header
from junxian.files.examples.months import LAST_YEAR_PLACE, Month, Written
from junxian.files.examples.world import CITY, ZONE, nine, places

Heads = Sequence[tuple[str, tuple[str, ...]]]
"""Columns: indicator code and the words above it from the top row down."""
_FULL = str.maketrans("0123456789.-%,", "０１２３４５６７８９．－％，")
_CHINESE = "〇一二三四五六七八九"

STATISTICS: Heads = (
    ("retail", ("社会消费品零售总额", "累计", "（亿元）")),
    ("retail_growth", ("社会消费品零售总额", "增速", "（%）")),
    ("industry_growth", ("规模以上工业增加值", "增速", "（%）")),
    ("investment_growth", ("固定资产投资(不含农户)", "增速", "（%）")),
    ("new_firms", ("新增“四上”企业", "累计", "（户）")),
    ("new_firms_target", ("新增“四上”企业", "年度目标", "（户）")),
    ("province_place", ("全省综合", "本期", "（位）")),
    (LAST_YEAR_PLACE, ("全省综合", "上年同期", "（位）")),
)
QUARTERLY: Heads = (
    ("gdp", ("地区生产总值", "总量", "（亿元）")),
    ("gdp_growth", ("地区生产总值", "增速", "（%）")),
    ("urban_income", ("居民人均可支配收入", "城镇", "（元）")),
    ("urban_income_growth", ("居民人均可支配收入", "城镇增速", "（%）")),
    ("rural_income", ("居民人均可支配收入", "农村", "（元）")),
    ("rural_income_growth", ("居民人均可支配收入", "农村增速", "（%）")),
    ("population", ("年末常住人口", "", "（万人）")),
)
TREASURY: Heads = (
    ("revenue", ("一般公共预算收入", "累计")),
    ("revenue_growth", ("一般公共预算收入", "增长%")),
    ("tax", ("其中", "税收收入")),
    ("nontax", ("其中", "非税收入")),
    ("expenditure", ("一般公共预算支出", "累计")),
    ("fund_expenditure", ("政府性基金支出", "累计")),
    ("state_capital", ("国有资本经营收入", "累计")),
    ("soe_profit", ("国有企业利润总额", "累计")),
    ("upper_funds", ("对上争取资金", "累计")),
    ("upper_funds_target", ("对上争取资金", "年度目标")),
    ("debt_plan_done", ("隐性债务化解计划完成率(%)", "")),
)
CORE: Heads = (
    ("core_need", ("全年三保需求", "")),
    ("core_arranged", ("三保预算安排", "")),
    ("core_paid", ("三保累计支出", "")),
    ("core_strength", ("三保可用财力", "")),
    ("wage_delay", ("工资迟发天数(天)", "")),
    ("cash", ("库款", "月末余额")),
    ("cash_outflow", ("库款", "月均流出")),
    ("advances", ("暂付款余额", "")),
)
COMMERCE = (
    ("trade", "进出口总额", "万元"), ("trade_growth", "进出口总额增速", "%"),
    ("inward", "实际到位省外资金", "亿元"), ("inward_target", "实际到位省外资金年度目标", "亿元"),
)  # fmt: skip
BANK: Heads = (
    ("deposits", ("各项存款", "余额")),
    ("deposits_growth", ("各项存款", "同比增长（%）")),
    ("loans", ("各项贷款", "余额")),
    ("loans_growth", ("各项贷款", "同比增长（%）")),
)
IN_WAN = frozenset(
    {"revenue", "tax", "nontax", "expenditure", "fund_expenditure", "state_capital", "soe_profit", "upper_funds",
     "upper_funds_target", "core_need", "core_arranged", "core_paid", "core_strength", "cash", "cash_outflow",
     "advances", "trade"}
)  # fmt: skip
"""Amounts these offices write in 万元; the rulebook keeps them in 亿元."""
OLD_NAMES = {"X10004": "雁渡县", "X10002": "浣纱区"}
"""The bank branch has not followed the mergers yet."""


def number(month: Month, unit: str, code: str) -> Written:
    """The figure as a number cell in the unit this office uses, or the blank it writes."""
    figure = month.value(unit, code)
    if figure is None or month.gap(unit, code):
        return month.gap(unit, code)
    return float(figure.scaleb(4)) if code in IN_WAN else float(figure)


def as_text(month: Month, unit: str, code: str) -> Written:
    """The figure as text with thousands' commas, the way an old treasury system exports it."""
    figure = month.value(unit, code)
    if figure is None or month.gap(unit, code):
        return month.gap(unit, code)
    return f"{figure.scaleb(4).normalize():,f}" if code in IN_WAN else f"{figure}"


def full_width(month: Month, unit: str, code: str) -> Written:
    """The figure in full-width digits; a growth rate carries its percent sign."""
    written = as_text(month, unit, code)
    sign = "%" if code.endswith("growth") and month.value(unit, code) is not None and not month.gap(unit, code) else ""
    return f"{written}{sign}".translate(_FULL)


Name = Callable[[str], str]


def down(sheet: Sheet, month: Month, heads: Heads, units: Sequence[str], name: Name) -> None:
    """One row a unit under what is already on the sheet, its figures as number cells."""
    for unit in units:
        figures = [number(month, unit, code) for code, _ in heads]
        sheet.add([name(unit), *figures], [(unit, ""), *((unit, code) for code, _ in heads)])


def full_name(unit: str) -> str:
    return "全市" if unit == CITY else places()[unit].name


Words = Sequence[tuple[str, ...]]


def begin(sheet: Sheet, title: str, corner: str, heads: Words, marks: Sequence[Mark | None]) -> None:
    """Title over the whole width, a corner with the unit or the office, then the merged header."""
    width = len(heads)
    sheet.add([title], [TITLE])
    sheet.merges.append((0, 0, 0, width - 1))
    sheet.add([None] * (width - 1) + [corner], [None] * (width - 1) + [CORNER])
    rows, merges = header(heads, len(sheet.rows))
    for depth, row in enumerate(rows):
        sheet.add(row, marks if depth == len(rows) - 1 else ())
    sheet.merges.extend(merges)


def _head_marks(heads: Heads) -> list[Mark | None]:
    return [None, *(("", code) for code, _ in heads)]


def subtotal(month: Month, heads: Heads, units: Sequence[str], label: str) -> list[Written]:
    """A sub-total row: amounts are added, rates are left empty."""
    row: list[Written] = [label]
    for code, _ in heads:
        figures = [month.value(unit, code) for unit in units]
        adds = "growth" not in code and not code.startswith("province") and code not in ("urban_income", "rural_income")
        known = [figure for figure in figures if figure is not None]
        row.append(float(sum(known, Decimal(0))) if adds and known else None)
    return row


def _group(category: str) -> tuple[str, ...]:
    return tuple(unit for unit in nine() if places()[unit].category == category)


def statistics(month: Month) -> list[Sheet]:
    """统计局: the monthly sheet and, where the quarter ends, the quarterly one."""
    year, span = month.round.year, month.round.span
    sheets = [_statistics_sheet(month, "主要指标", f"{year}年{span}全市主要经济指标", STATISTICS)]
    if month.round.quarter:
        sheets.append(_statistics_sheet(month, "季度指标", f"{year}年{span}全市季度核算指标", QUARTERLY))
    return sheets


def _statistics_sheet(month: Month, name: str, title: str, heads: Heads) -> Sheet:
    sheet = Sheet(name)
    begin(sheet, title, "汐岚市统计局", [("单位", "", ""), *(words for _, words in heads)], _head_marks(heads))
    down(sheet, month, heads, [CITY], full_name)
    for category in ("县", "区"):
        sheet.add(subtotal(month, heads, _group(category), f"{category}小计"))
        down(sheet, month, heads, _group(category), full_name)
    down(sheet, month, heads, [ZONE], lambda unit: f"其中：{places()[unit].name}")
    sheet.add(["注：1.增速均为公布数；总量按现价计算，生产总值增速按不变价计算。"])
    sheet.add(["    2.“/”为不适用，“—”为未报送，“…”为未出数；星槎新区数据已含在望舒区内。"])
    return sheet


def treasury(month: Month) -> list[Sheet]:
    """财政局: receipts and spending, and the sheet on core spending."""
    year, last = month.round.year, month.round.month
    when = f"{year}年1-2月" if last == 2 else f"{year}年{last}月"
    return [
        _treasury_sheet(month, "收支", f"{when}县区财政收支情况表", TREASURY, (CITY, *nine(), ZONE)),
        _treasury_sheet(month, "三保", f"{when}县区三保与库款情况表", CORE, (CITY, *nine())),
    ]


def _treasury_sheet(month: Month, name: str, title: str, heads: Heads, units: Sequence[str]) -> Sheet:
    sheet = Sheet(name)
    words = [("序号", ""), ("县区", ""), *(said for _, said in heads)]
    begin(sheet, title, "单位：万元", words, [None, *_head_marks(heads)])
    for order, unit in enumerate(units):
        figures = [as_text(month, unit, code) for code, _ in heads]
        label = "全市合计" if unit == CITY else places()[unit].short
        marks: list[Mark | None] = [None, (unit, ""), *((unit, code) for code, _ in heads)]
        sheet.add([order or None, label, *figures], marks)
    sheet.add([None, "说明：收入为国库口径累计数；星槎新区收支在望舒区列报，单列供参考。"])
    return sheet


def commerce(month: Month) -> list[Sheet]:
    """商务局: indicators down, regions across."""
    sheet, units = Sheet("外经外贸"), (CITY, *nine())
    year, last = month.round.year, month.round.month
    months = "1至2月" if last == 2 else f"1-{last}月"
    sheet.add([f"汐岚市{year}年{months}开放型经济指标完成情况"], [TITLE])
    sheet.merges.append((0, 0, 0, len(units) + 1))
    sheet.add([None])
    sheet.add(["指标名称", "计量单位", *(full_name(u) for u in units)], [None, None, *((u, "") for u in units)])
    for code, label, unit_text in COMMERCE:
        figures = [full_width(month, unit, code) for unit in units]
        sheet.add([label, unit_text, *figures], [("", code), ("unit", code), *((unit, code) for unit in units)])
    sheet.add(["备注：进出口为海关口径，按月修订。"])
    return [sheet]


def bank(month: Month) -> list[Sheet]:
    """人行: balances at the end of the month, old names, a hidden working sheet."""
    sheet, units = Sheet("存贷款"), (CITY, *nine())
    year = "".join(_CHINESE[int(digit)] for digit in str(month.round.year))
    title = f"{year}年{_chinese_month(month.round.month)}月末金融机构存贷款情况"
    begin(sheet, title, "单位：亿元", [("地区", ""), *(words for _, words in BANK)], _head_marks(BANK))
    names = {**{unit: full_name(unit) for unit in units}, **OLD_NAMES}
    down(sheet, month, BANK, units, names.__getitem__)
    draft = Sheet("测算底稿", hidden=True)
    draft.add(["内部测算，不上报"])
    draft.add(["地区", "各项存款余额"])
    draft.add(["枕溪县", 1.0])
    return [sheet, draft]


def _chinese_month(month: int) -> str:
    return {10: "十", 11: "十一", 12: "十二"}.get(month) or _CHINESE[month]
