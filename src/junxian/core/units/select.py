"""Choosing units (选取单位): a list of codes, a named peer set or conditions become codes in official order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from junxian.core.errors import RuleError
from junxian.core.units.history import valid_at
from junxian.core.units.model import Selector, Unit, UnitSet


def select(
    units: Sequence[Unit], wanted: UnitSet, peer_sets: Mapping[str, UnitSet] | None = None, period: str = ""
) -> tuple[str, ...]:
    """Codes of the units meant, valid in the period, in official order, each once.

    RuleError `units.unknown_set` or `units.unknown` (with the nearest name), `units.circle` where sets name each other.
    """
    sets = peer_sets or {}
    living = in_order([unit for unit in units if valid_at(unit, period)])
    plain = _named(wanted, sets)
    if isinstance(plain, Selector):
        chosen = _chosen(plain, units, living)
    else:
        _known(plain, units)
        chosen = set(plain)
    return tuple(unit.code for unit in living if unit.code in chosen)


def in_order(units: Sequence[Unit]) -> list[Unit]:
    """Official order: by `order` where given, then as listed."""
    return sorted(units, key=lambda unit: (unit.order == 0, unit.order))


def _named(wanted: UnitSet, sets: Mapping[str, UnitSet]) -> tuple[str, ...] | Selector:
    passed: list[str] = []
    while isinstance(wanted, str):
        if wanted in passed:
            raise RuleError("units.circle", unit=wanted, path=" → ".join((*passed, wanted)))
        if wanted not in sets:
            raise RuleError("units.unknown_set", name=wanted, nearest=nearest(wanted, sets), known="、".join(sets))
        passed.append(wanted)
        wanted = sets[wanted]
    return wanted


def nearest(word: str, known: Sequence[str] | Mapping[str, object]) -> str:
    """The known word most like the one given, or nothing."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.5)), "")


def _known(wanted: Iterable[str], units: Sequence[Unit]) -> None:
    codes = {unit.code for unit in units}
    for code in wanted:
        if code not in codes:
            raise RuleError("units.unknown", unit=code, nearest=nearest(code, sorted(codes)))


def _chosen(rule: Selector, units: Sequence[Unit], living: Sequence[Unit]) -> set[str]:
    _known((*rule.except_, *rule.also), units)
    above = {unit.code: unit.parent for unit in living}
    found = {
        unit.code
        for unit in living
        if unit.kind == rule.kind
        and _agrees(unit.level, rule.level)
        and _agrees(unit.category, rule.category)
        and _agrees(unit.parent, rule.parent)
        and (not rule.under or rule.under in _ancestors(unit.code, above))
    }
    return (found - set(rule.except_)) | set(rule.also)


def _agrees(has: str, wanted: str | tuple[str, ...]) -> bool:
    return not wanted or has in ((wanted,) if isinstance(wanted, str) else wanted)


def _ancestors(code: str, above: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    while (code := above.get(code, "")) and code not in found:
        found.add(code)
    return found
