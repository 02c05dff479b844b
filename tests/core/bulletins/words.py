"""The bulletin catalogue as the tests read it: straight from the YAML, not through the code under test."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

WORDS = Path(__file__).parents[3] / "src/junxian/files/words"


def words(language: str) -> dict[str, str]:
    return dict(YAML(typ="safe").load((WORDS / f"bulletins.{language}.yaml").read_text(encoding="utf-8")))
