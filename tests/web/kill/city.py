"""The smallest city that can publish a month: the shipped start of a new rulebook, with a form and a notice."""

from __future__ import annotations

import io
from pathlib import Path

import xlsxwriter

PERIOD, SCHEME = "2026-06", "monthly"
FORM_AND_NOTICE = """
forms:
  - id: treasury
    title: 县区财政收支情况表
    keeper: 财政局
    finds: [县区财政收支情况表]
    source: 财政局收支月报
    layout: regions_down
    blanks: {"/": not_applicable, "…": late, "—": not_reported}
    columns:
      - {header: 一般公共预算收入, indicator: revenue, kind: YTD}
      - {header: "收入增速(%)|收入增速", indicator: revenue_growth, kind: YTD, unit: "%"}
      - {header: 税收收入, indicator: tax, kind: YTD}
    author: 财政局
    checker: 考核办
bulletins:
  - id: notice
    scheme: monthly
    kind: notice
    title: "关于{period}县区考核情况的通报"
    author: 考核办
    checker: 督查室
    issuer: 云岫市人民政府办公室
    number: "云政办通〔{year}〕{serial}号"
    recipients: [各县、区人民政府]
    printed_by: 云岫市人民政府办公室
    sealed: false
    length: special
    body:
      - text: "按照考核办法，对{period}各县区的工作进行了考核，现通报如下。"
      - {text: "{unit}得{score}，列{category}类第{rank}位。", each: top, places: 1}
      - text: "全市一般公共预算收入{value:一般公共预算收入,unit=N}。"
        otherwise: 全市主要指标本期没有出齐。
    attachments:
      - {of: ranking, title: "{period}考核得分和位次"}
"""
PLACES = ("云岫市", "松岚县", "柳汀县", "麦垄县", "望岳县", "砚溪区", "澄湾区")


def write_rulebook(folder: Path) -> Path:
    """The start's rulebook with a form and a notice beside it; one department keeps everything."""
    from junxian.files.rulebooks.create import init

    init(folder)
    rules = (folder / "rulebook.yaml").read_text(encoding="utf-8")
    for old, new in (("keeper: 统计局", "keeper: 财政局"), ("keeper: 发改委", "keeper: 财政局"),
                     ("not_reported: propagate", "not_reported: renormalise")):  # fmt: skip
        rules = rules.replace(old, new)
    (folder / "rulebook.yaml").write_text(rules, encoding="utf-8")
    (folder / "form.yaml").write_text(FORM_AND_NOTICE, encoding="utf-8")
    return folder


def workbook(month: int, year: int = 2026) -> bytes:
    """The treasury's table of a month: revenue since January, its growth, tax."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("财政")
    sheet.merge_range(0, 0, 0, 4, f"{year}年{month}月县区财政收支情况表")
    sheet.write(1, 4, "单位：亿元")
    sheet.write_row(2, 0, ["序号", "单位", "一般公共预算收入", "收入增速(%)", "税收收入"])
    for row, (place, revenue) in enumerate(zip(PLACES, amounts(month), strict=True)):
        sheet.write_row(3 + row, 0, [row, place, revenue, 3.5 + row, round(revenue * 0.7, 2)])
    book.close()
    return stream.getvalue()


def amounts(month: int) -> list[float]:
    """Revenue since January: the city first, then its counties, which add up to it."""
    own = [round((2.5 + 0.3 * place) * month, 2) for place in range(1, len(PLACES))]
    return [round(sum(own), 2), *own]
