"""Methods (计分方法): each way from a value to a mark, as text; every parameter a mark reads is a field here."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny

from junxian.core.text import Entry, Fraction


def _no_percent(given: object) -> object:
    if isinstance(given, str) and given.strip().endswith(("%", "％")):
        raise ValueError("amount_with_percent")  # 8% against a figure in % would be read as 0.08
    return given


Amount = Annotated[float | str | dict[str, float | str], BeforeValidator(_no_percent)]
"""A number, a formula, or one of them per group, on the scale of the value."""
Reference = Annotated[float | str | dict[str, float | str], BeforeValidator(_no_percent)]
"""As Amount; the words max, min, mean, median, p10 … p90 mean that statistic of the peer group."""


class Method(Entry):
    """A way from a value to a normalised mark. `scale` is the mark that earns the criterion's full points."""

    kind: ClassVar[str] = ""
    shorthand: ClassVar[str] = ""
    scale: float = 1.0


class AsIs(Method):
    """直接计分: the value is the mark."""

    kind = "as_is"
    shorthand = "scale"


class Completion(Method):
    """M1 目标完成率法: min(x/T, cap); smaller-is-better: T/x or 2 − x/T. Below `zero_below` of the target: 0."""

    kind = "completion"
    shorthand = "target"
    target: Amount
    cap: Fraction = 1.0
    zero_below: Fraction = 0.0
    smaller: Literal["inverse", "two_minus"] = "inverse"


class Hit(Method):
    """M2 目标达标法: all or nothing; on the target counts as reached."""

    kind = "hit"
    shorthand = "target"
    target: Amount


class Slope(Entry):
    """So many points of the criterion's full points per step of the value, up to a cap; shares of the full points."""

    per: float = Field(gt=0)
    points: float
    cap: float | None = None
    whole_steps: bool = False


class BasePlusMinus(Method):
    """M3 基本分+加减分: reached = base; above +points per step to a cap, below −points per step to 0. In points."""

    kind = "base_plus_minus"
    target: Amount
    base: float | None = None
    up: Slope | None = None
    down: Slope | None = None
    floor: float = 0.0


class RankStep(Method):
    """M4 位次递减法: 1 − step·(rank − 1), not below floor."""

    kind = "rank_step"
    shorthand = "step"
    step: Fraction
    floor: Fraction = 0.0


class RankLinear(Method):
    """M5 线性位次法: 1 − (1 − floor)·(rank − 1)/(n − 1)."""

    kind = "rank_linear"
    shorthand = "floor"
    floor: Fraction


class RankTable(Method):
    """位次对照: a mark for each place, the last one for all further places."""

    kind = "rank_table"
    shorthand = "marks"
    marks: tuple[float, ...]


class Between(Method):
    """Linear map between two goalposts: low earns `from`, high earns `to` (M6 功效系数, M8 极差标准化).

    `transform` is applied to the value and both goalposts. With direction − the goalposts change roles. `clamp` keeps
    the mark within [from, to], or within the two numbers given, or not at all. `equal` is the mark when high = low.
    """

    kind = "between"
    low: Reference = "min"
    high: Reference = "max"
    from_: float = Field(0.0, alias="from")
    to: float = 1.0
    transform: Literal["none", "ln", "log10", "sqrt", "square"] = "none"
    clamp: bool | tuple[float, float] = False
    equal: float | None = None


class Efficacy(Between):
    """M6 功效系数法 (linear): 60 + 40·(x − x_s)/(x_h − x_s)."""

    kind = "efficacy"
    from_: float = Field(60.0, alias="from")
    to: float = 100.0
    scale: float = 100.0


class ExponentialEfficacy(Method):
    """M7 指数功效函数: base·exp(−ln(base/100)·(x − x_s)/(x_h − x_s)), base … 100."""

    kind = "exponential_efficacy"
    low: Reference = "min"
    high: Reference = "max"
    base: float = Field(60.0, gt=0, lt=100)
    clamp: bool = True
    scale: float = 100.0


class MinMax(Between):
    """M8 极差标准化 with its usual 40 + 60."""

    kind = "min_max"
    from_: float = Field(40.0, alias="from")
    to: float = 100.0
    scale: float = 100.0


class AgainstAverage(Method):
    """M10 与全市平均比: ± points per step above or below the reference, within ± cap. In points, added to base."""

    kind = "against_average"
    reference: Reference
    per: float = Field(0.1, gt=0)
    points: float
    base: float = 0.0
    cap: float


