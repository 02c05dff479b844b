"""Compiling a group (指标组合成): children's exact results become one, and what they could have earned its maximum.

A child's result is null exactly where its role is not 0. The maximum is the same combination of the children's maxima.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add, mul

import narwhals as nw

from junxian.core.errors import RuleError
from junxian.core.scoring.criterion import ROLE
from junxian.core.scoring.exact import NANO, bounded, from_nano, to_nano, whole
from junxian.core.scoring.marks import nothing, pick
from junxian.core.scoring.model import Combine, Criterion, Group
from junxian.core.scoring.plan import GROUPS, SPACING, Draft, NodePlan, by_group, over
from junxian.core.scoring.weights import add_weights, weight_of, weighted

POWERS = {"geometric": 0.0, "harmonic": -1.0}


def compile_group(draft: Draft, k: int, node: Group, children: Sequence[NodePlan], depth: int) -> dict[str, object]:
    """Add the group's stages after those of its children; returns the facts its NodePlan keeps (labelled, roles)."""
    rank, parts = GROUPS - SPACING * depth, Parts(k, node, children, _roles_of(draft, node, children))
    add_weights(draft, k, node, children, rank - 8)
    draft.add(rank + 1, *(e.alias(f"c{k}_{name}") for name, e in _counts(parts).items()))
    _add_powers(draft, parts, rank)
    combined, labelled = _combined(draft, parts, rank)
    draft.add(rank + 2, _top(parts).alias(f"c{k}_full"))
    draft.add(rank + 3, _restated(combined, parts).alias(f"c{k}_raw"), _maximum(parts).alias(f"c{k}m"))
    draft.add(rank + 4, _result(draft, parts).alias(f"c{k}_got"))
    draft.add(rank + 5, _role(draft, parts).alias(f"c{k}o"))
    counted = nw.col(f"c{k}_got") if parts.roles == {0} else nw.when(nw.col(f"c{k}o") == 0).then(nw.col(f"c{k}_got"))
    draft.add(rank + 6, bounded(counted, node).alias(f"c{k}p"))
    return {"labelled": labelled, "roles": parts.roles}


class Parts:
    """A group and its children; for results (`p`) those of role 0 count, for maxima (`m`) all but those of role 2."""

    def __init__(self, k: int, node: Group, children: Sequence[NodePlan], roles: frozenset[int]) -> None:
        self.k, self.node, self.children, self.roles = k, node, children, roles

    def counted(self, child: NodePlan, what: str) -> nw.Expr | None:
        """Whether a child counts; None where it always does."""
        if what == "p":
            return nw.col(child.column("o")) == 0 if child.roles != {0} else None
        return nw.col(child.column("o")) != 2 if 2 in child.roles else None

    def term(self, child: NodePlan, what: str) -> nw.Expr:
        """A child's amount times its weight, an integer again before anything is added."""
        amount = nw.col(child.column(what))
        if not weighted(self.node, self.children):
            return amount
        weight = from_nano(weight_of(self.k, self.node, self.children, child))
        return (amount.cast(nw.Float64) * weight + 0.5).floor().cast(nw.Int64)

    def total(self, amount: Callable[[NodePlan], nw.Expr], who: str) -> nw.Expr:
        """The sum over the children that count."""
        terms = [_if(self.counted(child, who), amount(child), whole(0)) for child in self.children]
        return nw.sum_horizontal(*terms).cast(nw.Int64)

    def weight(self, child: NodePlan) -> nw.Expr:
        return weight_of(self.k, self.node, self.children, child)

    @property
    def partial(self) -> bool:
        """Whether some of the scheme's groups may have no such node at all."""
        return isinstance(self.node.points, Mapping) or bool(self.node.applies_to)


def _if(condition: nw.Expr | None, then: nw.Expr, otherwise: nw.Expr) -> nw.Expr:
    return then if condition is None else nw.when(condition).then(then).otherwise(otherwise)


def _roles_of(draft: Draft, node: Group, children: Sequence[NodePlan]) -> frozenset[int]:
    """Every role the group may have."""
    below = frozenset[int]().union(*(child.roles for child in children))
    lonely = all(child.roles == {0} for child in children)
    sure = lonely and plain_sum(node.combine) and node.min_available == 0
    undefined = set() if sure else {ROLE.get(draft.scheme.missing.undefined, 3)}
    partial = {2} if isinstance(node.points, Mapping) or node.applies_to else set()
    return below | undefined | partial | {0}


