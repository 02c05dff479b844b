"""Names (命名): a file is named for the one thing it holds and says in its first line what that is."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.tree import ROOT, modules

FORBIDDEN = {"utils", "helpers", "common", "misc", "manager", "base", "services", "data", "process", "handle"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PYTHON = modules("src", "tests")
SOURCE = modules("src")


def stems(path):
    return {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}


def test_no_module_or_folder_is_a_drawer():
    assert [str(path) for path in PYTHON if stems(path) & FORBIDDEN] == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, f"{path.relative_to(ROOT)} has no docstring"


@pytest.mark.parametrize("path", SOURCE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_first_line_of_a_source_module_carries_the_chinese_term(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert CHINESE.search(docstring.split("\n")[0])


@pytest.mark.parametrize("path", SOURCE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_source_module_can_be_read_at_a_sitting(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCE if path.name == "__init__.py"],
    ids=lambda path: str(path.parent.relative_to(ROOT)),
)
def test_a_front_door_has_ten_names_at_most(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            assert len(ast.literal_eval(node.value)) <= 10


LATER = re.compile("#.*\\b(?:TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b")


def test_nothing_is_left_for_later():
    found = {str(path): LATER.findall(path.read_text(encoding="utf-8")) for path in PYTHON}
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert LATER.search("x = 1  # TO" + "DO: later")
