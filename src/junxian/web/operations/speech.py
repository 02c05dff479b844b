"""What the command line says (提示语): codes become sentences in the language of JUNXIAN_LANGUAGE."""

from __future__ import annotations

import os

import typer


def language() -> str:
    """The language of what the command line says: JUNXIAN_LANGUAGE, else Chinese."""
    return "en" if os.environ.get("JUNXIAN_LANGUAGE", "").lower().startswith("en") else "zh"


def word(code: str, **facts: object) -> str:
    """The sentence of a code."""
    from junxian.files.rulebooks import say

    return say(code, facts, language())


def tell(code: str, **facts: object) -> None:
    """Say it on standard output."""
    typer.echo(word(code, **facts))
