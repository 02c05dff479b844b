"""Cases (规则用例): figures in, published or computed results out, written beside the rule they hold fast.

A case is either the short form of one criterion (`when` gives its value for every unit, `then` its points) or figures
per unit and indicator with everything expected of the result. An expected number holds when the computed one, rounded
half up to the decimals written, is that number: `0.960` asks for three decimals, `0.96` for two.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from junxian.core.indicators.model import STATES
from junxian.core.text import Code, Dated, Entry, Text


def _stated(given: Any) -> Any:
    """Decimals are kept as written: the reader hands numbers over with their text."""
    if given is None or isinstance(given, Decimal):
        return given
    try:
        return Decimal(str(given))
    except InvalidOperation:
        raise ValueError(f"case_number:{given}") from None


def _cell(given: Any) -> Any:
    if given is None:
        return "not_reported"
    return given if given in STATES else _stated(given)


Stated = Annotated[Decimal, BeforeValidator(_stated)]
Cell = Annotated[Decimal | str, BeforeValidator(_cell)]
"""A figure or one of the states late, not_reported, not_applicable; an empty cell is not_reported."""


class Expected(Entry):
    """What one unit must get (预期结果); only what is written is compared. `null` asks for no score, no rank."""

    score: Stated | None = None
    rank: int | None = None
    grade: str | None = None
    gate: Literal["pass", "fail", "veto", "not_assessed"] | None = None
    bonus: Stated | None = None
    deduction: Stated | None = None
    values: dict[str, Stated | None] = Field(default_factory=dict)
    normalised: dict[str, Stated | None] = Field(default_factory=dict)
    points: dict[str, Stated | None] = Field(default_factory=dict)
    states: dict[str, str] = Field(default_factory=dict)


class Case(Dated):
    """One case. `figures` is unit → {indicator: figure}; an indicator key may say kind, calibre and period, as
    `收入.累计`, `收入[含兰考]`, `收入.累计@2025-06`; without a period the case's
    own (for annual figures its year) is meant.

    The units judged are those named here and nobody else, each in the group the scheme puts it in; `groups` gives the
    case peer groups of its own, `group` the one group of the short form.
    `constructed` says that figures are made up; otherwise `source` names the publication. `file` and `expect_file`
    read CSV tables of the rulebook: region_code and one column an indicator (or region_code, indicator, value);
    region_code, score, rank, grade, gate and columns such as `points.投资`, empty cells not compared.
    """

    name: Text = ""
    scheme: Code = ""
    criterion: str = ""
    period: Code = ""
    constructed: bool = False
    source: Text = ""
    group: str = ""
    groups: dict[str, tuple[Code, ...]] = Field(default_factory=dict)
    when: dict[Code, Cell] = Field(default_factory=dict)
    then: dict[Code, Stated | None] = Field(default_factory=dict)
    figures: dict[Code, dict[str, Cell]] = Field(default_factory=dict)
    file: str = ""
    expect: dict[Code, Expected] = Field(default_factory=dict)
    expect_file: str = ""


_KEY = re.compile(
    r"(?P<indicator>[^.@\[]+?)\s*(?:\.(?P<kind>[^.@\[]+))?(?:\[(?P<calibre>[^\]]+)\])?(?:@(?P<period>.+))?"
)


def series_of(written: str) -> tuple[str, str, str, str]:
    """`收入.累计[含兰考]@2025-06` → (indicator, kind, calibre, period); what is not said is empty."""
    found = _KEY.fullmatch(written.strip())
    if found is None:
        return written, "", "", ""
    return tuple((found[name] or "").strip() for name in ("indicator", "kind", "calibre", "period"))  # type: ignore[return-value]


def indicator_of(written: str) -> str:
    return series_of(written)[0]
