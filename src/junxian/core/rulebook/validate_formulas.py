"""Validation of formulas (公式审查): every formula of a rulebook is read and resolved, each fault at its own place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from junxian.core.assessment.model import AssessedScheme
from junxian.core.benchmarks.model import Benchmark, Peers, RankTable
from junxian.core.bottomlines.model import Limit, Line
from junxian.core.errors import RuleError
from junxian.core.rulebook.finding import Finding, Path
from junxian.core.rulebook.model import Rulebook
from junxian.core.rulebook.resolve import vocabulary
from junxian.core.rulebook.validate_schemes import nodes_with_paths
from junxian.core.scoring.methods import Ladder, Method
from junxian.core.scoring.model import Combine, Criterion, Group

if TYPE_CHECKING:
    from junxian.core.formulas.model import Vocabulary

STATISTIC = re.compile(r"min|max|mean|median|sample|population|p(\d{1,2}(?:\.\d+)?)")
AMOUNTS = ("target", "reference", "standard", "low", "high", "width", "range", "mean", "sd")
Written = tuple[Path, str, "Vocabulary"]


def formula_findings(rulebook: Rulebook) -> Iterator[Finding]:
    try:
        words = vocabulary(rulebook)
        words.units.alike("元", "人")  # builds the table, so that a bad definition is found here
    except RuleError as refusal:
        yield Finding(refusal.code, ("jurisdiction", "units_of_measure"), refusal.facts)
        return
    written = [
        *(item for place, scheme in enumerate(rulebook.schemes) for item in _of_scheme(scheme, words, place)),
        *(item for place, line in enumerate(rulebook.bottomlines) for item in _of_line(line, words, place)),
        *(item for place, entry in enumerate(rulebook.benchmarks) for item in _of_benchmark(entry, words, place)),
    ]
    for path, text, known in written:
        yield from _read(path, text, known)


def _read(path: Path, text: str, known: Vocabulary) -> Iterator[Finding]:
    from junxian.core.formulas import analyse

    try:
        formula = analyse(text, known)
    except RuleError as refusal:
        yield Finding(refusal.code, path, {"formula": text, **refusal.facts})
        return
    for note in formula.notes:
        yield Finding(note.code, path, {"formula": text, **note.facts}, "warning")
    if formula.truth != (path[-1] == "when"):
        code = "rulebook.wants_figure" if formula.truth else "rulebook.wants_truth"
        if path[-2:-1] != ("derive",):
            yield Finding(code, path, {"formula": text})


def _of_line(line: Line, words: Vocabulary, place: int) -> Iterator[Written]:
    if line.what:
        yield ("bottomlines", place, "what"), line.what, words
    if isinstance(line.watch, Limit):
        yield from _amount(line.watch.at_most, ("bottomlines", place, "watch", "limit", "at_most"), words)


def _of_benchmark(entry: Benchmark, words: Vocabulary, place: int) -> Iterator[Written]:
    path: Path = ("benchmarks", place)
    if isinstance(entry, RankTable):
        for at, row in enumerate(entry.indicators):
            yield (*path, "indicators", at, "value"), row.value, words
            if row.rate:
                yield (*path, "indicators", at, "rate"), row.rate, words
    elif isinstance(entry, Peers):
        yield (*path, "target"), entry.target, words
        for text in entry.means:
            yield (*path, "means", text), text, words


def _of_scheme(scheme: AssessedScheme, words: Vocabulary, place: int) -> Iterator[Written]:
    path: Path = ("schemes", place)
    known = _with(words, dict.fromkeys(scheme.constants), constant=True)
    known = replace(
        known, names=dict(known.names) | dict.fromkeys(scheme.derive), formulas=dict(known.formulas) | scheme.derive
    )
    for name, text in scheme.derive.items():
        yield (*path, "derive", name), text, known
    for at, node in nodes_with_paths(scheme, path):
        yield from _of_criterion(node, at, known) if isinstance(node, Criterion) else _of_group(node, at, known)
    yield from _combined(scheme.combine, scheme.criteria, (*path, "combine"), known)
    beside = _with(known, _results(node for _, node in nodes_with_paths(scheme, path)))
    yield from _beside(scheme, path, beside)


def _with(words: Vocabulary, names: Mapping[str, str | None], *, constant: bool = False) -> Vocabulary:
    constants = words.constants | frozenset(names) if constant else words.constants
    return replace(words, names=dict(words.names) | dict(names), constants=constants)


def _of_criterion(node: Criterion, at: Path, known: Vocabulary) -> Iterator[Written]:
    yield (*at, "value"), node.value, known
    method = node.method
    for name in AMOUNTS:
        yield from _amount(getattr(method, name, None), (*at, "method", method.kind, name), known)
    if isinstance(method, Ladder):
        for place, step in enumerate(method.steps):
            yield from _amount(step.at_least, (*at, "method", method.kind, place, "at_least"), known)
    if mark := _mark(method):
        yield (*at, "method", "formula"), mark, _with(known, {"x": None})
    if node.growth:
        yield from _amount(node.growth.small_base, (*at, "growth", "small_base"), known)


def _mark(method: Method) -> str:
    return str(getattr(method, "mark", ""))


def _amount(given: object, at: Path, known: Vocabulary) -> Iterator[Written]:
    if isinstance(given, str) and not STATISTIC.fullmatch(given):
        yield at, given, known
    elif isinstance(given, Mapping):
        for group, part in given.items():
            yield from _amount(part, (*at, group), known)


def _of_group(node: Group, at: Path, known: Vocabulary) -> Iterator[Written]:
    yield from _combined(node.combine, node.of, (*at, "combine"), known)


def _combined(combine: Combine, of: tuple[Group | Criterion, ...], at: Path, known: Vocabulary) -> Iterator[Written]:
    words = _with(known, dict.fromkeys(child.key for child in of) | _results(of))
    if combine.formula:
        yield (*at, "formula"), combine.formula, words
    for place, row in enumerate(combine.table or ()):
        if row.when:
            yield (*at, "table", place, "when"), row.when, words


def _results(nodes: object) -> dict[str, str | None]:
    """What formulas beside the tree may call a node's result, value and label."""
    keys = [node.key for node in nodes] + ["total"]  # type: ignore[attr-defined]
    endings = ("得分", "_points", "值", "_value", "等次", "_grade")
    return {key + ending: None for key in keys for ending in endings}


def _beside(scheme: AssessedScheme, path: Path, known: Vocabulary) -> Iterator[Written]:
    for field, key in (("bonus", "value"), ("deductions", "value"), ("gates", "when"), ("vetoes", "when")):
        for place, entry in enumerate(getattr(scheme, field)):
            if text := getattr(entry, key):
                yield (*path, field, place, key), text, known
            yield from _amount(getattr(entry, "each", None), (*path, field, place, "each"), known)
    for place, text in enumerate(scheme.rank.tie_break):
        yield (*path, "rank", "tie_break", place), text, known
