"""API of the people room (接口): who am I, my reminders, who holds which post, the audit chain."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from junxian.web.people import audit, queries
from junxian.web.people.interface import Listed, Window, Word, acting, answers, part
from junxian.web.people.models import AuditRow, Message, Person
from junxian.web.people.tags import sentence
from junxian.web.units.models import Unit

router = Router(tags=["people"])


class Me(Schema):
    """The acting person and post. `permissions`: each with its reach, `own` unit or `all` units, in `reach`."""

    name: str
    role: str
    unit: str
    permissions: list[str]
    reach: dict[str, str]


class ReminderLine(Schema):
    """One line of a reminder and the page where the matter is dealt with."""

    text: str
    address: str


class ReminderOut(Schema):
    """What the person was reminded of in a day."""

    day: date
    read_at: datetime | None
    lines: list[ReminderLine]


class PostOut(Schema):
    """A post held today."""

    role: str
    unit: str
    title: str
    starts: date
    ends: date | None


class PersonOut(Schema):
    """A person and the posts held today."""

    username: str
    name: str
    phone: str
    active: bool
    posts: list[PostOut]


class PersonsAsked(Window):
    """Words looked for in account, name, post and unit."""

    words: Word = ""


class AuditOut(Schema):
    """One link of the audit chain."""

    number: int
    at: datetime
    person: str
    post: str
    address: str
    action: str
    subject: str
    subject_id: str
    unit: str
    before: Any
    after: Any
    previous: str
    hash: str


class AuditAsked(Window):
    """Which links; empty is all. `upto`: none after that number, so that the parts of a list hold still."""

    who: Word = ""
    action: Word = ""
    subject: Word = ""
    subject_id: Word = ""
    unit: Word = ""
    since: date | None = None
    until: Annotated[date, Field(le=date(9000, 1, 1))] | None = None
    upto: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None


@router.get("/me", response=answers(Me))
def me(request: HttpRequest) -> Me:
    """Whom this token or session stands for."""
    actor = request.actor  # type: ignore[attr-defined]
    post, reach = actor.post, dict(sorted(actor.permissions.items()))
    return Me(name=str(actor.person), role=post.role, unit=post.unit.code, permissions=list(reach), reach=reach)


@router.get("/reminders", response=answers(Listed[ReminderOut]))
def reminders(request: HttpRequest, asked: Query[Window]) -> Any:
    """One's own reminders, the newest first."""
    person = request.actor.person  # type: ignore[attr-defined]
    return part(Message.objects.filter(person=person).order_by("-day"), asked, _reminder)


def _reminder(row: Message) -> ReminderOut:
    lines = [
        ReminderLine(text=line.get("text") or sentence((line.get("code", ""), line.get("facts", {}))),
                     address=line.get("address", ""))
        for line in row.lines
    ]  # fmt: skip
    return ReminderOut(day=row.day, read_at=row.read_at, lines=lines)


@router.get("/persons", response=answers(Listed[PersonOut]))
def persons(request: HttpRequest, asked: Query[PersonsAsked]) -> Any:
    """Persons with the posts they hold today, for administrators; the reading is on the record."""
    audit.read("person", "", by=acting(request, "people.see"))
    return part(queries.persons(asked.words), asked, _person)


def _person(row: Person) -> PersonOut:
    held = [
        PostOut(role=post.role, unit=post.unit.code, title=post.title, starts=post.starts, ends=post.ends)
        for post in row.held  # type: ignore[attr-defined]
    ]
    return PersonOut(username=row.username, name=row.name, phone=row.phone, active=row.is_active, posts=held)


@router.get("/audit", response=answers(Listed[AuditOut], missing=True))
def audit_rows(request: HttpRequest, asked: Query[AuditAsked]) -> Any:
    """Links of the audit chain, the newest first; reading them is a link of its own."""
    actor = acting(request, "audit.see")
    facts = asked.model_dump(exclude={"offset", "limit", "upto"})
    if asked.unit:
        facts["unit"] = get_object_or_404(Unit, code=asked.unit)
    rows = queries.search(facts)
    rows = rows if asked.upto is None else rows.filter(number__lte=asked.upto)
    found = part(rows, asked, _link)
    audit.read("audit", "", by=actor)
    return found


def _link(row: AuditRow) -> AuditOut:
    same = ("number", "at", "address", "action", "subject", "subject_id", "before", "after", "previous", "hash")
    return AuditOut(
        person=row.person.username if row.person else "", post=str(row.post) if row.post else "",
        unit=row.unit.code if row.unit else "", **{name: getattr(row, name) for name in same},
    )  # fmt: skip
