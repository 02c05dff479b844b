"""Drawings of the screens (图): ECharts options and the tile map, each saying which direction is good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from junxian.files.charts import Band, Tile, tile_map_svg
from junxian.web.assessment.models import Score


def tile_map(scores: Iterable[Score], title: str) -> str:
    """Every unit a square in its place: front third, middle, back third of its category by shape, word and colour.

    Empty where no unit has a place on the map.
    """
    placed = [s for s in scores if s.unit.column is not None and s.unit.row is not None]
    if not placed:
        return ""
    bands = [
        Band.of("top", _("前三分之一")), Band.of("middle", _("中间")), Band.of("bottom", _("后三分之一")),
        Band.of("absent", _("没有得分")),
    ]  # fmt: skip
    tiles = [_tile(score) for score in placed]
    used = {tile.band for tile in tiles}
    return tile_map_svg(
        tiles, title, [band for band in bands if band.code in used], direction=_("位次越靠前越好；县与区分开排名")
    )


def _tile(score: Score) -> Tile:
    english = (get_language() or "").startswith("en")
    name = (score.unit.name_en if english else score.unit.short) or score.unit.name
    value = "—" if score.score is None else f"{score.score:.2f}"
    rank = _("%(category)s第 %(rank)d 位") % {"category": score.category, "rank": score.rank} if score.rank else ""
    return Tile(
        score.unit.code, name, score.unit.column or 0, score.unit.row or 0, third(score.rank, score.n), value, rank,
        reverse("unit", args=[score.unit.code]),
    )  # fmt: skip


def third(rank: int | None, n: int | None) -> str:
    """top, middle or bottom third of the units with a score; absent without a rank."""
    if rank is None or not n:
        return "absent"
    return "top" if 3 * rank <= n else "bottom" if 3 * rank > 2 * n else "middle"


def rank_trend(rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """A unit's rank over the rounds, first place on top; a round without a rank is a gap."""
    if not any(row["rank"] for row in rows):
        return None
    return {
        "aria": {"enabled": True}, "tooltip": {"trigger": "axis"},
        "grid": {"left": 48, "right": 20, "top": 30, "bottom": 30},
        "xAxis": {"type": "category", "data": [row["period"] for row in rows]},
        "yAxis": {
            "type": "value", "inverse": True, "min": 1, "minInterval": 1, "max": max(row["n"] or 1 for row in rows),
            "name": _("位次（上方为好）"), "nameLocation": "start",
        },
        "series": [{"type": "line", "name": _("位次"), "data": [row["rank"] for row in rows], "symbolSize": 9}],
    }  # fmt: skip


def score_bars(scores: Sequence[Score], category: str) -> dict[str, Any] | None:
    """Scores of one category, best at the top."""
    scored = [s for s in scores if s.score is not None][::-1]
    if not scored:
        return None
    return {
        "aria": {"enabled": True}, "tooltip": {},
        "grid": {"left": 8, "right": 56, "top": 12, "bottom": 28, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "name": _("得分（越高越好）"), "nameLocation": "middle", "nameGap": 26},
        "yAxis": {"type": "category", "data": [str(s.unit) for s in scored]},
        "series": [{
            "type": "bar", "name": category, "data": [s.score for s in scored], "itemStyle": {"color": "#3f6a8f"},
            "barMaxWidth": 26, "label": {"show": True, "position": "right"},
        }],
    }  # fmt: skip
