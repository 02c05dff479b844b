"""Running a meeting (开会): plan, name, tell, hold, close; every step by a post that may, in one transaction."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.people import audit
from junxian.web.people.access import GRANTS
from junxian.web.people.actor import Actor
from junxian.web.people.models import Post
from junxian.web.people.reminders import remind
from junxian.web.rulebooks.current import current
from junxian.web.supervision.models import THREE, Item, Meeting, Named
from junxian.web.supervision.working_days import working_day_before
from junxian.web.units.models import Unit

REPLYING = [role for role, given in GRANTS.items() if "meeting.reply" in given]


@transaction.atomic
def plan(*, day: date, title: str, kind: str = Meeting.Kind.EXECUTIVE, by: Actor) -> Meeting:
    """A meeting on a day."""
    demand_run(by)
    if not title.strip():
        raise DataError("web.supervision.title_missing")
    if kind not in Meeting.Kind.values:
        raise DataError("web.supervision.kind_unknown", kind=kind)
    made = Meeting.objects.create(date=day, title=title.strip()[:120], kind=kind, post=by.post)
    audit.record("meeting.plan", "meeting", made.pk, by=by, after={"date": day, "title": made.title})
    return made


@transaction.atomic
def add_item(meeting: Meeting, *, title: str, reporter: Unit | None = None, wanted: str = "", by: Actor) -> Item:
    """A matter of the agenda; at most three ask for a decision, else the paper decides nothing."""
    locked = _in_state(meeting, by, Meeting.State.PLANNED, Meeting.State.HELD)
    if not title.strip():
        raise DataError("web.supervision.title_missing")
    if wanted.strip() and locked.items.exclude(decision_wanted="").count() >= THREE:
        raise DataError("web.supervision.three_decisions", most=THREE)
    made = Item.objects.create(
        meeting=locked, place=_next_place(locked.items), title=title.strip()[:200], reporter=reporter,
        decision_wanted=wanted.strip()[:300],
    )  # fmt: skip
    audit.record(
        "meeting.item", "meeting", locked.pk, by=by, after={"item": made.title, "wanted": made.decision_wanted}
    )
    return made


@transaction.atomic
def remove_item(item: Item, *, by: Actor) -> None:
    """Take a matter off the agenda before the meeting."""
    locked = _in_state(item.meeting, by, Meeting.State.PLANNED)
    audit.record("meeting.item", "meeting", locked.pk, by=by, before={"item": item.title})
    item.delete()


@transaction.atomic
def name(meeting: Meeting, unit: Unit, *, line: str, by: Actor) -> Named:
    """Name a unit with the line it will hear; the line is told to it by `tell`."""
    locked = _in_state(meeting, by, Meeting.State.PLANNED)
    if not line.strip():
        raise DataError("web.supervision.line_missing")
    if locked.named.filter(unit=unit, line=line.strip()).exists():
        raise DataError("web.supervision.named_twice", unit=str(unit))
    made = Named.objects.create(meeting=locked, unit=unit, line=line.strip()[:300], place=_next_place(locked.named))
    audit.record("meeting.name", "meeting", locked.pk, by=by, unit=unit.pk, after=made.line)
    return made


@transaction.atomic
def unname(named: Named, *, by: Actor) -> None:
    """Take a line back; where it was told already, the unit is told that it is gone."""
    locked = _in_state(named.meeting, by, Meeting.State.PLANNED)
    row = Named.objects.select_related("meeting", "unit").get(pk=named.pk)
    if row.notified_at:
        _tell(row, "web.supervision.line_withdrawn", by=by)
    audit.record("meeting.unname", "meeting", locked.pk, by=by, unit=row.unit_id, before=row.line)
    row.delete()


@transaction.atomic
def speak_at(named: Named, *, place: int, by: Actor) -> None:
    """Put a named unit at a place of the speaking order; the others move."""
    locked = _in_state(named.meeting, by, Meeting.State.PLANNED, Meeting.State.HELD)
    rows = [row for row in locked.named.all() if row.pk != named.pk]
    rows.insert(max(0, min(place - 1, len(rows))), named)
    highest = max(row.place for row in rows)
    for step in (highest, 0):  # twice, because two rows never share a place
        for number, row in enumerate(rows, start=1):
            row.place = step + number
            row.save(update_fields=["place"])
    audit.record("meeting.order", "meeting", locked.pk, by=by, after=[row.unit_id for row in rows])


@transaction.atomic
def tell(meeting: Meeting, *, by: Actor) -> list[Named]:
    """Tell every named unit its line that was not told yet; DataError where a unit has nobody who could reply."""
    locked = _in_state(meeting, by, Meeting.State.PLANNED)
    waiting = list(locked.named.filter(notified_at=None).select_related("unit"))
    for row in waiting:
        _tell(row, "web.supervision.line_told", by=by)
        row.notified_at = clock.now()
        row.save(update_fields=["notified_at"])
        audit.record("meeting.tell", "meeting", locked.pk, by=by, unit=row.unit_id, after=row.line)
    return waiting


def _tell(row: Named, code: str, *, by: Actor) -> None:
    posts = list(Post.objects.on(clock.today()).filter(unit=row.unit, role__in=REPLYING))
    if not posts:
        raise DataError("web.supervision.nobody_replies", unit=str(row.unit))
    facts = {"date": row.meeting.date.isoformat(), "title": row.meeting.title, "line": row.line}
    for post in posts:
        remind(post, (code, facts), by=by, address=reverse("meeting_lines"))


@transaction.atomic
def reply(named: Named, *, text: str, by: Actor) -> Named:
    """The named unit's reply, printed beside its line; it may be changed until the meeting ends."""
    by.demand("meeting.reply", named.unit_id)
    row = Named.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=named.pk)
    if row.meeting.state == Meeting.State.CLOSED:
        raise DataError("web.supervision.meeting_closed", title=row.meeting.title)
    if not row.notified_at:
        raise DataError("web.supervision.not_told_yet")
    if not text.strip():
        raise DataError("web.supervision.reply_missing")
    before = row.reply
    row.reply, row.replied_by, row.replied_at = text.strip()[:600], by.post, clock.now()
    row.save(update_fields=["reply", "replied_by", "replied_at"])
    audit.record("meeting.reply", "meeting", row.meeting_id, by=by, unit=row.unit_id, before=before, after=row.reply)
    return row


