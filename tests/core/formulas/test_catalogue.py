"""The function list (函数表): whole, unambiguous, and every example of it works."""

from __future__ import annotations

import re

import pytest

from junxian.core.errors import RuleError
from junxian.core.formulas import analyse, parse
from junxian.core.formulas.catalogue import FUNCTIONS, GROUPS, by_spelling
from junxian.core.formulas.model import Call, Name, children
from tests.core.formulas.world import Card, words


def names(node):
    found = {node.name} if isinstance(node, Name) else set()
    return found.union(*(names(child) for child in children(node)))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.en)
def test_each_example_calls_its_function_and_can_be_understood(function):
    tree = parse(function.example)
    assert isinstance(tree, Call)
    assert tree.function == function.en
    used = names(tree)
    cards = {name: Card(name) for name in used}
    cards |= {f"{name}的增速": Card(f"{name}的增速", growth_of=name) for name in used}
    assert analyse(function.example, words(cards | {"人口": Card("人口", "Y")})).tree == tree


def test_no_spelling_means_two_functions():
    spellings = [word for function in FUNCTIONS for word in (function.zh, function.en, *function.also)]
    assert len(spellings) == len(set(spellings)) == len(by_spelling())


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.en)
def test_each_function_speaks_both_languages(function):
    assert re.search("[\u4e00-\u9fff]", function.says_zh)
    assert re.search("[A-Za-z]{3}", function.says_en)
    assert not re.search("[\u4e00-\u9fff]", function.says_en)
    assert function.en.isascii()
    assert function.en == function.en.lower()
    assert function.group in GROUPS


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f.arguments], ids=lambda function: function.en)
def test_each_function_refuses_too_few_arguments(function):
    with pytest.raises(RuleError, match="too_few"):
        analyse(f"{function.en}()", words())
