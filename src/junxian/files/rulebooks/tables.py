"""Tables beside a rulebook (规则附表): long lists such as units written as CSV, one row an entry, dots for inner keys.

`aliases` and other lists hold `;` between their items, `successors` holds `code:share;code:share`, `tile` holds `3;4`.
An empty cell says nothing. UTF-8 with or without its mark, or GB 18030 as spreadsheets save it.
"""

from __future__ import annotations

import csv
import io
from typing import Any

LISTS = {"aliases", "tile", "band", "range"}
SHARES = {"successors"}


def read_table(content: bytes) -> list[tuple[int, dict[str, Any]]]:
    """Rows with their line numbers; keys come from the first row. ValueError where the bytes are no such text."""
    rows = csv.reader(io.StringIO(decode(content), newline=""))
    header = [name.strip() for name in next(rows, [])]
    found = []
    for row in rows:
        entry: dict[str, Any] = {}
        for name, cell in zip(header, row, strict=False):
            if name and cell.strip():
                _put(entry, name, cell.strip())
        if entry:
            found.append((rows.line_num, entry))
    return found


def decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _put(entry: dict[str, Any], name: str, cell: str) -> None:
    *outer, last = name.split(".")
    for key in outer:
        entry = entry.setdefault(key, {})
    if last in SHARES:
        pairs = (part.partition(":") for part in cell.split(";"))
        entry[last] = {code.strip(): share.strip() or "1" for code, _, share in pairs}
    elif last in LISTS:
        entry[last] = [part.strip() for part in cell.split(";")]
    else:
        entry[last] = cell
