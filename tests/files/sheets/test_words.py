"""Every code of this room has a sentence in both languages, and no sentence is without a use."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import junxian

ROOT = Path(junxian.__file__).parent
SOURCES = [*(ROOT / "files" / "sheets").glob("*.py"), *(ROOT / "core" / "indicators").glob("*.py")]


def words(language: str) -> dict[str, str]:
    text = files("junxian.files").joinpath("words", f"sheets.{language}.yaml").read_text("utf-8")
    return dict(YAML(typ="safe", pure=True).load(text))


def used() -> set[str]:
    found: set[str] = set()
    for source in SOURCES:
        found |= set(re.findall(r'"((?:sheets|checks)\.[a-z_]+)"', source.read_text("utf-8")))
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_its_sentence_and_every_sentence_its_code(language: str) -> None:
    parts = {code for code in words(language) if code.startswith("sheets.part_")}
    assert set(words(language)) - parts == used()


def test_both_languages_name_the_same_facts() -> None:
    chinese, english = words("zh"), words("en")
    for code, sentence in chinese.items():
        wanted, given = (set(re.findall(r"\{(\w+)\}", text)) for text in (sentence, english[code]))
        assert wanted == given, code


def test_no_sentence_blames_or_shouts() -> None:
    assert not any("！" in sentence or "!" in sentence for sentence in [*words("zh").values(), *words("en").values()])
