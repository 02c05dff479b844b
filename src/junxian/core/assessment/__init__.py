"""Assessment (考核): who did how much how well — gates, bonus and deduction, veto, grades, awards, month to year."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from junxian.core.assessment.model import Adjustment, AssessedScheme, Gate, Grade, Veto

if TYPE_CHECKING:
    from junxian.core.assessment.adjust import Facts, event_points

__all__ = ["Adjustment", "AssessedScheme", "Facts", "Gate", "Grade", "Veto", "event_points"]

_HOME = {"Facts": "adjust", "event_points": "adjust"}


def __getattr__(name: str) -> Any:
    """Load what needs tables only when it is asked for: reading a rulebook must not wait for an engine."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
