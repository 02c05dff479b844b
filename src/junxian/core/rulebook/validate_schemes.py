"""Validation of schemes (方案审查): groups, points, weights, ladders, grades and what they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from junxian.core.assessment.model import AssessedScheme, Effect
from junxian.core.errors import RuleError
from junxian.core.rulebook.finding import Finding, Path, fault, unknown, warning
from junxian.core.rulebook.model import Rulebook
from junxian.core.scoring.methods import Between, Ladder
from junxian.core.scoring.model import Combine, Criterion, Group
from junxian.core.units.model import UnitSet
from junxian.core.units.select import select

TOLERANCE = 0.001  # RULES §2.5: points must add up to this or the rules cannot be adopted
Node = Group | Criterion


def scheme_findings(rulebook: Rulebook) -> Iterator[Finding]:
    for place, scheme in enumerate(rulebook.schemes):
        path: Path = ("schemes", place)
        for key in ("author", "checker"):
            if not getattr(scheme, key):
                yield warning(f"no_{key}", *path, scheme=scheme.id)
        yield from _groups(rulebook, scheme, path)
        for at, node in nodes_with_paths(scheme, path):
            yield from _node(scheme, node, at)
        yield from _totals(scheme, path)
        yield from _grades(scheme, path)
        yield from _references(rulebook, scheme, path)


def nodes_with_paths(scheme: AssessedScheme, path: Path) -> Iterator[tuple[Path, Node]]:
    """Every node with its place in the text, parents first."""
    pending: list[tuple[Path, Node]] = [((*path, "criteria", i), n) for i, n in enumerate(scheme.criteria)]
    while pending:
        at, node = pending.pop(0)
        yield at, node
        if isinstance(node, Group):
            pending = [((*at, "of", i), child) for i, child in enumerate(node.of)] + pending


def _groups(rulebook: Rulebook, scheme: AssessedScheme, path: Path) -> Iterator[Finding]:
    for period in dict.fromkeys((scheme.effective.from_, scheme.effective.to)):
        owner: dict[str, str] = {}
        for name, wanted in scheme.groups.items():
            try:
                chosen = select(rulebook.units, wanted, rulebook.peer_sets, period)
            except RuleError as refusal:
                yield Finding(refusal.code, (*path, "groups", name), refusal.facts)
                continue
            yield from _members(name, wanted, chosen, owner, at=(*path, "groups", name), period=period)


def _members(
    name: str, wanted: UnitSet, chosen: tuple[str, ...], owner: dict[str, str], *, at: Path, period: str
) -> Iterator[Finding]:
    for code in sorted(set(wanted) - set(chosen)) if isinstance(wanted, tuple) else ():
        yield fault("unit_not_valid", *at, unit=code, period=period or "—")
    if not chosen:
        yield fault("group_empty", *at, group=name)
    for code in chosen:
        if owner.setdefault(code, name) != name:
            yield fault("groups_overlap", *at, unit=code, first=owner[code], second=name)


def _node(scheme: AssessedScheme, node: Node, at: Path) -> Iterator[Finding]:
    for key in ("points", "weight"):
        given = getattr(node, key)
        if isinstance(given, Mapping):
            yield from _per_group(scheme, node, given, (*at, key))
    for group in node.applies_to:
        yield from unknown("group", group, scheme.groups, *at, "applies_to")
    if isinstance(node, Group):
        yield from _sums(scheme, node, at)
        yield from _weights(node.of, node.combine, node.weights, (*at, "of"))
        return
    yield from _method(node, (*at, "method"))
    if node.winsorise and node.winsorise.lower >= node.winsorise.upper:
        yield fault("winsorise_reversed", *at, "winsorise", low=node.winsorise.lower, high=node.winsorise.upper)


def _per_group(scheme: AssessedScheme, node: Node, given: Mapping[str, float], at: Path) -> Iterator[Finding]:
    for group in given:
        yield from unknown("group", group, scheme.groups, *at, group)
    judged = set(node.applies_to) or set(scheme.groups)
    for group in sorted(judged - set(given)):
        yield fault("group_without_weight", *at, group=group, criterion=node.key)


def _method(node: Criterion, at: Path) -> Iterator[Finding]:
    method = node.method
    if isinstance(method, Ladder):
        yield from _ladder(method, at)
    if isinstance(method, Between) and isinstance(method.low, float) and isinstance(method.high, float):
        if method.low == method.high:
            yield fault("goalposts_equal", *at, value=method.low)
        elif method.low > method.high:
            yield fault("goalposts_reversed", *at, low=method.low, high=method.high)


def _ladder(method: Ladder, at: Path) -> Iterator[Finding]:
    if not method.steps:
        yield fault("ladder_empty", *at)
    for place, step in enumerate(method.steps):
        if step.at_least is None and place > 0:
            yield fault("ladder_open_above_first", *at, step=place + 1)
        if step.points is None and not step.name:
            yield fault("ladder_step_says_nothing", *at, step=place + 1)
    bounds = [step.at_least for step in method.steps if isinstance(step.at_least, int | float)]
    for low, high in pairwise(bounds):
        if low >= high:
            yield fault("ladder_not_ascending", *at, low=low, high=high)


def points_of(node: Node, group: str) -> float | None:
    """Full points of a node for a group: its own, or what its children add up to."""
    if node.applies_to and group not in node.applies_to:
        return 0.0
    if node.points is not None:
        return node.points.get(group) if isinstance(node.points, dict) else node.points
    return _children(node, group) if isinstance(node, Group) and plain_sum(node.combine) else None


def plain_sum(combine: Combine) -> bool:
    return combine.by == "sum" and combine.power is None and combine.formula is None and combine.table is None


def _children(node: Group, group: str) -> float | None:
    parts = [points_of(child, group) for child in node.of]
    return None if any(part is None for part in parts) else sum(part for part in parts if part is not None)


def _sums(scheme: AssessedScheme, node: Group, at: Path) -> Iterator[Finding]:
    if node.points is None or not plain_sum(node.combine):
        return
    for group in scheme.groups:
        said, summed = points_of(node, group), _children(node, group)
        if said is None or summed is None or abs(said - summed) <= TOLERANCE:
            continue
        if node.at_most is not None and abs(said - node.at_most) <= TOLERANCE and summed > said:
            continue  # a cap below the sum of its parts is how group maxima are written
        facts = {"said": said, "sum": round(summed, 6), "group": group, "criterion": node.key}
        yield fault("points_do_not_add_up", *at, "points", **facts)
        return


def _totals(scheme: AssessedScheme, path: Path) -> Iterator[Finding]:
    yield from _weights(scheme.criteria, scheme.combine, scheme.weights, (*path, "criteria"))
    if scheme.full is None or not plain_sum(scheme.combine):
        return
    for group in scheme.groups:
        parts = [points_of(node, group) for node in scheme.criteria]
        total = sum(part for part in parts if part is not None)
        if None not in parts and abs(total - scheme.full) > TOLERANCE:
            yield fault("total_is_not_full", *path, "full", total=round(total, 6), full=scheme.full, group=group)
            return


def _weights(nodes: tuple[Node, ...], combine: Combine, how: str, at: Path) -> Iterator[Finding]:
    """Weights near 1 or 100 that miss it are a slip; other sums are proportions and mean no harm."""
    given = [node.weight for node in nodes]
    if plain_sum(combine) or how != "given" or any(not isinstance(weight, float) for weight in given):
        return
    total = sum(weight for weight in given if isinstance(weight, float))
    for whole in (1.0, 100.0):
        if TOLERANCE < abs(total - whole) <= whole * 0.05 and abs(total - round(total)) > TOLERANCE / 10:
            yield warning("weights_nearly_whole", *at, total=round(total, 6), whole=whole)


def _grades(scheme: AssessedScheme, path: Path) -> Iterator[Finding]:
    bounds = [grade.at_least for grade in scheme.grades if grade.at_least is not None]
    for high, low in pairwise(bounds):
        if low >= high:
            yield fault("grades_not_descending", *path, "grades", high=high, low=low)
    if sum(grade.quota or 0.0 for grade in scheme.grades) > 1.0 + 1e-9:
        yield fault("quotas_above_one", *path, "grades")


def _references(rulebook: Rulebook, scheme: AssessedScheme, path: Path) -> Iterator[Finding]:
    lines = {line.id for line in rulebook.bottomlines}
    events = {card.code: card.event for card in rulebook.indicators}
    for field in ("gates", "vetoes"):
        for place, entry in enumerate(getattr(scheme, field)):
            for line in entry.lines:
                yield from unknown("line", line, lines, *path, field, place, "lines")
            yield from _effect(scheme, entry.effect, (*path, field, place, "effect"))
    for field in ("vetoes", "bonus", "deductions"):
        for place, entry in enumerate(getattr(scheme, field)):
            yield from _event(entry.event, events, (*path, field, place, "event"))


def _event(code: str, events: Mapping[str, bool], at: Path) -> Iterator[Finding]:
    yield from unknown("indicator", code, events, *at)
    if code in events and not events[code]:
        yield fault("not_an_event", *at, name=code)


def _effect(scheme: AssessedScheme, effect: Effect, at: Path) -> Iterator[Finding]:
    grades = {grade.name for grade in scheme.grades}
    keys = {node.key for _, node in nodes_with_paths(scheme, ())}
    named: list[tuple[str, tuple[str, ...], set[str], str]] = [
        ("grade", (effect.grade_at_most,), grades, "grade_at_most"),
        ("grade", effect.not_eligible, grades, "not_eligible"),
        ("criterion", effect.zero, keys, "zero"),
    ]
    for what, words, known, key in named:
        for word in words:
            yield from unknown(what, word, known, *at, key)
