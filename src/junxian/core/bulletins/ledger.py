"""The ledger of a run (结果台账): its frames as look-ups by unit, place and criterion, made once for one document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from junxian.core.bulletins.facts import RunFacts, Table
from junxian.core.errors import RuleError
from junxian.core.indicators.model import Card
from junxian.core.text import spoken
from junxian.core.units.model import Unit

if TYPE_CHECKING:
    import polars as pl

Row = Mapping[str, Any]
QUIET = frozenset({"green", "not_watched"})


@dataclass(frozen=True)
class Ledger:
    """Look-ups over `RunFacts`; every method returns rows or codes, never text for print except unit names."""

    facts: RunFacts

    @cached_property
    def units(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.facts.units}

    @cached_property
    def place_in_list(self) -> dict[str, tuple[int, int]]:
        """Official order (行政区划顺序): the declared order, then the order of the list."""
        return {unit.code: (unit.order, i) for i, unit in enumerate(self.facts.units)}

    @cached_property
    def scores(self) -> dict[str, Row]:
        return {row["region_code"]: row for row in self.facts.scores.iter_rows(named=True)}

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Categories in the order in which the scores list them."""
        return tuple(dict.fromkeys(row["category"] for row in self.scores.values()))

    @cached_property
    def points(self) -> dict[tuple[str, str], Row]:
        rows = self.facts.points.iter_rows(named=True)
        return {(row["region_code"], row["criterion"]): row for row in rows}

    @cached_property
    def alerts(self) -> tuple[Row, ...]:
        return tuple(self.facts.alerts.iter_rows(named=True))

    @cached_property
    def warnings(self) -> tuple[tuple[int, Row], ...]:
        """Alerts that say something is wrong, each with its row number: green and 未监测 are none."""
        return tuple((i, row) for i, row in enumerate(self.alerts) if row["level"] not in QUIET)

    @cached_property
    def cards(self) -> dict[str, Card]:
        found: dict[str, Card] = {}
        for card in self.facts.cards:
            names = [card.name] if isinstance(card.name, str) else list(card.name.values())
            for name in (*card.aliases, *names, card.code):
                found[name] = card
        return found

    @cached_property
    def criteria(self) -> dict[str, Row]:
        """One row per criterion in scheme order, for its name, parent, depth and maximum."""
        found: dict[str, Row] = {}
        for row in self.facts.points.iter_rows(named=True):
            found.setdefault(row["criterion"], row)
        return found

    def name(self, code: str) -> str:
        """The unit's full name in the language of the facts, or what the scores call it, or its code."""
        if code in self.units:
            return spoken(self.units[code].name, self.facts.language)
        return str(self.scores.get(code, {}).get("region") or code)

    def short(self, code: str) -> str:
        unit = self.units.get(code)
        return (spoken(unit.short, self.facts.language) if unit else "") or self.name(code)

    def code(self, name: str) -> str:
        """The unit a template names by code, name, short name or alias. RuleError `bulletins.unit_unknown`."""
        if name in self.units or name in self.scores:
            return name
        for unit in self.facts.units:
            texts = [t for t in (unit.name, unit.short) if t]
            if name in unit.aliases or any(name in ([t] if isinstance(t, str) else t.values()) for t in texts):
                return unit.code
        raise RuleError("bulletins.unit_unknown", name=name)

    def card(self, name: str) -> Card:
        if name not in self.cards:
            raise RuleError("bulletins.indicator_unknown", name=name)
        return self.cards[name]

    def official(self, category: str = "") -> list[str]:
        """Codes with a line in the scores, in official order."""
        codes = [code for code, row in self.scores.items() if not category or row["category"] == category]
        return sorted(codes, key=self._official_key)

    def ranked(self, category: str = "") -> list[str]:
        """Codes that have a place, best first; tied ones in official order."""
        placed = [code for code in self.official(category) if self.scores[code]["rank"] is not None]
        return sorted(placed, key=lambda code: (self.scores[code]["rank"], self._official_key(code)))

    def by_rank(self, category: str = "") -> list[str]:
        """As `ranked`, then those without a place in official order."""
        placed = self.ranked(category)
        known = set(placed)
        return placed + [code for code in self.official(category) if code not in known]

    def top(self, category: str, places: int) -> list[str]:
        return [code for code in self.ranked(category) if self.scores[code]["rank"] <= places]

    def bottom(self, category: str, places: int) -> list[str]:
        """后几名: fewer than `places` strictly worse, ties included; never one of the first places (RULES §1.8)."""
        ranked = self.ranked(category)
        ranks = [int(self.scores[code]["rank"]) for code in ranked]
        last = [
            code for code, rank in zip(ranked, ranks, strict=True) if len(ranks) - bisect_right(ranks, rank) < places
        ]
        first = set(self.top(category, places))
        return [code for code in last if code not in first]

    def at_rank(self, category: str, place: str) -> list[str]:
        """Codes at a place; `last` or -1 is the place at the end."""
        ranked = self.ranked(category)
        if not ranked:
            return []
        rank = self.scores[ranked[-1]]["rank"] if place in {"last", "-1"} else int(place)
        return [code for code in ranked if self.scores[code]["rank"] == rank]

    def leaves(self, code: str) -> list[Row]:
        """The unit's criteria with a state, groups left out."""
        return self._leaves.get(code, [])

    @cached_property
    def _leaves(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for (unit, _), row in self.points.items():
            if row["state"]:
                found.setdefault(unit, []).append(row)
        return found

    def top_level(self) -> list[str]:
        """Keys of the nodes directly under the scheme, in its order."""
        parents = {key: str(row.get("parent") or "") for key, row in self.criteria.items()}
        tops = [key for key, parent in parents.items() if not parent]
        if len(tops) == 1 and tops[0] in parents.values():
            return [key for key, parent in parents.items() if parent == tops[0]]
        return tops

    def label(self, criterion: str) -> str:
        """How a criterion is called in print. RuleError `bulletins.criterion_unknown`."""
        row = self.criteria.get(criterion)
        if row is None:
            raise RuleError("bulletins.criterion_unknown", name=criterion)
        return str(row.get("name") or criterion)

    def observed(self, code: str, indicator: str, period: str, kind: str, calibre: str) -> Row | None:
        """The newest reported figure, or None where there is none."""
        rows = self._of_indicator(indicator).get((code, period, kind, calibre), [])
        rows = [row for row in rows if row["state"] == "reported" and row["value"] is not None]
        return max(rows, key=lambda row: row.get("revision") or 0, default=None)

    def measure(self, alert: Row) -> tuple[Card | None, str]:
        """The card behind an alert's figure (its formula may be `name.kind`) and the figure's unit of measure."""
        named = str(alert.get("indicator") or "")
        card = self.cards.get(named) or self.cards.get(named.rpartition(".")[0])
        return card, card.unit if card else self.facts.line_units.get(str(alert["line"]), "")

    def watch(self, name: str) -> Table:
        for table in self.facts.watch:
            if name in (table.id, table.title):
                return table
        raise RuleError("bulletins.watch_unknown", name=name)

    def previous_rank(self, code: str) -> int | None:
        row = self.scores.get(code, {})
        if row.get("previous_rank") is not None:
            return int(row["previous_rank"])
        return self._previous.get(code)

    def change(self, code: str) -> int | None:
        """进位: places gained against the round before, None where either has no place."""
        rank, before = self.scores.get(code, {}).get("rank"), self.previous_rank(code)
        return None if rank is None or before is None else before - int(rank)

    @property
    def has_previous(self) -> bool:
        return any(self.previous_rank(code) is not None for code in self.scores)

    @cached_property
    def _previous(self) -> dict[str, int]:
        frame: pl.DataFrame | None = self.facts.previous
        rows = [] if frame is None else frame.iter_rows(named=True)
        return {row["region_code"]: row["rank"] for row in rows if row["rank"] is not None}

    @cached_property
    def _observations(self) -> dict[str, dict[tuple[str, ...], list[Row]]]:
        return {}

    def _of_indicator(self, indicator: str) -> dict[tuple[str, ...], list[Row]]:
        """Only the indicators a template names are read, so that a province's panel costs nothing."""
        if indicator not in self._observations:
            frame = self.facts.observations
            found: dict[tuple[str, ...], list[Row]] = {}
            for row in frame.filter(frame["indicator"] == indicator).iter_rows(named=True):
                key = tuple(str(row[k] or "") for k in ("region_code", "period", "kind", "calibre"))
                found.setdefault(key, []).append(row)
            self._observations[indicator] = found
        return self._observations[indicator]

    def _official_key(self, code: str) -> tuple[int, int, str]:
        return (*self.place_in_list.get(code, (10**9, 0)), code)
