"""API of the bulletins room (接口): published notices with hashes, text and check; versions of those being written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from junxian.web.assessment.models import Round
from junxian.web.bulletins import queries
from junxian.web.bulletins.models import NoticeVersion, Publication
from junxian.web.people import audit
from junxian.web.people.interface import Key, Listed, Window, acting, answers, part

router = Router(tags=["bulletins"])
SEE, PREVIEW = "notice.see", "result.preview"


class NoticeOut(Schema):
    """A published notice; a withdrawn one stays, with when and why. `round`: its number in the assessment room."""

    id: int
    round: int
    scheme: str
    period: str
    title: str
    number: str
    at: datetime
    run_mark: str
    snapshot_hash: str
    rulebook_hash: str
    sha256: str
    audit_count: int
    audit_hash: str
    withdrawn_at: datetime | None
    withdrawn_reason: str


class NoticeWhole(NoticeOut):
    """A notice with what it prints and 数字自查: every figure, what the run says, and its sources."""

    paper: dict[str, Any]
    checks: list[dict[str, Any]]


class NoticeVersionOut(Schema):
    """One version of a round's notice, composed or edited; `findings` stop its release."""

    number: int
    kind: str
    name: str
    clean: bool
    findings: list[Any]
    at: datetime


class NoticeVersionWhole(NoticeVersionOut):
    """A version with what it would print, 数字自查, and the sentences changed, before and after."""

    paper: dict[str, Any]
    checks: list[dict[str, Any]]
    changes: list[Any]


@router.get("/notices", response=answers(Listed[NoticeOut]))
def notices(request: HttpRequest, asked: Query[Window]) -> Any:
    """Published notices, the newest first, withdrawn ones among them."""
    acting(request, SEE)
    return part(queries.published(), asked, _notice)


def _notice(row: Publication) -> dict[str, Any]:
    withdrawal = getattr(row, "withdrawal", None)
    same = ("title", "number", "at", "run_mark", "snapshot_hash", "rulebook_hash", "sha256", "audit_count",
            "audit_hash")  # fmt: skip
    return {
        "id": row.pk, "round": row.round_id, "scheme": row.round.scheme, "period": row.round.period,
        "withdrawn_at": withdrawal.at if withdrawal else None,
        "withdrawn_reason": withdrawal.reason if withdrawal else "", **{name: getattr(row, name) for name in same},
    }  # fmt: skip


@router.get("/notices/{pk}", response=answers(NoticeWhole, missing=True))
def notice(request: HttpRequest, pk: Key) -> Any:
    """One notice; the cell of a figure only for units whose figures the post may trace."""
    actor = acting(request, SEE)
    found = get_object_or_404(Publication.objects.select_related("round", "withdrawal"), pk=pk)
    checks = queries.shown_sources(found.checks, actor)
    return {**_notice(found), "paper": found.paper, "checks": checks}


@router.get("/rounds/{pk}/versions", response=answers(Listed[NoticeVersionOut], missing=True))
def versions(request: HttpRequest, pk: Key, asked: Query[Window]) -> Any:
    """Versions of a round's notice for those who preview it, the newest first; the reading is on the record."""
    actor = acting(request, PREVIEW)
    found = get_object_or_404(Round, pk=pk)
    audit.read("notice", found.pk, by=actor)
    return part(queries.versions(found), asked, _version)


def _version(row: NoticeVersion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in NoticeVersionOut.model_fields}


@router.get("/rounds/{pk}/versions/{number}", response=answers(NoticeVersionWhole, missing=True))
def version(request: HttpRequest, pk: Key, number: Key) -> Any:
    """One version; the reading is on the record."""
    actor = acting(request, PREVIEW)
    found = get_object_or_404(NoticeVersion, round=pk, number=number)
    audit.read("notice_version", found.pk, by=actor)
    checks = queries.shown_sources(found.checks, actor)
    return {**_version(found), "paper": found.paper, "checks": checks, "changes": found.changes}
