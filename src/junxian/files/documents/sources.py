"""Sources of a figure (数字来源): a figure's path in the run read as the receipt line or the sheet's cell behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from junxian.core.bulletins import RunFacts
from junxian.core.text import spoken

SCORED = frozenset({
    "score", "rank", "change", "grade", "gate", "gate_word", "gain", "loss", "labels", "unreported_criterion", "arrow",
})  # fmt: skip
NAMED = frozenset({"text", "category", "indicator", "criterion", "name"})
CRITERION = frozenset({"points", "maximum", "measure"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure stands. of: score (a unit's result), points (a receipt line), figure (an observation), rule (a
    name or period of the rulebook), list (counted or added over the run). `code` is the unit's, `what` the criterion
    or indicator by name."""

    of: Literal["score", "points", "figure", "rule", "list"]
    code: str = ""
    unit: str = ""
    what: str = ""
    criterion: str = ""
    period: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    document: str = ""

    @property
    def place(self) -> str:
        """File, sheet and cell in one text, or the document a figure came with."""
        cell = "!".join(part for part in (self.sheet, self.cell) if part)
        return " ".join(part for part in (self.file or self.document, cell) if part)


class Sources:
    """Looks up the places of one run."""

    def __init__(self, facts: RunFacts) -> None:
        self.facts = facts

    def of(self, path: str) -> tuple[Source, ...]:
        """Every place a figure's path leads to, each once, in order."""
        return tuple(dict.fromkeys(self._places(json.loads(path))))

    def _places(self, path: list[Any]) -> Iterator[Source]:
        word, *rest = path
        if word in SCORED:
            yield Source("score", str(rest[0]), self.name(str(rest[0])))
        elif word in CRITERION:
            yield from self._receipt(str(rest[0]), str(rest[1]))
        elif word == "value":
            yield from self._observed(*(str(part) for part in rest))
        elif word in ("minus", "abs"):
            for inner in rest:
                yield from self._places(inner)
        elif word in NAMED:
            yield Source("rule")
        elif word in ("sum", "mean"):
            yield Source("list", what=self._indicator(str(rest[0])) if word == "sum" else "")
        else:
            yield Source("list")

    def _receipt(self, code: str, criterion: str) -> Iterator[Source]:
        """The receipt line, and the cells of the figures it was reckoned from."""
        line = self._lines.get((code, criterion))
        name = self.name(code)
        what = str(line["name"]) if line else criterion
        yield Source("points", code, name, what, criterion)
        for item in (line or {}).get("inputs", ()):
            found = item.get("source") or {}
            yield Source(
                "figure", str(item["region_code"]), self.name(str(item["region_code"])), str(item["name"]), "",
                str(found.get("period", "")), str(found.get("file", "")), str(found.get("sheet", "")),
                str(found.get("cell", "")), str(found.get("source", "")),
            )  # fmt: skip

    def _observed(self, code: str, indicator: str, period: str, kind: str, calibre: str) -> Iterator[Source]:
        row = self._observations.get((code, indicator, period, kind, calibre))
        facts = {key: str((row or {}).get(key) or "") for key in ("file", "sheet", "cell")}
        document = str((row or {}).get("source") or "")
        yield Source(
            "figure", code, self.name(code), self._indicator(indicator), period=period, document=document, **facts
        )

    @cached_property
    def _lines(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {(str(r["region_code"]), str(ln["criterion"])): ln for r in self.facts.receipts for ln in r["lines"]}

    @cached_property
    def _observations(self) -> dict[tuple[str, ...], dict[str, Any]]:
        """The newest revision of every figure of the period."""
        key = ("region_code", "indicator", "period", "kind", "calibre")
        rows = self.facts.observations.filter(self.facts.observations["value"].is_not_null())
        found: dict[tuple[str, ...], dict[str, Any]] = {}
        for row in rows.iter_rows(named=True):
            own = tuple(str(row[part] or "") for part in key)
            if own not in found or (row["revision"] or 0) >= (found[own]["revision"] or 0):
                found[own] = row
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        return {unit.code: spoken(unit.name, self.facts.language) for unit in self.facts.units}

    def name(self, code: str) -> str:
        """The unit's full name."""
        return self._names.get(code, code)

    def _indicator(self, code: str) -> str:
        return next((spoken(card.name, self.facts.language) for card in self.facts.cards if card.code == code), code)