def plain_sum(how: Combine) -> bool:
    return how.by == "sum" and how.power is None and by_word(how)


def by_word(how: Combine) -> bool:
    """Whether the combination is a word or a power and not a text of the author's."""
    return how.formula is None and how.table is None


def _counts(parts: Parts) -> dict[str, nw.Expr]:
    """The best and worst role among the children, what could be earned, and how many and how heavy the counted are."""
    node, said = parts.node, {}
    roles = [nw.col(child.column("o")) for child in parts.children if child.roles != {0}]
    if len(roles) == len(parts.children):
        said["lo"] = _horizontal(nw.min_horizontal, roles)
    if any(3 in child.roles for child in parts.children):
        said["hi"] = _horizontal(nw.max_horizontal, roles)
    if plain_sum(node.combine):
        said["avail"] = parts.total(lambda child: parts.term(child, "m"), "p")
    if node.min_available >= 1:
        said["n0"] = parts.total(lambda _: whole(1), "p")
    if not plain_sum(node.combine) or 0 < node.min_available < 1:
        said["weight"] = parts.total(parts.weight, "p")
        said["weights"] = parts.total(parts.weight, "m")
    return said


def _horizontal(best: Callable[..., nw.Expr], columns: Sequence[nw.Expr]) -> nw.Expr:
    return best(*columns) if len(columns) > 1 else columns[0]


def _combined(draft: Draft, parts: Parts, rank: float) -> tuple[nw.Expr, bool]:
    """The combined result in 10⁻⁹ and whether it has a label."""
    how, k = parts.node.combine, parts.k
    if not by_word(how):
        with draft.also(_words(draft, parts, rank)):
            return _by_text(draft, parts, rank)
    if not plain_sum(how):
        return _mean(parts, "p"), False
    got = parts.total(lambda child: parts.term(child, "p"), "p")
    if all(child.roles <= {0, 2} for child in parts.children):
        return got, False
    full, avail = nw.col(f"c{k}_full"), nw.col(f"c{k}_avail")
    carried = got.cast(nw.Float64) * _ratio(full.cast(nw.Float64), avail)
    return nw.when(full == avail).then(got).otherwise((carried + 0.5).floor().cast(nw.Int64)), False


def _ratio(top: nw.Expr, bottom: nw.Expr) -> nw.Expr:
    """Integer ÷ integer by one float division; null where there is nothing to divide by."""
    safe = nw.when(bottom == 0).then(whole(1)).otherwise(bottom).cast(nw.Float64)
    return nw.when(bottom != 0).then(top / safe)


def _mean(parts: Parts, what: str) -> nw.Expr:
    """Any combination by a word or power but the sum, of results or of maxima, in 10⁻⁹."""
    how = parts.node.combine
    weights = nw.col(f"c{parts.k}_{'weight' if what == 'p' else 'weights'}")
    if how.power is None and how.by == "mean":
        got = parts.total(lambda child: parts.term(child, what), what)
        return (_ratio(got.cast(nw.Float64) * float(NANO), weights) + 0.5).floor().cast(nw.Int64)
    if how.power is None and how.by in ("minimum", "maximum"):
        best = nw.min_horizontal if how.by == "minimum" else nw.max_horizontal
        none = nw.lit(None, nw.Int64)
        return _horizontal(best, [_if(parts.counted(c, what), nw.col(c.column(what)), none) for c in parts.children])
    if how.power is None and how.by == "product":
        values = [_lifted(parts.node, from_nano(nw.col(c.column(what)))) for c in parts.children]
        here = [parts.counted(c, what) for c in parts.children]
        return to_nano(reduce(mul, (_if(h, x, nw.lit(1.0)) for h, x in zip(here, values, strict=True))))
    return to_nano(_power_mean(parts, what, weights))


def _lifted(node: Group, x: nw.Expr) -> nw.Expr:
    return x if node.zero_floor is None else pick(x <= 0, node.zero_floor, x)


def _power(how: Combine) -> float | None:
    """The exponent of a power mean; None for any other combination."""
    if not by_word(how):
        return None
    return POWERS.get(how.by) if how.power is None else how.power


