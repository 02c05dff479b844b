"""Checks (审核规则): named rules over what came in; every threshold is a parameter of the rule, none is in the code."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from junxian.core.indicators.model import Kind
from junxian.core.text import Code, Dated, Entry, Fraction, Text

Severity = Literal["error", "warning", "ask"]
CheckType = Literal[
    "type", "unit", "unknown_region", "unknown_indicator", "wrong_period", "duplicate", "range", "not_falling",
    "parts_total", "county_sum", "jump", "required",
]  # fmt: skip

READING: tuple[CheckType, ...] = ("type", "unit", "unknown_region", "unknown_indicator", "wrong_period", "duplicate")
"""Rules that speak while a file is read; the others compare figures afterwards."""

DEFAULT_SEVERITY: dict[str, Severity] = {
    "type": "error", "unit": "ask", "unknown_region": "ask", "unknown_indicator": "ask", "wrong_period": "error",
    "duplicate": "error",
}  # fmt: skip

FINDING_COLUMNS: tuple[str, ...] = ("file", "sheet", "cell", "severity", "rule", "code", "facts")


class Calibre(Entry):
    """Which units a total of this calibre leaves out (不含…) when counties are summed."""

    without: tuple[Code, ...] = ()


class Check(Dated):
    """One rule. `indicators`, `kinds`, `regions` narrow it; empty means all. `advice` is the office's own word on what
    to do. Parameters by type:

    - `range`: `low`, `high` in the card's unit; without them the card's own range.
    - `not_falling`: 累计 not below the latest earlier figure of the same year, less `tolerance`.
    - `parts_total`: `parts` against `total`; `exact` false lets parts stay below the total (其中项).
    - `county_sum`: the sum of the root's children against the root's own figure; units `within` another are inside
      that one's figure already and are not added; `calibres` says which units a calibre leaves out.
    - `jump`: against the same period of last year: change above `rise` or below −`fall` (shares; 50% = 0.5); figures
      in % or 百分点 and published growth move by more than `points`; bases below `floor` are not compared.
    - `required`: each of `indicators` has a figure for each of `regions` (default: the root's children).
    - `tolerance` is in the card's unit, `tolerance_share` a share of the total.
    """

    id: Code
    type: CheckType
    title: Text = ""
    severity: Severity | None = None
    off: bool = False
    indicators: tuple[Code, ...] = ()
    kinds: tuple[Kind, ...] = ()
    regions: tuple[Code, ...] = ()
    advice: Text = ""
    low: float | None = None
    high: float | None = None
    tolerance: float = 0.0
    tolerance_share: Fraction = 0.0
    total: Code = ""
    parts: tuple[Code, ...] = ()
    exact: bool = True
    calibres: dict[str, Calibre] = Field(default_factory=dict)
    rise: Fraction | None = None
    fall: Fraction | None = None
    points: float | None = None
    floor: float = 0.0

    @model_validator(mode="after")
    def _complete(self) -> Check:
        if self.type == "parts_total" and not (self.total and self.parts):
            raise ValueError("parts_total_needs_total_and_parts")
        if self.type == "jump" and self.rise is None and self.fall is None and self.points is None:
            raise ValueError("jump_needs_rise_fall_or_points")
        if self.type == "required" and not self.indicators:
            raise ValueError("required_needs_indicators")
        return self

    @property
    def weight(self) -> Severity:
        """The severity a finding of this rule carries."""
        return self.severity or DEFAULT_SEVERITY.get(self.type, "warning")
