"""API of the hearing (接口：异议): objections with their decisions, corrections that wait for the year's end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from junxian.web.assessment import queries
from junxian.web.assessment.models import Objection, Settlement
from junxian.web.people import audit
from junxian.web.people.interface import Code, Listed, Window, acting, answers, part

router = Router(tags=["assessment"])
SEE = "objection.see"


class ObjectionOut(Schema):
    """An objection to one line of a receipt; undecided while `decision` is empty. `round`: its number."""

    serial: str
    round: int
    unit: str
    criterion: str
    ground: str
    text: str
    wanted: str
    filed_at: datetime
    decide_by: date
    decision: str
    remedy: str
    reason: str
    decided_at: datetime | None


class EvidenceOut(Schema):
    """A file handed in with an objection."""

    name: str
    size: int
    at: datetime


class ObjectionWhole(ObjectionOut):
    """An objection with its files and the run that answered it."""

    evidence: list[EvidenceOut]
    answered_by_run: str


class SettlementOut(Schema):
    """A correction after publication; the year's end takes it up."""

    round: int
    unit: str
    criterion: str
    year: int
    text: str
    objection: str
    at: datetime


@router.get("/objections", response=answers(Listed[ObjectionOut]))
def objections(request: HttpRequest, asked: Query[Window]) -> Any:
    """Objections within reach, the undecided first; the reading is on the record."""
    actor = acting(request, SEE)
    audit.read("objections", "", by=actor)
    return part(queries.objections_for(actor), asked, _objection)


def _objection(row: Objection) -> dict[str, Any]:
    same = ("serial", "criterion", "ground", "text", "wanted", "filed_at", "decide_by", "decision", "remedy", "reason",
            "decided_at")  # fmt: skip
    return {"round": row.round_id, "unit": row.unit.code, **{name: getattr(row, name) for name in same}}


@router.get("/objections/{code}", response=answers(ObjectionWhole, missing=True))
def objection(request: HttpRequest, code: Code) -> Any:
    """One objection by its serial; the reading is on the record."""
    actor = acting(request, SEE)
    found = get_object_or_404(Objection.objects.select_related("unit", "answered_by_run"), serial=code)
    actor.demand(SEE, found.unit_id)
    audit.read("objection", code, by=actor, unit=found.unit_id)
    files = [{"name": one.name, "size": one.size, "at": one.at} for one in found.evidence.order_by("pk")]
    answer = found.answered_by_run.mark if found.answered_by_run else ""
    return {**_objection(found), "evidence": files, "answered_by_run": answer}


@router.get("/settlements", response=answers(Listed[SettlementOut]))
def settlements(request: HttpRequest, asked: Query[Window]) -> Any:
    """Corrections that wait for the annual settlement, within reach."""
    reach = acting(request, "result.see").reach_of("result.see")
    rows = Settlement.objects.select_related("unit", "objection")
    return part(rows if reach is None else rows.filter(unit__in=reach), asked, _settlement)


def _settlement(row: Settlement) -> dict[str, Any]:
    same = ("criterion", "year", "text", "at")
    serial = row.objection.serial if row.objection else ""
    about = {"round": row.round_id, "unit": row.unit.code, "objection": serial}
    return about | {name: getattr(row, name) for name in same}
