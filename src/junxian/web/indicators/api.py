"""API of the indicators room (接口): units, indicators and figures to read, figures to hand in, once for each key."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field

from junxian.core.indicators import parse_period
from junxian.core.text import spoken
from junxian.web import clock
from junxian.web.archive.hashing import digest
from junxian.web.indicators.access import actor_of
from junxian.web.indicators.figure_views import cards_by_code
from junxian.web.indicators.models import ApiCall, Observation
from junxian.web.indicators.receiving import Figure, receive
from junxian.web.units.models import Unit

router = Router(tags=["indicators"])
Word = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f]*$")]
Sentence = Annotated[str, Field(max_length=400, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")]
State = Literal["reported", "late", "not_reported", "not_applicable"]
MOST = 1000


class UnitOut(Schema):
    """A unit of the deployment."""

    code: str
    name: str
    kind: str
    parent: str | None
    judged: bool


class CardOut(Schema):
    """An indicator card. `keeper` hands it in; `only_county_has`: each county does."""

    code: str
    name: dict[str, str]
    unit: str
    kind: str
    frequency: str
    direction: str
    keeper: str
    only_county_has: bool


class ObservationOut(Schema):
    """One revision of a figure; without a value `state` says why, and it is never zero."""

    unit: str
    indicator: str
    period: str
    kind: str
    calibre: str
    stage: str
    revision: int
    value: float | None
    state: State
    unit_of_measure: str
    source: str
    file: str
    sheet: str
    cell: str
    published_at: str
    reason: str
    at: str


class Page(Schema):
    """Part of a list: `count` is how many there are in all."""

    count: int
    items: list[ObservationOut]


class FigureIn(Schema):
    """A figure handed in, in the card's own unit of measure. A value needs the state reported, any other state none."""

    unit: Word
    indicator: Word
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    state: State = "reported"
    reason: Sentence = ""
    source: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""


class HandingIn(Schema):
    """Figures for one period of one scheme, all taken or none."""

    scheme: Word
    period: Annotated[str, Field(max_length=12, pattern=r"^[0-9QH/-]*$")]
    figures: Annotated[list[FigureIn], Field(min_length=1, max_length=5000)]


class Receipt(Schema):
    """What was taken in: new figures, revised ones, and ones known already."""

    added: int
    revised: int
    same: int


class Refusal(Schema):
    """Why not: a code and a sentence."""

    code: str
    message: str = ""
    permission: str = ""


class Filter(Schema):
    """Which figures; empty is all."""

    unit: Word = ""
    indicator: Word = ""
    period: Annotated[str, Field(max_length=12, pattern=r"^[0-9QH/-]*$")] = ""
    since: Annotated[str, Field(max_length=12, pattern=r"^[0-9QH/-]*$")] = ""
    latest: bool = False
    offset: Annotated[int, Field(ge=0, le=10**9)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100


@router.get("/units", response={200: list[UnitOut], 403: Refusal})
def units(request: HttpRequest) -> Any:
    """Units this post may see."""
    actor = actor_of(request)
    _may(actor, "unit.see")
    rows = Unit.objects.visible_to(actor).select_related("parent").order_by("order", "code")
    return [
        UnitOut(code=u.code, name=u.name, kind=u.kind, parent=u.parent.code if u.parent else None, judged=u.judged)
        for u in rows
    ]


@router.get("/indicators", response={200: list[CardOut], 403: Refusal})
def indicators(request: HttpRequest) -> Any:
    """Every indicator card of the adopted rulebook."""
    _may(actor_of(request), "indicator.see")
    return [
        CardOut(
            code=c.code, name=c.name if isinstance(c.name, dict) else {"zh": spoken(c.name)}, unit=c.unit, kind=c.kind,
            frequency=c.frequency, direction=c.direction, keeper=c.keeper, only_county_has=c.only_county_has,
        )
        for c in cards_by_code().values()
    ]  # fmt: skip


@router.get("/observations", response={200: Page, 403: Refusal, 422: Refusal})
def observations(request: HttpRequest, asked: Query[Filter]) -> Any:
    """Figures of units this post may see, oldest first; `latest` leaves out earlier revisions."""
    from junxian.web.indicators.queries import current_figures

    actor = actor_of(request)
    _may(actor, "figure.see")
    reach = actor.reach_of("figure.see")
    figures = Observation.objects.all() if reach is None else Observation.objects.filter(unit__in=reach)
    chosen = {"unit__code": asked.unit, "indicator": asked.indicator, "period": asked.period}
    figures = figures.filter(**{name: value for name, value in chosen.items() if value})
    if asked.since:
        figures = figures.filter(period_index__gte=parse_period(asked.since).index)
    figures = current_figures(figures) if asked.latest else figures
    rows = figures.select_related("unit").order_by("pk")[asked.offset : asked.offset + asked.limit]
    return Page(count=figures.count(), items=[_out(row) for row in rows])


def _out(row: Observation) -> ObservationOut:
    same = ("indicator", "period", "kind", "calibre", "stage", "revision", "value", "source", "file", "sheet", "cell")
    return ObservationOut(
        unit=row.unit.code, unit_of_measure=row.unit_text, at=row.at.isoformat(), state=row.state,  # type: ignore[arg-type]
        published_at=row.published_at, reason=row.reason, **{name: getattr(row, name) for name in same},
    )  # fmt: skip


def _may(actor: Any, permission: str) -> None:
    from django.core.exceptions import PermissionDenied

    if not actor.may(permission):
        raise PermissionDenied(permission)


@router.post("/observations", response={200: Receipt, 403: Refusal, 409: Refusal, 422: Refusal})
def hand_in_observations(
    request: HttpRequest,
    body: HandingIn,
    key: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[\x21-\x7e]+$"), Header(alias="Idempotency-Key")],
) -> Any:
    """Hand figures in. The same key with the same body gets the same answer and adds nothing; with another body 409."""
    actor = actor_of(request)
    mark = digest(json.dumps(body.model_dump(mode="json"), sort_keys=True, ensure_ascii=False).encode())
    known = ApiCall.objects.filter(post=actor.post, key=key).first()
    if known is None:
        try:
            with transaction.atomic():
                figures = [Figure(f.unit, f.indicator, f.value, f.state, f.reason, f.source) for f in body.figures]
                done = receive(body.scheme, body.period, figures, by=actor, key=key)
                answer = {"added": done.added, "revised": done.revised, "same": done.same}
                known = ApiCall.objects.create(post=actor.post, key=key, body=mark, answer=answer, at=clock.now())
        except IntegrityError:
            known = ApiCall.objects.filter(post=actor.post, key=key).first()
            if known is None:
                raise
    if known.body != mark:
        return Status(
            409, Refusal(code="web.indicators.key_used", message=_sentence("web.indicators.key_used", key=key))
        )
    return Receipt(**known.answer)


def _sentence(code: str, **facts: object) -> str:
    from junxian.web.people.tags import sentence

    return sentence((code, facts))
