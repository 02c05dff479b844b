"""Indicators (指标): what is known about a unit, in which unit of measure, of which kind, kept by whom."""

from __future__ import annotations

from typing import Literal

from junxian.core.text import Code, Dated, Day, Text

Kind = Literal["M", "YTD", "Q", "YTDQ", "Y", "EOP"]
State = Literal["reported", "late", "not_reported", "not_applicable"]
Stage = Literal["", "flash", "annual", "final", "census"]
Direction = Literal["+", "-", "band"]

KINDS: tuple[Kind, ...] = ("M", "YTD", "Q", "YTDQ", "Y", "EOP")
STATES: tuple[State, ...] = ("reported", "late", "not_reported", "not_applicable")
STAGES: tuple[Stage, ...] = ("", "flash", "annual", "final", "census")

OBSERVATION_COLUMNS: tuple[str, ...] = (
    "region_code", "indicator", "period", "kind", "calibre", "stage", "value", "state", "raw", "unit", "source",
    "source_grade", "source_kind", "file", "sheet", "cell", "published_at", "revision", "reason", "entered_by",
)  # fmt: skip


class Card(Dated):
    """A catalogue card (指标卡). `unit` is the unit every figure of it is converted to once, when it comes in.

    `kind` is the default kind when a formula or file names none. `growth_of` marks a published growth rate and names
    the amount it belongs to; it is never recomputed over the amount (RULES §1.4). `event` cards count bottom-line
    events: calibre carries the matter id, value the number or the mark.
    """

    code: Code
    name: Text
    aliases: tuple[str, ...] = ()
    meaning: Text = ""
    unit: str = ""
    direction: Direction = "+"
    band: tuple[float, float] | None = None
    flow: Literal["flow", "stock", "ratio"] = "flow"
    kind: Kind = "YTD"
    frequency: Literal["month", "quarter", "half", "year"] = "month"
    cumulative: bool = False
    growth_of: str = ""
    yoy_basis: Literal["", "real", "nominal", "comparable", "pp"] = ""
    decimals: int | None = None
    range: tuple[float | None, float | None] | None = None
    keeper: str = ""
    reviewed: Day = ""
    only_county_has: bool = False
    event: bool = False
