"""Handling, review and signature (经手–复核–签发): three posts and three persons, the lock, and its exceptions."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.indicators import duties
from junxian.web.indicators.handing import OPEN_UPLOADS, demand_keeper, demand_open, reopen_steps
from junxian.web.indicators.models import HandIn, Query, Unlock
from junxian.web.indicators.queries import empty_cells
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.tags import spoken
from junxian.web.units.models import Unit

SHOWN = 5


def _held(hand_in: HandIn) -> HandIn:
    return HandIn.objects.select_for_update(of=("self",)).select_related("owner").get(pk=hand_in.pk)


def _demand(hand_in: HandIn, states: tuple[str, ...], permission: str, step: str, by: Actor) -> None:
    """The right post of the owner, in the right state, and nobody who took another step of this paper."""
    demand_keeper(by, permission, hand_in)
    demand_open(hand_in)
    if hand_in.state not in states:
        raise DataError("web.indicators.not_this_step", state=str(hand_in.get_state_display()))
    if by.post is None or by.post.step != step:
        raise DataError("web.indicators.not_your_step", post=str(by.post or ""))
    others = [post for post in (hand_in.handled_by, hand_in.reviewed_by) if post]
    if any(post.person_id == by.person.pk for post in others):
        raise DataError("web.indicators.same_person")


def _step(hand_in: HandIn, name: str, state: str, by: Actor, **more: Any) -> HandIn:
    before = hand_in.state
    fields = {"state": state, f"{name}_by": by.post, f"{name}_at": clock.now(), **more}
    HandIn.objects.filter(pk=hand_in.pk).update(**fields)
    audit.record(f"hand_in.{name}", "hand_in", hand_in.pk, by=by, unit=hand_in.owner_id, before=before, after=state)
    hand_in.refresh_from_db()
    return hand_in


@transaction.atomic
def handle(hand_in: HandIn, *, by: Actor) -> HandIn:
    """经手: everything asked has a figure or a chosen state, no file waits; from here it is the reviewer's."""
    hand_in = _held(hand_in)
    _demand(hand_in, (HandIn.State.OPEN, HandIn.State.RECEIVED), "figure.hand_in", "handle", by)
    waiting = hand_in.uploads.filter(state__in=OPEN_UPLOADS)
    if waiting:
        raise DataError("web.indicators.uploads_wait", n=len(waiting), names="、".join(u.name for u in waiting[:SHOWN]))
    drafts = hand_in.drafts.count()
    if drafts:
        raise DataError("web.indicators.drafts_wait", n=drafts)
    empty = empty_cells(hand_in)
    if empty:
        names = "、".join(f"{unit} {_called(hand_in, code)}" for unit, code in empty[:SHOWN])
        raise DataError("web.indicators.cells_empty", n=len(empty), names=names)
    asked = Query.objects.filter(hand_in=hand_in, answered_at=None).count()
    if asked:
        raise DataError("web.indicators.queries_wait", n=asked)
    return _step(hand_in, "handled", HandIn.State.CONFIRMED, by, returned="")


def _called(hand_in: HandIn, code: str) -> str:
    """An indicator's name in the reader's language."""
    card = next((card for card in duties.rules_in(hand_in.period).indicators if card.code == code), None)
    return spoken(card.name) if card else code


@transaction.atomic
def review(hand_in: HandIn, *, by: Actor) -> HandIn:
    """复核: by another than who handled it."""
    hand_in = _held(hand_in)
    _demand(hand_in, (HandIn.State.CONFIRMED,), "figure.review", "review", by)
    return _step(hand_in, "reviewed", HandIn.State.REVIEWED, by, compared_at=clock.now())


@transaction.atomic
def sign(hand_in: HandIn, *, by: Actor) -> HandIn:
    """签发: by a third; what is under the owner must have been signed before. The figures are locked from here on."""
    hand_in = _held(hand_in)
    _demand(hand_in, (HandIn.State.REVIEWED,), "figure.sign", "sign", by)
    waiting = unsigned_below(hand_in)
    if waiting:
        names = "、".join(other.owner.name for other in waiting[:SHOWN])
        raise DataError("web.indicators.children_unsigned", n=len(waiting), names=names)
    return _step(hand_in, "signed", HandIn.State.SIGNED, by, compared_at=clock.now())


