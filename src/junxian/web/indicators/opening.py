"""When figures may be looked at (开放规则): rankings of a period open only after its keeper has signed; counties wait
for publication. A period nobody owes anything for is history and open."""

from __future__ import annotations

from collections.abc import Iterable

from junxian.core.indicators import parse_period
from junxian.web.indicators.models import HandIn
from junxian.web.people.actor import Actor


def locked(indicator: str, index: int) -> bool:
    """Whether the keeper has signed the indicator's figures of the period that ends in the month of `index`."""
    return all(hand_in.locked for hand_in in _answering(_by_index().get(index, []), indicator))


def _by_index() -> dict[int, list[HandIn]]:
    found: dict[int, list[HandIn]] = {}
    for hand_in in HandIn.objects.only("period", "state", "released_at", "indicators"):
        found.setdefault(parse_period(hand_in.period).index, []).append(hand_in)
    return found


def _answering(hand_ins: list[HandIn], indicator: str) -> list[HandIn]:
    """The hand-ins that owe the indicator; a figure nobody was asked for waits for all of them."""
    return [hand_in for hand_in in hand_ins if indicator in hand_in.indicators] or hand_ins


def open_indices(indicator: str, indices: Iterable[int], actor: Actor) -> list[int]:
    """Of several periods those whose ranking the actor may see, newest first.

    Who sees every unit's figures sees a period once its keeper has signed it; a county once it is published.
    """
    everywhere = actor.reach_of("indicator.see") is None
    hand_ins = _by_index()

    def is_open(index: int) -> bool:
        asked = _answering(hand_ins.get(index, []), indicator)
        return all(hand_in.locked if everywhere else hand_in.released_at is not None for hand_in in asked)

    return sorted((index for index in set(indices) if is_open(index)), reverse=True)
