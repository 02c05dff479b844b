"""Claims of a run (可引用的数字): what a typed figure may say about a unit, found by the words that stand around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from junxian.core.bulletins import Document, RunFacts
from junxian.core.bulletins.context import path_text
from junxian.core.bulletins.recount import Recount
from junxian.core.bulletins.selfcheck import half_up
from junxian.core.errors import DataError
from junxian.core.indicators.model import Card
from junxian.core.text import Text, spoken

POINTS = {"zh": "分", "en": "points"}
PLACE = {"zh": ("位", "名"), "en": ("place",)}
"""What stands behind a score and behind a place or a number of places."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the run knows. of: the first word of its path; topic: code of the card or key of the criterion."""

    of: str
    code: str
    topic: str
    unit: str
    decimals: int
    number: Decimal
    path: str


class Claims:
    """The entries of one run, made for a unit when a sentence names it."""

    def __init__(self, facts: RunFacts, document: Document, words: dict[str, str]) -> None:
        self.facts = facts
        self.document = document
        self.language = "zh" if document.language == "zh" else "en"
        self.recount = Recount(facts, words, document.language)
        self._made: dict[str, tuple[Entry, ...]] = {}

    def of(self, code: str) -> tuple[Entry, ...]:
        """What the run knows of a unit; "" is what it knows of no unit in particular."""
        if code not in self._made:
            found = self._of_document(code) if not code else (*self._of_unit(code), *self._of_document(code))
            self._made[code] = tuple({entry.path: entry for entry in found}.values())
        return self._made[code]

    def _of_unit(self, code: str) -> Iterator[Entry]:
        points, places = POINTS[self.language], self.facts.score_decimals
        yield from self._entry(["score", code], code, "", points, places)
        yield from self._entry(["rank", code], code, "", "", 0)
        yield from self._entry(["change", code], code, "", "", 0)
        for criterion in self._criteria:
            for column in ("points", "maximum"):
                yield from self._entry([column, code, criterion], code, criterion, points, places)
        for row in self._figures.get(code, ()):
            card = self._cards[row[0]]
            decimals = card.decimals
            if decimals is None:
                style = self.facts.style
                decimals = style.percent_decimals if card.unit == "%" else style.amount_decimals
            unit = self.facts.terms.get(card.unit, card.unit)
            yield from self._entry(["value", code, *row], code, card.code, unit, decimals)

    def _of_document(self, code: str) -> Iterator[Entry]:
        """Figures of the composed text: counts, means and differences, which belong to several units or to none."""
        for paragraph in self.document.prose:
            for figure in paragraph.figures:
                codes = units_in(figure.path)
                if figure.number is not None and (code in codes if code else not codes):
                    topic = topic_of(figure.path)
                    yield from self._entry(json.loads(figure.path), code, topic, figure.unit, figure.decimals)

    def _entry(self, path: list[object], code: str, topic: str, unit: str, decimals: int) -> Iterator[Entry]:
        text = path_text(path)
        try:
            number = self.recount.follow(text)
        except DataError:
            return
        if isinstance(number, Decimal):
            yield Entry(str(path[0]), code, topic, unit, decimals, half_up(number, decimals), text)

    @cached_property
    def _cards(self) -> dict[str, Card]:
        return {card.code: card for card in self.facts.cards}

    @cached_property
    def _criteria(self) -> tuple[str, ...]:
        return tuple(self.facts.points.get_column("criterion").unique(maintain_order=True))

    @cached_property
    def _figures(self) -> dict[str, list[tuple[str, str, str, str]]]:
        """(indicator, period, kind, calibre) of every figure of the period by unit, events left out."""
        frame = self.facts.observations
        rows = frame.filter((frame["period"] == self.facts.period) & (frame["state"] == "reported"))
        found: dict[str, list[tuple[str, str, str, str]]] = {}
        for row in rows.select("region_code", "indicator", "period", "kind", "calibre").unique().iter_rows():
            card = self._cards.get(row[1])
            if card is not None and not card.event:
                found.setdefault(row[0], []).append((row[1], row[2], row[3], row[4] or ""))
        return found


def units_in(path: str) -> frozenset[str]:
    """Unit codes a path names: the second member of whatever speaks of one unit."""
    single = {"score", "rank", "change", "grade", "gate", "points", "maximum", "measure", "value", "name"}

    def walk(node: object) -> Iterator[str]:
        if isinstance(node, list) and node:
            if node[0] in single and len(node) > 1:
                yield str(node[1])
            for inner in node[1:]:
                yield from walk(inner)

    return frozenset(walk(json.loads(path)))


def topic_of(path: str) -> str:
    """The card or criterion a path is about."""
    node = json.loads(path)
    while node and isinstance(node[0], str) and node[0] in ("abs", "minus"):
        node = node[1]
    if node[0] in ("points", "maximum", "measure", "value"):
        return str(node[2])
    return str(node[1]) if node[0] == "sum" else ""


class Names:
    """Names of units, cards and criteria as they may stand in a sentence, the longest first."""

    def __init__(self, facts: RunFacts) -> None:
        self._units: dict[str, str] = {}
        self._topics: dict[str, set[str]] = {}
        self._language = facts.language
        for unit in facts.units:
            for name in (unit.name, unit.short, *unit.aliases):
                self._units.setdefault(self._spoken(name), unit.code)
        root = next((unit for unit in facts.units if unit.code == facts.root), None)
        if root is not None:
            self._units.setdefault("全" + self._spoken(root.name)[-1:], root.code)
        cards = {card.code: card for card in facts.cards}
        for card in facts.cards:
            self._add_card(card, card.code)
            if card.growth_of in cards:
                self._add_card(cards[card.growth_of], card.code)
        for key, name in facts.points.select("criterion", "name").unique(maintain_order=True).iter_rows():
            self._topics.setdefault(str(name or key), set()).add(str(key))
        self._unit = _longest_first([name for name in self._units if len(name) > 1])
        self._topic = _longest_first(self._topics)

    def _spoken(self, name: Text | None) -> str:
        return spoken(name, self._language)

    def _add_card(self, card: Card, code: str) -> None:
        """Every name of the card means `code` too: an amount's name also opens the sentence of its growth."""
        for name in (card.name, *card.aliases):
            self._topics.setdefault(self._spoken(name), set()).add(code)

    def units(self, text: str) -> list[tuple[int, str]]:
        """(place, unit code) of every unit named."""
        return [(found.start(), self._units[found.group()]) for found in self._unit.finditer(text)]

    def topics(self, text: str) -> list[tuple[int, frozenset[str]]]:
        """(place, codes of cards and keys of criteria) of every indicator or criterion named; units do not count."""
        return [(found.start(), frozenset(self._topics[found.group()])) for found in self._topic.finditer(text)]


def _longest_first(names: Iterable[str]) -> re.Pattern[str]:
    texts = sorted((name for name in names if name), key=len, reverse=True)
    return re.compile("|".join(re.escape(text) for text in texts) or r"(?!)")
