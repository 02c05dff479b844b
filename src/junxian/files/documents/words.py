"""Words of documents (文书用语): the bulletin catalogue of one language, read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

CATALOGUE = Path(__file__).parents[1] / "words"


@lru_cache(maxsize=8)
def bulletin_words(language: str) -> dict[str, str]:
    """Keys `bulletins.…` of `words/bulletins.<language>.yaml`; another language than zh and en reads the English."""
    from ruamel.yaml import YAML

    path = CATALOGUE / f"bulletins.{language}.yaml"
    if not path.is_file():
        path = CATALOGUE / "bulletins.en.yaml"
    return dict(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
