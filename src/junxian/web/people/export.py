"""The audit chain as a workbook (审计导出): text cells only, so that nothing anybody typed runs as a formula."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from junxian.web import clock
from junxian.web.people.models import AuditRow
from junxian.web.people.tags import deed, thing

MOST = 100_000
"""Rows of one export; a longer search is narrowed by its dates first."""


def workbook(rows: Iterable[AuditRow]) -> bytes:
    """An .xlsx of rows as found; every cell is written as text, never as a number, link or formula."""
    import xlsxwriter

    kept = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(kept, options) as book:
        sheet = book.add_worksheet(_("审计记录"))
        bold = book.add_format({"bold": True})
        for column, title in enumerate(titles()):
            sheet.write_string(0, column, title, bold)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(cells(row)):
                sheet.write_string(line, column, guarded(value))
        sheet.freeze_panes(1, 0)
        sheet.set_column(1, 1, 20)
        sheet.set_column(8, 9, 40)
    return kept.getvalue()


def titles() -> list[str]:
    """The header."""
    return [
        _("序号"), _("时间"), _("人员"), _("岗位"), _("来自"), _("操作"), _("对象"), _("单位"), _("变动前"),
        _("变动后"), _("摘要"),
    ]  # fmt: skip


def cells(row: AuditRow) -> list[str]:
    """One row as texts."""
    at = row.at.astimezone(clock.BUSINESS).isoformat(sep=" ", timespec="seconds")
    person = f"{row.person.name} ({row.person.username})" if row.person else ""
    subject = f"{thing(row.subject)} {row.subject_id}".strip()
    return [
        str(row.number), at, person, str(row.post or ""), row.address, deed(row.action), subject, str(row.unit or ""),
        _json(row.before), _json(row.after), row.hash,
    ]  # fmt: skip


def guarded(text: str) -> str:
    """Text that stays text when a spreadsheet is saved as CSV and opened again."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text[:32_000]


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)
