"""Workbook records (BIFF 记录): an .xls stream walked once before calamine lays it out, because a count in it may lie.

Layout: [MS-XLS] 2.1.4 (records), 2.4.90 Dimensions, 2.4.265 SST, 2.4.117 FilePass.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from junxian.core.errors import DataError

BOF, FILEPASS, DIMENSIONS, SST = 0x0809, 0x002F, 0x0200, 0x00FC
_ONE_CELL = frozenset({0x0203, 0x00FD, 0x027E, 0x0204, 0x0006, 0x0205, 0x0201, 0x00D6, 0x0207})
_MANY_CELLS = frozenset({0x00BD, 0x00BE})
_HEAD = struct.Struct("<HH")


def records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, body) of every whole record."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = _HEAD.unpack_from(stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def inspect_records(stream: bytes, most_cells: int) -> None:
    """DataError where the workbook is encrypted, or declares or holds cells further apart than `most_cells`."""
    tallest = widest = 0
    for kind, body in records(stream):
        if kind == FILEPASS:
            raise DataError("sheets.password")
        if kind == BOF:
            tallest = widest = 0
        elif kind in _ONE_CELL and len(body) >= 4:
            row, column = _HEAD.unpack_from(body)
            tallest, widest = max(tallest, row + 1), max(widest, column + 1)
        elif kind in _MANY_CELLS and len(body) >= 6:
            last = max(_HEAD.unpack_from(body)[1], int.from_bytes(body[-2:], "little"))
            tallest, widest = max(tallest, _HEAD.unpack_from(body)[0] + 1), max(widest, last + 1)
        elif kind in (DIMENSIONS, SST):
            _believe(kind, body, len(stream), most_cells)
            continue
        else:
            continue
        if tallest * widest > most_cells:
            raise DataError("sheets.far_cells", rows=tallest, columns=widest)


def _believe(kind: int, body: bytes, size: int, most_cells: int) -> None:
    """Counts that a reader would reserve memory for."""
    if kind == SST and len(body) >= 8 and int.from_bytes(body[4:8], "little") > size:
        raise DataError("sheets.truncated")
    if kind == DIMENSIONS and len(body) >= 10:
        first, last, left, right = struct.unpack_from("<IIHH" if len(body) >= 14 else "<HHHH", body)
        rows, columns = last - first, right - left
        if rows < 0 or columns < 0:
            raise DataError("sheets.truncated")
        if rows * max(columns, 1) > most_cells:
            raise DataError("sheets.far_cells", rows=last, columns=right)
