"""Order of formulas (计算次序): names that need other names come after them; a circle is refused."""

from __future__ import annotations

from collections.abc import Mapping

from junxian.core.errors import RuleError
from junxian.core.formulas.model import Formula


def in_order(formulas: Mapping[str, Formula]) -> tuple[tuple[str, ...], ...]:
    """Levels of names: each level needs only earlier ones. RuleError formula.circle names the circle."""
    waiting = {name: {used for used in formula.names if used in formulas} for name, formula in formulas.items()}
    levels: list[tuple[str, ...]] = []
    while waiting:
        ready = tuple(name for name, needs in waiting.items() if not needs & waiting.keys())
        if not ready:
            raise RuleError("formula.circle", names=" → ".join(_circle(waiting)))
        levels.append(ready)
        waiting = {name: needs for name, needs in waiting.items() if name not in ready}
    return tuple(levels)


def _circle(waiting: Mapping[str, set[str]]) -> list[str]:
    trail = [next(iter(waiting))]
    while trail.count(trail[-1]) == 1:
        trail.append(min(waiting[trail[-1]] & waiting.keys()))
    return trail[trail.index(trail[-1]) :]
