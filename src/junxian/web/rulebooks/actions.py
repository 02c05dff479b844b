"""Adopting a rulebook (启用规则集): the version, signed and never changed, and the units it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from junxian.web.archive.actions import keep
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.rulebooks.models import Version
from junxian.web.rulebooks.signature import sign
from junxian.web.rulebooks.syncing import DEPARTMENT, sync_units

__all__ = ["DEPARTMENT", "adopt", "signed_facts", "sync_units"]


@transaction.atomic
def adopt(place: Path | bytes, *, document: str = "", city: str = "", by: Actor | None) -> Version:
    """Make the rulebook the deployment's own from now on; RuleError with every fault where it does not hold.

    A rulebook adopted before is returned as it stands. `by` None is the command line, the first adoption of all.
    city: the deployment's own unit where the rulebook reaches further, told at the first adoption.
    """
    from junxian.files.rulebooks import hash_of, load, rulebook_zip

    rules = load(place)
    mark = hash_of(place)
    known = Version.objects.filter(pk=mark).first()
    if known:
        return known
    newest = Version.objects.select_for_update().order_by("-number").first()
    post = by.post if by else None
    version = Version(
        hash=mark, zip=keep(rulebook_zip(place)), title=_plain(rules.title), adopted_at=timezone.now(),
        adopted_by=post, document=document, signed_as=f"{post} · {post.person}" if post else "",
        number=newest.number + 1 if newest else 1,
    )  # fmt: skip
    version.signature = sign(signed_facts(version))
    version.save(force_insert=True)
    sync_units(rules, city)
    audit.record(
        "rulebook.adopt", "rulebook", mark, by=by, before=newest.hash if newest else None,
        after={"hash": mark, "number": version.number, "document": document, "signature": version.signature},
    )  # fmt: skip
    return version


def signed_facts(version: Version) -> dict[str, Any]:
    """What the signature of a version is made over."""
    return {
        "hash": version.hash, "number": version.number, "document": version.document, "signed_as": version.signed_as,
        "adopted_at": version.adopted_at.astimezone(timezone.get_fixed_timezone(0)).isoformat(),
    }  # fmt: skip


def _plain(title: object) -> object:
    return title if isinstance(title, (str, dict)) else str(title)
