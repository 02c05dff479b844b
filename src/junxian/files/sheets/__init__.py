"""Sheets (表格): workbooks, tidy CSV and Parquet to observations and findings, and marked back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from junxian.core.indicators.check import check_observations
    from junxian.files.sheets.mark import mark_workbook
    from junxian.files.sheets.phrase import messages
    from junxian.files.sheets.read import FileRead, Intake, read_files

__all__ = ["FileRead", "Intake", "check_observations", "mark_workbook", "messages", "read_files"]

_PLACES = {
    "FileRead": "junxian.files.sheets.read",
    "Intake": "junxian.files.sheets.read",
    "check_observations": "junxian.core.indicators.check",
    "mark_workbook": "junxian.files.sheets.mark",
    "messages": "junxian.files.sheets.phrase",
    "read_files": "junxian.files.sheets.read",
}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(name)
