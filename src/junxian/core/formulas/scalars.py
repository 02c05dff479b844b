"""Scalar functions (标量函数): ladders, rounding, means, per head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from junxian.core.formulas.arguments import Arguments
from junxian.core.formulas.arithmetic import literal
from junxian.core.formulas.build import chain, do, when
from junxian.core.formulas.literals import whole
from junxian.core.formulas.model import Call, Empty, Name, Node, Number


def _steps(given: Arguments) -> Node:
    bounds = [literal(given.node(place)) for place in range(1, len(given) - 1, 2)]
    known = [bound for bound in bounds if bound is not None]
    if any(low >= high for low, high in pairwise(known)):
        given.resolver.refuse("formula.steps_order", given.call)
    return Call("steps", tuple(given.all()))


def _clip(given: Arguments) -> Node:
    return Call("max", (Call("min", (given.at(0), given.at(2))), given.at(1)))


def _round(given: Arguments) -> Node:
    digits = whole(given.resolver, given.node(1), least=-15, most=15)
    return Call(given.call.function, (given.at(0), Number(digits)))


def _mean(given: Arguments) -> Node:
    return do("/", chain("+", given.all()), len(given))


def _count(given: Arguments) -> Node:
    ones: list[Node] = [when(Call("known", (x,)), Number(1), Number(0)) for x in given.all()]
    return chain("+", ones)


def _geometric(given: Arguments) -> Node:
    # Root before product: sixty amounts in 元 multiplied first would overflow. A negative one has no root.
    return chain("*", [do("^", x, 1 / len(given)) for x in given.all()])


def _harmonic(given: Arguments) -> Node:
    inverses: list[Node] = [when(do(">", x, 0), do("/", Number(1), x), Empty()) for x in given.all()]
    return do("/", Number(len(given)), chain("+", inverses))


def _per_capita(given: Arguments) -> Node:
    if len(given) > 1:
        return do("/", given.at(0), given.at(1))
    population = given.resolver.vocabulary.population
    if population is None:
        given.resolver.refuse("formula.no_population", given.call)
    name = Name(population, line=given.call.line, column=given.call.column)
    people = given.resolver.number(name, replace(given.scope, kind=""))
    given.units["y"] = people.unit
    return do("/", given.at(0), people.plan)


def _pow(given: Arguments) -> Node:
    return do("^", given.at(0), given.at(1))


def _within(given: Arguments) -> Node:
    return do("and", do(">=", given.at(0), given.at(1)), do("<=", given.at(0), given.at(2)))


SCALAR: dict[str, Callable[[Arguments], Node]] = {
    "steps": _steps,
    "clip": _clip,
    "round_half_up": _round,
    "round_half_even": _round,
    "sum": lambda given: chain("+", given.all()),
    "mean": _mean,
    "count": _count,
    "geometric_mean": _geometric,
    "harmonic_mean": _harmonic,
    "per_capita": _per_capita,
    "pow": _pow,
    "within": _within,
}
