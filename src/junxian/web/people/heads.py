"""Heads of the audit chain (链头外存): count and hash kept elsewhere, so that a chain rewritten whole is caught."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.people.audit import Break
from junxian.web.people.models import AuditHead, AuditRow


@dataclass(frozen=True)
class Head:
    """The chain at a moment: rows it had, hash of the last one, ISO time it was read."""

    count: int
    hash: str
    at: str

    def line(self) -> str:
        """One line of JSON: what goes to syslog and to removable media."""
        return json.dumps(asdict(self), sort_keys=True)


def export_head() -> Head:
    """The chain now: printed on every notice, sent away daily."""
    row = AuditHead.objects.filter(pk=1).first()
    return Head(row.count if row else 0, row.hash if row else "", clock.now().isoformat(timespec="seconds"))


def read_heads(lines: Iterable[str]) -> list[Head]:
    """Heads from lines of JSON; text before the first brace (syslog's own) is passed over; DataError where none fit."""
    found = []
    for number, line in enumerate(lines, start=1):
        text = line[line.find("{") :].strip() if "{" in line else ""
        if not text:
            continue
        try:
            facts = json.loads(text)
            found.append(Head(int(facts["count"]), str(facts["hash"]), str(facts["at"])))
        except (ValueError, KeyError, TypeError) as fault:
            raise DataError("web.people.head_unread", where=str(number), line=number) from fault
    if not found:
        raise DataError("web.people.head_unread", where="1", line=1)
    return found


def rewritten(heads: Iterable[Head]) -> Iterator[Break]:
    """Where the chain kept here is no longer the one an earlier head saw: rows gone, or other rows in their place."""
    for head in heads:
        if not head.count:
            continue
        kept = AuditRow.objects.filter(pk=head.count).values_list("hash", flat=True).first()
        if kept is None:
            yield Break("web.people.chain_short", head.count)
        elif kept != head.hash:
            yield Break("web.people.chain_rewritten", head.count)
