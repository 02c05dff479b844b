"""Schemes (计分方案): how points arise, as text. Every parameter a score reads is a field, so a receipt can list it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from junxian.core.scoring.methods import Amount, AnyMethod
from junxian.core.text import Basis, Code, Dated, Entry, Fraction, Text
from junxian.core.units.model import UnitSet

Weight = Annotated[float | dict[str, float], BeforeValidator(lambda w: w)]
"""A number or one per group."""


class Rounding(Entry):
    """Declared rounding (舍入): half_up is 四舍五入 (away from zero), half_even is GB/T 8170 修约, none keeps 1e-9."""

    places: int = Field(2, ge=-6, le=9)
    mode: Literal["half_up", "half_even", "down", "none"] = "half_up"


MissingAction = Literal["renormalise", "own_maximum", "zero", "full", "mean", "floor", "propagate"]


class Missing(Entry):
    """What each absence does (缺数规则, RULES §2.7). The scheme must say all four; a criterion may say otherwise.

    renormalise: the siblings carry the weight; own_maximum: left out of the unit's own maximum; zero / full / floor:
    that mark; mean: the peers' mean mark; propagate: the node has no result.
    """

    late: MissingAction
    not_reported: MissingAction
    not_applicable: MissingAction
    undefined: MissingAction


class MissingOverride(Entry):
    """The same for one criterion; what is not said follows the scheme."""

    late: MissingAction | None = None
    not_reported: MissingAction | None = None
    not_applicable: MissingAction | None = None
    undefined: MissingAction | None = None


class GrowthCases(Entry):
    """Points when a growth rate has no ordinary base (RULES §1.5), as shares of the full points.

    A number is that share; `mean` the peers' mean; `undefined` leaves it to the missing rule. `narrowed` is a pair: the
    share at 0 % and at 100 % of the loss removed. Below `small_base` (in the amount's unit) growth is clipped first.
    """

    net_increase: float | Literal["mean", "undefined"] = "undefined"
    zero_to_zero: float | Literal["mean", "undefined"] = "undefined"
    loss_to_profit: float | Literal["undefined"] = "undefined"
    narrowed: tuple[float, float] | Literal["undefined"] = "undefined"
    widened: float | Literal["undefined"] = "undefined"
    profit_to_loss: float | Literal["undefined"] = "undefined"
    small_base: Amount | None = None
    small_base_clip: tuple[float, float] | None = None


class Winsorise(Entry):
    """Pull extremes in before marking (缩尾): by quantile of the peers, or by counts of the extreme places."""

    lower: Fraction = 0.0
    upper: Fraction = 1.0
    lowest: int = 0
    highest: int = 0
    interpolation: Literal["linear", "lower", "higher", "nearest", "midpoint"] = "linear"


class Row(Entry):
    """One line of a decision table (决策表): the first line whose condition holds decides."""

    when: str = ""
    then: float | str
    score: float | None = None


CombineWord = Literal["sum", "mean", "geometric", "harmonic", "minimum", "maximum", "product"]


class Combine(Entry):
    """How a group's children become one (合成): a word, a power mean, a formula of the children, a decision table."""

    by: CombineWord = "sum"
    power: float | None = None
    formula: str | None = None
    table: tuple[Row, ...] | None = None


def read_combine(given: Any) -> Any:
    """`mean`, `{power: 2}`, `{formula: …}` or `{table: […]}`."""
    return {"by": given} if isinstance(given, str) else given


class Node(Entry):
    """What a criterion and a group share."""

    name: Text
    id: str = ""
    points: Weight | None = None
    weight: Weight | None = None
    basis: Basis | None = None
    clause: str = ""
    note: Text = ""
    round: Rounding | None = None
    at_most: float | None = None
    at_least: float | None = None
    applies_to: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The identifier by which formulas and results name the node."""
        return self.id or (self.name if isinstance(self.name, str) else next(iter(self.name.values())))


class Criterion(Node):
    """A leaf (指标项): a formula, how it is marked, what its absence means."""

    value: str
    unit: str | None = None
    direction: Literal["+", "-", "band"] = "+"
    method: AnyMethod
    decimals: int | None = None
    ties: Literal["shared", "dense", "average", "last"] | None = None
    missing: MissingOverride = MissingOverride()
    growth: GrowthCases | None = None
    winsorise: Winsorise | None = None
    carry: int = 0
    lag: int = 0


class Group(Node):
    """An inner node (指标组) with its children; `weights` says where weights come from when not from the children.

    `scale` multiplies the combined result; `of_maximum` restates it as a share of the unit's own maximum times that
    number; `min_available` below 1 is the share of weight, from 1 on the number of children that must have a result;
    `zero_floor` replaces results ≤ 0 before a geometric or harmonic mean.
    """

    of: tuple[Annotated[Group | Criterion, Field(union_mode="smart")], ...]
    combine: Annotated[Combine, BeforeValidator(read_combine)] = Combine()
    weights: Literal["given", "equal", "entropy", "critic"] = "given"
    scale: float | None = None
    of_maximum: float | None = None
    min_available: float = 0
    zero_floor: float | None = None


class Ranking(Entry):
    """How places are given (排名): on the published or the exact score; tie-breaks in order (formulas, more first)."""

    on: Literal["published", "exact"] = "published"
    ties: Literal["shared", "dense", "last"] = "shared"
    tie_break: tuple[str, ...] = ()
    better: Literal["high", "low"] = "high"


class Scheme(Dated):
    """A whole assessment (考核方案), dated: the tree and its arithmetic; `assessment` adds gates, bonus, grades."""

    id: Code
    title: Text
    frequency: Literal["month", "quarter", "half", "year"] = "month"
    rounds: tuple[str, ...] = ()
    groups: dict[str, UnitSet]
    constants: dict[str, float | str] = Field(default_factory=dict)
    derive: dict[str, str] = Field(default_factory=dict)
    criteria: tuple[Annotated[Group | Criterion, Field(union_mode="smart")], ...]
    combine: Annotated[Combine, BeforeValidator(read_combine)] = Combine()
    weights: Literal["given", "equal", "entropy", "critic"] = "given"
    full: float | None = None
    scale: float | None = None
    of_maximum: float | None = None
    min_available: float = 0
    zero_floor: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    missing: Missing
    ties: Literal["shared", "dense", "average", "last"]
    rounding: Rounding
    rank: Ranking = Ranking()

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Scheme:
        seen: set[str] = set()
        for node in walk(self.criteria):
            if node.key in seen:
                raise ValueError(f"criterion_twice:{node.key}")
            seen.add(node.key)
        return self


def walk(nodes: tuple[Group | Criterion, ...]) -> list[Group | Criterion]:
    """All nodes, parents before children, in the order written."""
    found: list[Group | Criterion] = []
    for node in nodes:
        found.append(node)
        if isinstance(node, Group):
            found.extend(walk(node.of))
    return found
