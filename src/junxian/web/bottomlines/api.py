"""API of the bottom lines room (接口): published alerts within reach, and the register of notices and talks."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from junxian.web.assessment.api import AlertOut, alert_out
from junxian.web.assessment.models import Alert
from junxian.web.bottomlines import queries
from junxian.web.people.interface import Listed, Window, Word, acting, answers, part
from junxian.web.rulebooks.current import current

router = Router(tags=["bottomlines"])
SEE = "alert.see"
Level = Literal["green", "yellow", "orange", "red", "veto"]


class RegisterOut(Schema):
    """A notice, talk or criticism. `value`: how many."""

    unit: str
    indicator: str
    form: str
    issuer: str
    period: str
    matter: str
    value: float | None
    source: str


class Asked(Window):
    """Of which scheme (the one published last where none is named) and at which levels (all where none is)."""

    scheme: Word = ""
    level: list[Level] = Field(default_factory=list, max_length=5)


@router.get("/alerts", response=answers(Listed[AlertOut]))
def alerts(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Alerts of the newest published round, the worst first."""
    reach = acting(request, SEE).reach_of(SEE)
    rounds = queries.shown_rounds(asked.scheme, limit=1)
    rows = queries.alerts(rounds[0].run_id, reach, asked.level) if rounds else Alert.objects.none()
    return part(rows, asked, alert_out)


@router.get("/register", response=answers(Listed[RegisterOut]))
def register(request: HttpRequest, asked: Query[Window]) -> Any:
    """Notices, talks and criticisms, the newest first, each matter by its newest revision."""
    return part(queries.register(current(), acting(request, SEE).reach_of(SEE)), asked, _entry)


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    row = entry["row"]
    return {
        "unit": row.unit.code, "indicator": row.indicator, "form": entry["form"], "issuer": entry["issuer"],
        "period": row.period, "matter": row.calibre, "value": row.value, "source": row.source,
    }  # fmt: skip
