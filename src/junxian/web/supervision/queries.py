"""What a meeting looks at (会议材料): earlier decisions, whether their number moved, promises due, order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from junxian.core.indicators.model import Card
from junxian.web import clock
from junxian.web.indicators.models import Observation
from junxian.web.people.actor import Actor
from junxian.web.rulebooks.current import current
from junxian.web.supervision.models import Decision, Meeting, Named, Promise
from junxian.web.units.models import Unit

PROMISE_RED_DAYS = 30
"""Days after which an unkept promise is red for the city where the rulebook names no `promise_red_days` (§2.15 [D])."""
SOON_DAYS = 30


@dataclass(frozen=True)
class Movement:
    """A linked figure when the decision was made and now. verdict: better, worse, same, reached, short or ""."""

    card: Card
    then: Observation | None
    now: Observation | None
    verdict: str


@dataclass(frozen=True)
class Standing:
    """A decision as a meeting reads it."""

    decision: Decision
    late: bool
    movement: Movement | None


def sees_all(actor: Actor) -> bool:
    """Whether the actor reads whole meetings; others read only the lines that name their units."""
    return actor.may("meeting.see") and actor.reach_of("meeting.see") is None


def meetings_for(actor: Actor) -> QuerySet[Meeting]:
    """All meetings, or those that name the actor's units or gave them a decision."""
    if sees_all(actor):
        return Meeting.objects.all()
    named = Named.objects.visible_to(actor).exclude(notified_at=None).values("meeting")
    decided = Decision.objects.visible_to(actor).filter(meeting__state=Meeting.State.CLOSED).values("meeting")
    return Meeting.objects.filter(Q(pk__in=named) | Q(pk__in=decided))


def decisions_for(actor: Actor) -> QuerySet[Decision]:
    """Decisions the actor may read: all, or those of his units from closed meetings on."""
    found = Decision.objects.visible_to(actor).select_related("owner", "meeting", "settled_by")
    return found if sees_all(actor) else found.filter(meeting__state=Meeting.State.CLOSED)


def open_decisions(actor: Actor, unit: Unit | None = None) -> list[Standing]:
    """Decisions still to be carried out, the longest overdue first."""
    found = decisions_for(actor).filter(state__in=[Decision.State.OPEN, Decision.State.MOVED])
    if unit is not None:
        found = found.filter(owner=unit)
    return standings(found.order_by("due", "year", "number"))


def brought_back(meeting: Meeting, actor: Actor) -> list[Standing]:
    """What the meeting opens with: the decisions of the one before, and all older ones still open."""
    earlier = Meeting.objects.filter(date__lte=meeting.date).exclude(pk=meeting.pk).exclude(state=Meeting.State.PLANNED)
    last = earlier.order_by("-date", "-pk").first()
    if last is None:
        return []
    found = decisions_for(actor).filter(meeting__in=earlier)
    waiting = found.filter(state__in=[Decision.State.OPEN, Decision.State.MOVED])
    return standings((found.filter(meeting=last) | waiting).distinct().order_by("due", "year", "number"))


def standings(decisions: Iterable[Decision]) -> list[Standing]:
    """Decisions with their lateness and what their figures did; two queries for all of them."""
    rows, day = list(decisions), clock.today()
    cards = {card.code: card for card in current().indicators}
    linked = [row for row in rows if row.indicator in cards]
    series = _series({(row.owner_id, row.indicator) for row in linked})
    return [
        Standing(row, row.is_late(day), movement(row, cards[row.indicator], series[row.owner_id, row.indicator])
                 if row.indicator in cards else None)
        for row in rows
    ]  # fmt: skip