def unsigned_below(hand_in: HandIn) -> list[HandIn]:
    """Hand-ins of the same round by units under the owner that are not signed yet."""
    below = Unit.objects.descendants(hand_in.owner).values_list("pk", flat=True)
    others = HandIn.objects.filter(scheme=hand_in.scheme, period=hand_in.period, owner__in=list(below))
    return list(others.exclude(state=HandIn.State.SIGNED).select_related("owner"))


@transaction.atomic
def send_back(hand_in: HandIn, reason: str, *, by: Actor) -> HandIn:
    """Reviewer or signer gives it back with a reason; whoever handled it goes on from there."""
    hand_in = _held(hand_in)
    permission = "figure.sign" if hand_in.state == HandIn.State.REVIEWED else "figure.review"
    demand_keeper(by, permission, hand_in)
    demand_open(hand_in)
    if hand_in.state not in (HandIn.State.CONFIRMED, HandIn.State.REVIEWED):
        raise DataError("web.indicators.not_this_step", state=str(hand_in.get_state_display()))
    _demand_reason(reason)
    reopen_steps(hand_in, by=by)
    HandIn.objects.filter(pk=hand_in.pk).update(returned=reason[:400])
    audit.record("hand_in.send_back", "hand_in", hand_in.pk, by=by, unit=hand_in.owner_id, after={"reason": reason})
    hand_in.refresh_from_db()
    return hand_in


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise DataError("web.indicators.reason_missing")


@transaction.atomic
def unlock(hand_in: HandIn, reason: str, *, by: Actor) -> Unlock:
    """Ask for an exception to the lock; somebody else must grant it."""
    hand_in = _held(hand_in)
    demand_keeper(by, "figure.hand_in", hand_in)
    _demand_reason(reason)
    if hand_in.closed_at:
        raise DataError("web.indicators.closed", period=hand_in.period)
    if not hand_in.locked:
        raise DataError("web.indicators.not_locked")
    if hand_in.unlocks.filter(granted_at=None).exists():
        raise DataError("web.indicators.unlock_asked")
    asked = Unlock.objects.create(hand_in=hand_in, reason=reason[:400], asked_by=by.post, asked_at=clock.now())
    audit.record("hand_in.ask_unlock", "hand_in", hand_in.pk, by=by, unit=hand_in.owner_id, after={"reason": reason})
    return asked


@transaction.atomic
def decide_unlock(asked: Unlock, *, by: Actor, refused: str = "") -> Unlock:
    """Grant the exception once, or refuse it with a reason; never by the person who asked."""
    asked = Unlock.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=asked.pk)
    hand_in = _held(asked.hand_in)
    by.demand("figure.unlock", hand_in.owner_id)
    if asked.granted_at:
        raise DataError("web.indicators.unlock_decided")
    if asked.asked_by.person_id == by.person.pk:
        raise DataError("web.indicators.same_person")
    if hand_in.closed_at:
        raise DataError("web.indicators.closed", period=hand_in.period)
    asked.granted_by, asked.granted_at, asked.refused = by.post, clock.now(), refused[:400]
    asked.save()
    after = {"asked_by": asked.asked_by_id, "reason": asked.reason, "refused": refused}
    audit.record("hand_in.unlock", "hand_in", hand_in.pk, by=by, unit=hand_in.owner_id, before="signed", after=after)
    if not refused:
        reopen_steps(hand_in, by=by)
        HandIn.objects.filter(pk=hand_in.pk).update(edition=hand_in.edition + 1)
    return asked


@transaction.atomic
def release(scheme: str, period: str, *, by: Actor | None) -> None:
    """The period was published: its rankings are open to counties too. Called by the publication."""
    HandIn.objects.filter(scheme=scheme, period=period, released_at=None).update(released_at=clock.now())
    audit.record("hand_in.release", "round", f"{scheme} {period}", by=by)


@transaction.atomic
def close(scheme: str, period: str, *, by: Actor | None) -> None:
    """The period was frozen: no exception is granted any more. Called by the freezing."""
    HandIn.objects.filter(scheme=scheme, period=period, closed_at=None).update(closed_at=clock.now())
    audit.record("hand_in.close", "round", f"{scheme} {period}", by=by)
