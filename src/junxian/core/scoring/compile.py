"""Compiling a scheme (方案编译): every formula read once, every node given its columns, ready to run on any panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import narwhals as nw

from junxian.core.formulas import Formula, Vocabulary, in_order
from junxian.core.scoring.combine import compile_group
from junxian.core.scoring.criterion import compile_criterion
from junxian.core.scoring.exact import from_nano
from junxian.core.scoring.model import Criterion, Group, Scheme
from junxian.core.scoring.plan import BESIDE, Draft, NodePlan, Plan

ROOT = "total"


def compile_scheme(scheme: Scheme, vocabulary: Vocabulary, extra: Sequence[tuple[str, str]] = ()) -> Plan:
    """A plan for the scheme; `extra` are further formulas (column name, text) to compute beside it, such as gates.

    RuleError, with the scheme and criterion, where a formula or method cannot mean what it says.
    """
    draft = Draft(scheme, _with_names(scheme, vocabulary))
    _constants(draft)
    nodes: list[NodePlan] = []
    children = [_compile_node(draft, node, 1, nodes) for node in scheme.criteria]
    root, index = _root_group(scheme), len(nodes)
    with draft.node(index):
        facts = compile_group(draft, index, root, children, 0)
    nodes[:] = [replace(n, parent=index) if n.parent is None else n for n in nodes]
    nodes.append(NodePlan(index, root, None, 0, tuple(c.index for c in children), **facts))  # type: ignore[arg-type]
    _beside(draft, nodes, extra)
    of_node = {k: tuple(steps) for k, steps in draft.steps.items() if k is not None}
    return Plan(scheme, tuple(draft.leaves), tuple(nodes), tuple(draft.steps[None]), of_node)


def _with_names(scheme: Scheme, words: Vocabulary) -> Vocabulary:
    """Constants are columns; derived names stand for their formulas, so they can be lagged like any figure."""
    names = dict(words.names) | dict.fromkeys(scheme.constants) | dict.fromkeys(scheme.derive)
    constants = words.constants | frozenset(scheme.constants)
    return replace(words, names=names, formulas=dict(words.formulas) | dict(scheme.derive), constants=constants)


def _constants(draft: Draft) -> None:
    for place, (name, value) in enumerate(draft.scheme.constants.items()):
        draft.names[name] = f"k{place}"
        draft.given(nw.lit(float(value) if not isinstance(value, str) else value).alias(f"k{place}"))
    formulas = {name: draft.understand(text, name) for name, text in draft.scheme.derive.items()}
    order = [name for level in in_order(formulas) for name in level]
    for place, name in enumerate(order):
        draft.column(formulas[name], f"d{place}", float(place - len(order) - 1))
        draft.names[name] = f"d{place}"
        draft.derived[name] = draft.leaves_of(formulas[name])


def _compile_node(draft: Draft, node: Criterion | Group, depth: int, nodes: list[NodePlan]) -> NodePlan:
    if isinstance(node, Criterion):
        k = len(nodes)
        with draft.node(k):
            facts = compile_criterion(draft, k, node)
        plan = NodePlan(k, node, None, depth, (), **facts)  # type: ignore[arg-type]
        nodes.append(plan)
        return plan
    children = [_compile_node(draft, child, depth + 1, nodes) for child in node.of]
    k = len(nodes)
    with draft.node(k):
        facts = compile_group(draft, k, node, children, depth)
    for child in children:
        nodes[child.index] = replace(child, parent=k)
    plan = NodePlan(k, node, None, depth, tuple(c.index for c in children), **facts)  # type: ignore[arg-type]
    nodes.append(plan)
    return plan


def _root_group(scheme: Scheme) -> Group:
    return Group(
        name=scheme.title, id=ROOT, of=scheme.criteria, combine=scheme.combine, weights=scheme.weights,
        scale=scheme.scale, of_maximum=scheme.of_maximum, min_available=scheme.min_available,
        zero_floor=scheme.zero_floor, at_most=scheme.at_most, at_least=scheme.at_least,
    )  # fmt: skip


def _beside(draft: Draft, nodes: Sequence[NodePlan], extra: Sequence[tuple[str, str]]) -> None:
    """Gates, bonuses and tie-breaks read figures, derived names and every node's result, value and label."""
    words: dict[str, str] = {}
    for plan in nodes:
        key, k = plan.node.key, plan.index
        draft.add(BESIDE, from_nano(nw.col(f"c{k}p")).alias(f"c{k}_points"))
        words |= {f"{key}得分": f"c{k}_points", f"{key}_points": f"c{k}_points"}
        if isinstance(plan.node, Criterion):
            words |= {f"{key}值": f"c{k}", f"{key}_value": f"c{k}"}
        if plan.labelled:
            words |= {f"{key}等次": f"c{k}g", f"{key}_grade": f"c{k}g"}
    with draft.also(words):
        for place, (name, text) in enumerate(extra):
            formula: Formula = draft.understand(text, f"{draft.scheme.id}·{name}")
            draft.column(formula, name, BESIDE + 1 + place)