class HitThenRank(Method):
    """M11 先达标后排位: the target earns hit_points; those above it share the rest by places among themselves."""

    kind = "hit_then_rank"
    target: Amount
    hit_points: float
    step: Fraction


class Step(Entry):
    """A rung: from `at_least` (included) up to the next rung. Points or mark, and a name where the rung is a grade."""

    at_least: Amount | None = None
    points: float | None = None
    name: str = ""


class Ladder(Method):
    """M12 阶梯分段, and graded ratios: the highest rung whose bound is reached counts; left-closed, right-open.

    Rungs are listed from low to high, the first may be open below. `bounds: right` makes them left-open, right-closed.
    `interpolate` runs straight from each rung's bound to the next one's instead of standing still. In points.
    """

    kind = "ladder"
    shorthand = "steps"
    steps: tuple[Step, ...]
    bounds: Literal["left", "right"] = "left"
    interpolate: bool = False


class Advance(Method):
    """M13 进位法: clamp(base + k·Δplaces, 0, 1); the value is the number of places gained."""

    kind = "advance"
    base: Fraction
    per_place: Fraction


class Deduct(Method):
    """M14 扣分制: start from full points, take the value (points to deduct) off, not below floor. In points."""

    kind = "deduct"
    floor: float | None = 0.0


class Relative(Method):
    """M16 指数法: x / standard (standard / x where smaller is better), with optional cap.

    No mark where the standard, or a figure to divide by, is not above zero: such a ratio would turn better into worse.
    """

    kind = "relative"
    shorthand = "standard"
    standard: Reference
    cap: float | None = None


class ZScore(Method):
    """Standard scores: centre + spread·(x − mean)/sd; sd `sample` or `population`, or as mean given otherwise."""

    kind = "z_score"
    mean: Reference = "mean"
    sd: Reference = "population"
    centre: float = 0.0
    spread: float = 1.0
    limit: float | None = None


class Percentile(Method):
    """Share of the peer group: `below` (r−1)/(n−1) counted from the bottom, `at_or_below` r/n, `midpoint` (r−½)/n."""

    kind = "percentile"
    shorthand = "form"
    form: Literal["below", "at_or_below", "midpoint"] = "below"
    to: float = 1.0


class DistanceToTarget(Method):
    """1 − |x − target| / range, not below 0; on the good side of the target it is 1 unless two_sided."""

    kind = "distance_to_target"
    target: Amount
    range: Amount
    two_sided: bool = False


class Band(Method):
    """区间最优: full inside [low, high]; below x/low; above 1 − (x − high)/width (RULES §3.8)."""

    kind = "band"
    low: Amount
    high: Amount
    width: Amount


class ByFormula(Method):
    """任意公式: a formula of `x` and the peer functions, e.g. `-23*ln(1-位序比*(1-exp(-100/23)))`."""

    kind = "formula"
    shorthand = "mark"
    mark: str


METHODS: dict[str, type[Method]] = {
    m.kind: m
    for m in (
        AsIs, Completion, Hit, BasePlusMinus, RankStep, RankLinear, RankTable, Between, Efficacy, ExponentialEfficacy,
        MinMax, AgainstAverage, HitThenRank, Ladder, Advance, Deduct, Relative, ZScore, Percentile, DistanceToTarget,
        Band, ByFormula,
    )
}  # fmt: skip


def read_method(given: Any) -> Any:
    """`{rank_step: 5%}`, `{efficacy: {high: 8, low: 0}}` or a bare `as_is` → the method; one key, one method."""
    if isinstance(given, Method):
        return given
    if isinstance(given, str):
        given = {given: {}}
    if not isinstance(given, dict) or len(given) != 1:
        raise ValueError("method_one_key")
    kind, parameters = next(iter(given.items()))
    if kind not in METHODS:
        raise ValueError(f"method_unknown:{kind}")
    method = METHODS[kind]
    if not isinstance(parameters, dict) or (method.shorthand and parameters and set(parameters) - _keys(method)):
        if not method.shorthand:
            raise ValueError(f"method_needs_parameters:{kind}")
        parameters = {method.shorthand: parameters}
    return method.model_validate(parameters)


def _keys(method: type[Method]) -> set[str]:
    return {f.alias or name for name, f in method.model_fields.items()} | set(method.model_fields)


AnyMethod = Annotated[SerializeAsAny[Method], BeforeValidator(read_method)]
