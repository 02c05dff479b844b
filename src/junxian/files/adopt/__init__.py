"""Adopting (接管旧表): an office's own score sheet becomes a draft rulebook, and a report says what comes back."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from junxian.files.adopt.account import Adopted
    from junxian.files.adopt.draft import adopt

__all__ = ["Adopted", "adopt"]


def __getattr__(name: str) -> Any:
    """Load what reads and computes only when it is asked for."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.draft"), name)