def _series(keys: set[tuple[int, str]]) -> dict[tuple[int, str], list[Observation]]:
    """(unit, indicator) → figures, the last known last."""
    found: dict[tuple[int, str], list[Observation]] = defaultdict(list)
    if keys:
        units, codes = {unit for unit, _ in keys}, {code for _, code in keys}
        rows = Observation.objects.filter(unit_id__in=units, indicator__in=codes, calibre="", state="reported")
        for row in rows.order_by("period_index", "published_at", "revision").select_related("unit"):
            found[row.unit_id, row.indicator].append(row)
    return found


def movement(decision: Decision, card: Card, series: list[Observation]) -> Movement:
    """The figure as known when the decision was made, and as known now; figures of the card's own kind only."""
    own = [row for row in series if row.kind == card.kind]
    before = [row for row in own if row.at <= decision.at]
    then, now = (before[-1] if before else None), (own[-1] if own else None)
    return Movement(card, then, now, _verdict(decision, card, then, now))


def _verdict(decision: Decision, card: Card, then: Observation | None, now: Observation | None) -> str:
    if now is None or now.value is None or card.direction == "band":
        return ""
    better = 1 if card.direction == "+" else -1
    if decision.threshold is not None:
        return "reached" if (now.value - decision.threshold) * better >= 0 else "short"
    if then is None or then.value is None or _grows_by_itself(card):
        return ""
    change = (now.value - then.value) * better
    return "better" if change > 0 else "worse" if change < 0 else "same"


def _grows_by_itself(card: Card) -> bool:
    """A cumulative amount is larger each month; two months of it do not compare."""
    return card.flow == "flow" and card.kind in ("YTD", "YTDQ")


@dataclass(frozen=True)
class Due:
    """A promise and where it stands: kept, kept late, due soon, overdue, or red for the city."""

    promise: Promise
    standing: str
    days: int


def promises(actor: Actor) -> list[Due]:
    """Promises within the actor's reach, by their day."""
    red = _red_days()
    rows = Promise.objects.visible_to(actor).select_related("unit", "body")
    return [_due(row, clock.today(), red) for row in rows]


def promises_due(actor: Actor, day: date) -> list[Due]:
    """Promises not kept whose day has come or comes within a month of that day."""
    until = day + timedelta(days=SOON_DAYS)
    return [due for due in promises(actor) if due.promise.fulfilled_at is None and due.promise.due <= until]


def _due(row: Promise, day: date, red: int) -> Due:
    if row.fulfilled_at:
        return Due(row, "kept" if row.fulfilled_at <= row.due else "kept_late", (row.fulfilled_at - row.due).days)
    days = (day - row.due).days
    return Due(row, "red" if days > red else "overdue" if days > 0 else "waiting", days)


def _red_days() -> int:
    given = [p.value for p in current().parameters if p.id == "promise_red_days"]
    return int(float(given[-1])) if given else PROMISE_RED_DAYS


def kept_share(found: Iterable[Due]) -> float | None:
    """Kept on time over due so far, in percent (兑现率); None where nothing was due yet."""
    counted = [due for due in found if due.standing != "waiting"]
    return round(100 * sum(due.standing == "kept" for due in counted) / len(counted), 1) if counted else None


def speaking_order(meeting: Meeting) -> list[tuple[Unit, str]]:
    """Who speaks in which order and about what: those who are named first, then who reports on the agenda."""
    named = [(row.unit, row.line) for row in meeting.named.select_related("unit")]
    items = meeting.items.exclude(reporter=None).select_related("reporter")
    return named + [(item.reporter, item.title) for item in items]


def key_people(actor: Actor) -> list[dict[str, Any]]:
    """关键人关键事: owners with open decisions, who has most overdue first."""
    found: dict[tuple[int, str], list[Standing]] = defaultdict(list)
    for standing in open_decisions(actor):
        found[standing.decision.owner_id, standing.decision.person].append(standing)
    rows = [
        {"owner": rows[0].decision.owner, "person": person, "matters": rows, "late": sum(row.late for row in rows)}
        for (_, person), rows in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["late"], -len(row["matters"]), row["owner"].order))
