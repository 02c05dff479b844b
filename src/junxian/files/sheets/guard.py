"""Hostile files (文件安检): a file is looked at before it is opened, and refused in one sentence when it is dangerous.

Calamine lays every sheet out as a full rectangle, so one value in the last cell of an empty sheet would ask for
hundreds of gigabytes and end the process; and a packed file may unfold to any size. Both are found here, from the
bytes alone.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from junxian.core.errors import DataError
from junxian.files.sheets.compound import Compound
from junxian.files.sheets.records import inspect_records

LARGEST_FILE = 200 * 1024 * 1024
LARGEST_CONTENT = 1024 * 1024 * 1024
LARGEST_RATIO = 200
RATIO_COUNTS_FROM = 20 * 1024 * 1024
MOST_PARTS = 5_000
MOST_CELLS = 8_000_000
FEW_ROWS = MOST_CELLS // 16_384
MANY_ROWS = MOST_CELLS // 702
"""With so many rows no sheet can be too large: all columns there are, and all columns of up to two letters."""
SMALL_PART = 64 * 1024
"""Deflate unfolds at most 1032-fold, so a smaller packed part cannot reach 70 MB whatever it declares."""

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FAR = re.compile(rb'r="(?:[A-Za-z]{3}\d|[A-Za-z]{0,2}\d{5})')
_LAST = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,7})"')
_OTHER_CELL = re.compile(rb"<(?:\w+:)?(?:c|row)[\s>/]")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_NO_SHEET = re.compile(rb"""Type\s*=\s*["'][^"']*/(?:styles|theme|sharedStrings|calcChain|vbaProject)["']""")
_TARGET = re.compile(rb"""Target\s*=\s*["']([^"']+)""")
_PLACE = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]{0,3})(\d{1,10})|<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']()(\d{1,10})"""
)
_EMPTY_FORMULA = re.compile(rb"</f>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>|<f\b[^>]*/>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")


@dataclass(slots=True)
class Opened:
    """The bytes of a workbook that may be read, and what was seen while looking."""

    content: bytes
    packed: bool
    macros: bool = False
    faulty_cells: bool = False
    notes: list[str] = field(default_factory=list)


def open_workbook_bytes(path: Path) -> Opened:
    """The file's bytes when it is a workbook that is safe to read; DataError `sheets.*` names what is wrong."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise DataError("sheets.too_large", size=size // 1024**2, limit=LARGEST_FILE // 1024**2)
    content = path.read_bytes()
    if not content:
        raise DataError("sheets.empty_file")
    if content[:4] == b"PK\x03\x04":
        return _look_into_zip(content)
    if content[:8] == _OLE:
        return _look_into_ole(content)
    raise DataError(_what_else(path, content))


def _what_else(path: Path, content: bytes) -> str:
    head = content[:512].lstrip().lower()
    if head.startswith(b"%pdf"):
        return "sheets.is_pdf"
    if head.startswith((b"<html", b"<!doctype html", b"<?xml", b"<table")):
        return "sheets.is_web_page"
    if path.suffix.lower() in {".doc", ".docx", ".wps"}:
        return "sheets.is_document"
    return "sheets.not_a_workbook"


def _look_into_ole(content: bytes) -> Opened:
    """A compound file is an .xls or .et, an encrypted .xlsx, or a Word document."""
    compound = Compound(content)
    streams = compound.streams()
    names = set(streams)
    if "EncryptedPackage" in names:
        raise DataError("sheets.password")
    if "WordDocument" in names:
        raise DataError("sheets.is_document")
    books = [name for name in streams if name.casefold() in ("workbook", "book")]
    if not books:
        raise DataError("sheets.save_as_xlsx")
    for name in books:
        inspect_records(compound.read(streams, name), MOST_CELLS)
    return Opened(content, packed=False, macros="_VBA_PROJECT_CUR" in names)


def _look_into_zip(content: bytes) -> Opened:
    parts = _directory(content)
    names = {name for name, *_ in parts}
    if "xl/workbook.xml" not in names:
        raise DataError(_foreign_package(names))
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
        raise DataError("sheets.paths_inside")
    _weigh(parts, len(content))
    opened = Opened(content, packed=True, macros="xl/vbaProject.bin" in names)
    sheets = _sheet_parts(content, parts)
    for part in parts:
        if part[0] in sheets:
            _inspect(opened, _unfolded(content, *part[1:]))
        elif part[2] > SMALL_PART:
            _unfolded(content, *part[1:])
    return opened


def _sheet_parts(content: bytes, parts: list[tuple[str, int, int, int, int]]) -> set[str]:
    """Every part that may be a sheet: those in the usual folder and all the workbook calls nothing else."""
    found = {name for name, *_ in parts if name.startswith("xl/worksheets/") and not name.endswith(".rels")}
    for part in parts:
        if part[0] == "xl/_rels/workbook.xml.rels":
            for tag in _RELATION.findall(_unfolded(content, *part[1:])):
                if not _NO_SHEET.search(tag):
                    path = b"".join(_TARGET.findall(tag)).decode("utf-8", "replace")
                    found.add(path.lstrip("/") if path.startswith("/") else f"xl/{path}")
    return found


def _foreign_package(names: set[str]) -> str:
    if "word/document.xml" in names:
        return "sheets.is_document"
    if "ppt/presentation.xml" in names:
        return "sheets.not_a_workbook"
    return "sheets.save_as_xlsx" if names & {"xl/workbook.bin", "content.xml"} else "sheets.not_a_workbook"


def _directory(content: bytes) -> list[tuple[str, int, int, int, int]]:
    """(name, method, packed size, full size, offset) of every part, from the central directory."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - 66_000))
    if at < 0 or at + _END.size > len(content):
        raise DataError("sheets.truncated")
    _, _, _, _, count, size, start, _ = _END.unpack_from(content, at)
    if count > MOST_PARTS:
        raise DataError("sheets.bomb", reason="parts", size=count)
    if start + size > at:
        raise DataError("sheets.truncated")
    parts, place = [], start
    for _ in range(count):
        if place + _ENTRY.size > at or content[place : place + 4] != b"PK\x01\x02":
            raise DataError("sheets.truncated")
        _, _, _, flags, method, _, _, _, packed, full, name, extra, note, _, _, _, offset = _ENTRY.unpack_from(
            content, place
        )
        if flags & 1:
            raise DataError("sheets.password")
        written = content[place + _ENTRY.size : place + _ENTRY.size + name]
        parts.append((written.decode("utf-8", "replace"), method, packed, full, offset))
        place += _ENTRY.size + name + extra + note
    return parts


