"""Functions over a category (组内函数): each as worksheet text and as plain arithmetic, side by side.

Only functions that Excel 2010, WPS and LibreOffice share; MAXIFS and its kin are not needed, because the cells of a
category are one range. Texts in a range (missing figures) are passed over by every function used here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from junxian.files.recompute.model import MISSING, Value

Cells = Sequence[Value]
Texts = Sequence[str]


@dataclass(frozen=True)
class Peer:
    """reckon: the columns' cells and the arguments → one value per row. write: ranges, own cells, arguments → text."""

    reckon: Callable[[Sequence[Cells], Sequence[Value]], list[Value]]
    write: Callable[[Texts, Texts, Texts], str]


def numbers(cells: Cells) -> list[float]:
    """The figures there are."""
    return [float(cell) for cell in cells if not isinstance(cell, str)]


def _statistic(name: str, of: Callable[[list[float]], float], least: int = 1, *, bare: bool = False) -> Peer:
    """One figure for all; nothing where fewer than `least` units have figures."""

    def reckon(columns: Sequence[Cells], _: Sequence[Value]) -> list[Value]:
        known = numbers(columns[0])
        return [of(known) if len(known) >= least else MISSING] * len(columns[0])

    def write(ranges: Texts, _: Texts, __: Texts) -> str:
        call = f"{name}({ranges[0]})"
        return call if bare else f'IF(COUNT({ranges[0]})<{least},"",{call})'

    return Peer(reckon, write)


def mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def _median(values: list[float]) -> float:
    return quantile(values, 0.5)


def deviation(values: list[float], ddof: int) -> float:
    centre = mean(values)
    return math.sqrt(math.fsum((value - centre) ** 2 for value in values) / (len(values) - ddof))


def quantile(values: list[float], share: float) -> float:
    """Linear interpolation between order statistics, as PERCENTILE."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = min(math.floor(place), len(ordered) - 1)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _spread(name: str, ddof: int) -> Peer:
    """Standard deviation; equal figures spread by zero and not by the noise of their mean."""

    def reckon(columns: Sequence[Cells], _: Sequence[Value]) -> list[Value]:
        known = numbers(columns[0])
        alike = not known or max(known) == min(known)
        return [(0.0 if known else MISSING) if alike else deviation(known, ddof)] * len(columns[0])

    return Peer(reckon, lambda r, _, __: f'IF(COUNT({r[0]})=0,"",IF(MAX({r[0]})>MIN({r[0]}),{name}({r[0]}),0))')


def _percentile() -> Peer:
    def reckon(columns: Sequence[Cells], given: Sequence[Value]) -> list[Value]:
        known = numbers(columns[0])
        return [quantile(known, float(given[0])) if known else MISSING] * len(columns[0])

    return Peer(reckon, lambda r, _, a: f'IF(COUNT({r[0]})=0,"",PERCENTILE({r[0]},{a[0]}))')


_PLACES: dict[str, tuple[Callable[[float], int], str]] = {
    "LOWER": (math.floor, "INT({place})"),
    "HIGHER": (math.ceil, "ROUNDUP({place},0)"),
    "NEAREST": (lambda place: math.floor(place + 0.5), "ROUND({place},0)"),
}


def _order_statistic(how: str) -> Peer:
    """The order statistic at a quantile's place, below, above or nearest."""
    pick, text = _PLACES[how]

    def reckon(columns: Sequence[Cells], given: Sequence[Value]) -> list[Value]:
        ordered = sorted(numbers(columns[0]))
        place = round(float(given[0]) * (len(ordered) - 1), 9)
        return [ordered[pick(place)] if ordered else MISSING] * len(columns[0])

    def write(r: Texts, _: Texts, a: Texts) -> str:
        place = text.format(place=f"ROUND({a[0]}*(COUNT({r[0]})-1),9)")
        return f'IF(COUNT({r[0]})=0,"",SMALL({r[0]},{place}+1))'

    return Peer(reckon, write)


def _rank(ties: str, *, descending: bool) -> Peer:
    """Place among those with figures, by RANK; a unit without a figure has none."""
    order = 0 if descending else 1

    def reckon(columns: Sequence[Cells], _: Sequence[Value]) -> list[Value]:
        places = placed([MISSING if isinstance(c, str) else (float(c),) for c in columns[0]], ties, descending)
        return list(places)

    def write(r: Texts, own: Texts, _: Texts) -> str:
        first, same = f"RANK({own[0]},{r[0]},{order})", f"COUNTIF({r[0]},{own[0]})"
        found = {"shared": first, "last": f"{first}+{same}-1", "average": f"{first}+({same}-1)/2"}[ties]
        return f'IF(ISNUMBER({own[0]}),{found},"")'

    return Peer(reckon, write)


def _first() -> Peer:
    """1 where a figure stands for the first time in the category, 0 elsewhere."""

    def reckon(columns: Sequence[Cells], _: Sequence[Value]) -> list[Value]:
        seen: set[Value] = set()
        found: list[Value] = []
        for cell in columns[0]:
            found.append(float(not isinstance(cell, str) and cell not in seen))
            seen.add(cell)
        return found

    def write(r: Texts, own: Texts, _: Texts) -> str:
        return f"IF(ISNUMBER({own[0]}),IF(COUNTIF({r[0].split(':')[0]}:{own[0]},{own[0]})=1,1,0),0)"

    return Peer(reckon, write)


