"""Formulas (公式): text a rulebook's author can read → expressions any engine can run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junxian.core.formulas.analyse import analyse
from junxian.core.formulas.model import Context, Formula, Leaf, Vocabulary
from junxian.core.formulas.order import in_order
from junxian.core.formulas.parse import parse
from junxian.core.formulas.write import tree_text

if TYPE_CHECKING:
    from junxian.core.formulas.apply import evaluate
    from junxian.core.formulas.compile import compile_formula

__all__ = [
    "Context",
    "Formula",
    "Leaf",
    "Vocabulary",
    "analyse",
    "compile_formula",
    "evaluate",
    "in_order",
    "parse",
    "tree_text",
]


def __getattr__(name: str) -> object:
    # Narwhals is loaded when a formula is compiled; Lark and Pint when one is read. Start-up pays for none of them.
    if name == "compile_formula":
        from junxian.core.formulas.compile import compile_formula

        return compile_formula
    if name == "evaluate":
        from junxian.core.formulas.apply import evaluate

        return evaluate
    raise AttributeError(name)
