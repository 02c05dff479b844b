"""What reading needs to know (读表依据): names, cards and units of one rulebook, asked for one period."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from junxian.core.errors import RuleError
from junxian.core.indicators.form import Form
from junxian.core.indicators.match import Names, card_names, region_names
from junxian.core.indicators.model import Card
from junxian.core.text import spoken
from junxian.core.units.model import Unit
from junxian.files.sheets.dates import Said, from_period
from junxian.files.sheets.header import HeaderReader, spelled_out
from junxian.files.sheets.layout import Surveyor
from junxian.files.sheets.resolve import Resolver

Factor = Callable[[str, str], float]
PERCENTS = frozenset({"%", "百分点", "‰"})
AUTOMATIC = Form(id="")
_PREFIXES = "十百千万亿"
_SPLIT = re.compile(r"[/·*×^\d]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """One form ready to be used on sheets."""

    form: Form
    regions: Names
    header: HeaderReader
    resolver: Resolver
    surveyor: Surveyor
    skipped_rows: frozenset[str]
    blanks: dict[str, Any]


@dataclass
class Context:
    """One rulebook's forms, units, cards and units of measure at the period asked for."""

    forms: Sequence[Form]
    units: Sequence[Unit]
    cards: Sequence[Card]
    period: str
    root: str
    convert: Factor
    definitions: str
    names: Names = field(init=False)
    asked: Said = field(init=False)
    card_of: dict[str, Card] = field(init=False)
    _symbols: frozenset[str] = field(init=False)
    _readings: dict[str, Reading] = field(init=False, default_factory=dict)
    _regions: dict[tuple[str, ...], Names] = field(init=False, default_factory=dict)
    _factors: dict[tuple[str, str], float | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.names = card_names(self.cards)
        self.asked = from_period(self.period)
        self.card_of = {card.code: card for card in self.cards}
        self.root = self.root or _top(self.units)
        told = [form.unit for form in self.forms] + [rule.unit for form in self.forms for rule in form.columns]
        own = [card.unit for card in self.cards] + told
        self._symbols = frozenset(_symbols_of(self.definitions)) | frozenset(filter(None, own))

    def is_unit(self, text: str) -> bool:
        """Whether a text is a unit of measure this rulebook knows, with 千/万/亿 before any of its symbols."""
        if text in self._symbols:
            return True
        parts = [part for part in _SPLIT.split(text) if part]
        return bool(parts) and all(part in self._symbols or self._prefixed(part) for part in parts)

    def _prefixed(self, part: str) -> bool:
        bare = part.lstrip(_PREFIXES)
        return bare != part and bare in self._symbols

    def factor(self, source: str, target: str) -> float | None:
        """What to multiply by; None when the two do not measure the same thing."""
        pair = (source, target)
        if pair not in self._factors:
            try:
                self._factors[pair] = 1.0 if source == target else float(self.convert(source, target))
            except RuleError:
                self._factors[pair] = None
        return self._factors[pair]

    def titles(self, codes: Sequence[str]) -> list[str]:
        """Names with codes, for questions."""
        names = {u.code: u.name for u in self.units} | {c.code: c.name for c in self.cards}
        return [f"{spoken(names.get(code, code))} ({code})" for code in codes]

    def reading(self, form: Form) -> Reading:
        """The form made ready, once."""
        if form.id not in self._readings:
            self._readings[form.id] = self._prepare(form)
        return self._readings[form.id]

    def regions(self, root_words: tuple[str, ...]) -> Names:
        """Names of the units of the period; made once for all forms that call the root the same."""
        if root_words not in self._regions:
            day = f"{self.asked.year:04d}-{self.asked.month:02d}"
            self._regions[root_words] = region_names(self.units, day=day, root=self.root, root_words=root_words)
        return self._regions[root_words]

    def _prepare(self, form: Form) -> Reading:
        regions = self.regions(tuple(form.root_rows))
        header = HeaderReader(form, self.names, self.is_unit)
        skipped = frozenset(spelled_out((*form.ignore_rows, *form.also_ignore_rows))) - frozenset(
            spelled_out(form.root_rows)
        )
        worded = frozenset(spelled_out(tuple(word for rule in form.columns for word in rule.header)))

        def is_label(text: str) -> bool:
            cell = header.read(text)
            return (
                not cell.ignored and bool(cell.word) and (bool(cell.forms & worded) or self.names.known(cell.word).sure)
            )

        surveyor = Surveyor(form, regions, header, is_label)
        return Reading(
            form, regions, header, Resolver(form, self.cards, self.names), surveyor, skipped, form.blank_states()
        )


def _top(units: Sequence[Unit]) -> str:
    """The one unit without a parent, or ""."""
    codes = {unit.code for unit in units}
    tops = {unit.code for unit in units if unit.kind == "region" and unit.parent not in codes and not unit.valid_to}
    return tops.pop() if len(tops) == 1 else ""


def _symbols_of(definitions: str) -> set[str]:
    """The names a text of unit definitions gives: every left side and alias."""
    symbols: set[str] = set()
    for line in definitions.splitlines():
        name, *rest = (part.strip() for part in line.partition("#")[0].split("="))
        symbols.add(name)
        symbols.update(part for part in rest[1:] if part and not any(sign in part for sign in " */[]"))
    return {symbol for symbol in symbols if symbol and not symbol.endswith("-")}
