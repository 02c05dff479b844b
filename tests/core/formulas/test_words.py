"""Sentences of this room (词句): every code raised has one, and its facts fill it."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from junxian.core.errors import RuleError
from junxian.core.formulas import analyse
from tests.core.formulas.test_analyse import REFUSED
from tests.core.formulas.test_parse import FAULTS
from tests.core.formulas.world import words

ROOT = Path(__file__).parents[3]
CODE = re.compile(r'"(formula\.(?!yaml)[a-z0-9_.]+)"')


def sentences(language):
    text = (ROOT / f"src/junxian/files/words/formulas.{language}.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe").load(text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_its_sentence_and_no_sentence_is_idle(language):
    sources = (ROOT / "src/junxian/core/formulas").glob("*.py")
    raised = {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert raised == set(sentences(language))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("text", sorted({fault[0] for fault in (*FAULTS, *REFUSED)}))
def test_the_facts_of_a_refusal_fill_its_sentence(language, text):
    with pytest.raises(RuleError) as refusal:
        analyse(text, words())
    sentence = sentences(language)[refusal.value.code]
    wanted = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
    assert wanted <= refusal.value.facts.keys()
