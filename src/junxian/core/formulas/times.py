"""Time functions (时间函数): growth, lags, rolling sums and pace as arithmetic over leaves (RULES §1.2)."""

from __future__ import annotations

from collections.abc import Callable

from junxian.core.formulas.arguments import Arguments
from junxian.core.formulas.build import do, percent, when
from junxian.core.formulas.literals import months
from junxian.core.formulas.measure import PERCENT, POINTS
from junxian.core.formulas.model import Binary, Call, Empty, Name, Node, Number

_KINDS = ("ytd", "ytd_quarters", "annual", "end_of_period")


def _chosen(given: Arguments) -> Node:
    return given.at(0)


def _growth(given: Arguments, months: int) -> Node:
    if given.typed[0].unit in {PERCENT, POINTS}:
        given.resolver.note("formula.note.growth_of_ratio", given.call)
    return Call("growth", (given.at(0), given.at(0, given.scope.earlier(months))))


def _flows(given: Arguments) -> None:
    """当月 and 滚动十二月 subtract cumulative figures: only sums of flows may be taken apart so."""
    pending = [given.node(0)]
    while pending:
        node = pending.pop()
        if isinstance(node, Name):
            card = given.resolver.vocabulary.cards.get(node.name)
            if card is not None and card.flow not in {None, "", "flow"}:
                given.resolver.refuse("formula.not_a_flow", node, name=node.name, function=given.function.zh)
        elif isinstance(node, Binary) and node.operator in {"+", "-"}:
            pending += [node.left, node.right]
        elif isinstance(node, Call) and node.function in {"parent", "root", "at", "ytd", "previous", "last_year"}:
            pending.append(node.arguments[0])
        else:
            given.resolver.refuse("formula.wants_sum", node, function=given.function.zh)


def _month_only(given: Arguments) -> Node:
    _flows(given)
    now, before = given.at(0), given.at(0, given.scope.earlier(1))
    return when(do("=", given.scope.month(), 1), now, do("-", now, before))


def _rolling12(given: Arguments) -> Node:
    _flows(given)
    now, last_year = given.at(0), given.at(0, given.scope.earlier(12))
    whole_year = given.at(0, given.scope.last_december())
    moved = do("-", do("+", now, whole_year), last_year)
    return when(do("=", given.scope.month(), 12), now, moved)


def _since_december(given: Arguments) -> Node:
    return do("-", given.at(0), given.at(0, given.scope.last_december()))


def _times(percent: Node) -> Node:
    return do("+", Number(1), do("/", percent, 100))


def _two_year_mean(given: Arguments) -> Node:
    now, before = given.at(0), given.at(0, given.scope.earlier(12))
    roots = do("*", Call("sqrt", (_times(now),)), Call("sqrt", (_times(before),)))
    return do("*", do("-", roots, 1), 100)


def _real_growth(given: Arguments) -> Node:
    return do("*", do("-", do("/", _times(given.at(0)), _times(given.at(1))), 1), 100)


def _elapsed(given: Arguments) -> Node:
    return do("/", given.scope.month(), 12)


def _paced(given: Arguments) -> Node:
    due = do("/", do("*", given.at(1), given.scope.month()), 12)
    return percent(given.at(0), due)


def _gain(given: Arguments, place: int) -> Node:
    return do("-", given.at(place), given.at(place, given.scope.earlier(12)))


def _contribution(given: Arguments) -> Node:
    return percent(_gain(given, 0), _gain(given, 1))


def _pull(given: Arguments) -> Node:
    # growth of the total × contribution = Δpart / total before; defined like growth, on a positive base only.
    before = given.at(1, given.scope.earlier(12))
    return when(do(">", before, 0), percent(_gain(given, 0), before), Empty())


TIME: dict[str, Callable[[Arguments], Node]] = {
    "yoy": lambda given: _growth(given, 12),
    "mom": lambda given: _growth(given, 1),
    "month_only": _month_only,
    **dict.fromkeys(_KINDS, _chosen),
    "previous": lambda given: given.at(0, given.scope.earlier(months(given, 1))),
    "last_year": lambda given: given.at(0, given.scope.earlier(12 * months(given, 1))),
    "last_december": lambda given: given.at(0, given.scope.last_december()),
    "since_december": _since_december,
    "two_year_mean": _two_year_mean,
    "rolling12": _rolling12,
    "elapsed": _elapsed,
    "paced_completion": _paced,
    "real_growth": _real_growth,
    "contribution": _contribution,
    "pull": _pull,
}
