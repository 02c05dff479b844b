"""Recounting (重算): a figure's path is followed into the run's frames again, without the code that wrote the sentence.

This module shares no look-up with `ledger` and `figures` on purpose: places are counted from scores, sums from
observations, changes from two rounds. A fault on the writing side then shows as a difference.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Any

from junxian.core.bulletins.facts import Table
from junxian.core.bulletins.standings import Result, Row, Standings, exact, whole
from junxian.core.errors import DataError
from junxian.core.text import spoken


class Recount(Standings):
    """Follows the paths of one run."""

    def follow(self, path: str) -> Result:
        """The fact at a path: an exact number, a text, or None. Errors: `bulletins.path_unreadable`."""
        try:
            return self._at(json.loads(path))
        except (ValueError, KeyError, IndexError, TypeError) as fault:
            raise DataError("bulletins.path_unreadable", path=path) from fault

    def _at(self, path: list[Any]) -> Result:
        rules: dict[str, Callable[..., Result]] = {
            "score": self._score, "rank": self._rank, "change": self._change, "grade": self._grade,
            "gate": lambda code: self._row(code)["gate"], "gate_word": self._gate_word,
            "points": self._of_points("points"), "maximum": self._of_points("maximum"),
            "measure": self._of_points("value"),
            "value": self._value, "minus": self._minus, "abs": lambda inner: abs(self._number(inner)),
            "sum": self._sum, "mean": self._mean, "count": self._count,
            "watch": self._watch, "watch_rows": lambda name: Decimal(len(self._table(name).rows)),
            "alert": self._alert, "name": self.name, "at": self._at_place, "standing": self._standing,
            "having": self._having, "official": self._official, "unreported": self._unreported,
            "unreported_criterion": self._unreported_criterion, "labels": self._labels,
            "loss": self._extreme(False), "gain": self._extreme(True), "criterion": self._label,
            "text": self._text, "arrow": self._arrow, "alert_text": self._alert_text,
            "category": lambda key: self.facts.terms.get(key, key), "indicator": self._indicator,
        }  # fmt: skip
        return rules[path[0]](*path[1:])

    def _text(self, field: str) -> Result:
        facts = self.facts
        if field == "today":
            year, month, day = (int(part) for part in facts.today.split("-"))
            shown = self.words[f"bulletins.month.{month}"]
            return self.words["bulletins.word.date"].format(year=year, month=shown, day=day)
        return {
            "period": facts.period_title, "year": facts.period[:4], "city": self.name(facts.root),
            "scheme": facts.scheme_title, "rulebook": facts.rulebook_title,
            "serial": "　" if facts.serial is None else str(facts.serial),
        }[field]  # fmt: skip

    def _indicator(self, code: str) -> Result:
        return next(spoken(card.name, self.facts.language) for card in self.facts.cards if card.code == code)

    @cached_property
    def _points(self) -> list[Row]:
        return self.facts.points.to_dicts()

    @cached_property
    def _points_at(self) -> dict[tuple[str, str], Row]:
        return {(row["region_code"], row["criterion"]): row for row in self._points}

    @cached_property
    def _points_of(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self._points:
            found.setdefault(row["region_code"], []).append(row)
        return found

    def _of_points(self, column: str) -> Callable[[str, str], Result]:
        def of(code: str, criterion: str) -> Result:
            row = self._points_at.get((code, criterion))
            return exact(row[column]) if row else None

        return of

    def state(self, code: str, criterion: str) -> str:
        """The state behind a cell of a points table."""
        return str(self._points_at.get((code, criterion), {}).get("state") or "")

    def _label(self, criterion: str) -> str:
        return self._labels_at[criterion]

    @cached_property
    def _labels_at(self) -> dict[str, str]:
        return {row["criterion"]: str(row.get("name") or row["criterion"]) for row in self._points}

    def _states(self, code: str, states: list[str]) -> list[str]:
        return [r["criterion"] for r in self._points_of.get(code, []) if r["state"] in states]

    def _labels(self, code: str, states: list[str]) -> Result:
        found = [self._label(key) for key in self._states(code, states)]
        return self.words["bulletins.word.list_separator"].join(found) or None

    def _unreported_criterion(self, code: str, i: int, size: int) -> Result:
        found = self._states(code, ["not_reported", "late"])
        return self._label(found[i]) if len(found) == size else None

    def _extreme(self, gains: bool) -> Callable[[str, int], Result]:
        """The i-th criterion by points lost: the largest loss first, or the smallest."""

        def of(code: str, i: int) -> Result:
            rows = [r for r in self._points_of.get(code, []) if r["state"] and r["maximum"]]
            lost = [(whole(r["maximum"]) - whole(r["points"]), r) for r in rows if r["points"] is not None]
            lost = [(gap, r) for gap, r in lost if gains or gap > 0]
            lost.sort(key=lambda pair: (pair[0] if gains else -pair[0], -pair[1]["maximum"]))
            return self._label(lost[i][1]["criterion"])

        return of

    def _value(self, code: str, indicator: str, period: str, kind: str, calibre: str) -> Result:
        key = (indicator, period, kind, calibre)
        if key not in self._series:
            self._series[key] = self._observed(*key)
        row = self._series[key].get(code)
        return None if row is None else exact(row["value"])

    @cached_property
    def _series(self) -> dict[tuple[str, ...], dict[str, Row]]:
        return {}

    def _observed(self, indicator: str, period: str, kind: str, calibre: str) -> dict[str, Row]:
        """The newest reported figure of every unit in one series."""
        frame = self.facts.observations
        rows = frame.filter((frame["indicator"] == indicator) & (frame["period"] == period)).to_dicts()
        found: dict[str, Row] = {}
        for row in rows:
            own = row["kind"] == kind and (row["calibre"] or "") == calibre
            if own and row["state"] == "reported" and row["value"] is not None:
                old = found.get(row["region_code"])
                if old is None or (row.get("revision") or 0) > (old.get("revision") or 0):
                    found[row["region_code"]] = row
        return found

    def _sum(self, indicator: str, category: str, period: str, kind: str, calibre: str) -> Result:
        codes = [row["region_code"] for row in self._of_category(category)]
        found = [self._value(code, indicator, period, kind, calibre) for code in codes]
        return sum((value for value in found if isinstance(value, Decimal)), Decimal(0))

    def _arrow(self, code: str) -> Result:
        change = self._change(code)
        if not isinstance(change, Decimal) or change == 0:
            return "—"
        return f"↑{change}" if change > 0 else f"↓{-change}"

    def _alert_text(self, i: int, key: str) -> Result:
        row = self.facts.alerts.row(i, named=True)
        if key == "unit":
            return self.name(row["region_code"])
        if key == "level":
            return self.words[f"bulletins.level.{row['level']}"]
        if key == "value":
            return exact(row["value"])
        if key == "place":
            tied = self.words["bulletins.alert.tied"] if row["tied"] else ""
            return f"{tied}{row['rank']}/{row['n']}" if row["rank"] is not None and row["n"] is not None else None
        if key == "effect":
            codes = [code for code in (row[key] or "").split(";") if code]
            shown = [self.words.get(f"bulletins.demand.{code}", code) for code in codes]
            return self.words["bulletins.word.list_separator"].join(shown) or None
        if key == "line":
            return str(self.facts.lines.get(row[key], row[key]))
        return str(row[key]) if row[key] not in (None, "") else None

    def _number(self, path: list[Any]) -> Decimal:
        found = self._at(path)
        if not isinstance(found, Decimal):
            raise ValueError(path)
        return found

    def _minus(self, left: list[Any], right: list[Any]) -> Result:
        return self._number(left) - self._number(right)

    def _count(self, what: str, *how: Any) -> Result:
        if what == "state":
            return Decimal(self.facts.completeness[how[0]])
        if what == "alerts":
            rows = [
                row for row in self.facts.alerts.to_dicts() if how[0] or row["level"] not in ("green", "not_watched")
            ]
            return Decimal(sum(all(row[key] == value for key, value in how[0].items()) for row in rows))
        if what in {"gate", "grade"}:
            return Decimal(sum(row[what] == how[0] for row in self._of_category(how[1])))
        if what == "unreported":
            return Decimal(len(self.facts.unreported))
        rows = self._of_category(how[0])
        return Decimal(len([r for r in rows if what == "units" or r["region_code"] in self._ranks]))

    def _alert(self, i: int, field: str) -> Result:
        value = self.facts.alerts.row(i, named=True)[field]
        if field in {"level", "effect", "line"}:
            return self._alert_text(i, field)
        return exact(value) if isinstance(value, (int, float)) else (None if value is None else str(value))

    def _table(self, name: str) -> Table:
        return next(table for table in self.facts.watch if name in (table.id, table.title))

    def _watch(self, name: str, row: int, column: int) -> Result:
        table = self._table(name)
        value = table.rows[row][column]
        if column in table.ranks and value is not None:
            of, better = table.ranks[column]
            peers = [exact(r[of]) for r in table.rows if isinstance(r[of], (int, float))]
            own = exact(table.rows[row][of])
            ahead = [
                p for p in peers if p is not None and own is not None and (p > own if better == "high" else p < own)
            ]
            return Decimal(1 + len(ahead))
        return value if value is None or isinstance(value, str) else exact(value)
