"""Bottom lines (守底线): what must not fail, how near to failing counts, and what follows, as text of a rulebook.

Every number a watch reads is a field here (RULES §1.8, §2.9, §3.5, §4.2 mark them as defaults of a place, not facts).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from junxian.core.text import Code, Dated, Entry, Text
from junxian.core.units.model import UnitSet

Level = Literal["green", "yellow", "orange", "red", "veto"]
LEVELS: tuple[Level, ...] = ("green", "yellow", "orange", "red", "veto")
NOT_WATCHED = "not_watched"
"""The level of a unit without a figure: neither safe nor in breach."""

Demand = Literal["analysis", "letter", "rectification", "talk", "notice", "fiscal_watch", "hand_over"]
"""书面分析, 书面说明, 限期整改, 约谈, 通报, 重点监控, 移送: consequences are enumerated, never free text."""


class Watch(Entry):
    """One way of watching a line."""

    kind: ClassVar[str] = ""
    shorthand: ClassVar[str] = ""


class LastPlaces(Watch):
    """不当后几名: in breach when fewer than `places` units are strictly worse, ties included (RULES §1.8).

    Early warning: `orange_worse` — that many strictly worse or fewer; `yellow_gap` — so near to the last-but-`places`
    unit, in the value's unit; `yellow_fall` — so many places lost since the round before. With fewer than `min_units`
    figures nobody is judged; the least is always one more than `places`. `decimals` compares the published values.
    """

    kind = "last_places"
    shorthand = "places"
    places: int = Field(gt=0)
    peers: UnitSet = ""
    better: Literal["high", "low"] = "high"
    breach: Level = "red"
    orange_worse: int | None = None
    yellow_gap: float | None = None
    yellow_fall: int | None = None
    min_units: int = 0
    decimals: int | None = Field(None, ge=0, le=9)


class Rung(Entry):
    """From `at_least` up to the next rung the light is `level`; the first rung is open below."""

    at_least: float | None = None
    level: Level


class Bands(Watch):
    """红黄绿分档: lights on unrounded values. `bounds: left` includes the lower bound (≥300 red), `right` the upper."""

    kind = "bands"
    shorthand = "steps"
    steps: tuple[Rung, ...]
    bounds: Literal["left", "right"] = "left"
    breach_from: Level = "red"

    @model_validator(mode="after")
    def _ascending(self) -> Bands:
        bounds = [step.at_least for step in self.steps]
        if not bounds or bounds[0] is not None or None in bounds[1:]:
            raise ValueError("bands_first_open")
        numbers = [b for b in bounds if b is not None]
        if any(low >= high for low, high in pairwise(numbers)):
            raise ValueError("bands_not_ascending")
        return self


class EventRule(Entry):
    """What one event card means: from `at_least` (left-closed; empty: anything above 0) this level and deduction.

    Without `deduct` the line's own effect says the points. `per_count` takes them once for each unit of the value (−0.5
    per μg/m³ over the target). `form` and `issuer` put the event on the register of notices and talks (通报约谈台账).
    """

    card: Code
    level: Level
    at_least: float | None = None
    deduct: float | None = Field(None, ge=0)
    per_count: bool = False
    form: Literal["", "notice", "talk", "criticism"] = ""
    issuer: Literal["", "city", "province", "ministry"] = ""


class Events(Watch):
    """底线事件: one matter counts once, at its highest. `span` says which events count: this year's or this round's.

    Deductions of one matter named by several lines of the same `family` are taken once, at the highest amount.
    """

    kind = "events"
    shorthand = "of"
    of: tuple[EventRule, ...]
    span: Literal["year", "round"] = "year"
    family: str = ""
    breach_from: Level = "yellow"


class Limit(Watch):
    """不得突破: value ≤ limit, on the limit is within it; `near` is the room left that gives the early warning."""

    kind = "limit"
    shorthand = "at_most"
    at_most: float | str
    near: float | None = None
    near_level: Level = "yellow"
    breach: Level = "red"


WATCHES: dict[str, type[Watch]] = {w.kind: w for w in (LastPlaces, Bands, Events, Limit)}


def read_watch(given: Any) -> Any:
    """`{last_places: 3}`, `{bands: […]}`, `{events: […]}`, `{limit: {at_most: …}}`: one key, one watch."""
    if isinstance(given, Watch):
        return given
    if not isinstance(given, dict) or len(given) != 1:
        raise ValueError("watch_one_key")
    kind, parameters = next(iter(given.items()))
    if kind not in WATCHES:
        raise ValueError(f"watch_unknown:{kind}")
    watch = WATCHES[kind]
    return watch.model_validate(parameters if isinstance(parameters, dict) else {watch.shorthand: parameters})


class LineEffect(Entry):
    """What a breach costs (扣分, flat or by level) and what each level demands of the unit."""

    deduct: Annotated[float, Field(ge=0)] | dict[Level, Annotated[float, Field(ge=0)]] = 0.0
    demand: dict[Level, tuple[Demand, ...]] = Field(default_factory=dict)

    def points(self, level: Level) -> float:
        return self.deduct.get(level, 0.0) if isinstance(self.deduct, dict) else self.deduct


_UNTIL = re.compile(r"year_end|round|\+\d{1,2}|\d{4}-\d{2}-\d{2}")


class Line(Dated):
    """A bottom line: a formula (or event cards), how it is watched, what a breach does and until when.

    `units` are those told of it; empty: all peers. `months_running` maps rounds in breach running to the level they
    raise to (2 → orange). `unreported: bridge` keeps a count over a round without a figure, so that silence never ends
    it. `until`: `year_end` of the assessment year, `round` of the period, `+n` months after it, or a date.
    """

    id: Code
    name: Text
    portfolio: Text = ""
    what: str = ""
    watch: Annotated[Watch, BeforeValidator(read_watch)]
    units: UnitSet = ()
    months_running: dict[Annotated[int, Field(ge=2)], Level] = Field(default_factory=dict)
    unreported: Literal["bridge", "break"] = "bridge"
    effect: LineEffect = LineEffect()
    until: Annotated[str, BeforeValidator(str)] = "year_end"

    @model_validator(mode="after")
    def _whole(self) -> Line:
        if bool(self.what) == isinstance(self.watch, Events):
            raise ValueError("line_what_or_events")
        if self.months_running and isinstance(self.watch, Events):
            raise ValueError("running_needs_values")
        if "veto" in self.levels() and (self.basis is None or not self.basis.document):
            raise ValueError("veto_needs_basis")
        if not _UNTIL.fullmatch(self.until):
            raise ValueError(f"until_unreadable:{self.until}")
        return self

    def levels(self) -> set[str]:
        """Every level this line can show."""
        watch = self.watch
        own: set[str] = set(self.months_running.values())
        if isinstance(watch, Bands):
            return own | {step.level for step in watch.steps}
        if isinstance(watch, Events):
            return own | {rule.level for rule in watch.of}
        return own | ({watch.breach} if isinstance(watch, LastPlaces | Limit) else set())
