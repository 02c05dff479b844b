"""Speaking (行文取数): one template and its surroundings become a sentence whose every figure knows its fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from junxian.core.bulletins import figures as numbers
from junxian.core.bulletins import names
from junxian.core.bulletins.context import Context, Piece
from junxian.core.bulletins.document import Figure
from junxian.core.bulletins.placeholders import Placeholder, parse

SAYERS: dict[str, Callable[[Placeholder, Context], list[Piece]]] = {**names.SAYERS, **numbers.SAYERS}


def speak(template: str, context: Context) -> tuple[str, tuple[Figure, ...]]:
    """The sentence and its figures with their positions. Errors: `Absent` where a fact does not exist, RuleError."""
    text, figures = "", []
    for piece in parse(template):
        for spoken_piece in SAYERS[piece.name](piece, context) if isinstance(piece, Placeholder) else [piece]:
            if isinstance(spoken_piece, Figure):
                end = len(text) + len(spoken_piece.text)
                figures.append(replace(spoken_piece, start=len(text), end=end))
                text += spoken_piece.text
            else:
                text += spoken_piece
    return text, tuple(figures)
