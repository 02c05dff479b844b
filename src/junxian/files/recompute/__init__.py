"""Recomputation (复算): a workbook whose live formulas lead from the figures to points and places."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from junxian.files.recompute.model import Recomputed
    from junxian.files.recompute.write import write_recompute

__all__ = ["Recomputed", "write_recompute"]

_HOME = {"Recomputed": "model", "write_recompute": "write"}


def __getattr__(name: str) -> Any:
    """Load the writer only when it is asked for."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
