"""The core (核心) computes: it opens no file and asks no clock, not even through a call that no import betrays."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import ROOT, modules

CORE = [path for path in modules("src") if path.is_relative_to(ROOT / "src/junxian/core")]
CLOCKS = {"now", "utcnow", "today"}
FILES = {"open", "print", "input", "exec", "eval", "__import__"}
READERS = {
    "read_csv",
    "scan_csv",
    "read_parquet",
    "scan_parquet",
    "write_csv",
    "write_parquet",
    "sink_parquet",
    "write_text",
}


def reaches_out(source: str) -> list[str]:
    """Calls in a piece of source that touch the world outside."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) if name in FILES:
                    found.append(f"{node.lineno}: {name}")
                case ast.Attribute(attr=name) if name in CLOCKS | READERS:
                    found.append(f"{node.lineno}: {name}")
    return found


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_core_module_touches_nothing_outside(path):
    assert reaches_out(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", ["open('x')", "date.today()", "datetime.now(tz)", "pl.read_csv(x)", "print(1)"])
def test_the_search_finds_a_call_that_reaches_out(line):
    assert reaches_out(line)
