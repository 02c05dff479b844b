"""Differences (版本差异): what changed between two rulebooks, place by place, old beside new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from junxian.core.rulebook.model import Rulebook
from junxian.core.rulebook.plain import Plain, plain

NAMES = ("id", "code", "name", "title", "at_least", "indicator")


@dataclass(frozen=True, slots=True)
class Change:
    """One place: `path` as `schemes[monthly].criteria[投资].points`; None stands for what is not there."""

    path: str
    old: Plain
    new: Plain

    @property
    def kind(self) -> str:
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"


def difference(old: Rulebook, new: Rulebook) -> tuple[Change, ...]:
    """Every place where two rulebooks differ. Entries are matched by id, code or name, so moving one is no change."""
    return tuple(_compared("", plain(old), plain(new)))


def _compared(path: str, old: Plain, new: Plain) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _compared(f"{path}.{key}" if path else key, old.get(key), new.get(key))
    elif _listed(old) and _listed(new):
        before, after = _named(old or []), _named(new or [])
        for key in dict.fromkeys((*before, *after)):
            yield from _compared(f"{path}[{key}]", before.get(key), after.get(key))
    elif old != new:
        yield Change(path, old, new)


def _listed(value: Plain) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _named(items: list[Any]) -> dict[str, Any]:
    """Items by name; versions of one name are told apart by the date they begin."""
    found: dict[str, Any] = {}
    for place, item in enumerate(items):
        key = next((_short(item[name]) for name in NAMES if isinstance(item, dict) and item.get(name)), str(place))
        begins = item.get("effective", {}).get("from", "") if isinstance(item, dict) else ""
        key = f"{key}@{begins}" if begins and key in found else key
        found[f"{key}#{place}" if key in found else key] = item
    return found


def _short(name: Any) -> str:
    return str(next(iter(name.values()), "") if isinstance(name, dict) else name)
