"""Doubts (疑点): what checks find against earlier figures, what differs from confirmed ones, how far it is off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from junxian.core.indicators import parse_period
from junxian.core.rulebook import Rulebook
from junxian.web.indicators import queries
from junxian.web.indicators.storing import latest_of
from junxian.web.units.models import Unit

if TYPE_CHECKING:
    import polars as pl

YEARS_BACK = 24
"""Months of earlier figures the checks compare with."""


def notice(code: str, **facts: Any) -> dict[str, Any]:
    """A finding about the whole file that asks for nothing."""
    return {"severity": "warning", "rule": "file", "code": code, "facts": facts}


FEW = 200
"""Units a file may speak about for their history alone to be looked up; a longer list is the whole deployment."""


def checked(frame: pl.DataFrame, rules: Rulebook, period: str) -> pl.DataFrame:
    """Findings of the comparing checks; every check compares a unit with its own earlier figures only."""
    from junxian.files.sheets import check_observations

    codes = frame.get_column("region_code").unique().to_list()
    indicators, since = frame.get_column("indicator").unique().to_list(), parse_period(period).index - YEARS_BACK
    history = queries.frame(period, indicators=indicators, since=since, units=codes if len(codes) <= FEW else None)
    return check_observations(
        frame, history, checks=rules.checks, cards=rules.indicators, units=rules.units, period=period, root=rules.root
    )


def checked_rows(frame: pl.DataFrame, rules: Rulebook, period: str) -> list[dict[str, Any]]:
    """Findings of the comparing checks about figures that came without a file."""
    return finding_rows(checked(frame, rules, period), rules)


def finding_rows(findings: pl.DataFrame, rules: Rulebook) -> list[dict[str, Any]]:
    """Findings with what they are about taken out of their facts."""
    cards = {card.code for card in rules.indicators}
    made = []
    for row in findings.iter_rows(named=True):
        facts = json.loads(row["facts"] or "{}")
        indicator = facts.get("indicator_code") or facts.get("indicator")
        made.append({
            **row, "facts": facts, "region": facts.get("region_code") or facts.get("region") or "",
            "indicator": indicator if isinstance(indicator, str) and indicator in cards else "",
        })  # fmt: skip
    return made


def revised(frame: pl.DataFrame, rules: Rulebook) -> list[dict[str, Any]]:
    """Findings about figures that differ from the ones confirmed before and give no reason themselves."""
    units = dict(Unit.objects.values_list("code", "pk"))
    rows = [row for row in frame.to_dicts() if not row["reason"] and row["region_code"] in units]
    known = latest_of(
        {units[row["region_code"]] for row in rows}, {row["indicator"] for row in rows}, {row["period"] for row in rows}
    )
    cards, places = {card.code: card for card in rules.indicators}, {unit.code: unit for unit in rules.units}
    found = []
    for row in rows:
        before = known.get(
            (units[row["region_code"]], *(row[n] for n in ("indicator", "period", "kind", "calibre", "stage")))
        )
        if before is None or before[2] != "reported" or before[1:3] == (row["value"], row["state"] or "reported"):
            continue
        card, unit = cards.get(row["indicator"]), places.get(row["region_code"])
        facts = {
            "region": unit.name if unit else row["region_code"], "indicator": card.name if card else row["indicator"],
            "period": row["period"], "value": row["value"], "earlier": before[1], "unit": card.unit if card else "",
        }  # fmt: skip
        found.append(
            {
                **{name: row[name] for name in ("file", "sheet", "cell")},
                "severity": "warning",
                "rule": "revised",
                "code": "web.indicators.revised",
                "facts": facts,
                "region": row["region_code"],
                "indicator": row["indicator"],
            }
        )
    return found


def deviation(code: str, facts: dict[str, Any]) -> float | None:
    """How far a finding's figure is off, in the terms of its rule; None where there is no such measure."""
    gap = {
        "checks.jump": ("percent", None),
        "checks.jump_points": ("points", None),
        "checks.falling": ("earlier", "value"),
        "checks.parts_differ": ("value", "parts_sum"),
        "checks.county_sum": ("value", "sum"),
    }.get(code)
    if gap is None or facts.get(gap[0]) is None:
        return None
    return abs(float(facts[gap[0]]) - (float(facts[gap[1]]) if gap[1] else 0.0))
