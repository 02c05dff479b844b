"""API of handing in (接口：交件): who owes what, the files dropped, what the checks found, what counties doubt."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from junxian.web.indicators.access import SEE, hand_ins_visible
from junxian.web.indicators.models import Finding, HandIn, Upload
from junxian.web.indicators.models import Query as Doubt
from junxian.web.indicators.templatetags.figures import told
from junxian.web.people.interface import Key, Listed, PeriodText, Window, Word, acting, answers, part

router = Router(tags=["indicators"])


class HandInOut(Schema):
    """What one owner owes for a period, and how far it is: open, received, confirmed, reviewed, signed."""

    id: int
    scheme: str
    period: str
    owner: str
    indicators: list[str]
    due: date
    state: str
    edition: int
    handled_at: datetime | None
    reviewed_at: datetime | None
    signed_at: datetime | None
    released_at: datetime | None
    closed_at: datetime | None
    returned: str


class UploadOut(Schema):
    """A file dropped, or figures that came another way; `done` of `total` steps of its reading are taken."""

    id: int
    name: str
    origin: str
    state: str
    figures: int
    done: int
    total: int
    at: datetime
    confirmed_at: datetime | None


class FindingOut(Schema):
    """What a check found at a cell, as a sentence, and how it was answered."""

    upload: int
    file: str
    sheet: str
    cell: str
    severity: str
    code: str
    message: str
    unit: str
    indicator: str
    answer: str
    explanation: str
    corrected: float | None
    blocks: bool


class DoubtOut(Schema):
    """A county's doubt about a figure others handed in about it, and the keeper's answer."""

    unit: str
    indicator: str
    period: str
    revision: int
    text: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


class Asked(Window):
    """Which hand-ins; empty is all."""

    scheme: Word = ""
    period: PeriodText = ""
    state: Word = ""


class Answered(Window):
    """Which findings: open, explained, corrected, carried; empty is all."""

    answer: Word = ""


@router.get("/hand-ins", response=answers(Listed[HandInOut]))
def hand_ins(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Hand-ins of owners within reach, the newest period first."""
    chosen = {name: value for name in ("scheme", "period", "state") if (value := getattr(asked, name))}
    rows = hand_ins_visible(acting(request, SEE)).filter(**chosen)
    return part(rows.order_by("-period", "owner__order", "pk"), asked, _hand_in)


def _hand_in(row: HandIn) -> dict[str, Any]:
    same = set(HandInOut.model_fields) - {"id", "owner"}
    return {"id": row.pk, "owner": row.owner.code, **{name: getattr(row, name) for name in same}}


@router.get("/hand-ins/{pk}/uploads", response=answers(Listed[UploadOut], missing=True))
def uploads(request: HttpRequest, pk: Key, asked: Query[Window]) -> Any:
    """What was handed in, the newest first."""
    found = _reached(request, pk)
    return part(Upload.objects.filter(hand_in=found), asked, _upload)


def _upload(row: Upload) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in UploadOut.model_fields if name != "id"}}


@router.get("/hand-ins/{pk}/findings", response=answers(Listed[FindingOut], missing=True))
def findings(request: HttpRequest, pk: Key, asked: Query[Answered]) -> Any:
    """What the checks found in a hand-in's files."""
    found = _reached(request, pk)
    rows = Finding.objects.filter(upload__hand_in=found).select_related("unit")
    return part(rows.filter(answer=asked.answer) if asked.answer else rows, asked, _finding)


def _finding(row: Finding) -> dict[str, Any]:
    same = ("file", "sheet", "cell", "severity", "code", "indicator", "answer", "explanation", "corrected", "blocks")
    unit = row.unit.code if row.unit else ""
    return {"upload": row.upload_id, "unit": unit, "message": told(row), **{n: getattr(row, n) for n in same}}


@router.get("/doubts", response=answers(Listed[DoubtOut]))
def doubts(request: HttpRequest, asked: Query[Window]) -> Any:
    """Doubts about figures of units within reach, the newest first."""
    reach = acting(request, "figure.see").reach_of("figure.see")
    rows = Doubt.objects.select_related("figure__unit")
    return part(rows if reach is None else rows.filter(figure__unit__in=reach), asked, _doubt)


def _doubt(row: Doubt) -> dict[str, Any]:
    figure, same = row.figure, ("text", "asked_at", "answer", "answered_at")
    about = {name: getattr(figure, name) for name in ("indicator", "period", "revision")}
    return {"unit": figure.unit.code, **about, **{name: getattr(row, name) for name in same}}


def _reached(request: HttpRequest, pk: int) -> HandIn:
    """The hand-in, or 404, or PermissionDenied where its owner is out of reach."""
    actor = acting(request, SEE)
    found = get_object_or_404(HandIn, pk=pk)
    actor.demand(SEE, found.owner_id)
    return found
