"""Validation of lines, forms, checks and bulletins (底线、报表、审核与通报审查): every name they use must exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from junxian.core.bottomlines.model import Line
from junxian.core.errors import RuleError
from junxian.core.rulebook.finding import Finding, Path, unknown
from junxian.core.rulebook.model import Rulebook
from junxian.core.scoring.model import walk
from junxian.core.units.select import select

CODES = {"forms": ("indicator",), "checks": ("indicators", "total", "parts")}
"""Fields of an entry that hold indicator codes."""
SETS = {"checks": ("regions",), "benchmarks": ("peers", "shown", "among")}
"""Fields that hold units."""


def line_findings(rulebook: Rulebook) -> Iterator[Finding]:
    """Unknown indicators, units, sets and schemes named by entries other than schemes."""
    codes = {card.code for card in rulebook.indicators}
    yield from _imports(rulebook, codes)
    for place, line in enumerate(rulebook.bottomlines):
        yield from _line(rulebook, line, codes, ("bottomlines", place))
    for kind, fields in SETS.items():
        for place, entry in enumerate(getattr(rulebook, kind)):
            for field in fields:
                yield from _units(rulebook, getattr(entry, field, ()), (kind, place, field))
    yield from _bulletins(rulebook, codes)


def _imports(rulebook: Rulebook, codes: Collection[str]) -> Iterator[Finding]:
    """What forms and checks name."""
    for kind, fields in CODES.items():
        for place, entry in enumerate(getattr(rulebook, kind)):
            for field in fields:
                yield from _codes(getattr(entry, field), codes, (kind, place, field))
    for place, form in enumerate(rulebook.forms):
        for at, column in enumerate(form.columns):
            yield from unknown("indicator", column.indicator, codes, "forms", place, "columns", at, "indicator")


def _codes(given: str | tuple[str, ...], known: Collection[str], at: Path) -> Iterator[Finding]:
    for code in (given,) if isinstance(given, str) else given:
        yield from unknown("indicator", code, known, *at)


def _units(rulebook: Rulebook, wanted: Any, at: Path) -> Iterator[Finding]:
    try:
        if wanted:
            select(rulebook.units, wanted, rulebook.peer_sets)
    except RuleError as refusal:
        yield Finding(refusal.code, at, refusal.facts)


def _line(rulebook: Rulebook, line: Line, codes: Collection[str], at: Path) -> Iterator[Finding]:
    yield from _units(rulebook, line.units, (*at, "units"))
    yield from _units(rulebook, getattr(line.watch, "peers", ()), (*at, "watch"))
    for rule in getattr(line.watch, "of", ()):
        yield from unknown("indicator", rule.card, codes, *at, "watch", "events")


def _bulletins(rulebook: Rulebook, codes: Collection[str]) -> Iterator[Finding]:
    schemes = {scheme.id: {node.key for node in walk(scheme.criteria)} for scheme in rulebook.schemes}
    for place, bulletin in enumerate(rulebook.bulletins):
        yield from unknown("scheme", bulletin.scheme, schemes, "bulletins", place, "scheme")
        keys = schemes.get(bulletin.scheme, set().union(*schemes.values()))
        for at, attachment in enumerate(bulletin.attachments):
            path: Path = ("bulletins", place, "attachments", at)
            yield from _codes(attachment.indicators, codes, (*path, "indicators"))
            for key in attachment.criteria:
                yield from unknown("criterion", key, keys, *path, "criteria")