def _add_powers(draft: Draft, parts: Parts, rank: float) -> None:
    """Columns that a power mean rests on, for results and for maxima: the sum of w·x^p (of w·ln x) and the least x."""
    k, power = parts.k, _power(parts.node.combine)
    if power is None:
        return
    for what in ("p", "m"):
        terms, values = [], []
        for child in parts.children:
            name, here = f"c{k}_{what}{child.index}", parts.counted(child, what)
            draft.add(rank, _lifted(parts.node, from_nano(nw.col(child.column(what)))).alias(name))
            x, weight = nw.col(name), parts.weight(child).cast(nw.Float64)
            safe = pick(x > 0, x, 1.0)
            term = safe.log() if power == 0 else pick(x > 0, (safe.log() * power).exp(), 0.0)
            terms.append(_if(here, term * weight, nw.lit(0.0)))
            values.append(_if(here, x, nothing()))
        draft.add(rank + 1, reduce(add, terms).alias(f"c{k}_powers_{what}"))
        draft.add(rank + 1, _horizontal(nw.min_horizontal, values).alias(f"c{k}_least_{what}"))


def _power_mean(parts: Parts, what: str, weights: nw.Expr) -> nw.Expr:
    """(Σ w·x^p / Σ w)^(1/p), for p = 0 the geometric mean; zero makes it zero unless p > 0; below zero it has none."""
    k, power, total = parts.k, _power(parts.node.combine) or 0.0, weights.cast(nw.Float64)
    least, powers = nw.col(f"c{k}_least_{what}"), nw.col(f"c{k}_powers_{what}")
    if power == 0:
        value = (powers / pick(total > 0, total, 1.0)).exp()
    else:
        mean = pick((powers > 0) & (total > 0), powers / pick(total > 0, total, 1.0), 1.0)
        value = pick(powers > 0, (mean.log() / power).exp(), 0.0)
    if power <= 0:
        value = pick(least == 0, 0.0, value)
    return nw.when((least >= 0) & (total > 0)).then(value)


def _words(draft: Draft, parts: Parts, rank: float) -> dict[str, str]:
    """Names a combining formula may use: a child's result by its key, its value as `key值`, its label as `key等次`."""
    words: dict[str, str] = {}
    for child in parts.children:
        key, k = child.node.key, child.index
        draft.add(rank - 1, from_nano(nw.col(f"c{k}p")).alias(f"c{k}_result"))
        words |= dict.fromkeys((key, f"{key}得分", f"{key}_points"), f"c{k}_result")
        if isinstance(child.node, Criterion):
            words |= {f"{key}值": f"c{k}", f"{key}_value": f"c{k}"}
        if child.labelled:
            words |= {f"{key}等次": f"c{k}g", f"{key}_grade": f"c{k}g"}
    return words


def _by_text(draft: Draft, parts: Parts, rank: float) -> tuple[nw.Expr, bool]:
    """By the author's formula, or by the first line of his table whose condition holds.

    A line whose condition is unknown decides nothing, and neither does any after it.
    """
    node, k = parts.node, parts.k
    where = f"{draft.scheme.id}·{node.key}"
    if node.combine.formula is not None:
        draft.column(draft.understand(node.combine.formula, where), f"c{k}_formula", rank)
        return to_nano(nw.col(f"c{k}_formula").cast(nw.Float64)), False
    rows = node.combine.table or ()
    label, score = nw.lit(None, nw.String), nothing()
    for place in range(len(rows) - 1, -1, -1):
        row = rows[place]
        number = row.score if isinstance(row.then, str) else row.then
        own = (nw.lit(str(row.then)), nothing() if number is None else nw.lit(float(number)))
        if not row.when:
            label, score = own
            continue
        draft.column(draft.understand(row.when, f"{where}·{place + 1}"), f"c{k}_when{place}", rank)
        holds = nw.col(f"c{k}_when{place}")
        label, score = (
            nw.when(holds).then(mine).otherwise(nw.when(~holds).then(rest))
            for mine, rest in zip(own, (label, score), strict=True)
        )
    draft.add(rank + 3, label.alias(f"c{k}g"))
    return to_nano(score), True


def _adds_up(parts: Parts) -> bool:
    return plain_sum(parts.node.combine) and all(child.node.points is not None for child in parts.children)


