"""Lettering (字与形): text and small shapes of our own SVG drawings, measured without a drawing library."""

from __future__ import annotations

import re
from html import escape

LATIN_WIDTH = 0.58
"""Mean width of a Latin letter or digit of the vendored font, in em; a Chinese character is one em wide."""

# A closing mark never begins a line (避头点), a Latin word is never broken.
_PIECES = re.compile(r"[\x21-\x7e]+ ?|[^\x21-\x7e][，。、；：！？）》”’…]*")

SHAPES = {
    "circle": '<circle cx="8" cy="8" r="7" fill="{ink}"/>',
    "ring": '<circle cx="8" cy="8" r="6" fill="none" stroke="{ink}" stroke-width="2.5"/>',
    "triangle": '<path d="M8 0.5L16 15H0Z" fill="{ink}"/>',
    "triangle_down": '<path d="M8 15.5L0 1H16Z" fill="{ink}"/>',
    "square": '<path d="M1.5 1.5H14.5V14.5H1.5Z" fill="{ink}"/>',
    "diamond": '<path d="M8 0L16 8L8 16L0 8Z" fill="{ink}"/>',
    "cross": '<path d="M2 2L14 14M14 2L2 14" fill="none" stroke="{ink}" stroke-width="3"/>',
    "dash": '<path d="M1 8H15" fill="none" stroke="{ink}" stroke-width="4"/>',
    "star": '<path d="M8 0L10.1 5.6L16 5.9L11.4 9.6L13 15.4L8 12.1L3 15.4L4.6 9.6L0 5.9L5.9 5.6Z" fill="{ink}"/>',
}
"""Shapes in a box of 16 × 16, each told from the others without its colour."""


def shape_svg(name: str, corner: tuple[float, float], size: float, ink: str) -> str:
    """The shape with its upper left corner placed; KeyError for a name that SHAPES lacks."""
    x, y = corner
    return f'<g transform="translate({x:g} {y:g}) scale({size / 16:g})">{SHAPES[name].format(ink=escape(ink))}</g>'


def text_svg(text: str, at: tuple[float, float], size: float, ink: str, anchor: str = "middle") -> str:
    """One line of text, escaped; `at` is the anchor point on the base line."""
    x, y = at
    style = f'font-size="{size:g}" fill="{escape(ink)}" text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(text)}</text>'


def text_width(text: str, size: float) -> float:
    """Estimated width in pixels at a font size."""
    return size * sum(LATIN_WIDTH if ord(character) < 0x2000 else 1 for character in text)


def fitting_size(text: str, size: float, width: float) -> float:
    """The largest font size up to `size` at which the text stays within `width`."""
    return min(size, size * width / max(text_width(text, size), 1))


def wrapped(text: str, size: float, width: float) -> list[str]:
    """The text in lines no wider than `width`, as far as its words allow; an empty text has no line.

    White space counts as one blank, as it does in SVG.
    """
    lines: list[str] = []
    for piece in _PIECES.findall(" ".join(text.split())):
        if lines and text_width(lines[-1] + piece.rstrip(), size) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.strip() for line in lines]
