"""Benchmarks (对标): where we stand, how far it is, whom to learn from."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from junxian.core.benchmarks.gap import gap_closed, pace_needed
from junxian.core.benchmarks.model import Benchmark, NamedList, Peers, RankTable

if TYPE_CHECKING:
    from junxian.core.benchmarks.lists import count_entries, movement
    from junxian.core.benchmarks.peers import nearest
    from junxian.core.benchmarks.rank import rank_table

__all__ = [
    "Benchmark",
    "NamedList",
    "Peers",
    "RankTable",
    "count_entries",
    "gap_closed",
    "movement",
    "nearest",
    "pace_needed",
    "rank_table",
]

_HOME = {"count_entries": "lists", "movement": "lists", "nearest": "peers", "rank_table": "rank"}


def __getattr__(name: str) -> Any:
    """Load what needs tables only when it is asked for: reading a rulebook must not wait for an engine."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