def _top(parts: Parts) -> nw.Expr:
    """The result that the children's maxima come to; of an author's formula or table, the greatest of them."""
    how = parts.node.combine
    if plain_sum(how):
        return parts.total(lambda child: parts.term(child, "m"), "m")
    if by_word(how):
        return _mean(parts, "m").fill_null(0)  # none of them applies
    return _horizontal(nw.max_horizontal, [nw.col(child.column("m")) for child in parts.children])


def _restated(result: nw.Expr, parts: Parts) -> nw.Expr:
    """Restate to the group's points, scale or share of its own maximum."""
    node, full = parts.node, nw.col(f"c{parts.k}_full")
    if node.of_maximum is not None:
        result = (_ratio(result.cast(nw.Float64) * node.of_maximum * NANO, full) + 0.5).floor()
    elif node.points is not None and not _adds_up(parts):
        if not by_word(node.combine):
            raise RuleError("scoring.points_without_scale", where=node.key, node=node.key)
        share = _ratio(result.cast(nw.Float64) * by_group(node.points) * float(NANO), full)
        result = (share + 0.5).floor()
    if node.scale is not None:
        result = (result.cast(nw.Float64) * node.scale + 0.5).floor()
    return result.cast(nw.Int64)


def _maximum(parts: Parts) -> nw.Expr:
    node, scale = parts.node, parts.node.scale or 1.0
    if node.of_maximum is not None:
        most = whole(round(node.of_maximum * scale * NANO))
    elif node.points is not None and not _adds_up(parts):
        most = to_nano(by_group(node.points, 0.0), scale)
    else:
        full = nw.col(f"c{parts.k}_full")
        most = full if node.scale is None else (full.cast(nw.Float64) * scale + 0.5).floor().cast(nw.Int64)
    if parts.partial:
        most = nw.when(_concerned(parts)).then(most).otherwise(whole(0))
    return most if node.at_most is None else most.clip(None, round(node.at_most * NANO))


def _concerned(parts: Parts) -> nw.Expr:
    """Whether the unit's group has such a node."""
    node = parts.node
    groups = set(node.points) if isinstance(node.points, Mapping) else set(node.applies_to)
    groups &= set(node.applies_to) or groups
    return nw.col("group").is_in(sorted(groups))


def _result(draft: Draft, parts: Parts) -> nw.Expr:
    """The group's own result: null where too few children count, unless the scheme lets something stand in for that."""
    k, action = parts.k, draft.scheme.missing.undefined
    raw = nw.col(f"c{k}_raw")
    kept = reduce(lambda got, few: nw.when(~few).then(got), _few(parts), raw)
    if action in ROLE:
        return kept
    stand_in = {
        "zero": whole(0),
        "floor": whole(0),
        "full": nw.col(f"c{k}m"),
        "mean": (over(kept.cast(nw.Float64).mean()) + 0.5).floor().cast(nw.Int64),
    }[action]
    return nw.when(kept.is_null()).then(stand_in).otherwise(kept)


def _few(parts: Parts) -> list[nw.Expr]:
    k, least = parts.k, parts.node.min_available
    if least >= 1:
        return [nw.col(f"c{k}_n0") < int(least)]
    weights = nw.col(f"c{k}_weights").cast(nw.Float64)
    return [nw.col(f"c{k}_weight").cast(nw.Float64) < least * weights] if least > 0 else []


def _role(draft: Draft, parts: Parts) -> nw.Expr:
    """A group counts when its children do, and is left out as the mildest of them where none does.

    Too few counted children, or a combination without a result, are `undefined`, and the scheme says what that means.
    """
    k = parts.k
    role = whole(0)
    if parts.roles != {0}:
        undefined = whole(ROLE.get(draft.scheme.missing.undefined, 3))
        role = nw.when(nw.col(f"c{k}_got").is_null()).then(undefined).otherwise(role)
    if all(child.roles != {0} for child in parts.children):
        role = nw.when(nw.col(f"c{k}_lo") > 0).then(nw.col(f"c{k}_lo")).otherwise(role)
    if any(3 in child.roles for child in parts.children):
        role = nw.when(nw.col(f"c{k}_hi") == 3).then(whole(3)).otherwise(role)
    if parts.partial:
        role = nw.when(_concerned(parts)).then(role).otherwise(whole(2))
    return role.cast(nw.Int8)
