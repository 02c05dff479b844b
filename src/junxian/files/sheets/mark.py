"""Marked workbooks (标注返回): the same workbook back, doubtful cells filled and commented.

openpyxl rewrites the file, so what it cannot keep (charts, pictures, macros …) is looked for beforehand and said. Other
formats come back as .xlsx rebuilt from their values.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from junxian.core.errors import DataError
from junxian.files.sheets.guard import Opened, open_workbook_bytes
from junxian.files.sheets.phrase import message

if TYPE_CHECKING:
    import polars as pl
    from openpyxl import Workbook

COLOURS = {"error": "FFF4B6B6", "warning": "FFFFE699", "ask": "FFFFF2CC"}
_ORDER = ("error", "warning", "ask")
_DROPPED = {
    "xl/charts/": "chart", "xl/media/": "image", "xl/vbaProject.bin": "macro", "xl/pivotTables/": "pivot",
    "xl/ctrlProps/": "control", "xl/activeX/": "control", "xl/externalLinks/": "link",
}  # fmt: skip


def mark_workbook(path: Path, findings: pl.DataFrame, out_dir: Path, language: str = "zh") -> Path:
    """Write `<name>.marked.xlsx` into `out_dir` and return its path; the original is not touched.

    `findings` are those of this file. Those without a cell, and what the copy could not keep, stand as comments on A1
    of their sheet (or of the first one). DataError `sheets.*` where the file is none that can be read.
    """
    opened = open_workbook_bytes(Path(path))
    workbook, notes = _kept(opened, language) if opened.packed else _rebuilt(opened, language)
    spots = _by_cell(workbook, findings, notes, language)
    for (sheet, cell), told in spots.items():
        _mark(workbook[sheet][cell], told, language)
    target = Path(out_dir) / f"{Path(path).stem}.marked.xlsx"
    workbook.save(target)
    return target


def _kept(opened: Opened, language: str) -> tuple[Workbook, list[str]]:
    import zipfile

    import openpyxl

    workbook = openpyxl.load_workbook(io.BytesIO(opened.content), keep_links=False)
    with zipfile.ZipFile(io.BytesIO(opened.content)) as package:
        names = package.namelist()
    lost = {part for prefix, part in _DROPPED.items() if any(name.startswith(prefix) for name in names)}
    return workbook, [_dropped(part, language) for part in sorted(lost)]


def _dropped(part: str, language: str) -> str:
    from junxian.files.rulebooks.speak import say

    return say("sheets.dropped_on_marking", {"what": say(f"sheets.part_{part}", {}, language)}, language)


def _rebuilt(opened: Opened, language: str) -> tuple[Workbook, list[str]]:
    """A workbook of the same values, sheet by sheet; texts stay texts, whatever sign they begin with."""
    import openpyxl
    from python_calamine import CalamineError, CalamineWorkbook

    from junxian.files.rulebooks.speak import say

    try:
        source = CalamineWorkbook.from_filelike(io.BytesIO(opened.content))
    except CalamineError as fault:
        raise DataError("sheets.save_as_xlsx") from fault
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name in source.sheet_names:
        sheet = workbook.create_sheet(name)
        origin = source.get_sheet_by_name(name)
        for r, row in enumerate(origin.to_python(skip_empty_area=False), start=1):
            for c, value in enumerate(row, start=1):
                if value != "":
                    _write(sheet.cell(r, c), value)
        for (top, left), (bottom, right) in origin.merged_cell_ranges or ():
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    return workbook, [say("sheets.rebuilt_on_marking", {}, language)]


def _write(cell: Any, value: Any) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"


def _by_cell(
    workbook: Workbook, findings: pl.DataFrame, notes: list[str], language: str
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(sheet, cell) → (severity, sentence) of everything to be said there."""
    spots: dict[tuple[str, str], list[tuple[str, str]]] = {}
    first = workbook.worksheets[0].title
    for row in findings.iter_rows(named=True):
        sheet = row["sheet"] if row["sheet"] in workbook.sheetnames else first
        cell = _anchor(workbook, sheet, row["cell"] or "A1")
        told = spots.setdefault((sheet, cell), [])
        sentence = (row["severity"], message(row, language))
        if sentence not in told:
            told.append(sentence)
    for note in notes:
        spots.setdefault((first, _anchor(workbook, first, "A1")), []).append(("ask", note))
    return spots


def _anchor(workbook: Workbook, sheet: str, cell: str) -> str:
    """Comments of a merged range belong to its first cell."""
    for merged in workbook[sheet].merged_cells.ranges:
        if cell in merged:
            return str(merged.coord.split(":")[0])
    return cell


def _mark(cell: Any, told: Iterable[tuple[str, str]], language: str) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    from junxian.files.rulebooks.speak import say

    said = sorted(told, key=lambda item: _ORDER.index(item[0]) if item[0] in _ORDER else len(_ORDER))
    colour = COLOURS.get(said[0][0], COLOURS["ask"])
    cell.fill = PatternFill("solid", start_color=colour, end_color=colour)
    text = "\n".join(sentence for _, sentence in said)
    if cell.comment:
        text = f"{cell.comment.text}\n{text}"
    comment = Comment(text[:8000], say("sheets.reviewer", {}, language))
    comment.width, comment.height = 320, 60 + 40 * min(len(said), 6)
    cell.comment = comment
