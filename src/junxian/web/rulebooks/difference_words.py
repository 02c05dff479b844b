"""Differences in words (版本差异白话): each changed place named as people call it, old beside new; and file by file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from junxian.core.rulebook import Change, Rulebook, difference, plain
from junxian.core.text import spoken

ENTRY_NAMES = ("id", "code")
SAID = ("name", "title")
LONGEST = 160


@dataclass(frozen=True)
class SpokenChange:
    """One change as a sentence, under the section of the rulebook it belongs to."""

    section: str
    sentence: str
    kind: str
    path: str


def spoken_changes(old: Rulebook, new: Rulebook, language: str) -> list[SpokenChange]:
    """Every place where two rulebooks differ, in the order of the rulebook."""
    names = entry_names(plain(old), language) | entry_names(plain(new), language)
    return [_spoken(change, names, language) for change in difference(old, new)]


def entry_names(value: Any, language: str) -> dict[str, str]:
    """Id or code → name, of every entry anywhere in a rulebook's plain form."""
    found: dict[str, str] = {}
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            key = next((str(one[name]) for name in ENTRY_NAMES if one.get(name)), "")
            said = next((one[name] for name in SAID if one.get(name)), "")
            if key and said:
                found.setdefault(key, spoken(said, language))
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
    return found


def _spoken(change: Change, names: dict[str, str], language: str) -> SpokenChange:
    parts = list(segments(change.path))
    words = [_segment(kind, text, names, language) for kind, text in parts]
    where = " › ".join(words[1:] or words)
    facts = {"where": where, "old": brief(change.old, language), "new": brief(change.new, language)}
    return SpokenChange(
        words[0], _say(f"web.rulebooks.change.{change.kind}", facts, language), change.kind, change.path
    )


def segments(path: str) -> Iterator[tuple[str, str]]:
    """`schemes[monthly].criteria[B.1].points` → ("key", "schemes"), ("entry", "monthly"), … ; brackets may nest."""
    text, depth = "", 0
    for sign in path:
        if sign in "[]":
            depth += 1 if sign == "[" else -1
            boundary = (sign == "[" and depth == 1) or (sign == "]" and depth == 0)
            if boundary:
                if text:
                    yield ("entry" if sign == "]" else "key"), text
                text = ""
                continue
        elif sign == "." and depth == 0:
            if text:
                yield "key", text
            text = ""
            continue
        text += sign
    if text:
        yield "key", text


def _segment(kind: str, text: str, names: dict[str, str], language: str) -> str:
    from junxian.files.rulebooks.speak import sentences

    if kind == "entry":
        key, _, begins = text.partition("@")
        return names.get(key, key) + (f"（{begins}）" if begins else "")
    own, general, top = (f"{head}.{text}" for head in ("web.rulebooks.key", "reference", "reference.Rulebook"))
    words = sentences(language)
    said = next((words[key] for key in (own, general, top, f"bulletins.method.{text}") if key in words), "")
    return re.split("[；;：:（(]", said.replace("{{", "{").replace("}}", "}"))[0].strip() if said else text


def brief(value: Any, language: str) -> str:
    """A value in a sentence: itself, the name of an entry, or how many entries it has."""
    if value is None or value == "":
        return _say("web.rulebooks.change.nothing", {}, language)
    if isinstance(value, dict):
        said = next((value[name] for name in (*SAID, *ENTRY_NAMES) if value.get(name)), None)
        if said is not None:
            return spoken(said, language)
        if set(value) <= {"zh", "en"}:
            return spoken(value, language)
        return _cut("; ".join(f"{key}: {brief(inner, language)}" for key, inner in value.items()))
    if isinstance(value, list):
        if any(isinstance(inner, (dict, list)) for inner in value):
            return _say("web.rulebooks.change.entries", {"number": len(value)}, language)
        return _cut(", ".join(str(inner) for inner in value))
    return _cut(f"“{value}”" if isinstance(value, str) else str(value))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _say(code: str, facts: dict[str, object], language: str) -> str:
    from junxian.files.rulebooks import say

    return say(code, facts, language)


@dataclass(frozen=True)
class FileChange:
    """One file of two folders: `state` is added, removed or changed; lines are (mark, old number, new number, text)."""

    path: str
    state: str
    lines: tuple[tuple[str, int | None, int | None, str], ...]


def file_changes(old: dict[str, str], new: dict[str, str], context: int = 2) -> list[FileChange]:
    """Every file that differs, with the lines around each change; a gap between two places has the mark “@”."""
    found = []
    for path in sorted(old | new):
        before, after = old.get(path), new.get(path)
        if before != after:
            state = "added" if before is None else "removed" if after is None else "changed"
            lines = tuple(_lines((before or "").splitlines(), (after or "").splitlines(), context))
            found.append(FileChange(path, state, lines))
    return found


def _lines(old: list[str], new: list[str], context: int) -> Iterator[tuple[str, int | None, int | None, str]]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for place, group in enumerate(matcher.get_grouped_opcodes(context)):
        if place:
            yield "@", None, None, ""
        for kind, i1, i2, j1, j2 in group:
            if kind == "equal":
                yield from ((" ", i + 1, j1 + i - i1 + 1, old[i]) for i in range(i1, i2))
                continue
            yield from (("-", i + 1, None, old[i]) for i in range(i1, i2))
            yield from (("+", None, j + 1, new[j]) for j in range(j1, j2))
