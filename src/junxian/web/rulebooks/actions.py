"""Adopting a rulebook (启用规则集): the version, and the units and departments it names."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from junxian.core.rulebook import Rulebook
from junxian.core.units.select import select
from junxian.web.archive.actions import keep
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.rulebooks.models import Version
from junxian.web.units.models import Unit

DEPARTMENT = "department:"


@transaction.atomic
def adopt(place: Path | bytes, *, document: str = "", signature: str = "", by: Actor | None) -> Version:
    """Make the rulebook the deployment's own from now on; RuleError with every fault where it does not hold."""
    from junxian.files.rulebooks import hash_of, load, rulebook_zip

    rules = load(place)
    mark = hash_of(place)
    known = Version.objects.filter(pk=mark).first()
    if known:
        return known
    newest = Version.objects.order_by("-number").first()
    version = Version.objects.create(
        hash=mark, zip=keep(rulebook_zip(place)), title=_plain(rules.title), adopted_at=timezone.now(),
        adopted_by=by.post if by else None, document=document, signature=signature,
        number=newest.number + 1 if newest else 1,
    )  # fmt: skip
    sync_units(rules)
    audit.record("rulebook.adopt", "rulebook", mark, by=by, before=newest.hash if newest else None, after=mark)
    return version


def _plain(title: object) -> object:
    return title if isinstance(title, (str, dict)) else str(title)


def sync_units(rules: Rulebook) -> None:
    """Units of the rulebook and the departments that keep its indicators, as rows; rows that ended stay."""
    judged = _judged(rules)
    for place, unit in enumerate(rules.units):
        name = unit.name if isinstance(unit.name, dict) else {"zh": str(unit.name)}
        short = unit.short.get("zh", "") if isinstance(unit.short, dict) else str(unit.short or "")
        column, row = unit.tile or (None, None)
        Unit.objects.update_or_create(
            code=unit.code,
            defaults={
                "kind": unit.kind, "name": name.get("zh") or next(iter(name.values())), "name_en": name.get("en", ""),
                "short": short, "level": unit.level, "category": unit.category, "order": unit.order or place,
                "column": column, "row": row, "judged": unit.code in judged, "root": unit.code == rules.root,
                "valid_from": unit.valid_from,
                "valid_to": unit.valid_to,
            },
        )  # fmt: skip
    codes = dict(Unit.objects.values_list("code", "pk"))
    for unit in rules.units:
        Unit.objects.filter(code=unit.code).update(parent=codes.get(unit.parent))
    keepers = {card.keeper for card in rules.indicators if card.keeper} | {f.keeper for f in rules.forms if f.keeper}
    for keeper in sorted(keepers):
        Unit.objects.update_or_create(
            code=f"{DEPARTMENT}{keeper}",
            defaults={"kind": "department", "name": keeper, "parent_id": codes.get(rules.root), "order": 10_000},
        )


def _judged(rules: Rulebook) -> set[str]:
    """Units that some scheme judges."""
    found: set[str] = set()
    for scheme in rules.schemes:
        for group in scheme.groups.values():
            found |= set(select(rules.units, group, rules.peer_sets, ""))
    return found