def told_too_late(meeting: Meeting) -> list[Named]:
    """Named units that were not told, or not one working day before the meeting."""
    last = working_day_before(meeting.date, current())
    rows = meeting.named.select_related("unit")
    return [row for row in rows if row.notified_at is None or clock_day(row.notified_at) > last]


def clock_day(moment: object) -> date:
    """The business day of a moment."""
    return moment.astimezone(clock.BUSINESS).date()  # type: ignore[attr-defined]


@transaction.atomic
def hold(meeting: Meeting, *, reason: str = "", by: Actor) -> Meeting:
    """Open the meeting. Whoever is named must have been told one working day before, unless a reason is recorded."""
    locked = _in_state(meeting, by, Meeting.State.PLANNED)
    late = told_too_late(locked)
    if late and not reason.strip():
        raise DataError("web.supervision.named_untold", units="、".join(dict.fromkeys(str(row.unit) for row in late)))
    locked.state, locked.held_at = Meeting.State.HELD, clock.now()
    locked.held_without = reason.strip()[:400] if late else ""
    locked.save(update_fields=["state", "held_at", "held_without"])
    audit.record("meeting.hold", "meeting", locked.pk, by=by, after={"untold": [r.unit_id for r in late],
                 "reason": locked.held_without})  # fmt: skip
    return locked


@transaction.atomic
def close(meeting: Meeting, *, minutes: str, by: Actor) -> Meeting:
    """The minutes number closes the meeting; what was decided stands from then on."""
    locked = _in_state(meeting, by, Meeting.State.HELD)
    if not minutes.strip():
        raise DataError("web.supervision.minutes_missing")
    locked.state, locked.minutes, locked.closed_at = Meeting.State.CLOSED, minutes.strip()[:80], clock.now()
    locked.save(update_fields=["state", "minutes", "closed_at"])
    audit.record("meeting.close", "meeting", locked.pk, by=by, after=locked.minutes)
    return locked


def demand_run(by: Actor) -> None:
    """PermissionDenied unless the actor runs meetings of the city."""
    by.demand("meeting.run", Unit.objects.values_list("pk", flat=True).get(root=True))


def _in_state(meeting: Meeting, by: Actor, *states: str) -> Meeting:
    """The meeting under lock; DataError where its state does not allow the step."""
    demand_run(by)
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if locked.state not in states:
        raise DataError(f"web.supervision.meeting_{locked.state}", title=locked.title)
    return locked


def _next_place(rows: object) -> int:
    return (rows.aggregate(last=Max("place"))["last"] or 0) + 1  # type: ignore[attr-defined]
