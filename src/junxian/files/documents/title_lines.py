"""Title lines (标题排列): a long title breaks into lines of unequal length, never inside a word (RULES §9.2)."""

from __future__ import annotations

import re

WIDTH = 20
"""Characters of size 2 (22 pt) that fit in 156 mm."""

# Runs that stay on one line: dates, Latin words, anything in quotes, brackets or title marks that can.
_TOGETHER = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"\d{4}年(?:\d{1,2}(?:[—-]\d{1,2})?月)?(?:\d{1,2}日)?",
        r"[\w.%]+",
        "《[^》]*》",
        "“[^”]*”",
        "（[^）]*）",
    )
)
_AFTER = ("的", "和", "及", "与", "暨", "、", "，", "关于", "年", "月", "》")
_BEFORE = ("关于", "情况", "的通报", "考核", "工作", "结果", "《")


def shown_width(text: str) -> float:
    """Width in characters: a Latin letter or digit takes half of one."""
    return sum(0.5 if ord(character) < 0x2000 else 1.0 for character in text)


def title_lines(title: str, width: int = WIDTH) -> list[str]:
    """The title in as few lines as fit, broken where a reader would pause and lines differ in length."""
    if shown_width(title) <= width:
        return [title]
    count = max(2, -(-len(title) // width))
    lines: list[str] = []
    rest = title
    for left in range(count, 1, -1):
        at = _break(rest, left, width)
        lines.append(rest[:at])
        rest = rest[at:]
    return [*lines, rest]


def _break(text: str, lines_left: int, width: int) -> int:
    """The best place to break once, so that `lines_left` lines still hold the whole."""
    runs = [match for pattern in _TOGETHER for match in pattern.finditer(text)]
    closed = {i for run in runs if len(run.group()) <= width for i in range(run.start() + 1, run.end())}
    closed |= {i for i, character in enumerate(text) if character in "》”）、，"}
    least = max(1, len(text) - width * (lines_left - 1))
    places = [i for i in range(least, min(width, len(text) - 1) + 1) if i not in closed]
    ideal = len(text) / lines_left
    return min(places or [min(width, len(text) - 1)], key=lambda i: (_cost(text, i), abs(i - ideal)))


def _cost(text: str, at: int) -> float:
    """Less where a word ends or begins; lines of equal width, or of very unequal ones, cost more."""
    cost = 6.0
    if text[:at].endswith(_AFTER):
        cost -= 3
    if text[at:].startswith(_BEFORE):
        cost -= 3
    ragged = abs(shown_width(text[:at]) - shown_width(text[at:]))
    return cost + (2 if ragged < 1 else 0) + max(0.0, ragged - 7)
