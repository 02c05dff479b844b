"""Validation (规则审查): what types cannot see — unknown names, dates that overlap, sums that do not add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from junxian.core.errors import DataError, RuleError
from junxian.core.indicators.period import parse_period
from junxian.core.rulebook.case import indicator_of
from junxian.core.rulebook.finding import Finding, Path, fault, unknown
from junxian.core.rulebook.model import Rulebook
from junxian.core.rulebook.resolve import DATED, DATED_IN_SCHEME, every_name, key_of
from junxian.core.rulebook.validate_formulas import formula_findings
from junxian.core.rulebook.validate_lines import line_findings
from junxian.core.rulebook.validate_schemes import scheme_findings
from junxian.core.scoring.model import walk
from junxian.core.text import Effective
from junxian.core.units.history import first_month
from junxian.core.units.model import Unit
from junxian.core.units.select import select


def validate(rulebook: Rulebook) -> tuple[Finding, ...]:
    """Everything that contradicts itself, all of it at once, in the order of the text."""
    found = [
        *_heads(rulebook),
        *_units(rulebook),
        *_sets(rulebook),
        *_names(rulebook),
        *_dates(rulebook),
        *scheme_findings(rulebook),
        *line_findings(rulebook),
        *_cases(rulebook),
    ]
    twice = any(finding.code == "rulebook.name_twice" for finding in found)
    return tuple(found if twice else [*found, *formula_findings(rulebook)])


def codes_of(rulebook: Rulebook) -> set[str]:
    return {card.code for card in rulebook.indicators}


def _heads(rulebook: Rulebook) -> Iterator[Finding]:
    units, names = {unit.code for unit in rulebook.units}, _card_names(rulebook)
    yield from unknown("unit", rulebook.root, units, "root")
    yield from unknown("indicator", rulebook.population, names, "population")
    for place, card in enumerate(rulebook.indicators):
        yield from unknown("indicator", card.growth_of, codes_of(rulebook), "indicators", place, "growth_of")


def _card_names(rulebook: Rulebook) -> set[str]:
    return {n for card in rulebook.indicators for n in (card.code, *every_name(card.name), *card.aliases)}


def _units(rulebook: Rulebook) -> Iterator[Finding]:
    known = {unit.code for unit in rulebook.units}
    by_code = defaultdict(list)
    for place, unit in enumerate(rulebook.units):
        yield from _unit(unit, known, ("units", place))
        by_code[unit.code].append((place, unit))
    for versions in by_code.values():
        for (_, one), (place, other) in combinations(versions, 2):
            if _overlap(_life(one), _life(other)):
                yield fault("unit_twice", "units", place, "code", unit=other.code)


def _unit(unit: Unit, known: set[str], path: Path) -> Iterator[Finding]:
    for key in ("parent", "within"):
        yield from unknown("unit", getattr(unit, key), known, *path, key)
    for heir in unit.successors:
        yield from unknown("unit", heir, known, *path, "successors", heir)
    total = round(sum(unit.successors.values()), 6)
    if total > 1.0:
        yield fault("shares_above_one", *path, "successors", unit=unit.code, total=total)
    for key in ("valid_from", "valid_to"):
        yield from _date(getattr(unit, key), *path, key)


def _date(text: str, *path: str | int) -> Iterator[Finding]:
    try:
        if text:
            first_month(text)
    except RuleError:
        yield fault("date_unreadable", *path, text=text)


def _life(unit: Unit) -> tuple[float, float]:
    """Months a unit exists, both ends included; an unreadable date has its own finding."""
    try:
        start = first_month(unit.valid_from) if unit.valid_from else float("-inf")
        end = first_month(unit.valid_to) - 1 if unit.valid_to else float("inf")
    except RuleError:
        return (0.0, -1.0)
    return (start, end)


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return max(one[0], other[0]) <= min(one[1], other[1])


def _sets(rulebook: Rulebook) -> Iterator[Finding]:
    for name, wanted in rulebook.peer_sets.items():
        try:
            select(rulebook.units, wanted, rulebook.peer_sets)
        except RuleError as refusal:
            yield Finding(refusal.code, ("peer_sets", name), refusal.facts)


def _names(rulebook: Rulebook) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for place, card in enumerate(rulebook.indicators):
        for name in dict.fromkeys((card.code, *every_name(card.name), *card.aliases)):
            if owner.setdefault(name, card.code) != card.code:
                yield fault("name_twice", "indicators", place, name=name, first=owner[name], second=card.code)


def _dates(rulebook: Rulebook) -> Iterator[Finding]:
    for field in DATED:
        yield from _versions(field, list(enumerate(getattr(rulebook, field))), (field,))
    for place, scheme in enumerate(rulebook.schemes):
        for field in DATED_IN_SCHEME:
            yield from _versions(field, list(enumerate(getattr(scheme, field))), ("schemes", place, field))


def _versions(kind: str, entries: list[tuple[int, object]], path: Path) -> Iterator[Finding]:
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for place, entry in entries:
        effective: Effective = entry.effective  # type: ignore[attr-defined]
        span = _span(effective)
        if span is None:
            yield fault("date_unreadable", *path, place, "effective", text=f"{effective.from_} … {effective.to}")
            continue
        if span[0] > span[1]:
            yield fault("dates_reversed", *path, place, "effective", start=effective.from_, end=effective.to)
        if any(_overlap(span, other) for other in spans[key_of(entry)]):
            yield fault("two_effective", *path, place, kind=kind, id=key_of(entry), period=effective.from_ or "—")
        spans[key_of(entry)].append(span)


def _span(effective: Effective) -> tuple[float, float] | None:
    try:
        start = first_month(effective.from_) if effective.from_ else float("-inf")
        end = parse_period(effective.to[:7]).index if effective.to else float("inf")
    except (RuleError, DataError):
        return None
    return (start, end)


def _cases(rulebook: Rulebook) -> Iterator[Finding]:
    schemes = {scheme.id: scheme for scheme in rulebook.schemes}
    names = _card_names(rulebook)
    for place, case in enumerate(rulebook.cases):
        yield from unknown("scheme", case.scheme, schemes, "cases", place, "scheme")
        if case.scheme in schemes and case.criterion:
            keys = {node.key for node in walk(schemes[case.scheme].criteria)}
            yield from unknown("criterion", case.criterion, keys, "cases", place, "criterion")
        for unit, figures in case.figures.items():
            for written in figures:
                yield from unknown("indicator", indicator_of(written), names, "cases", place, "figures", unit, written)
        if not (case.then or case.expect or case.expect_file):
            yield fault("case_expects_nothing", "cases", place)
