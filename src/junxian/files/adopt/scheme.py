"""The draft scheme (方案草案): what was found in the sheet in the shape of a rulebook, and its figures as a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from junxian.files.adopt.choose import Chosen
from junxian.files.adopt.criteria import Old
from junxian.files.adopt.naming import Column
from junxian.files.adopt.places import Places
from junxian.files.adopt.snap import plain
from junxian.files.adopt.trial import criterion_of
from junxian.files.rulebooks.figures import Figure

ABSENCES = ("late", "not_reported", "not_applicable", "undefined")
SCHEME = "adopted"


@dataclass(frozen=True)
class Draft:
    """Everything found, before it is written: units, criteria, the period, and the adjustments beside the tree."""

    title: str
    period: str
    kind: str
    frequency: str
    language: str
    old: Old
    places: Places
    groups: Mapping[str, str]
    chosen: tuple[Chosen, ...]
    bonus: tuple[Column, ...] = ()
    deductions: tuple[Column, ...] = ()

    @property
    def columns(self) -> list[Column]:
        """Indicators the draft uses, in order."""
        used: list[Column] = []
        for one in self.chosen:
            used += one.named.columns if one.status == "read" else [one.named.typed]  # type: ignore[list-item]
        return [*used, *self.bonus, *self.deductions]


@dataclass(frozen=True)
class Terms:
    """What is tried: rounding of criteria, the absence rule, rounding and ties of the ranking."""

    each: bool = False
    missing: str = "renormalise"
    places: int = 2
    mode: str = "half_up"
    ties: str = "shared"
    on: str = "published"


def figures_of(draft: Draft) -> Iterator[Figure]:
    """Last year's figures as a case writes them; a mark for a figure not there is its state."""
    for column in draft.columns:
        for unit, entry in column.series.entries.items():
            if unit not in draft.groups:
                continue
            code = draft.places.codes[unit]
            if entry.value is not None:
                yield code, column.code, Decimal(f"{entry.value:.15g}")
            elif entry.state in ("late", "not_applicable"):
                yield code, column.code, entry.state


def rulebook_of(draft: Draft, terms: Terms) -> dict[str, Any]:
    """The draft as plain values in the shape of a rulebook."""
    units: list[dict[str, Any]] = [{"code": draft.places.root, "name": draft.places.root_name}]
    for place, unit in enumerate(draft.groups, start=1):
        said: dict[str, Any] = {
            "code": draft.places.codes[unit],
            "name": unit,
            "parent": draft.places.root,
            "order": place,
        }
        units.append(said if unit in draft.places.known else {**said, "own_code": True})
    groups: dict[str, list[str]] = {}
    for unit, group in draft.groups.items():
        groups.setdefault(group, []).append(draft.places.codes[unit])
    scheme: dict[str, Any] = {
        "id": SCHEME, "title": draft.title, "frequency": draft.frequency, "groups": groups,
        "rounding": {"places": terms.places, "mode": terms.mode}, "ties": "shared",
        "missing": dict.fromkeys(ABSENCES, terms.missing), "rank": {"on": terms.on, "ties": terms.ties},
        "criteria": _criteria(draft, terms),
    }  # fmt: skip
    if draft.old.weighted:
        scheme["combine"] = "mean"
    for field_, columns in (("bonus", draft.bonus), ("deductions", draft.deductions)):
        if columns:
            scheme[field_] = [{"id": c.code, "name": c.name, "value": _amount(c, field_)} for c in columns]
    return {
        "schema": "junxian/1", "id": "adopted", "title": draft.title, "root": draft.places.root,
        "jurisdiction": {"language": draft.language}, "units": units,
        "indicators": [column.card(draft.kind, draft.frequency) for column in draft.columns], "schemes": [scheme],
    }  # fmt: skip


def _amount(column: Column, way: str) -> str:
    below = any(value < 0 for value in column.figures.values())
    return f"0 - {column.term}" if below and way == "deductions" else column.term


def _criteria(draft: Draft, terms: Terms) -> list[dict[str, Any]]:
    """Criteria in the order of the sheet, inside the groups it draws over two or more of them."""
    sizes: dict[str, int] = {}
    for one in draft.chosen:
        sizes[one.named.item.group] = sizes.get(one.named.item.group, 0) + 1
    nested = not draft.old.weighted and sum(size for name, size in sizes.items() if name) > 1 and len(sizes) > 1
    found: list[dict[str, Any]] = []
    opened: dict[str, dict[str, Any]] = {}
    keys = {one.named.key for one in draft.chosen}
    for one in draft.chosen:
        name = one.named.item.group
        target = found
        if nested and name and sizes[name] > 1:
            if name not in opened:
                opened[name] = {"name": name if name not in keys else f"{name}（组）", "of": []}
                found.append(opened[name])
            target = opened[name]["of"]
        target.append(_criterion(one, terms))
    return found


def _criterion(one: Chosen, terms: Terms) -> dict[str, Any]:
    item = one.named.item
    full = plain(item.full or 1.0)
    if one.status == "read" and one.best is not None:
        said = criterion_of(one.best.made, one.named.key, full)
        said.pop("id")
        if terms.each and item.points is not None:
            said["round"] = {"places": item.points.places}
        if given := _missing_of(one):
            said["missing"] = given
    else:
        assert one.named.typed is not None
        said = {"name": one.named.key, "value": one.named.typed.term, "points": full, "method": {"as_is": full}}
    if item.weight is not None:
        said["weight"] = plain(item.weight)
    return said


def _missing_of(one: Chosen) -> dict[str, str]:
    """What the sheet gave units without a figure: nothing at all, or full points."""
    given: dict[str, str] = {}
    for unit, p in one.published.items():
        entries = [column.series.entries.get(unit) for column in one.named.figures]
        if any(entry is None or entry.value is not None for entry in entries):
            continue
        state = entries[0].state if entries and entries[0] else "not_reported"
        action = "zero" if p == 0 else "full" if p == Decimal(repr(one.named.item.full)) else ""
        if action:
            given[state] = action
    return given
