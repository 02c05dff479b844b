"""The audit chain (审计链): append-only rows, each hashed over the one before, written with the change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from junxian.web.archive.hashing import digest
from junxian.web.people.actor import Actor
from junxian.web.people.models import AuditHead, AuditRow

START = "junxian"
"""What the first row is hashed over."""


def record(
    action: str,
    subject: str,
    subject_id: object = "",
    *,
    by: Actor | None,
    unit: int | None = None,
    before: object = None,
    after: object = None,
) -> AuditRow:
    """Append one row inside the caller's transaction; RuntimeError where there is none.

    before, after: JSON values of what changed, never secrets. `by` None is the system itself.
    Two statements: the head is locked and read, the row is written; a trigger of the table moves the head on.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit row is written in the transaction of its change")
    count, previous = _locked_head()
    row = AuditRow(
        number=count + 1, at=timezone.now(), person_id=by.person.pk if by else None,
        post_id=by.post.pk if by and by.post else None, address=by.address if by else "", action=action,
        subject=subject, subject_id=str(subject_id), unit_id=unit, before=plain(before), after=plain(after),
        previous=previous,
    )  # fmt: skip
    row.hash = link(row)
    row.save(force_insert=True)
    return row


def _locked_head() -> tuple[int, str]:
    """(count, hash) of the last link, locked until the transaction ends."""
    head = AuditHead.objects.select_for_update().filter(pk=1).values_list("count", "hash").first()
    if head is None:
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().filter(pk=1).values_list("count", "hash").get()
    return head[0], head[1] or digest(START.encode())


def read(subject: str, subject_id: object = "", *, by: Actor, unit: int | None = None) -> None:
    """Log that something sensitive was read: unpublished ranks, persons' cards, objections."""
    with transaction.atomic():
        record("read", subject, subject_id, by=by, unit=unit)


def plain(value: object) -> Any:
    """The value as JSON keeps it, so that what is hashed is what is stored."""
    return None if value is None else json.loads(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))


def link(row: AuditRow) -> str:
    """The hash of a row over its facts and the hash before it."""
    facts = {
        "number": row.number, "at": row.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(),
        "person": row.person_id, "post": row.post_id, "address": row.address, "action": row.action,
        "subject": row.subject, "subject_id": row.subject_id, "unit": row.unit_id, "before": row.before,
        "after": row.after, "previous": row.previous,
    }  # fmt: skip
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return digest(text.encode())


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold: a code of the words catalogue and the row's number."""

    code: str
    number: int

    @property
    def facts(self) -> dict[str, object]:
        """What fills the sentence."""
        return {"number": self.number}


def breaks() -> Iterator[Break]:
    """Every place where the chain is broken: a changed row, a missing number, a head that does not agree."""
    expected, before = 1, digest(START.encode())
    for row in AuditRow.objects.order_by("number").iterator(chunk_size=2000):
        if row.number != expected:
            yield Break("web.people.chain_missing", expected)
        if row.previous != before:
            yield Break("web.people.chain_unlinked", row.number)
        if link(row) != row.hash:
            yield Break("web.people.chain_changed", row.number)
        expected, before = row.number + 1, row.hash
    head = AuditHead.objects.filter(pk=1).first()
    if (head.count, head.hash or digest(START.encode())) != (expected - 1, before) if head else expected != 1:
        yield Break("web.people.chain_head", expected - 1)
