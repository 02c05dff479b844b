"""Words (词句): every sentence exists in both languages, with the same facts in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.house.tree import ROOT

WORDS = ROOT / "src/junxian/files/words"
ROOMS = sorted(path.name.removesuffix(".zh.yaml") for path in WORDS.glob("*.zh.yaml"))
FACT = re.compile(r"(?<!\{)\{(\w*)[^{}]*\}(?!\})")


def sentences(path: Path) -> dict[str, str]:
    """Code → sentence; nested keys are joined by dots."""

    def flat(entry: object, code: str) -> dict[str, str]:
        if not isinstance(entry, dict):
            return {code: str(entry)}
        return {
            k: v for key, value in entry.items() for k, v in flat(value, f"{code}.{key}" if code else str(key)).items()
        }

    return flat(YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}, "")


def test_every_room_speaks_both_languages():
    assert ROOMS
    assert sorted(path.name.removesuffix(".en.yaml") for path in WORDS.glob("*.en.yaml")) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_have_the_same_keys(room):
    assert sentences(WORDS / f"{room}.zh.yaml").keys() == sentences(WORDS / f"{room}.en.yaml").keys()


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_tell_the_same_facts(room):
    chinese, english = sentences(WORDS / f"{room}.zh.yaml"), sentences(WORDS / f"{room}.en.yaml")
    differing = {code for code in chinese if set(FACT.findall(chinese[code])) != set(FACT.findall(english[code]))}
    assert differing == set()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_is_empty(room, language):
    spoken = sentences(WORDS / f"{room}.{language}.yaml")
    # Between two Chinese sentences stands nothing, between two English ones a blank.
    assert [code for code, words in spoken.items() if not words.strip() and not code.endswith("separator")] == []


def test_no_code_is_spoken_for_in_two_rooms():
    seen: dict[str, str] = {}
    for room in ROOMS:
        for code in sentences(WORDS / f"{room}.zh.yaml"):
            assert code not in seen, f"{code}: {seen[code]} and {room}"
            seen[code] = room
