"""Codes of units (单位代码): the national code where names can only be one city's, a code of our own elsewhere."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

FEWEST = 3


@dataclass(frozen=True)
class Places:
    """The root unit and each unit's code; `known` are the names found in the national table."""

    root: str
    root_name: str
    codes: dict[str, str]
    known: frozenset[str]


def place_units(names: Sequence[str], written: dict[str, str], fallback: str) -> Places:
    """Codes as the sheet writes them; else from the table when one city alone has most names; else 01, 02, …"""
    if written and all(written.get(name, "").isalnum() for name in names) and len(set(written.values())) == len(names):
        return Places("root", fallback, {name: written[name] for name in names}, frozenset())
    city = _city(names)
    if city is None:
        return Places("root", fallback, {name: f"u{i:02d}" for i, name in enumerate(names, 1)}, frozenset())
    (root, title), table = city
    own = {name: table.get(name) or f"{root}-{i:02d}" for i, name in enumerate(names, 1)}
    return Places(root, title, own, frozenset(name for name in names if name in table))


def _city(names: Sequence[str]) -> tuple[tuple[str, str], dict[str, str]] | None:
    """The one prefecture whose counties carry most of the names, when no other carries as many."""
    cities: dict[tuple[str, str], tuple[str, str]] = {}
    counties: dict[tuple[str, str], dict[str, str]] = {}
    for row in _rows():
        where = (row["province"], row["prefecture"])
        if row["level"] == "地级":
            cities[where] = (row["code"], row["name"])
        elif row["level"] == "县级" and row["prefecture"]:
            counties.setdefault(where, {})[row["name"]] = row["code"]
    shares = Counter(
        {where: sum(name in table for name in names) for where, table in counties.items() if where in cities}
    )
    first, *others = shares.most_common(2)
    if first[1] < max(FEWEST, len(names) / 2) or (others and others[0][1] == first[1]):
        return None
    return cities[first[0]], counties[first[0]]


def _rows() -> list[dict[str, str]]:
    table = files("junxian.rulebooks").joinpath("region_codes_history.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())
    return [row for row in rows if row["status"] == "在用"]
