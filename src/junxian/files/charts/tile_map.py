"""Tile map (方格地图): every county one square in its place; its band told by colour, by shape and by word at once.

No boundary data and no drawing library are needed. Fills should differ in lightness and shapes always differ, so that
the map can be read in a black-and-white print and by a colour-blind reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from junxian.core.errors import DataError
from junxian.files.charts.lettering import SHAPES, fitting_size, shape_svg, text_svg, text_width, wrapped

SIDE = 120
STEP = SIDE + 8
MARGIN = 28
NARROWEST = 560
INK = "#1f2933"
QUIET = "#3e4c59"
LOOKS = {
    "top": ("star", "#0b5394", "#ffffff", False),
    "middle": ("circle", "#cfe2f3", INK, False),
    "bottom": ("triangle_down", "#e69138", INK, False),
    "green": ("circle", "#63b58a", INK, False),
    "yellow": ("triangle", "#f8d866", INK, False),
    "red": ("diamond", "#a61c00", "#ffffff", False),
    "absent": ("dash", "#ffffff", INK, True),
}
"""Shape, fill, ink and dashed frame of the usual bands: standing, lights, and units without a figure."""
FALLBACK_FAMILIES = "Noto Sans S Chinese, Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, SimHei, sans-serif"


@dataclass(frozen=True, slots=True)
class Band:
    """One class of the map: its word, its shape, its fill and the ink upon it; `dashed` frames mean no judgement."""

    code: str
    word: str
    shape: str
    fill: str
    ink: str = INK
    dashed: bool = False

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise DataError("charts.shape_unknown", shape=self.shape, allowed=", ".join(SHAPES))

    @classmethod
    def of(cls, code: str, word: str) -> Band:
        """A band in one of the usual LOOKS (top, middle, bottom; green, yellow, red; absent) with its word."""
        return cls(code, word, *LOOKS[code])


@dataclass(frozen=True, slots=True)
class Tile:
    """One unit in its place: column and row count from 0 in the north-west; value and rank are texts as shown.

    `href`: where the square leads on a page; empty on paper.
    """

    code: str
    name: str
    column: int
    row: int
    band: str
    value: str
    rank: str = ""
    href: str = ""


def tile_map_svg(
    tiles: Sequence[Tile],
    title: str,
    legend: Sequence[Band],
    *,
    direction: str = "",
    note: str = "",
    emphasis: Collection[str] = (),
) -> str:
    """Draw the tiles as one SVG element whose size follows from their places.

    `direction` says which end is good, `note` names period and source, `emphasis` holds the codes drawn with a heavy
    frame. Every text is escaped. Errors: `charts.no_tiles`, `charts.tiles_collide`, `charts.band_unknown`.
    """
    _refuse_faults(tiles, legend)
    bands = {band.code: band for band in legend}
    columns, rows = 1 + max(tile.column for tile in tiles), 1 + max(tile.row for tile in tiles)
    width = max(NARROWEST, 2 * MARGIN + columns * STEP)
    left = (width - columns * STEP + STEP - SIDE) / 2
    head, top = _paragraph(title, 24, MARGIN, width=width)
    parts = [head]
    for tile in tiles:
        corner = (left + tile.column * STEP, top + 12 + tile.row * STEP)
        parts.append(_tile(tile, bands[tile.band], corner, heavy=tile.code in emphasis))
    key, y = _legend(legend, top + 20 + rows * STEP, width)
    below, y = _paragraph(direction, 16, y, width=width)
    last, y = _paragraph(note, 14, y, width=width)
    role = "group" if any(tile.href for tile in tiles) else "img"
    return _sheet([*parts, key, below, last], (width, y + MARGIN / 2), title, role)


def _refuse_faults(tiles: Sequence[Tile], legend: Sequence[Band]) -> None:
    if not tiles:
        raise DataError("charts.no_tiles")
    place, count = Counter((tile.column, tile.row) for tile in tiles).most_common(1)[0]
    if count > 1:
        names = ", ".join(tile.name for tile in tiles if (tile.column, tile.row) == place)
        raise DataError("charts.tiles_collide", names=names, column=place[0], row=place[1])
    for tile in tiles:
        if tile.band not in {band.code for band in legend}:
            raise DataError("charts.band_unknown", name=tile.name, band=tile.band)


def _tile(tile: Tile, band: Band, corner: tuple[float, float], *, heavy: bool) -> str:
    """Shape and word above, then name, value and rank; the whole is one group with its own spoken title."""
    x, y = corner
    middle, room = x + SIDE / 2, SIDE - 12
    word_size = fitting_size(band.word, 14, room - 22)
    lines = [
        shape_svg(band.shape, (x + 8, y + 8), 15, band.ink),
        text_svg(band.word, (x + 28, y + 21), word_size, band.ink, "start"),
        text_svg(tile.name, (middle, y + 56), fitting_size(tile.name, 25, room), band.ink),
        text_svg(tile.value, (middle, y + 83), fitting_size(tile.value, 20, room), band.ink),
        text_svg(tile.rank, (middle, y + 108), fitting_size(tile.rank, 16, room), band.ink),
    ]
    spoken = " ".join(part for part in (tile.name, tile.value, tile.rank, band.word) if part)
    drawn = f"<g><title>{escape(spoken)}</title>{_frame(band, corner, SIDE, heavy=heavy)}{''.join(lines)}</g>"
    return f'<a href="{escape(tile.href)}">{drawn}</a>' if tile.href else drawn


def _frame(band: Band, corner: tuple[float, float], side: float, *, heavy: bool = False) -> str:
    x, y = corner
    dashes = ' stroke-dasharray="6 4"' if band.dashed else ""
    stroke = f'stroke="{INK}" stroke-width="{5 if heavy else 1.2}"{dashes}'
    return f'<rect x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" rx="5" fill="{escape(band.fill)}" {stroke}/>'


def _legend(bands: Sequence[Band], y: float, width: float) -> tuple[str, float]:
    """Swatches with shape and word in centred rows; with the y of what comes below."""
    rows: list[list[Band]] = []
    for band in bands:
        if rows and sum(map(_entry_width, [*rows[-1], band])) <= width - 2 * MARGIN:
            rows[-1].append(band)
        else:
            rows.append([band])
    parts = []
    for row in rows:
        x = (width - sum(map(_entry_width, row))) / 2
        for band in row:
            parts.append(_frame(band, (x, y), 26) + shape_svg(band.shape, (x + 6, y + 6), 14, band.ink))
            parts.append(text_svg(band.word, (x + 34, y + 19), 16, INK, "start"))
            x += _entry_width(band)
        y += 36
    return "".join(parts), y


def _entry_width(band: Band) -> float:
    return 34 + text_width(band.word, 16) + 24


def _paragraph(text: str, size: float, y: float, *, width: float) -> tuple[str, float]:
    """Centred lines from y downwards, with the y of what comes below."""
    lines = wrapped(text, size, width - 2 * MARGIN)
    step = size * 1.45
    drawn = [text_svg(line, (width / 2, y + size + i * step), size, QUIET) for i, line in enumerate(lines)]
    return "".join(drawn), y + len(lines) * step


def _sheet(parts: Sequence[str], size: tuple[float, float], title: str, role: str) -> str:
    width, height = size
    box = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="{role}" font-family="{FALLBACK_FAMILIES}">'
        f'<title>{escape(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>'
    )
