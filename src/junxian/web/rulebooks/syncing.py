"""Units of a rulebook (规则集的单位): the regions it names and the departments that keep its indicators, as rows."""

from __future__ import annotations

from junxian.core.errors import RuleError
from junxian.core.rulebook import Rulebook
from junxian.core.units.select import select
from junxian.web.units.models import Unit

DEPARTMENT = "department:"


def sync_units(rules: Rulebook, city: str = "") -> None:
    """Units of the rulebook and the departments that keep its indicators, as rows; rows that ended stay.

    city: the unit this deployment belongs to where that is not the rulebook's root: a city that compares its counties
    with the whole province's. It is told once and kept.
    """
    judged, home = _judged(rules), _home(rules, city)
    for place, unit in enumerate(rules.units):
        name = unit.name if isinstance(unit.name, dict) else {"zh": str(unit.name)}
        short = unit.short.get("zh", "") if isinstance(unit.short, dict) else str(unit.short or "")
        column, row = unit.tile or (None, None)
        Unit.objects.update_or_create(
            code=unit.code,
            defaults={
                "kind": unit.kind, "name": name.get("zh") or next(iter(name.values())), "name_en": name.get("en", ""),
                "short": short, "level": unit.level, "category": unit.category, "order": unit.order or place,
                "column": column, "row": row, "judged": unit.code in judged, "root": unit.code == home,
                "valid_from": unit.valid_from,
                "valid_to": unit.valid_to,
            },
        )  # fmt: skip
    named = [unit.code for unit in rules.units]
    Unit.objects.exclude(kind="department").exclude(code__in=named).update(judged=False, root=False)
    codes = dict(Unit.objects.values_list("code", "pk"))
    for unit in rules.units:
        Unit.objects.filter(code=unit.code).update(parent=codes.get(unit.parent))
    keepers = {card.keeper for card in rules.indicators if card.keeper} | {f.keeper for f in rules.forms if f.keeper}
    for keeper in sorted(keepers):
        Unit.objects.update_or_create(
            code=f"{DEPARTMENT}{keeper}",
            defaults={"kind": "department", "name": keeper, "parent_id": codes.get(home), "order": 10_000},
        )


def _home(rules: Rulebook, city: str) -> str:
    named = {unit.code for unit in rules.units}
    if city and city not in named:
        raise RuleError("web.rulebooks.no_such_city", city=city)
    kept = Unit.objects.filter(root=True).values_list("code", flat=True).first()
    return city or (kept if kept in named else rules.root)


def _judged(rules: Rulebook) -> set[str]:
    """Units that some scheme judges."""
    found: set[str] = set()
    for scheme in rules.schemes:
        for group in scheme.groups.values():
            found |= set(select(rules.units, group, rules.peer_sets, ""))
    return found
