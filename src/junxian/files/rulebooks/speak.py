"""Saying faults (错处成句): codes and facts become sentences of the word catalogue, in Chinese or English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from junxian.files.rulebooks.fault import Fault

_PLACE = re.compile(r"\{\{|\}\}|\{(\w+)\}")


@cache
def sentences(language: str) -> Mapping[str, str]:
    """Every sentence of one language by code, from all files of the catalogue."""
    from ruamel.yaml import YAML

    found: dict[str, str] = {}
    for file in sorted(files("junxian.files").joinpath("words").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(f".{language}.yaml"):
            found |= YAML(typ="safe", pure=True).load(file.read_text("utf-8")) or {}
    return found


def say(code: str, facts: Mapping[str, object], language: str = "zh") -> str:
    """The sentence of a code with its facts filled in; a code without a sentence shows itself and its facts."""
    pattern = sentences(language).get(code)
    if pattern is None:
        return f"{code} ({', '.join(f'{name}={value}' for name, value in facts.items())})"
    return _PLACE.sub(lambda found: _filled(found, facts), pattern)


def reference_word(name: str, language: str = "zh") -> str:
    """A reference value's name as people read it (low → 下界, step_2 → 第 2 档); one without a word shows itself."""
    bare, _, number = name.rpartition("_")
    code, facts = ("receipt.reference_step", {"k": number}) if bare == "step" else (f"receipt.reference_{name}", {})
    return say(code, facts, language) if code in sentences(language) else name


def _filled(found: re.Match[str], facts: Mapping[str, object]) -> str:
    return found[0][0] if found[1] is None else str(facts.get(found[1], found[0]))


def lines(faults: Iterable[Fault], language: str = "zh", root: str = "") -> list[str]:
    """`file:line: sentence`, one for each fault; `root` stands before the file names."""
    return [f"{root}{fault.where}: {say(fault.code, fault.facts, language)}" for fault in faults]
