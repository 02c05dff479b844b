"""Dependencies (依赖): what the source imports is declared, what is declared is imported, and every line says why."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.house.tree import ROOT, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = {"junxian", "tests"}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(*extras: str) -> set[str]:
    lines = list(PROJECT["project"]["dependencies"])
    for extra in extras:
        lines += PROJECT["project"]["optional-dependencies"][extra]
    return {plain(re.match(r"[\w.-]+", line)[0]) for line in lines}


def imported() -> dict[str, set[str]]:
    """Distribution → the source modules that import it; a name no distribution gives stands for itself."""
    given = packages_distributions()
    found: dict[str, set[str]] = {}
    for path in modules("src"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in _top_names(node) - OURS - sys.stdlib_module_names:
                for distribution in set(given.get(name, [name])):
                    found.setdefault(plain(distribution), set()).add(str(path.relative_to(ROOT)))
    return found


def _top_names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {node.module.split(".")[0]}
    return set()


def test_everything_imported_is_declared():
    allowed = declared("spark")
    assert {name: users for name, users in imported().items() if name not in allowed} == {}


BY_NAME = {
    "granian": "the server's own process, started by `junxian serve`",
    "psycopg": "Django loads it for PostgreSQL",
}


def named_in_settings() -> set[str]:
    """Distributions whose modules the settings name as text: applications, middleware, backends."""
    given = packages_distributions()
    text = (ROOT / "src/junxian/web/settings.py").read_text(encoding="utf-8")
    words = {node.value.split(".")[0] for node in ast.walk(ast.parse(text)) if _is_text(node)}
    return {plain(name) for word in words for name in given.get(word, [])}


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_everything_declared_is_imported():
    assert declared() - set(imported()) - named_in_settings() <= set(BY_NAME)


def test_every_declared_line_says_why():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = text[text.index("\ndependencies = [") : text.index("[project.scripts]")].splitlines()
    silent = [line for line in lines if line.startswith('  "') and "#" not in line]
    assert [line for line in silent if not re.search(r'"(pytest|ruff|mypy)\b[^-]', line)] == []


def test_constraints_pin_everything_declared():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert declared("spark", "test", "check") <= {plain(line.split("==")[0]) for line in lines}


def test_build_requirements_are_exact():
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in PROJECT["build-system"]["requires"])
