"""The pre-filled form (预填报表): a hand-in as a workbook to fill in, and how to read it back."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext

from junxian.core.indicators import Card, Form, parse_period
from junxian.core.indicators.form import Column
from junxian.core.rulebook import Rulebook
from junxian.core.text import spoken
from junxian.web.indicators.models import HandIn, Observation
from junxian.web.indicators.queries import cells, earlier_cells, units_of

TITLE = "指标报送表"
STATE_WORDS = {"late": "迟报", "not_reported": "未报送", "not_applicable": "不适用"}
"""The words a cell may hold instead of a number."""
HEAD, FIRST_COLUMN = 2, 2


def asked_cards(hand_in: HandIn, rules: Rulebook) -> list[Card]:
    """The cards a hand-in asks for, in the rulebook's order."""
    return [card for card in rules.indicators if card.code in set(hand_in.indicators)]


def form_of(hand_in: HandIn, rules: Rulebook) -> Form:
    """How the pre-filled form is read: its title finds it, its headers are the cards' names."""
    columns = tuple(
        Column(header=(spoken(card.name),), indicator=card.code, kind=card.kind, unit=card.unit)
        for card in asked_cards(hand_in, rules)
    )
    return Form(
        id=f"hand_in_{hand_in.pk}",
        finds=(TITLE, hand_in.owner.name),
        columns=columns,
        ignore_columns=("代码",),
        layout="regions_down",
        source=f"{hand_in.owner.name}{TITLE}",
        blanks={word: s for s, word in STATE_WORDS.items()},
    )


def said_period(period: str) -> str:
    """2026-01/02 → 2026年1-2月: as an office writes it."""
    when = parse_period(period)
    first = when.month - when.months + 1
    return f"{when.year}年{f'{first}-' if when.months > 1 else ''}{when.month}月"


def prefilled(hand_in: HandIn, rules: Rulebook) -> bytes:
    """The workbook: units down, indicators across, what is known already in place, last figures as input hints.

    Every text is written as text, so that none can become a formula; everything but the cells asked for is protected.
    """
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("报送表")
        looks = _looks(book)
        cards, units = asked_cards(hand_in, rules), units_of(hand_in)
        _frame(sheet, looks, hand_in, cards)
        known, earlier = cells(hand_in), earlier_cells(hand_in)
        for r, unit in enumerate(units, start=HEAD + 1):
            sheet.write_string(r, 0, unit.code, looks["head"])
            sheet.write_string(r, 1, unit.name, looks["head"])
            for c, card in enumerate(cards, start=FIRST_COLUMN):
                place, key = (r, c), (unit.pk, card.code)
                _cell(sheet, looks, place, known.get(key))
                _hint(sheet, place, card, earlier.get(key))
        _notes(sheet, looks, HEAD + len(units) + 2)
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    return target.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    edge = {"border": 1, "valign": "vcenter", "font_name": "仿宋", "font_size": 11}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "head": book.add_format({**edge, "bg_color": "#E9EEF6", "text_wrap": True, "align": "center", "bold": True}),
        "open": book.add_format({**edge, "locked": False, "align": "right"}),
        "note": book.add_format({"font_size": 10, "font_color": "#444444"}),
    }


def _frame(sheet: Any, looks: dict[str, Any], hand_in: HandIn, cards: list[Card]) -> None:
    width = FIRST_COLUMN + len(cards) - 1
    title = f"{said_period(hand_in.period)}{hand_in.owner.name}{TITLE}"
    sheet.merge_range(0, 0, 0, max(width, 1), "", looks["title"])
    sheet.write_string(0, 0, title, looks["title"])
    sheet.write_string(HEAD, 0, "代码", looks["head"])
    sheet.write_string(HEAD, 1, "单位名称", looks["head"])
    for c, card in enumerate(cards, start=FIRST_COLUMN):
        sheet.write_string(
            HEAD, c, f"{spoken(card.name)}（{card.unit}）" if card.unit else spoken(card.name), looks["head"]
        )
    sheet.set_row(HEAD, 48)
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 16)
    sheet.set_column(FIRST_COLUMN, max(width, FIRST_COLUMN), 13)
    sheet.freeze_panes(HEAD + 1, FIRST_COLUMN)


def _cell(sheet: Any, looks: dict[str, Any], place: tuple[int, int], figure: Observation | None) -> None:
    if figure is None:
        sheet.write_blank(*place, None, looks["open"])
    elif figure.value is not None:
        sheet.write_number(*place, figure.value, looks["open"])
    else:
        sheet.write_string(*place, STATE_WORDS.get(figure.state, ""), looks["open"])


def _hint(sheet: Any, place: tuple[int, int], card: Card, earlier: Observation | None) -> None:
    """A list of states beside free numbers, and the last figure known as a message while the cell is chosen."""
    last = "" if earlier is None else f"{earlier.period}：{_shown(earlier)}{card.unit}"
    sheet.data_validation(
        *place,
        *place,
        {
            "validate": "list",
            "source": list(STATE_WORDS.values()),
            "show_error": False,
            "input_title": gettext("上次数据"),
            "input_message": last or gettext("以前没有数据"),
        },
    )


def _shown(figure: Observation) -> str:
    return f"{figure.value:.15g}" if figure.value is not None else STATE_WORDS.get(figure.state, "")


def _notes(sheet: Any, looks: dict[str, Any], row: int) -> None:
    notes = (
        "注：1.有数据填数字；没有数据请从下拉列表选择状态，不要留空，也不要填0代替。",
        "    2.迟报：本单位暂未报出；未报送：应报而没有；不适用：该单位没有这项业务。",
        "    3.选中单元格可看到上次数据。填好后把本文件拖进“数据报送”页面即可。",
    )
    for line, text in enumerate(notes):
        sheet.write_string(row + line, 0, text, looks["note"])
