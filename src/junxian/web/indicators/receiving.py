"""Receiving figures from other systems (接口报送): the rules of a file, without the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.core.exceptions import PermissionDenied
from django.db import transaction

from junxian.core.errors import DataError
from junxian.core.indicators import Card, parse_period
from junxian.core.indicators.known import complete
from junxian.core.indicators.model import STATES
from junxian.web.indicators import doubting, duties
from junxian.web.indicators.handing import demand_keeper, demand_open, reopen_steps
from junxian.web.indicators.models import SETTLE_FIRST, HandIn
from junxian.web.indicators.queries import units_of
from junxian.web.indicators.storing import Appended, append
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.units.models import Unit

SHOWN = 5


@dataclass(frozen=True)
class Figure:
    """One figure as sent, in the card's own unit of measure."""

    unit: str
    indicator: str
    value: float | None
    state: str
    reason: str = ""
    source: str = ""


@transaction.atomic
def receive(scheme: str, period: str, figures: Sequence[Figure], *, by: Actor, key: str) -> Appended:
    """Take figures into the hand-ins that owe them, all or none. DataError where one is not asked of this post, is
    locked, breaks the rule of states, or is doubtful and brings no reason."""
    parse_period(period)
    hand_ins = _hand_ins(scheme, period, by)
    cards = {card.code: card for card in duties.rules_in(period).indicators}
    places = {hand_in.pk: _places(hand_in) for hand_in in hand_ins}
    used = {hand_in.pk: hand_in for hand_in in (_taker(figure, hand_ins, places) for figure in figures)}
    for hand_in in used.values():
        demand_keeper(by, "figure.hand_in", hand_in)
        demand_open(hand_in)
    rows = [_row(figure, cards[figure.indicator], period) for figure in figures]
    frame = complete(pl.DataFrame(rows, schema_overrides={"value": pl.Float64}))
    _demand_plausible(frame, period)
    done = append(frame, by=by, key=key)
    for hand_in in used.values():
        if done.added or done.revised:
            reopen_steps(hand_in, by=by)
        after = {"key": key, "added": done.added, "revised": done.revised, "same": done.same}
        audit.record("figures.receive", "hand_in", hand_in.pk, by=by, unit=hand_in.owner_id, after=after)
    return done


def _hand_ins(scheme: str, period: str, by: Actor) -> list[HandIn]:
    reach = by.reach_of("figure.hand_in")
    if reach is not None and not reach:
        raise PermissionDenied("figure.hand_in")
    found = HandIn.objects.select_for_update(of=("self",)).filter(scheme=scheme, period=period).select_related("owner")
    rows = list(found if reach is None else found.filter(owner__in=reach))
    if not rows:
        raise DataError("web.indicators.nothing_owed", scheme=scheme, period=period)
    return rows


def _places(hand_in: HandIn) -> set[str]:
    """Units a hand-in may speak about; a department may state the city's own figure beside its counties'."""
    city = Unit.objects.filter(root=True) if hand_in.owner.kind == "department" else ()
    return {unit.code for unit in (*units_of(hand_in), *city)}


def _taker(figure: Figure, hand_ins: list[HandIn], places: dict[int, set[str]]) -> HandIn:
    """The hand-in a figure belongs to."""
    for hand_in in hand_ins:
        if figure.indicator in hand_in.indicators and figure.unit in places[hand_in.pk]:
            if (figure.state == "reported") != (figure.value is not None) or figure.state not in STATES:
                raise DataError("web.indicators.state_and_value", unit=figure.unit, indicator=figure.indicator)
            return hand_in
    raise DataError("web.indicators.not_asked", unit=figure.unit, indicator=figure.indicator)


def _row(figure: Figure, card: Card, period: str) -> dict[str, Any]:
    return {
        "region_code": figure.unit,
        "indicator": card.code,
        "period": duties.cell_period(card, period),
        "kind": card.kind,
        "value": figure.value,
        "state": figure.state,
        "raw": "" if figure.value is None else f"{figure.value:.15g}",
        "unit": card.unit,
        "source": figure.source,
        "source_kind": "api",
        "reason": figure.reason,
    }


def _demand_plausible(frame: pl.DataFrame, period: str) -> None:
    """What a file would have to explain must bring its reason with it."""
    from junxian.web.indicators.templatetags.figures import told

    rules = duties.rules_in(period)
    told_why = {(row["region_code"], row["indicator"]) for row in frame.to_dicts() if row["reason"]}
    findings = [*doubting.checked_rows(frame, rules, period), *doubting.revised(frame, rules)]
    open_ = [
        row for row in findings
        if row["code"] in SETTLE_FIRST and (row.get("region", ""), row.get("indicator", "")) not in told_why
    ]  # fmt: skip
    if open_:
        said = " ".join(told(_Said(row["code"], row["facts"])) for row in open_[:SHOWN])
        raise DataError("web.indicators.doubtful", n=len(open_), said=said)


@dataclass(frozen=True)
class _Said:
    code: str
    facts: dict[str, Any]
