"""The draft's files (草案文字): the rulebook with where each criterion came from, last round's figures as a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from junxian.files.adopt.choose import Chosen
from junxian.files.adopt.emit import block, comment, flow, scalar
from junxian.files.adopt.scheme import SCHEME, figures_of
from junxian.files.adopt.table import Series
from junxian.files.adopt.whole import Whole, points_back
from junxian.files.rulebooks.speak import say

LONGEST_CLAUSE = 200


def spots(series: Series) -> str:
    """`得分表 D4:D12`: the cells a series was read from."""
    found = [entry.spot for entry in series.entries.values()]
    first, last = min(found), max(found)
    return f"{first.sheet} {first.cell}" + ("" if first == last else f":{last.cell}")


def rulebook_text(whole: Whole, file: str, language: str) -> str:
    """The rulebook as text: a draft without author or checker, each criterion under where it was read."""
    raw = {**whole.raw, "note": say("adopt.draft_note", {"file": file}, language)}
    scheme = dict(raw["schemes"][0])
    by_name = {one.named.key: one for one in whole.draft.chosen}
    scheme["note"] = raw["note"]
    scheme["basis"] = {"document": file}
    scheme["criteria"] = [_with_notes(node, by_name, language) for node in scheme["criteria"]]
    raw["schemes"] = [scheme]
    head = [f"# {comment(line)}" for line in say("adopt.head", {"file": file}, language).splitlines()]
    return "\n".join([*head, *block(raw)]) + "\n"


def _with_notes(node: dict[str, Any], by_name: Mapping[str, Chosen], language: str) -> dict[str, Any]:
    if "of" in node:
        return {**node, "of": [_with_notes(child, by_name, language) for child in node["of"]]}
    one = by_name[str(node["name"])]
    said = {**node, "#": list(_origin(one, language))}
    if one.named.item.text:
        said["clause"] = one.named.item.text[:LONGEST_CLAUSE]
    if one.status != "read":
        said["note"] = say(f"adopt.note_{one.status}", {}, language)
    return said


def _origin(one: Chosen, language: str) -> Iterator[str]:
    figures = "、".join(spots(series) for series in one.named.item.figures) or "—"
    assert one.named.item.points is not None
    facts = {"figures": figures, "points": spots(one.named.item.points)}
    yield say("adopt.comment_cells", facts, language)
    if one.status == "read" and one.best is not None:
        counts = {"back": len(one.best.matched), "n": len(one.published), "why": why(one, language)}
        yield say("adopt.comment_method", counts, language)
    else:
        yield say(f"adopt.note_{one.status}", {}, language)


def why(one: Chosen, language: str) -> str:
    """What a method rests on: the cell's formula, the method's text, or the figures alone."""
    assert one.best is not None
    origin = one.best.made.origin
    text = one.named.item.text_spot
    where = {"formula": str(one.formula), "text": str(text), "fit": ""}[origin]
    return say(f"adopt.why_{origin}", {"where": where}, language)


def case_text(whole: Whole, file: str, language: str) -> str:
    """One case: last round's figures and what comes back of its results; the rest stands in comments."""
    head = [comment(line) for line in say("adopt.case_head", {"file": file}, language).splitlines()]
    lines = [f"# {line}" for line in head]
    lines += [
        f"- name: {scalar(say('adopt.case_name', {}, language))}",
        f"  scheme: {SCHEME}",
        f"  period: {scalar(whole.draft.period)}",
    ]
    lines += [
        f"  source: {scalar(file)}",
        "  figures:",
        *_figure_lines(whole),
        "  expect:",
        *_expected_lines(whole, language),
    ]
    return "\n".join(lines) + "\n"


def _figure_lines(whole: Whole) -> Iterator[str]:
    rows: dict[str, dict[str, Decimal | str]] = {whole.draft.places.codes[unit]: {} for unit in whole.draft.groups}
    for code, series, cell in figures_of(whole.draft):
        rows[code][series] = cell
    for code, row in rows.items():
        yield f"    {scalar(code)}: {flow(row)}"


def _expected_lines(whole: Whole, language: str) -> Iterator[str]:
    back = {one.named.key: set(points_back(one, whole)) for one in whole.draft.chosen if one.status == "read"}
    for unit in whole.draft.groups:
        yield from (f"    # {comment(line)}" for line in _not_back(whole, unit, back, language))
        said: dict[str, Any] = {}
        if unit in whole.totals_back:
            said["score"] = whole.totals[unit]
        if unit in whole.ranks_back:
            said["rank"] = whole.ranks[unit]
        points = {o.named.key: o.published[unit] for o in whole.draft.chosen if unit in back.get(o.named.key, ())}
        if points:
            said["points"] = points
        yield f"    {scalar(whole.draft.places.codes[unit])}: {flow(said)}"


def _not_back(whole: Whole, unit: str, back: Mapping[str, set[str]], language: str) -> Iterator[str]:
    yield say("adopt.case_unit", {"unit": unit}, language)
    for one in whole.draft.chosen:
        if one.named.key in back and unit in one.published and unit not in back[one.named.key]:
            yield difference(one, whole, unit, language)


def difference(one: Chosen, whole: Whole, unit: str, language: str) -> str:
    """`投资增速：公布 8.50，算得 8.20（得分表 F7）`."""
    assert one.named.item.points is not None
    found = whole.points(unit, one.named.key)
    shown = "—" if found is None else f"{round(found, 4):f}".rstrip("0").rstrip(".")
    facts = {
        "criterion": one.named.key,
        "published": one.published[unit],
        "found": shown,
        "cell": one.named.item.points.entries[unit].spot,
    }
    return say("adopt.difference", facts, language)
