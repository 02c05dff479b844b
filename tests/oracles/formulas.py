"""Formulas the slow way (公式的笨算法): the tree as written, walked figure by figure in exact fractions."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from junxian.core.formulas.model import Binary, Call, Empty, Leaf, Name, Node, Number, Text, Truth, Unary

Value = Fraction | bool | None
Key = tuple[str, str, str, str, int]
"""unit, indicator, kind, calibre, period index"""


@dataclass
class World:
    """Figures of a few units: every unit has a group, a parent and the one root."""

    figures: dict[Key, Fraction]
    parents: dict[str, str]
    groups: dict[str, str]
    root: str
    kinds: dict[str, str]
    names: dict[str, Fraction] = field(default_factory=dict)
    growth_of: dict[str, str] = field(default_factory=dict)
    population: str = ""


@dataclass(frozen=True)
class Row:
    """Where and when: `index` is year·12 + month − 1; `kind` is one a function chose."""

    unit: str
    index: int
    kind: str = ""


def value_of(node: Node, world: World, row: Row) -> Value:
    """The value of a tree for one row; None where there is no figure."""
    if isinstance(node, Number):
        return Fraction(repr(node.value))
    if isinstance(node, Truth):
        return node.value
    if isinstance(node, Empty):
        return None
    if isinstance(node, Name):
        return named(node, world, row)
    if isinstance(node, Unary):
        inner = value_of(node.operand, world, row)
        if inner is None:
            return None
        return (not inner) if node.operator == "not" else -inner
    if isinstance(node, Binary):
        return operated(node.operator, value_of(node.left, world, row), value_of(node.right, world, row))
    assert isinstance(node, Call)
    return called(node, world, row)


def named(node: Name, world: World, row: Row) -> Value:
    if node.name in world.names:
        return world.names[node.name]
    kind = node.kind or row.kind or world.kinds[node.name]
    index = row.index // 12 * 12 + 11 if kind == "Y" else row.index
    return world.figures.get((row.unit, node.name, kind, node.calibre, index))


def operated(operator: str, a: Value, b: Value) -> Value:
    if operator == "and":
        return False if a is False or b is False else (None if a is None or b is None else True)
    if operator == "or":
        return True if a is True or b is True else (None if a is None or b is None else False)
    if a is None or b is None:
        return None
    if operator == "/":
        return None if b == 0 else a / b
    if operator == "^":
        return powered(a, b)
    if operator in {"+", "-", "*"}:
        return {"+": a + b, "-": a - b, "*": a * b}[operator]
    x, y = round(a, 9), round(b, 9)
    return {"=": x == y, "!=": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[operator]


def powered(a: Fraction, b: Fraction) -> Value:
    if a == 0 and b < 0:
        return None
    if b.denominator == 1:
        return a ** int(b)
    if a < 0:
        return None
    with localcontext() as context:
        context.prec = 50
        return Fraction(decimal(a) ** decimal(b)) if a else Fraction(0)


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def earlier(row: Row, months: int) -> Row:
    return Row(row.unit, row.index - months, row.kind)


def last_december(row: Row) -> Row:
    return Row(row.unit, (row.index // 12 - 1) * 12 + 11, row.kind)


def month(row: Row) -> Fraction:
    return Fraction(row.index % 12 + 1)


def called(node: Call, world: World, row: Row) -> Value:
    arguments = node.arguments

    def at(place: int, there: Row | None = None) -> Value:
        return value_of(arguments[place], world, there or row)

    def literal(place: int, default: Value = None) -> Value:
        return at(place) if place < len(arguments) else default

    def peers(there: Row | None = None) -> list[Fraction]:
        where = there or row
        group = [unit for unit in world.groups if world.groups[unit] == world.groups[row.unit]]
        values = [value_of(arguments[0], world, Row(unit, where.index, where.kind)) for unit in group]
        return [value for value in values if value is not None]

    def rank(there: Row | None = None, place: int = 1) -> Value:
        own = at(0, there)
        direction = arguments[place] if place < len(arguments) else Text("降")
        assert isinstance(direction, Text)
        if own is None:
            return None
        rounded = [round(value, 9) for value in peers(there)]
        own = round(own, 9)
        better = [v for v in rounded if (v < own if direction.value in {"升", "asc"} else v > own)]
        return Fraction(1 + len(better))

    return _CALLS[node.function](Here(node, world, row, at, literal, peers, rank))


@dataclass(frozen=True)
class Here:
    node: Call
    world: World
    row: Row
    at: Callable[..., Value]
    literal: Callable[..., Value]
    peers: Callable[..., list[Fraction]]
    rank: Callable[..., Value]

    def all(self) -> list[Value]:
        return [self.at(place) for place in range(len(self.node.arguments))]


def growth(now: Value, before: Value) -> Value:
    if now is None or before is None or before <= 0 or now < 0:
        return None
    return (now - before) / before * 100


def each(values: list[Value], reckon: Callable[[list[Fraction]], Value]) -> Value:
    known = [value for value in values if value is not None]
    return reckon(known) if len(known) == len(values) else None


def times(a: Value, b: Value) -> Value:
    return operated("*", a, b)


def minus(a: Value, b: Value) -> Value:
    return operated("-", a, b)


def share(part: Value, total: Value) -> Value:
    return times(operated("/", part, total), Fraction(100))


def month_only(here: Here) -> Value:
    row = Row(here.row.unit, here.row.index, "YTD")
    now = here.at(0, row)
    return now if month(row) == 1 else minus(now, here.at(0, earlier(row, 1)))


def rolling(here: Here) -> Value:
    row = Row(here.row.unit, here.row.index, "YTD")
    now, december, before = here.at(0, row), here.at(0, last_december(row)), here.at(0, earlier(row, 12))
    if month(row) == 12:
        return now
    return minus(operated("+", now, december), before)


def two_years(here: Here) -> Value:
    now, before = here.at(0), here.at(0, earlier(here.row, 12))
    if now is None or before is None or now < -100 or before < -100:
        return None
    root = powered((1 + now / 100) * (1 + before / 100), Fraction(1, 2))
    assert root is not None
    return (root - 1) * 100


def real(here: Here) -> Value:
    nominal, deflator = here.at(0), here.at(1)
    if nominal is None or deflator is None or deflator == -100:
        return None
    return ((1 + nominal / 100) / (1 + deflator / 100) - 1) * 100


def steps(here: Here) -> Value:
    x, *rest = here.all()
    otherwise = rest.pop() if len(rest) % 2 else None
    if x is None or any(bound is None for bound in rest[::2]):
        return None
    reached = otherwise
    for bound, worth in zip(rest[::2], rest[1::2], strict=True):
        if bound is not None and round(x, 9) >= round(bound, 9):
            reached = worth
    return reached


def rounded(here: Here) -> Value:
    x, digits = here.at(0), here.literal(1, Fraction(0))
    if x is None:
        return None
    mode = ROUND_HALF_UP if here.node.function == "round_half_up" else ROUND_HALF_EVEN
    with localcontext() as context:
        context.prec = 60
        settled = decimal(Fraction(round(x * 10**9 * Fraction(10) ** int(digits)), 10**9))
        return Fraction(settled.quantize(Decimal(1), rounding=mode)) / Fraction(10) ** int(digits)


def quantile(here: Here) -> Value:
    values, q = sorted(here.peers()), here.literal(1)
    if not values:
        return None
    place = q * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def deviation(values: list[Fraction], lost: int) -> Value:
    if len(values) <= lost:
        return None
    mean = sum(values) / len(values)
    return powered(sum((v - mean) ** 2 for v in values) / (len(values) - lost), Fraction(1, 2))


def clip(here: Here) -> Value:
    return each(here.all(), lambda v: max(min(v[0], v[2]), v[1]))


def choose(here: Here) -> Value:
    condition = here.at(0)
    return None if condition is None else here.at(1 if condition else 2)


def logarithm(x: Value, base10: bool) -> Value:
    if x is None or x <= 0:
        return None
    with localcontext() as context:
        context.prec = 50
        return Fraction(decimal(x).log10() if base10 else decimal(x).ln())


def exponential(x: Value) -> Value:
    if x is None or x > 709:
        return None
    with localcontext() as context:
        context.prec = 50
        return Fraction(decimal(x).exp())


def within(here: Here) -> Value:
    x, low, high = here.all()
    return operated("and", operated(">=", x, low), operated("<=", x, high))


def geometric(values: list[Fraction]) -> Value:
    product = Fraction(1)
    for value in values:
        if value < 0 and len(values) > 1:
            return None
        product *= value
    return powered(product, Fraction(1, len(values)))


def harmonic(values: list[Fraction]) -> Value:
    return None if any(v <= 0 for v in values) else len(values) / sum(1 / v for v in values)


def pull(here: Here) -> Value:
    before = here.at(1, earlier(here.row, 12))
    gain = minus(here.at(0), here.at(0, earlier(here.row, 12)))
    return None if before is None or before <= 0 else share(gain, before)


def contribution(here: Here) -> Value:
    gains = [minus(here.at(place), here.at(place, earlier(here.row, 12))) for place in (0, 1)]
    return share(*gains)


def parent_of(here: Here) -> Row:
    return Row(here.world.parents.get(here.row.unit, "?"), here.row.index, here.row.kind)


def share_of(here: Here) -> Value:
    total = here.at(1) if len(here.node.arguments) > 1 else here.at(0, parent_of(here))
    return share(here.at(0), total)


def per_head(here: Here) -> Value:
    people = here.at(1) if len(here.node.arguments) > 1 else named(Name(here.world.population), here.world, here.row)
    return operated("/", here.at(0), people)


def year_values(here: Here) -> list[Fraction]:
    first = here.row.index // 12 * 12
    values = [here.at(0, Row(here.row.unit, i, here.row.kind)) for i in range(first, here.row.index + 1)]
    return [value for value in values if value is not None]


def calibre_values(here: Here) -> list[Fraction]:
    name = here.node.arguments[0]
    assert isinstance(name, Name)
    kind = name.kind or here.world.kinds[name.name]
    found = here.world.figures.items()
    wanted = (here.row.unit, name.name, kind, here.row.index)
    return [value for key, value in found if (*key[:3], key[4]) == wanted]


def trimmed(values: list[Fraction], ballots: int) -> Value:
    kept = sorted(values)[1:-1] if len(values) >= ballots else values
    return sum(kept) / len(kept) if kept else None


def gathered(values: list[Fraction], how: str) -> Value:
    if how == "count":
        return Fraction(len(values))
    if not values:
        return None
    return {"sum": sum(values), "mean": sum(values) / len(values), "max": max(values), "min": min(values)}[how]


def several(here: Here) -> Value:
    first, how = here.node.arguments[0], here.node.function
    if isinstance(first, Name) and first.calibre == "*":
        return gathered(calibre_values(here), how)
    if how == "count":
        return Fraction(sum(value is not None for value in here.all()))
    return each(here.all(), lambda values: gathered(values, how))


def published(here: Here) -> Value:
    name = here.node.arguments[0]
    assert isinstance(name, Name)
    (rate,) = [code for code, amount in here.world.growth_of.items() if amount == name.name]
    return named(Name(rate, name.kind or here.world.kinds[name.name], name.calibre), here.world, here.row)


def of_kind(kind: str) -> Callable[[Here], Value]:
    return lambda here: here.at(0, Row(here.row.unit, here.row.index, kind))


def of_year(how: str) -> Callable[[Here], Value]:
    return lambda here: gathered(year_values(here), how)


def of_peers(reckon: Callable[[list[Fraction]], Value]) -> Callable[[Here], Value]:
    return lambda here: reckon(here.peers()) if here.peers() else None


def placed(there: Callable[[Here], str]) -> Callable[[Here], Value]:
    return lambda here: here.at(0, Row(there(here), here.row.index, here.row.kind))


def text(here: Here, place: int) -> str:
    node = here.node.arguments[place]
    assert isinstance(node, Text)
    return node.value


def lag(here: Here, place: int, default: int) -> int:
    value = here.literal(place, Fraction(default))
    assert value is not None
    return int(value)


_CALLS: dict[str, Callable[[Here], Value]] = {
    "yoy": lambda h: growth(h.at(0), h.at(0, earlier(h.row, 12))),
    "mom": lambda h: growth(h.at(0), h.at(0, earlier(h.row, 1))),
    "month_only": month_only,
    "ytd": of_kind("YTD"),
    "ytd_quarters": of_kind("YTDQ"),
    "annual": of_kind("Y"),
    "end_of_period": of_kind("EOP"),
    "previous": lambda h: h.at(0, earlier(h.row, lag(h, 1, 1))),
    "last_year": lambda h: h.at(0, earlier(h.row, 12 * lag(h, 1, 1))),
    "last_december": lambda h: h.at(0, last_december(h.row)),
    "since_december": lambda h: minus(h.at(0), h.at(0, last_december(h.row))),
    "published_growth": published,
    "two_year_mean": two_years,
    "rolling12": rolling,
    **{f"year_{how}": of_year(how) for how in ("mean", "sum", "max", "min", "count")},
    "elapsed": lambda h: month(h.row) / 12,
    "paced_completion": lambda h: share(h.at(0), times(h.at(1), month(h.row) / 12)),
    "real_growth": real,
    "contribution": contribution,
    "pull": pull,
    "rank": lambda h: h.rank(),
    "places_gained": lambda h: minus(h.rank(earlier(h.row, lag(h, 1, 12)), 2), h.rank(None, 2)),
    "percentile": lambda h: operated("/", minus(h.rank(), Fraction(1)), Fraction(len(h.peers()) - 1)),
    "peer_max": of_peers(max),
    "peer_min": of_peers(min),
    "peer_mean": of_peers(lambda v: sum(v) / len(v)),
    "peer_median": of_peers(statistics.median),
    "peer_sd": of_peers(lambda v: deviation(v, 1)),
    "peer_population_sd": of_peers(lambda v: deviation(v, 0)),
    "peer_sum": of_peers(lambda v: Fraction(sum(v))),
    "peer_count": lambda h: Fraction(len(h.peers())),
    "peer_quantile": quantile,
    "share": share_of,
    "parent": placed(lambda h: h.world.parents.get(h.row.unit, "?")),
    "root": placed(lambda h: h.world.root),
    "at": placed(lambda h: text(h, 1)),
    **dict.fromkeys(("max", "min", "sum", "mean", "count"), several),
    "trimmed_mean": lambda h: trimmed(calibre_values(h), lag(h, 1, 7)),
    "if": choose,
    "steps": steps,
    "clip": clip,
    "round_half_up": rounded,
    "round_half_even": rounded,
    "ln": lambda h: logarithm(h.at(0), False),
    "log10": lambda h: logarithm(h.at(0), True),
    "exp": lambda h: exponential(h.at(0)),
    "sqrt": lambda h: operated("^", h.at(0), Fraction(1, 2)),
    "pow": lambda h: operated("^", h.at(0), h.at(1)),
    "abs": lambda h: each(h.all(), lambda v: abs(v[0])),
    "geometric_mean": lambda h: each(h.all(), geometric),
    "harmonic_mean": lambda h: each(h.all(), harmonic),
    "per_capita": per_head,
    "coalesce": lambda h: h.at(0) if h.at(0) is not None else h.at(1),
    "known": lambda h: h.at(0) is not None,
    "within": within,
}


def leaf_value(leaf: Leaf, world: World, unit: str, index: int) -> Fraction | None:
    """What stands in a leaf's column for a row: the contract between a formula and whoever builds its frame."""
    place = {"": unit, "parent": world.parents.get(unit, "?"), "root": world.root}.get(leaf.place, leaf.place)
    reached = leaf.index_at(index)
    how, _, rest = leaf.gather.partition(":")
    if how == "year":
        first = reached // 12 * 12
        keys = [(place, leaf.indicator, leaf.kind, leaf.calibre, i) for i in range(first, reached + 1)]
        return gathered([world.figures[key] for key in keys if key in world.figures], rest)
    if how == "calibres":
        wanted = (place, leaf.indicator, leaf.kind, reached)
        values = [value for key, value in world.figures.items() if (*key[:3], key[4]) == wanted]
        if rest.startswith("trimmed_mean"):
            return trimmed(values, int(rest.partition(":")[2]))
        return gathered(values, rest)
    return world.figures.get((place, leaf.indicator, leaf.kind, leaf.calibre, reached))
