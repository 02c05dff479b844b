"""Trying candidates (试算): every method that may have been meant, run by the real engine on last year's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from junxian.core.errors import JunxianError
from junxian.core.rulebook import Rulebook
from junxian.files.adopt.evidence import Candidate
from junxian.files.rulebooks.figures import observations
from junxian.files.rulebooks.trial import try_scheme

PERIOD = "2000"
Points = dict[str, dict[str, Decimal]]
"""World → unit → points."""


@dataclass(frozen=True)
class World:
    """Figures to try on: unit → peer group, and by indicator code each unit's figure."""

    label: str
    groups: Mapping[str, str]
    figures: Mapping[str, Mapping[str, float]]


def try_all(
    candidates: Sequence[Candidate], full: float, cards: Sequence[Mapping[str, Any]], worlds: Sequence[World]
) -> list[Points]:
    """Points of every candidate in every world; a candidate the engine refuses has none."""
    if not candidates:
        return []
    try:
        return _run(candidates, full, cards, worlds)
    except (JunxianError, ValidationError):
        if len(candidates) == 1:
            return [{}]
        half = len(candidates) // 2
        return try_all(candidates[:half], full, cards, worlds) + try_all(candidates[half:], full, cards, worlds)


def criterion_of(made: Candidate, key: str, full: float) -> dict[str, Any]:
    """The candidate as a criterion of a rulebook."""
    said: dict[str, Any] = {"id": key, "name": key, "value": made.value, "points": full, "method": made.text}
    if made.direction == "-":
        said["direction"] = "-"
    if made.ties:
        said["ties"] = made.ties
    if made.places is not None:
        said["round"] = {"places": made.places}
    return said


def _run(
    candidates: Sequence[Candidate], full: float, cards: Sequence[Mapping[str, Any]], worlds: Sequence[World]
) -> list[Points]:
    rulebook = _rulebook([criterion_of(made, f"k{i}", full) for i, made in enumerate(candidates)], cards)
    codes = {(w, unit): f"w{w}u{u}" for w, world in enumerate(worlds) for u, unit in enumerate(world.groups)}
    groups = {codes[w, unit]: f"{w}{group}" for w, world in enumerate(worlds) for unit, group in world.groups.items()}
    figures = [
        (codes[w, unit], code, Decimal(repr(x)))
        for w, world in enumerate(worlds)
        for code, column in world.figures.items()
        for unit, x in column.items()
        if (w, unit) in codes
    ]
    outcome = try_scheme(rulebook, rulebook.schemes[0], groups, observations(figures, rulebook, PERIOD), PERIOD)
    found: list[Points] = [{world.label: {} for world in worlds} for _ in candidates]
    for (w, unit), code in codes.items():
        for i in range(len(candidates)):
            points = outcome.points[code][f"k{i}"]["points"]
            if points is not None:
                found[i][worlds[w].label][unit] = Decimal(repr(points))
    return found


def _rulebook(criteria: list[dict[str, Any]], cards: Sequence[Mapping[str, Any]]) -> Rulebook:
    missing = dict.fromkeys(("late", "not_reported", "not_applicable", "undefined"), "own_maximum")
    scheme = {
        "id": "trial", "title": "trial", "frequency": "year", "groups": {"all": ["root"]}, "ties": "shared",
        "rounding": {"places": 9, "mode": "none"}, "missing": missing, "criteria": criteria,
    }  # fmt: skip
    whole = {"id": "trial", "title": "trial", "root": "root", "units": [{"code": "root", "name": "root"}]}
    return Rulebook.model_validate({**whole, "indicators": [dict(card) for card in cards], "schemes": [scheme]})
