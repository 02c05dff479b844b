"""Writing a draft (写出草案): plain values as YAML a person can read; names from the sheet are quoted, never run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

WIDEST = 116
_BARE = re.compile(r"[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff（）·-]*")
_RESERVED = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n"])
_UNSEEN = re.compile(r"[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")
_SHARE = re.compile(r"\d+(?:\.\d+)?%")


def scalar(value: object) -> str:
    """One value: numbers as they are, plain words bare, everything else in double quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return (
            str(value) if isinstance(value, int) else f"{value:.15g}" if "e" not in f"{value:.15g}" else f"{value:.12f}"
        )
    text = str(value)
    bare = _BARE.fullmatch(text) and text.casefold() not in _RESERVED
    return text if bare or _SHARE.fullmatch(text) else _UNSEEN.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def flow(value: Any) -> str:
    """Everything on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(k))}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def block(value: Mapping[str, Any], depth: int = 0, notes: Mapping[str, str] | None = None) -> Iterator[str]:
    """A mapping over several lines; what fits on one line stays there. notes: comments above a key."""
    pad = "  " * depth
    for key, inner in value.items():
        if notes and key in notes:
            yield from (f"{pad}# {comment(line)}" for line in notes[key].splitlines())
        line = f"{pad}{scalar(str(key))}: {flow(inner)}"
        if not isinstance(inner, Mapping | list) or (len(line) <= WIDEST and not _is_list_of_maps(inner)):
            yield line
        else:
            yield f"{pad}{scalar(str(key))}:"
            yield from items(inner, depth + 1) if isinstance(inner, list) else block(inner, depth + 1)


def _is_list_of_maps(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def items(value: Sequence[Any], depth: int) -> Iterator[str]:
    """A list, one item a line where it fits; `#` in a mapping is a comment above it."""
    pad = "  " * depth
    for item in value:
        plain = {k: v for k, v in item.items() if k != "#"} if isinstance(item, Mapping) else item
        if isinstance(item, Mapping) and "#" in item:
            yield from (f"{pad}# {comment(line)}" for line in item["#"])
        line = f"{pad}- {flow(plain)}"
        if len(line) <= WIDEST or not isinstance(plain, Mapping):
            yield line
            continue
        first, *rest = block(plain, depth + 1)
        yield f"{pad}- {first.lstrip()}"
        yield from rest


def comment(text: str) -> str:
    """Text that cannot leave its comment."""
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text)


def table_row(cells: Sequence[object]) -> str:
    """A row of a Markdown table; what came from the sheet cannot break out of its cell or become markup."""
    return "| " + " | ".join(escaped(str(cell)) for cell in cells) + " |"


def escaped(text: str) -> str:
    plain = comment(text)
    return re.sub(r"([\\`|<>\[\]*_#])", r"\\\1", plain)
