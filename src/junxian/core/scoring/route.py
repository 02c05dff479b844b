"""Routes (取数路径): from a row of the panel to the row a figure is read from, and the codes of states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import narwhals as nw

STATE_CODES = {"reported": 0, "late": 1, "not_reported": 2, "not_applicable": 3, "undefined": 4}
STATE_WORDS = {code: word for word, code in STATE_CODES.items()}


class Route(NamedTuple):
    """The way from a row to the row a leaf reads, as `Leaf` has it."""

    back: int
    december: int
    after: int
    annual: bool
    place: str


@dataclass(frozen=True)
class Look:
    """One glance of a leaf at another row: the column it lands in, the series it reads and the route to it."""

    column: str
    series: str
    route: Route


def state_code() -> nw.Expr:
    """The code of a state; null for a plain report, whose value speaks for itself."""
    state, code = nw.col("state"), nw.lit(2, nw.Int8)
    for word, number in (("not_applicable", 3), ("late", 1), ("reported", None)):
        code = nw.when(state == word).then(nw.lit(number, nw.Int8)).otherwise(code)
    return code


def _year(index: nw.Expr) -> nw.Expr:
    return (index - index % 12) // 12


def reached(route: Route) -> nw.Expr:
    """The period index a route arrives at; the same rule as `Leaf.index_at`."""
    index = nw.col("period_index") - route.back
    if route.december:
        index = (_year(index) - route.december) * 12 + 11 - route.after
    return (_year(index) * 12 + 11 if route.annual else index).cast(nw.Int64)


def place_of(place: str) -> nw.Expr:
    """The unit a route reads: the row's own, its parent, the root or the one named."""
    own = {"": "region_code", "parent": "parent", "root": "root"}
    return nw.col(own[place]) if place in own else nw.lit(place)
