"""Saying faults (错处成句): every code has a sentence in both languages, with the same facts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from junxian.files.rulebooks import say
from junxian.files.rulebooks.speak import sentences

SOURCE = Path(__file__).parents[3] / "src" / "junxian"
OURS = ("rulebook.", "rulebooks.", "units.", "cases.")


def codes() -> set[str]:
    """Codes written in the source of our rooms, and those pydantic carries from any model."""
    found: set[str] = set()
    for folder in ("core/rulebook", "core/units", "files/rulebooks"):
        for file in (SOURCE / folder).glob("*.py"):
            text = file.read_text(encoding="utf-8")
            found |= set(re.findall(r'"((?:rulebooks?|units|cases)\.[a-z_0-9]+)"', text))
            found |= {f"rulebook.{name}" for name in re.findall(r'\b(?:fault|warning)\("([a-z_]+)"', text)}
            found |= {f"rulebook.unknown_{name}" for name in re.findall(r'unknown\("([a-z]+)"', text)}
    for file in (SOURCE / "core").rglob("*.py"):
        raised = re.findall(r'ValueError\(f?"([a-z_]+)[":]', file.read_text(encoding="utf-8"))
        found |= {f"rulebook.{name}" for name in raised}
    return {code for code in found if not code.endswith((".yaml", ".zip")) or code == "rulebooks.yaml"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_a_sentence(language: str) -> None:
    assert sorted(codes() - set(sentences(language))) == []


def test_both_languages_say_the_same_facts() -> None:
    chinese, english = sentences("zh"), sentences("en")
    for code in (code for code in chinese if code.startswith(OURS)):
        facts = [set(re.findall(r"(?<!\{)\{(\w+)\}", words[code])) for words in (chinese, english)]
        assert facts[0] == facts[1], code


def test_facts_are_filled_in_and_braces_stay() -> None:
    said = say("rulebook.method_unknown", {"name": "x", "nearest": "hit", "known": "hit"}, "en")
    assert said == 'There is no method "x"; the nearest is "hit". There are: hit.'
    assert "{rank_step: 5%}" in say("rulebook.method_one_key", {})


def test_an_unknown_code_shows_itself() -> None:
    assert say("nowhere.known", {"a": 1}) == "nowhere.known (a=1)"
