"""Forms (报表): an office's own sheet described once by what its headers say, never by cell addresses.

Nothing here names a row or a column number, so an inserted row or column changes nothing. Every list has a default that
covers the forms an ordinary office sends; a rulebook writes only what differs.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from junxian.core.indicators.model import Kind, Stage, State
from junxian.core.text import Code, Dated, Day, Entry, Text

Layout = Literal["auto", "regions_down", "regions_across", "one_region", "long"]
Percent = Literal["percent", "fraction"]
Field_ = Literal[
    "region", "indicator", "value", "unit", "period", "kind", "calibre", "stage", "state", "source", "published_at",
    "reason", "revision", "source_grade",
]  # fmt: skip

IGNORED_COLUMNS = (
    "序号", "编号", "位次", "排名", "名次", "排位", "位次变化", "备注", "说明", "责任单位", "责任部门",
    "no", "no.", "rank", "remarks", "note",
)  # fmt: skip
IGNORED_ROWS = ("合计", "小计", "总计", "县合计", "区合计", "市区合计", "县小计", "区小计", "平均", "total", "subtotal")
ROOT_ROWS = ("全市", "全市合计", "全市总计", "全省", "全省合计")
BLANKS: dict[str, State] = {
    "": "not_reported", "-": "not_reported", "--": "not_reported", "—": "not_reported", "——": "not_reported",
    "–": "not_reported", "/": "not_reported", "…": "not_reported", "……": "not_reported", "...": "not_reported",
    "未报": "not_reported", "未报送": "not_reported", "未上报": "not_reported", "n/a": "not_applicable",
    "不适用": "not_applicable", "迟报": "late",
}  # fmt: skip


def _words(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
"""One text or several; inside a text `|` separates spellings that mean the same."""


class Column(Entry):
    """What a header says. Each word of `header` must be one whole cell of the header above a column (or, where regions
    run across, of the labels before a row and the cells under the region's name); the lowest cell must be among them.

    `unit` speaks where the header does not. `shift` moves the period back by so many months (上年同期: −12).
    """

    header: Words
    indicator: Code
    kind: Kind | None = None
    calibre: str = ""
    stage: Stage = ""
    unit: str = ""
    percent_as: Percent | None = None
    shift: int = 0


class Form(Dated):
    """One office form (一张报表).

    `finds`: words that the file name, a sheet name or the lines above the header must contain, all of them; the form
    with the most words found is taken. `sheets`: only sheets whose name contains one of these words. `hidden`: hidden
    sheets are read too. `columns`: what headers mean; with `cards` on, a header equal to a card's name or alias, alone
    or with 当月/累计/增速/上年同期, needs no entry. `fields`: for `long`, which header holds which field.
    `indicator`, `kind`, `calibre`, `stage`, `region`: what the whole sheet is about when its cells do not say it.
    `unit`: the unit when neither header nor corner (单位：亿元) says one; `units`: further spellings of units.
    `percent_as`: how figures in % are stored: 8.5 (percent) or 0.085 (fraction); a text "8.5%" always says it itself.
    `blanks`: what a blank mark means, added to the usual ones. `period`: where the period stands; `asked` trusts only
    the period asked for.
    """

    id: Code
    title: Text = ""
    finds: Words = ()
    sheets: Words = ()
    hidden: bool = False
    layout: Layout = "auto"
    columns: tuple[Column, ...] = ()
    fields: dict[Field_, Words] = Field(default_factory=dict)
    cards: bool = True
    indicator: Code = ""
    kind: Kind | None = None
    calibre: str = ""
    stage: Stage = ""
    region: Code = ""
    period: Literal["said", "asked"] = "said"
    unit: str = ""
    units: dict[str, str] = Field(default_factory=dict)
    percent_as: Percent = "percent"
    ignore_columns: Words = IGNORED_COLUMNS
    also_ignore_columns: Words = ()
    ignore_rows: Words = IGNORED_ROWS
    also_ignore_rows: Words = ()
    root_rows: Words = ROOT_ROWS
    blanks: dict[str, State] = Field(default_factory=dict)
    source: str = ""
    source_grade: str = ""
    published_at: Day = ""
    keeper: str = ""

    def blank_states(self) -> dict[str, State]:
        """Blank marks and the state each one means; the form's own words win over the usual ones."""
        return {**BLANKS, **self.blanks}