def _dense(*, descending: bool) -> Peer:
    """Place without gaps: how many different figures are better. Columns: the figure, its `FIRST`."""

    def reckon(columns: Sequence[Cells], _: Sequence[Value]) -> list[Value]:
        return placed([MISSING if isinstance(c, str) else (float(c),) for c in columns[0]], "dense", descending)

    def write(r: Texts, own: Texts, _: Texts) -> str:
        better = f"({r[0]}{'>' if descending else '<'}{own[0]})"
        return f'IF(ISNUMBER({own[0]}),SUMPRODUCT(ISNUMBER({r[0]})*{r[1]}*{better})+1,"")'

    return Peer(reckon, write)


def placed(keys: Sequence[tuple[float, ...] | str], ties: str, descending: bool) -> list[Value]:
    """Places of keys compared in order; a text has no place. ties: shared, last, average, dense."""
    known = sorted((key for key in keys if not isinstance(key, str)), reverse=descending)
    first: dict[tuple[float, ...], int] = {}
    last: dict[tuple[float, ...], int] = {}
    dense: dict[tuple[float, ...], int] = {}
    for place, key in enumerate(known, start=1):
        first.setdefault(key, place)
        last[key] = place
        dense.setdefault(key, len(dense) + 1)
    chosen: dict[str, Callable[[tuple[float, ...]], float]] = {
        "shared": lambda key: first[key],
        "last": lambda key: last[key],
        "average": lambda key: (first[key] + last[key]) / 2,
        "dense": lambda key: dense[key],
    }
    return [MISSING if isinstance(key, str) else float(chosen[ties](key)) for key in keys]


def _lexical(ties: str) -> Peer:
    """Places by several columns in order, more first; the first column decides who is placed at all."""

    def reckon(columns: Sequence[Cells], _: Sequence[Value]) -> list[Value]:
        keys = [
            MISSING if isinstance(row[0], str) else tuple(float(c) for c in row) for row in zip(*columns, strict=True)
        ]
        return placed(keys, ties, descending=True)

    def write(r: Texts, own: Texts, _: Texts) -> str:
        above, same = _compared(r, own), "*".join(f"({a}={b})" for a, b in zip(r, own, strict=True))
        first = f"SUMPRODUCT(ISNUMBER({r[0]})*({above}))+1"
        alike = f"SUMPRODUCT(ISNUMBER({r[0]})*{same})"
        found = {"shared": first, "last": f"{first}+{alike}-1", "average": f"{first}+({alike}-1)/2"}[ties]
        return f'IF(ISNUMBER({own[0]}),{found},"")'

    return Peer(reckon, write)


def _compared(ranges: Texts, own: Texts) -> str:
    """Which rows come before the own row."""
    here = f"({ranges[0]}>{own[0]})"
    if len(ranges) == 1:
        return here
    return f"{here}+({ranges[0]}={own[0]})*({_compared(ranges[1:], own[1:])})"


def _covariance() -> Peer:
    """Mean product of two columns of deviations (0 where missing) over the units that have both figures."""

    def reckon(columns: Sequence[Cells], _: Sequence[Value]) -> list[Value]:
        a, b, x, y = columns
        both = sum(1 for p, q in zip(x, y, strict=True) if not isinstance(p, str) and not isinstance(q, str))
        product = math.fsum(float(p) * float(q) for p, q in zip(a, b, strict=True))
        return [product / both if both else 0.0] * len(a)

    def write(r: Texts, _: Texts, __: Texts) -> str:
        both = f"SUMPRODUCT(ISNUMBER({r[2]})*ISNUMBER({r[3]}))"
        return f"IF({both}=0,0,SUMPRODUCT({r[0]},{r[1]})/{both})"

    return Peer(reckon, write)


PEERS: dict[str, Peer] = {
    "MAX": _statistic("MAX", max),
    "MIN": _statistic("MIN", min),
    "AVERAGE": _statistic("AVERAGE", mean),
    "MEDIAN": _statistic("MEDIAN", _median),
    "SUM": _statistic("SUM", math.fsum),
    "COUNT": _statistic("COUNT", lambda known: float(len(known)), 0, bare=True),
    "STDEV": _statistic("STDEV", lambda known: deviation(known, 1), 2),
    "STDEVP": _statistic("STDEVP", lambda known: deviation(known, 0)),
    "SPREAD": _spread("STDEV", 1),
    "SPREADP": _spread("STDEVP", 0),
    "PERCENTILE": _percentile(),
    "COVARIANCE": _covariance(),
    **{how: _order_statistic(how) for how in _PLACES},
    **{f"RANK {ties} {order}": _rank(ties, descending=order == "desc")
       for ties in ("shared", "last", "average") for order in ("desc", "asc")},
    "FIRST": _first(),
    "RANK dense desc": _dense(descending=True),
    "RANK dense asc": _dense(descending=False),
    **{f"PLACE {ties}": _lexical(ties) for ties in ("shared", "last", "average")},
}  # fmt: skip

ALIKE = {
    "MAX", "MIN", "AVERAGE", "MEDIAN", "SUM", "COUNT", "STDEV", "STDEVP", "SPREAD", "SPREADP", "PERCENTILE",
    "COVARIANCE", *_PLACES,
}  # fmt: skip
"""Those that give every unit of a category the same value."""
