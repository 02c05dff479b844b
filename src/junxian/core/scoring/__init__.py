"""Scoring (计分): how points arise — methods, ties, missing figures, aggregation, exact points, rounding, receipts."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from junxian.core.scoring.compile import compile_scheme
    from junxian.core.scoring.evaluation import evaluate
    from junxian.core.scoring.model import Criterion, Group, Scheme
    from junxian.core.scoring.panel import gather, rows_of
    from junxian.core.scoring.plan import Plan
    from junxian.core.scoring.receipt import points_table, receipts

__all__ = [
    "Criterion", "Group", "Plan", "Scheme", "compile_scheme", "evaluate", "gather", "points_table", "receipts",
    "rows_of",
]  # fmt: skip

_HOME = {
    "Criterion": "model", "Group": "model", "Scheme": "model", "Plan": "plan", "compile_scheme": "compile",
    "evaluate": "evaluation", "gather": "panel", "rows_of": "panel", "points_table": "receipt", "receipts": "receipt",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load the engine only when it is asked for: reading a rulebook must not wait for it."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
