"""Putting files together (规则合并): lists of all files one after another, mappings side by side, cases lifted out."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import Any

from junxian.files.rulebooks.compose import Composed, compose
from junxian.files.rulebooks.fault import Path, Place, fault_at
from junxian.files.rulebooks.sources import Source
from junxian.files.rulebooks.tables import read_table

MAPPINGS = ("peer_sets", "catalogues", "tables", "parameters")


def merge(sources: Iterable[Source]) -> Composed:
    """One value in the shape of a Rulebook, with the place of every key in the file it came from."""
    merged = _Merger()
    listed = tuple(sources)
    for source in listed:
        if source.is_text:
            merged.take(source)
    merged.take_tables({source.path: source for source in listed})
    merged.lift_cases()
    return merged.result


class _Merger:
    def __init__(self) -> None:
        self.result = Composed(value={})

    @property
    def whole(self) -> dict[str, Any]:
        return self.result.value  # type: ignore[no-any-return]

    def fault(self, place: Place, code: str, **facts: object) -> None:
        self.result.faults.append(fault_at(place, code, **facts))

    def take(self, source: Source) -> None:
        read = compose(source.content, source.path)
        self.result.faults.extend(read.faults)
        if source.path.startswith("cases/") and isinstance(read.value, list):
            read = Composed({"cases": read.value}, {("cases", *path): p for path, p in read.places.items()}, [])
        if read.value is None:
            return
        if not isinstance(read.value, dict):
            self.fault(Place(source.path, 1, 1), "rulebooks.file_not_mapping")
            return
        for key, value in read.value.items():
            self._add(key, value, read.places)

    def _add(self, key: str, value: Any, places: dict[Path, Place]) -> None:
        here = places.get((key,), Place())
        if key not in self.whole:
            self.whole[key] = value
            self._move(places, (key,), (key,))
        elif isinstance(self.whole[key], list) and isinstance(value, list):
            self._shift(places, (key,), (key,), len(self.whole[key]))
            self.whole[key].extend(value)
        elif isinstance(self.whole[key], dict) and isinstance(value, dict) and key in MAPPINGS:
            for name, inner in value.items():
                if name in self.whole[key]:
                    self.fault(places[(key, name)], "rulebooks.key_twice", key=name)
                    continue
                self.whole[key][name] = inner
                self._move(places, (key, name), (key, name))
        elif key != "schema" or self.whole[key] != value:
            first = self.result.places.get((key,), Place())
            self.fault(here, "rulebooks.given_twice", key=key, first=str(first))

    def _move(self, places: dict[Path, Place], old: Path, new: Path) -> None:
        for path, place in places.items():
            if path[: len(old)] == old:
                self.result.places[(*new, *path[len(old) :])] = place

    def _shift(self, places: Mapping[Path, Place], old: Path, new: Path, by: int) -> None:
        """Places inside a list that lands behind `by` items of another."""
        at = len(old)
        for path, place in places.items():
            if path[:at] == old and len(path) > at and isinstance(path[at], int):
                self.result.places[(*new, int(path[at]) + by, *path[at + 1 :])] = place

    def take_tables(self, files: dict[str, Source]) -> None:
        tables = self.whole.get("tables")
        for key, name in tables.items() if isinstance(tables, dict) else ():
            place = self.result.places.get(("tables", key), Place())
            if str(name) not in files:
                self.fault(place, "rulebooks.table_not_found", table=str(name))
                continue
            try:
                rows = read_table(files[str(name)].content)
            except (ValueError, csv.Error):
                self.fault(Place(str(name)), "rulebooks.table_unreadable", table=str(name))
                continue
            self._append(key, str(name), rows)

    def _append(self, key: str, file: str, rows: list[tuple[int, dict[str, Any]]]) -> None:
        outer, _, inner = key.partition(".")
        target = self.whole.setdefault(outer, {} if inner else [])
        path: Path = (outer, inner) if inner else (outer,)
        if inner and isinstance(target, dict):
            target = target.setdefault(inner, [])
        if not isinstance(target, list):
            self.fault(self.result.places.get(path, Place(file)), "rulebooks.table_into_mapping", table=key)
            return
        for line, entry in rows:
            self.result.places[(*path, len(target))] = Place(file, line, 1)
            target.append(entry)

    def lift_cases(self) -> None:
        """Cases beside a scheme or criterion become cases of the rulebook that say whose they are."""
        schemes = self.whole.get("schemes")
        for place, scheme in enumerate(schemes if isinstance(schemes, list) else ()):
            if isinstance(scheme, dict):
                owner = {"scheme": str(scheme.get("id", ""))}
                self._lift(scheme, owner, ("schemes", place))
                self._lift_nodes(scheme.get("criteria"), owner, ("schemes", place, "criteria"))

    def _lift_nodes(self, nodes: Any, owner: dict[str, str], path: Path) -> None:
        for place, node in enumerate(nodes if isinstance(nodes, list) else ()):
            if isinstance(node, dict):
                self._lift(node, {**owner, "criterion": _key(node)}, (*path, place))
                self._lift_nodes(node.get("of"), owner, (*path, place, "of"))

    def _lift(self, node: dict[str, Any], owner: dict[str, str], path: Path) -> None:
        cases = node.pop("cases", None)
        if cases is None:
            return
        target = self.whole.setdefault("cases", [])
        if not isinstance(cases, list) or not isinstance(target, list):
            self.fault(self.result.places.get((*path, "cases"), Place()), "rulebooks.cases_not_list")
            return
        inner = {p: place for p, place in self.result.places.items() if p[: len(path) + 1] == (*path, "cases")}
        self._shift(inner, (*path, "cases"), ("cases",), len(target))
        target.extend({**owner, **case} if isinstance(case, dict) else case for case in cases)


def _key(node: dict[str, Any]) -> str:
    """The key a criterion will have; the same rule as `Node.key`."""
    name = node.get("id") or node.get("name", "")
    return str(next(iter(name.values()), "") if isinstance(name, dict) else name)
