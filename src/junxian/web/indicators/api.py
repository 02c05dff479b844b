"""API of the indicators room (接口): units, indicators and figures to read, figures to hand in, once for each key."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field

from junxian.core.indicators import Card, parse_period
from junxian.core.text import spoken
from junxian.web import clock
from junxian.web.archive.hashing import digest
from junxian.web.indicators import opening, showing
from junxian.web.indicators.figure_views import cards_by_code
from junxian.web.indicators.hand_in_api import router as hand_ins
from junxian.web.indicators.models import ApiCall, Observation
from junxian.web.indicators.receiving import Figure, receive
from junxian.web.people.interface import Code, Listed, PeriodText, Refusal, Window, Word, acting, answers, part
from junxian.web.units.models import Unit

router = Router(tags=["indicators"])
router.add_router("", hand_ins)
Sentence = Annotated[str, Field(max_length=400, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")]
State = Literal["reported", "late", "not_reported", "not_applicable"]


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
    at: datetime


class PlaceOut(Schema):
    """A unit's place by an indicator, the best first; without a figure `rank` is null and `state` says why."""

    unit: str
    period: str
    rank: int | None
    value: float | None
    state: State
    revision: int


class Places(Listed[PlaceOut]):
    """The places of one period, and every period the post may ask for."""

    periods: list[str]


class At(Window):
    """Which period; the newest open one where none is named."""

    period: PeriodText = ""


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
    period: PeriodText
    figures: Annotated[list[FigureIn], Field(min_length=1, max_length=5000)]


class Receipt(Schema):
    """What was taken in: new figures, revised ones, and ones known already."""

    added: int
    revised: int
    same: int


class Filter(Window):
    """Which figures; empty is all. `since`: of periods that end then or later."""

    unit: Word = ""
    indicator: Word = ""
    period: PeriodText = ""
    since: PeriodText = ""
    latest: bool = False


@router.get("/units", response=answers(Listed[UnitOut]))
def units(request: HttpRequest, asked: Query[Window]) -> Any:
    """Units this post may see."""
    rows = Unit.objects.visible_to(acting(request, "unit.see")).select_related("parent").order_by("order", "code")
    return part(rows, asked, _unit)


def _unit(row: Unit) -> UnitOut:
    parent = row.parent.code if row.parent else None
    return UnitOut(code=row.code, name=row.name, kind=row.kind, parent=parent, judged=row.judged)


@router.get("/indicators", response=answers(Listed[CardOut]))
def indicators(request: HttpRequest, asked: Query[Window]) -> Any:
    """Every indicator card of the rulebook in force; whole cards stand in the rulebooks room."""
    acting(request, "indicator.see")
    return part(list(cards_by_code().values()), asked, _card)


def _card(card: Card) -> CardOut:
    same = ("code", "unit", "kind", "frequency", "direction", "keeper", "only_county_has")
    name = card.name if isinstance(card.name, dict) else {"zh": spoken(card.name)}
    return CardOut(name=name, **{field: getattr(card, field) for field in same})


@router.get("/indicators/{code}/places", response=answers(Places, missing=True))
def places(request: HttpRequest, code: Code, asked: Query[At]) -> Any:
    """The ranking by one indicator: open once its keeper has signed, to counties once it is published."""
    actor, card = acting(request, "indicator.see"), cards_by_code().get(code)
    if card is None:
        raise Http404(code)
    periods = showing.periods_of(card)
    seen = {periods[index]: index for index in opening.open_indices(code, periods, actor)}
    if asked.period and asked.period not in seen:
        raise Http404(asked.period)
    index = seen[asked.period] if asked.period else next(iter(seen.values()), None)
    rows = showing.ranked(showing.figures_at(card, index), card, actor)
    return {**part(rows, asked, _place), "periods": list(seen)}


def _place(place: showing.Place) -> dict[str, Any]:
    figure, same = place.figure, ("period", "value", "state", "revision")
    return {"unit": figure.unit.code, "rank": place.rank, **{name: getattr(figure, name) for name in same}}


@router.get("/observations", response=answers(Listed[ObservationOut]))
def observations(request: HttpRequest, asked: Query[Filter]) -> Any:
    """Figures of units this post may see, oldest first; `latest` leaves out earlier revisions."""
    from junxian.web.indicators.queries import current_figures

    reach = acting(request, "figure.see").reach_of("figure.see")
    figures = Observation.objects.all() if reach is None else Observation.objects.filter(unit__in=reach)
    chosen = {"unit__code": asked.unit, "indicator": asked.indicator, "period": asked.period}
    figures = figures.filter(**{name: value for name, value in chosen.items() if value})
    if asked.since:
        figures = figures.filter(period_index__gte=parse_period(asked.since).index)
    figures = current_figures(figures) if asked.latest else figures
    return part(figures.select_related("unit").order_by("pk"), asked, _out)


def _out(row: Observation) -> ObservationOut:
    same = ("indicator", "period", "kind", "calibre", "stage", "revision", "value", "source", "file", "sheet", "cell")
    return ObservationOut(
        unit=row.unit.code, unit_of_measure=row.unit_text, at=row.at, state=row.state,  # type: ignore[arg-type]
        published_at=row.published_at, reason=row.reason, **{name: getattr(row, name) for name in same},
    )  # fmt: skip


@router.post("/observations", response=answers(Receipt, body=True))
def hand_in_observations(
    request: HttpRequest,
    body: HandingIn,
    key: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[\x21-\x7e]+$"), Header(alias="Idempotency-Key")],
) -> Any:
    """Hand figures in. The same key with the same body gets the same answer and adds nothing; with another body 409."""
    actor = acting(request, "figure.hand_in")
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
