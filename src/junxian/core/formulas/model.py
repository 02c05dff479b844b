"""Shapes of a formula (公式): its tree, the leaves it reads, the words it may use, what it compiles to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from junxian.core.errors import RuleError

if TYPE_CHECKING:
    import narwhals as nw

    from junxian.core.formulas.measure import UnitTable

KINDS = {"当月": "M", "累计": "YTD", "当季": "Q", "季累计": "YTDQ", "年度": "Y", "期末": "EOP"}
"""Kinds of observation (RULES §1.1) by their Chinese word; the codes themselves are allowed too."""

ALL_CALIBRES = "*"
LARGEST = 20_000
"""Nodes a plan may have: lags and rates repeat what is inside them, so a short formula can grow without bound."""


@dataclass(frozen=True, slots=True)
class Node:
    """One place in a formula; two nodes are equal when they mean the same, wherever they stand."""

    line: int = field(default=1, compare=False, kw_only=True)
    column: int = field(default=1, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number; `percent` tells `5%` (value 0.05, a plain ratio) from `0.05`."""

    value: float
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Text(Node):
    value: str


@dataclass(frozen=True, slots=True)
class Truth(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class Empty(Node):
    """空: no figure."""


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name as written: `kind` is a code of KINDS or "", `calibre` a calibre, "*" for all of them, or ""."""

    name: str
    kind: str = ""
    calibre: str = ""


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`operator` is "-" or "not"."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`operator` is one of + - * / ^ = != < <= > >= and or."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`function` is the English name of an entry of the catalogue, whichever spelling was written."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One figure a formula reads, relative to the row it is computed for.

    Time: from the row's period go back `back` months; then, where `december` is j > 0, to December of j years before
    the year reached; then `after` more months back (0–11, only with `december`). `index_at` is this rule as code.
    place: "" the row's unit, "parent", "root", or a unit code.
    gather: "" one figure · "calibres:sum|count|mean|max|min" or "calibres:trimmed_mean:7" over all calibres
    · "year:sum|count|mean|max|min" over the months of the year reached, up to the month reached.
    carry: months for which the last figure may stand in when the period has none (RULES §1.3).
    """

    indicator: str
    kind: str
    calibre: str = ""
    back: int = 0
    december: int = 0
    place: str = ""
    gather: str = ""
    carry: int = 0
    after: int = 0

    def index_at(self, index: int) -> int:
        """Period index (year·12 + last month − 1) of this leaf for a row at `index`; annual figures end in December."""
        reached = index - self.back
        if self.december:
            reached = (reached // 12 - self.december) * 12 + 11 - self.after
        return reached // 12 * 12 + 11 if self.kind == "Y" else reached


@dataclass(frozen=True, slots=True)
class Reading(Node):
    """In a plan: the column of a leaf."""

    leaf: Leaf


@dataclass(frozen=True, slots=True)
class Derived(Node):
    """In a plan: the column of a derived name, criterion or constant."""

    name: str


@dataclass(frozen=True, slots=True)
class Month(Node):
    """In a plan: the month number 1–12 of a moved period."""

    back: int = 0
    december: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Scaled(Node):
    """In a plan: a change of unit."""

    operand: Node
    factor: float


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    if isinstance(node, Unary | Scaled):
        return (node.operand,)
    if isinstance(node, Binary):
        return (node.left, node.right)
    return node.arguments if isinstance(node, Call) else ()


def plan_nodes(plan: Node) -> Iterator[Node]:
    """Every node of a tree or plan, in the order it is written. RuleError formula.too_large past LARGEST of them."""
    pending, count = [plan], 0
    while pending:
        node = pending.pop()
        count += 1
        if count > LARGEST:
            raise RuleError("formula.too_large", largest=LARGEST)
        yield node
        pending.extend(reversed(children(node)))


@dataclass(frozen=True, slots=True)
class Note:
    """Something the author should know though the formula stands; code as in the word catalogue."""

    code: str
    where: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Formula:
    """A formula understood: `tree` as written, `plan` in primitives over leaves with units converted.

    leaves: every figure it reads. names: every name that is no indicator. unit: of the result; None takes any.
    truth: the result is 真/假, not a number.
    """

    text: str
    tree: Node
    leaves: tuple[Leaf, ...]
    names: tuple[str, ...]
    unit: str | None
    plan: Node
    truth: bool = False
    notes: tuple[Note, ...] = ()


class Card(Protocol):
    """What a formula must know of an indicator."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def growth_of(self) -> str | None: ...
    @property
    def flow(self) -> str | None: ...


@dataclass(frozen=True)
class Vocabulary:
    """The names a formula may use.

    cards: by code and by every name or alias. names: derived names, criteria, constants → unit (None: takes any).
    population: the indicator 人均 divides by. formulas: definitions of derived names, used when one is lagged or read
    at another place. constants: names that are the same at every time and place. carry: indicator code → months.
    """

    cards: Mapping[str, Card]
    names: Mapping[str, str | None]
    population: str | None
    units: UnitTable
    formulas: Mapping[str, str] = field(default_factory=dict)
    constants: frozenset[str] = frozenset()
    carry: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """Where a formula runs: `keys` partition the peers, `month` holds the month number 1–12 of the row's period."""

    keys: tuple[str, ...]
    month: str
    columns_of_name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Compiled:
    """Expressions of one formula.

    value: Float64 (or Boolean); null where there is no figure, never NaN. steps: columns to add first, level by level
    (windows inside windows); empty for ordinary formulas. When the outermost call is 同比/环比: base is the earlier
    value and case the code of RULES §1.5 (0 normal, 1 净增, 2 zero to zero, 3 扭亏为盈, 4 减亏, 5 增亏, 6 由盈转亏).
    """

    value: nw.Expr
    case: nw.Expr | None = None
    base: nw.Expr | None = None
    steps: tuple[tuple[tuple[str, nw.Expr], ...], ...] = ()
