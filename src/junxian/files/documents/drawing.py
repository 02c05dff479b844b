"""Drawing (配图): the tile map and the score bars as SVG for the page and as PNG for the document."""

from __future__ import annotations

import re
from collections.abc import Iterable

from junxian.core.bulletins.document import Finding, Picture
from junxian.core.errors import DataError
from junxian.files.charts import Band, Tile, chart_svg, svg_png, tile_map_svg

LOOKS = {
    "none": ("dash", "#ffffff", "#1f2933", True),
    "green": ("circle", "#dff1e1", "#14532d", False),
    "yellow": ("triangle", "#fdeba6", "#4a3500", False),
    "orange": ("diamond", "#f7b569", "#3d1f00", False),
    "red": ("cross", "#c8372d", "#ffffff", False),
    "veto": ("star", "#4b0d14", "#ffffff", False),
}
"""Shape, fill, ink and dashed frame of each light; fills grow darker, so that a grey print tells them too."""
CHART_WIDTH, BAR = 900, 30


def draw(picture: Picture) -> str:
    """The picture as one SVG element. Errors: `charts.assets_missing` for bars where ECharts is not installed."""
    content = picture.content
    if picture.of == "score_bars":
        return chart_svg(content["option"], CHART_WIDTH, 130 + BAR * content["rows"])
    present = {tile["band"] for tile in content["tiles"]}
    legend = [
        Band(level, content["words"][level], shape, fill, ink, dashed)
        for level, (shape, fill, ink, dashed) in LOOKS.items()
        if level in present
    ]
    tiles = [Tile(**tile) for tile in content["tiles"]]
    return tile_map_svg(tiles, picture.title, legend, direction=content["direction"], note=content["note"])


def drawn(pictures: Iterable[Picture]) -> tuple[list[tuple[Picture, bytes]], list[Finding]]:
    """The pictures as PNG; one that cannot be drawn costs a sentence, not the document."""
    done: list[tuple[Picture, bytes]] = []
    findings: list[Finding] = []
    for picture in pictures:
        try:
            done.append((picture, svg_png(draw(picture))))
        except DataError as fault:
            findings.append(Finding("bulletins.picture_skipped", False, {"title": picture.title, "reason": fault.code}))
    return done, findings


def inline(svg: str) -> str:
    """SVG for an HTML page: without the name space, which HTML knows, so that the page holds no address at all."""
    return re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg)
