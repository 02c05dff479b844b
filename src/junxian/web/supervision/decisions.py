"""Decisions and promises (议定事项、兑现): captured in the meeting, settled afterwards, with owner and day."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.rulebooks.current import current
from junxian.web.supervision.actions import demand_run
from junxian.web.supervision.models import Decision, Item, Meeting, Promise
from junxian.web.units.models import Unit

Linked = tuple[str, float | None]
"""An indicator's code and the threshold it should reach; ("", None) where no figure is linked."""


@transaction.atomic
def decide(
    meeting: Meeting, *, text: str, owner: Unit | None, due: date | None, person: str = "", item: Item | None = None,
    linked: Linked = ("", None), by: Actor,
) -> Decision:  # fmt: skip
    """Write one decision down while the meeting is held; an owner and a day are part of it."""
    locked = _held(meeting, by)
    facts = _facts(text, owner, due, person, linked)
    year = locked.date.year
    Unit.objects.select_for_update().get(root=True)  # numbers of a year are given one after the other
    last = Decision.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    made = Decision.objects.create(
        meeting=locked, item=item, year=year, number=last + 1, first_due=facts["due"], post=by.post, at=clock.now(),
        **facts,
    )  # fmt: skip
    audit.record("meeting.decide", "decision", made.pk, by=by, unit=made.owner_id, after=_told(made))
    return made


@transaction.atomic
def amend(
    decision: Decision, *, text: str, owner: Unit | None, due: date | None, person: str = "",
    linked: Linked = ("", None), by: Actor,
) -> Decision:  # fmt: skip
    """Correct a decision while its meeting is still held."""
    _held(decision.meeting, by)
    before = _told(decision)
    for name, value in _facts(text, owner, due, person, linked).items():
        setattr(decision, name, value)
    decision.first_due = decision.due
    decision.save()
    audit.record(
        "meeting.amend", "decision", decision.pk, by=by, unit=decision.owner_id, before=before, after=_told(decision)
    )
    return decision


@transaction.atomic
def strike(decision: Decision, *, by: Actor) -> None:
    """Take a decision back while its meeting is still held; the audit keeps its words."""
    _held(decision.meeting, by)
    audit.record("meeting.strike", "decision", decision.pk, by=by, unit=decision.owner_id, before=_told(decision))
    decision.delete()


@transaction.atomic
def settle(decision: Decision, *, state: str, remark: str = "", due: date | None = None, by: Actor) -> Decision:
    """Say what came of a decision: done, not done with a reason, or moved to a later day with a reason."""
    demand_run(by)
    row = Decision.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=decision.pk)
    if row.meeting.state != Meeting.State.CLOSED:
        raise DataError("web.supervision.settle_after_meeting", title=row.meeting.title)
    if not row.is_open:
        raise DataError("web.supervision.settled_already", number=row.number)
    if state not in Decision.State.values or state == Decision.State.OPEN:
        raise DataError("web.supervision.outcome_missing")
    if state != Decision.State.DONE and not remark.strip():
        raise DataError("web.supervision.reason_missing")
    if state == Decision.State.MOVED and (due is None or due <= row.due):
        raise DataError("web.supervision.later_day", due=row.due.isoformat())
    before = _told(row)
    row.state, row.remark = state, remark.strip()[:400]
    if state == Decision.State.MOVED and due:
        row.due = due
    else:
        row.settled_at, row.settled_by = clock.now(), by.post
    row.save()
    audit.record("meeting.settle", "decision", row.pk, by=by, unit=row.owner_id, before=before, after=_told(row))
    return row


def _held(meeting: Meeting, by: Actor) -> Meeting:
    demand_run(by)
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if locked.state != Meeting.State.HELD:
        raise DataError(f"web.supervision.decide_{locked.state}", title=locked.title)
    return locked


def _facts(text: str, owner: Unit | None, due: date | None, person: str, linked: Linked) -> dict[str, object]:
    if not text.strip():
        raise DataError("web.supervision.text_missing")
    if owner is None:
        raise DataError("web.supervision.owner_missing")
    if due is None:
        raise DataError("web.supervision.due_missing")
    indicator, threshold = linked
    if indicator and indicator not in {card.code for card in current().indicators}:
        raise DataError("web.supervision.indicator_unknown", indicator=indicator)
    return {
        "text": text.strip()[:400], "owner": owner, "due": due, "person": person.strip()[:60], "indicator": indicator,
        "threshold": threshold if indicator else None,
    }  # fmt: skip


def _told(row: Decision) -> dict[str, object]:
    names = ("number", "text", "owner_id", "person", "due", "state", "indicator", "threshold", "remark")
    return {name: getattr(row, name) for name in names}


@transaction.atomic
def promise(
    unit: Unit, *, what: str, basis: str, due: date | None, body: Unit | None, kind: str = Promise.Kind.REWARD,
    amount: str = "", by: Actor,
) -> Promise:  # fmt: skip
    """Enter a reward or consequence the city owes a unit."""
    demand_run(by)
    if not what.strip() or not basis.strip() or due is None or body is None or kind not in Promise.Kind.values:
        raise DataError("web.supervision.promise_incomplete")
    made = Promise.objects.create(
        unit=unit, what=what.strip()[:200], basis=basis.strip()[:200], due=due, body=body, kind=kind,
        amount=amount.strip()[:60], post=by.post, at=clock.now(),
    )  # fmt: skip
    audit.record("promise.make", "promise", made.pk, by=by, unit=unit.pk, after={"what": made.what, "due": due})
    return made


@transaction.atomic
def fulfil(row: Promise, *, evidence: str, by: Actor) -> Promise:
    """The promise was kept today, and by what one can see it."""
    demand_run(by)
    locked = Promise.objects.select_for_update().get(pk=row.pk)
    if locked.fulfilled_at:
        raise DataError("web.supervision.promise_kept_already")
    if not evidence.strip():
        raise DataError("web.supervision.evidence_missing")
    locked.fulfilled_at, locked.evidence = clock.today(), evidence.strip()[:300]
    locked.save(update_fields=["fulfilled_at", "evidence"])
    audit.record("promise.keep", "promise", locked.pk, by=by, unit=locked.unit_id, after=locked.evidence)
    return locked
