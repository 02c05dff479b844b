"""The whole scheme (方案整体): how points add up, what absence does, how totals are rounded and places given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Any

from junxian.core.rulebook import Rulebook
from junxian.files.adopt.choose import Chosen, published_points
from junxian.files.adopt.scheme import Draft, Terms, figures_of, rulebook_of
from junxian.files.rulebooks.cases import agrees
from junxian.files.rulebooks.figures import observations
from junxian.files.rulebooks.trial import Outcome, try_scheme

NANO = Decimal(1_000_000_000)


@dataclass
class Whole:
    """The scheme settled: its text as plain values and what the engine makes of last year's figures under it."""

    draft: Draft
    terms: Terms
    raw: dict[str, Any]
    outcome: Outcome
    totals: dict[str, Decimal] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)

    def score(self, unit: str) -> Decimal | None:
        nano = self.outcome.scores[self.draft.places.codes[unit]]["published"]
        return None if nano is None else Decimal(nano) / NANO

    def rank(self, unit: str) -> int | None:
        found = self.outcome.scores[self.draft.places.codes[unit]]["rank"]
        return None if found is None else int(found)

    def points(self, unit: str, key: str) -> Decimal | None:
        found = self.outcome.points[self.draft.places.codes[unit]][key]["points"]
        return None if found is None else Decimal(repr(found))

    @property
    def totals_back(self) -> list[str]:
        return [unit for unit, p in self.totals.items() if (s := self.score(unit)) is not None and agrees(p, s)]

    @property
    def ranks_back(self) -> list[str]:
        return [unit for unit, r in self.ranks.items() if self.rank(unit) == r]


def settle(draft: Draft) -> Whole:
    """The terms under which most totals and then most ranks come back; the plainest among equals."""
    best: Whole | None = None
    for terms in _ways(draft):
        found = _tried(draft, terms)
        if best is None or (len(found.totals_back), len(found.ranks_back)) > (
            len(best.totals_back),
            len(best.ranks_back),
        ):
            best = found
        if len(best.totals_back) == len(best.totals) and len(best.ranks_back) == len(best.ranks):
            break
    assert best is not None
    return _ranked(best)


def _ways(draft: Draft) -> Iterator[Terms]:
    places = draft.old.total.places if draft.old.total else 2
    absences = _absences(draft)
    for mode, each, missing in product(("half_up", "half_even", "down"), (False, True), absences):
        yield Terms(each, missing, places, mode)


def _absences(draft: Draft) -> tuple[str, ...]:
    """Rules for figures not there need trying only where some are not."""
    gaps = any(
        unit not in column.figures
        for one in draft.chosen
        if one.status == "read"
        for column in one.named.figures
        for unit in draft.groups
    )
    return ("renormalise", "own_maximum", "zero") if gaps else ("renormalise",)


def _ranked(whole: Whole) -> Whole:
    if len(whole.ranks_back) == len(whole.ranks):
        return whole
    best = whole
    for ties, on in product(("shared", "dense", "last"), ("published", "exact")):
        t = whole.terms
        found = _tried(whole.draft, Terms(t.each, t.missing, t.places, t.mode, ties, on))
        if len(found.ranks_back) > len(best.ranks_back):
            best = found
    return best


def _tried(draft: Draft, terms: Terms) -> Whole:
    raw = rulebook_of(draft, terms)
    rulebook = Rulebook.model_validate(raw)
    codes = draft.places.codes
    groups = {codes[unit]: group for unit, group in draft.groups.items()}
    observed = observations(list(figures_of(draft)), rulebook, draft.period)
    whole = Whole(draft, terms, raw, try_scheme(rulebook, rulebook.schemes[0], groups, observed, draft.period))
    old = draft.old
    if old.total is not None:
        whole.totals = {
            u: p for u, p in published_points(old.total.entries, old.total.places).items() if u in draft.groups
        }
    if old.place is not None:
        entries = old.place.entries
        whole.ranks = {
            u: int(e.value)
            for u, e in entries.items()
            if e.value is not None and e.value == int(e.value) and u in draft.groups
        }
    return whole


def largest_difference(one: Chosen, whole: Whole) -> Decimal:
    """The largest gap between published points and computed ones at the published decimals."""
    gaps = [
        abs(p - round_to(p, found))
        for unit, p in one.published.items()
        if (found := whole.points(unit, one.named.key)) is not None
    ]
    return max(gaps, default=Decimal(0))


def round_to(like: Decimal, found: Decimal) -> Decimal:
    """A computed figure with the decimals of a published one."""
    return found.quantize(like, ROUND_HALF_UP)


def points_back(one: Chosen, whole: Whole) -> list[str]:
    """Units whose published points the draft gives."""
    found = {unit: whole.points(unit, one.named.key) for unit in one.published}
    return [unit for unit, p in one.published.items() if (points := found[unit]) is not None and agrees(p, points)]
