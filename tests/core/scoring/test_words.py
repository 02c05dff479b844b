"""Sentences of this room (词句): every code raised has one in both languages, and its facts fill it."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[3] / "src/junxian"
SOURCES = [
    *(ROOT / "core/scoring").glob("*.py"),
    ROOT / "core/assessment/adjust.py",
    ROOT / "core/assessment/settle.py",
]
RAISED = re.compile(r'Error\(\s*"([a-z_]+\.[a-z_]+)"(.*?)\)\s*(?:from|\n)', re.DOTALL)


def raised() -> dict[str, set[str]]:
    """Code → the facts it is raised with."""
    found = {}
    for path in SOURCES:
        for code, rest in RAISED.findall(path.read_text(encoding="utf-8")):
            found[code] = set(re.findall(r"(\w+)=", rest)) - {"where"}
    return found


def sentences(language: str) -> dict[str, str]:
    text = (ROOT / f"files/words/scoring.{language}.yaml").read_text(encoding="utf-8")
    return dict(YAML(typ="safe").load(text))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_its_sentence_and_no_sentence_is_idle(language):
    assert set(raised()) == set(sentences(language))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_facts_of_a_refusal_fill_its_sentence(language):
    for code, sentence in sentences(language).items():
        wanted = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert wanted <= raised()[code], code
