"""API of the supervision room (接口): meetings, decisions, lines that name a unit, promises, as pages show them."""

from __future__ import annotations

import datetime as days
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from junxian.web.people.actor import Actor
from junxian.web.people.interface import Key, Listed, Window, acting, answers, part
from junxian.web.supervision import queries
from junxian.web.supervision.models import Decision, Item, Meeting, Named

router = Router(tags=["supervision"])
SEE = "meeting.see"


class MeetingOut(Schema):
    """A meeting and where it stands."""

    id: int
    date: days.date
    kind: str
    title: str
    state: str
    minutes: str


class DecisionOut(Schema):
    """A decision, its task, and what its figure did: better, worse, same, reached, short, or nothing."""

    id: int
    meeting: int
    year: int
    number: int
    text: str
    owner: str
    due: days.date
    first_due: days.date
    state: str
    late: bool
    indicator: str
    threshold: float | None
    then: float | None
    now: float | None
    verdict: str
    remark: str


class LineOut(Schema):
    """A line that names a unit, and the unit's reply."""

    id: int
    meeting: int
    unit: str
    line: str
    notified_at: days.datetime | None
    reply: str
    replied_at: days.datetime | None


class ItemOut(Schema):
    """A matter of the agenda."""

    place: int
    title: str
    reporter: str
    decision_wanted: str


class MeetingWhole(MeetingOut):
    """A meeting with its agenda, lines and decisions; units that do not see the whole see what is theirs."""

    items: list[ItemOut]
    lines: list[LineOut]
    decisions: list[DecisionOut]


class PromiseOut(Schema):
    """A promise of the city. standing: kept, kept_late, waiting, overdue or red; days: after its day."""

    unit: str
    kind: str
    what: str
    basis: str
    amount: str
    due: days.date
    body: str
    fulfilled_at: days.date | None
    evidence: str
    standing: str
    days: int


@router.get("/meetings", response=answers(Listed[MeetingOut]))
def meetings(request: HttpRequest, asked: Query[Window]) -> Any:
    """Meetings the post may see, the newest first."""
    return part(queries.meetings_for(acting(request, SEE)), asked, _meeting)


def _meeting(row: Meeting) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in ("date", "kind", "title", "state", "minutes")}}


@router.get("/meetings/{pk}", response=answers(MeetingWhole, missing=True))
def meeting(request: HttpRequest, pk: Key) -> Any:
    """One meeting."""
    actor = acting(request, SEE)
    found = get_object_or_404(queries.meetings_for(actor), pk=pk)
    items = found.items.select_related("reporter") if queries.sees_all(actor) else Item.objects.none()
    decided = queries.standings(queries.decisions_for(actor).filter(meeting=found))
    return {
        **_meeting(found), "items": [_item(row) for row in items], "lines": [_line(r) for r in _lines(found, actor)],
        "decisions": [_decision(row) for row in decided],
    }  # fmt: skip


def _lines(found: Meeting, actor: Actor) -> Any:
    rows = Named.objects.visible_to(actor).filter(meeting=found).select_related("unit").order_by("place")
    return rows if queries.sees_all(actor) else rows.exclude(notified_at=None)


def _item(row: Item) -> dict[str, Any]:
    reporter = row.reporter.code if row.reporter else ""
    return {"place": row.place, "title": row.title, "reporter": reporter, "decision_wanted": row.decision_wanted}


def _line(row: Named) -> dict[str, Any]:
    same = ("line", "notified_at", "reply", "replied_at")
    return {"id": row.pk, "meeting": row.meeting_id, "unit": row.unit.code, **{n: getattr(row, n) for n in same}}


def _decision(row: queries.Standing) -> dict[str, Any]:
    one, moved = row.decision, row.movement
    same = ("year", "number", "text", "due", "first_due", "state", "indicator", "threshold", "remark")
    return {
        "id": one.pk, "meeting": one.meeting_id, "owner": one.owner.code, "late": row.late,
        "then": moved.then.value if moved and moved.then else None,
        "now": moved.now.value if moved and moved.now else None, "verdict": moved.verdict if moved else "",
        **{name: getattr(one, name) for name in same},
    }  # fmt: skip


@router.get("/decisions", response=answers(Listed[DecisionOut]))
def decisions(request: HttpRequest, asked: Query[Window]) -> Any:
    """Decisions of all meetings the post may see, the newest first, each with what its figure did."""
    found = queries.decisions_for(acting(request, SEE)).order_by("-year", "-number")
    shown = part(found, asked, _same)
    return {"count": shown["count"], "items": [_decision(row) for row in queries.standings(shown["items"])]}


def _same(row: Decision) -> Decision:
    return row


@router.get("/lines", response=answers(Listed[LineOut]))
def lines(request: HttpRequest, asked: Query[Window]) -> Any:
    """Lines that name the post's units, told already."""
    reach = acting(request, "meeting.reply").reach_of("meeting.reply")
    found = Named.objects.exclude(notified_at=None).select_related("unit")
    found = found if reach is None else found.filter(unit_id__in=reach)
    return part(found.order_by("-meeting__date", "place", "pk"), asked, _line)


@router.get("/promises", response=answers(Listed[PromiseOut]))
def promises(request: HttpRequest, asked: Query[Window]) -> Any:
    """The ledger of promises within reach, by their day."""
    return part(queries.promises(acting(request, SEE)), asked, _promise)


def _promise(row: queries.Due) -> dict[str, Any]:
    one, same = row.promise, ("kind", "what", "basis", "amount", "due", "fulfilled_at", "evidence")
    return {
        "unit": one.unit.code, "body": one.body.code, "standing": row.standing, "days": row.days,
        **{name: getattr(one, name) for name in same},
    }  # fmt: skip
