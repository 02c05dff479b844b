"""Fiscal (县区财力): what a formula text cannot express: cash shared like water, limits to the unit, bond cover."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from junxian.core.fiscal.bonds import Project, coverage
from junxian.core.fiscal.cash import CashNeed, share_cash
from junxian.core.fiscal.limits import LimitClaim, share_limit
from junxian.core.fiscal.performance import grade_of, mark_quantity
from junxian.core.fiscal.treasury import balance_identity

if TYPE_CHECKING:
    from junxian.core.fiscal.debt import debt_lights

__all__ = [
    "CashNeed",
    "LimitClaim",
    "Project",
    "balance_identity",
    "coverage",
    "debt_lights",
    "grade_of",
    "mark_quantity",
    "share_cash",
    "share_limit",
]


def __getattr__(name: str) -> Any:
    """Load what needs tables only when it is asked for."""
    if name != "debt_lights":
        raise AttributeError(name)
    return import_module(f"{__name__}.debt").debt_lights