def _weigh(parts: list[tuple[str, int, int, int, int]], size: int) -> None:
    declared = sum(full for _, _, _, full, _ in parts)
    if declared > LARGEST_CONTENT or (declared > RATIO_COUNTS_FROM and declared > LARGEST_RATIO * size):
        raise DataError("sheets.bomb", reason="size", size=declared // 1024**2)


def _inspect(opened: Opened, body: bytes) -> None:
    """Look through a sheet for far cells and for cells Excel could not compute."""
    if _last_row(body) > FEW_ROWS and (_FAR.search(body) or _last_row(body) > MANY_ROWS):
        _measure(body)
    if b't="e"' in body or (b"</f>" in body and _EMPTY_FORMULA.search(body)):
        opened.faulty_cells = True


def _last_row(body: bytes) -> int:
    """The row of the last cell, which bounds what calamine lays out; a sheet written in any odd way counts as endless.

    Quotes, comments, tabs or a cell after the last one that is spelled otherwise mean: measure it in full.
    """
    end = body.find(b"</sheetData>")
    last = body.rfind(b'<c r="', 0, end)
    found = _LAST.match(body, last) if last >= 0 else None
    odd = b"'" in body or b"!" in body or b"\t" in body or body.find(b"?", 100) >= 0
    if found is None or odd or _OTHER_CELL.search(body, last + 3, end):
        return MANY_ROWS + 1
    return int(found[1])


def _unfolded(content: bytes, method: int, packed: int, full: int, offset: int) -> bytes:
    """One part, unfolded no further than it declares."""
    if offset + 30 > len(content):
        raise DataError("sheets.truncated")
    skip = 30 + int.from_bytes(content[offset + 26 : offset + 28], "little")
    skip += int.from_bytes(content[offset + 28 : offset + 30], "little")
    body = content[offset + skip : offset + skip + packed]
    if method == 0:
        return body
    if method != 8:
        raise DataError("sheets.save_as_xlsx")
    return _unfold(body, full)


def _unfold(body: bytes, full: int) -> bytes:
    inflater = zlib.decompressobj(-15)
    try:
        shown = inflater.decompress(body, full + 1)
    except zlib.error as fault:
        raise DataError("sheets.truncated") from fault
    if len(shown) > full:
        raise DataError("sheets.bomb", reason="size", size=len(shown) // 1024**2)
    if len(shown) < full:
        raise DataError("sheets.truncated")
    return shown


def _measure(body: bytes) -> None:
    """Refuse a sheet whose outermost cells span more than MOST_CELLS."""
    widest = tallest = 0
    for letters, row, _, alone in _PLACE.findall(body):
        tallest = max(tallest, int(row or alone))
        widest = max(widest, column_number(letters.decode()) if letters else 0)
    if tallest * max(widest, 1) > MOST_CELLS:
        raise DataError("sheets.far_cells", rows=tallest, columns=widest)


def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
