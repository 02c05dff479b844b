"""Pictures (插图): what the tile map and the score bars show, as facts for the files floor to draw."""

from __future__ import annotations

from typing import Any

from junxian.core.bulletins.context import Context
from junxian.core.bulletins.document import Picture

LEVELS = ("none", "green", "yellow", "orange", "red", "veto")
"""Lights from none to worst; a unit wears the worst of its alerts."""


def tile_map(context: Context, title: str) -> Picture | None:
    """方格地图: each unit with a place on the map, its light, score and place; None where no unit has a place."""
    ledger, w = context.ledger, context.wording
    tiles = []
    for code, row in ledger.scores.items():
        unit = ledger.units.get(code)
        if unit is None or unit.tile is None:
            continue
        score, rank = row["score"], row["rank"]
        tiles.append(
            {
                "code": code, "name": ledger.short(code), "column": unit.tile[0], "row": unit.tile[1],
                "band": light_of(context, code),
                "value": w.number(score, ledger.facts.score_decimals) if score is not None else "—",
                "rank": w.word("map.rank", rank=rank) if rank is not None else w.word("map.no_rank"),
            }
        )  # fmt: skip
    if not tiles:
        return None
    content = {
        "tiles": tiles,
        "words": {level: w.word(f"level.{level}") for level in LEVELS},
        "direction": w.word("map.direction"),
        "note": w.word("map.note", period=ledger.facts.period_title),
    }
    return Picture("tile_map", title, content)


def light_of(context: Context, code: str) -> str:
    """The worst level among a unit's alerts; none where it has no result, green where nothing is wrong."""
    worst = "none" if context.ledger.scores[code]["score"] is None else "green"
    for _, row in context.ledger.warnings:
        if row["region_code"] == code and LEVELS.index(str(row["level"])) > LEVELS.index(worst):
            worst = str(row["level"])
    return worst


def score_bars(context: Context, title: str, category: str = "") -> Picture | None:
    """得分构成: bars of the top-level points per unit, best on top; None where nobody has a score."""
    ledger = context.ledger
    codes = ledger.ranked(category)
    keys = [key for key in ledger.top_level() if any((code, key) in ledger.points for code in codes)]
    if not codes or not keys:
        return None
    series: list[dict[str, Any]] = []
    for key in keys:
        rows = [ledger.points.get((code, key)) for code in codes]
        figures = [row["points"] if row else None for row in rows]
        series.append({"name": ledger.label(key), "type": "bar", "stack": "points", "data": figures})
    option = {
        "title": {"text": title, "subtext": context.wording.word("chart.direction"), "left": "center"},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "aria": {"enabled": True, "decal": {"show": True}},
        "legend": {"bottom": 0, "type": "scroll"},
        "grid": {"left": 8, "right": 24, "top": 64, "bottom": 40, "containLabel": True},
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "inverse": True, "data": [ledger.short(code) for code in codes]},
        "series": series,
    }
    return Picture("score_bars", title, {"option": option, "rows": len(codes)}, category)
