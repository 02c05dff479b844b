"""Simple bars (简图): the scores of a category as our own SVG where the chart library is missing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, ROW, NAME = 900, 26, 180


def bars_svg(names: Sequence[str], scores: Sequence[float], texts: Sequence[str], title: str) -> str:
    """One bar per unit, name on the left and figure at the end of the bar; negative scores get a bar of no length."""
    top = max([*scores, 0.0]) or 1.0
    room = WIDTH - NAME - 90
    parts = []
    for i, (name, score, text) in enumerate(zip(names, scores, texts, strict=True)):
        y, length = 34 + i * ROW, max(0.0, score) / top * room
        parts.append(
            f'<text x="{NAME - 8}" y="{y + 17}" text-anchor="end" font-size="15">{escape(name)}</text>'
            f'<rect x="{NAME}" y="{y + 4}" width="{length:.1f}" height="{ROW - 8}" fill="#3b6ea5"/>'
            f'<text x="{NAME + length + 8:.1f}" y="{y + 17}" font-size="15">{escape(text)}</text>'
        )
    height = 44 + ROW * len(names)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">'
        f"<title>{escape(title)}</title>"
        f'<rect width="100%" height="100%" fill="#fff"/><text x="12" y="22" font-size="16">{escape(title)}</text>'
        f"{''.join(parts)}</svg>"
    )
