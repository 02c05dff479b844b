"""Bottom lines (守底线): what must not fail, how near it is to failing, what a breach does and until when."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from junxian.core.bottomlines.model import Line

if TYPE_CHECKING:
    from junxian.core.bottomlines.alerts import ALERTS, WatchRound, in_effect
    from junxian.core.bottomlines.events import register
    from junxian.core.bottomlines.standing import judge_standing
    from junxian.core.bottomlines.watch import watch_bands, watch_last_places, watch_limit, watch_lines

__all__ = [
    "ALERTS",
    "Line",
    "WatchRound",
    "in_effect",
    "judge_standing",
    "register",
    "watch_bands",
    "watch_last_places",
    "watch_limit",
    "watch_lines",
]

_HOME = {
    "ALERTS": "alerts", "WatchRound": "alerts", "in_effect": "alerts", "register": "events",
    "judge_standing": "standing", "watch_bands": "watch", "watch_last_places": "watch", "watch_limit": "watch",
    "watch_lines": "watch",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load what needs tables only when it is asked for: reading a rulebook must not wait for an engine."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
