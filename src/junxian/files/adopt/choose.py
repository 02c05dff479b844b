"""Choosing a method (选定方法): what gives most points back; among equals the sheet's own word, then the simplest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from junxian.core.errors import DataError
from junxian.files.adopt.asking import formula_says, other_worlds
from junxian.files.adopt.by_line import by_line
from junxian.files.adopt.by_peers import by_peers
from junxian.files.adopt.by_rank import by_rank
from junxian.files.adopt.by_step import by_step, rungs
from junxian.files.adopt.compute import Computer
from junxian.files.adopt.evidence import Candidate, Direction, Evidence, Hints, concordance, samples
from junxian.files.adopt.grid import Spot
from junxian.files.adopt.hints import from_formula, from_text, rounding_of, steps_of
from junxian.files.adopt.naming import Column, Named, figures_by_code
from junxian.files.adopt.snap import Solved
from junxian.files.adopt.table import Entry
from junxian.files.adopt.translate import Translator
from junxian.files.adopt.trial import Points, World, try_all
from junxian.files.rulebooks.cases import agrees

EVIDENCE_OVER_FIT = 2
"""A method must give back at least so many points more than the parameters taken from the points."""
FEWEST = 3
MOST_ALTERNATIVES = 3
SIMPLEST = (
    "as_is", "completion", "relative", "hit", "rank_step", "efficacy", "min_max", "between", "ladder", "deduct",
    "rank_linear", "percentile", "base_plus_minus", "against_average", "hit_then_rank", "exponential_efficacy",
    "z_score", "rank_table", "formula",
)  # fmt: skip
REAL = "real"


@dataclass(frozen=True)
class Judged:
    """A candidate with the units whose published points it gives, and how often it agrees with the cell's formula."""

    made: Candidate
    matched: frozenset[str]
    agreed: int = 0
    asked: int = 0


@dataclass(frozen=True)
class Chosen:
    """What became of one criterion. read: a method was found; given: there are no figures; unread: none fits."""

    named: Named
    status: Literal["read", "given", "unread"]
    published: Mapping[str, Decimal]
    best: Judged | None = None
    nearest: Judged | None = None
    alternatives: tuple[Candidate, ...] = ()
    hints: Hints = field(default_factory=Hints)
    formula: Spot | None = None
    formula_unread: str = ""
    rounds_to: int | None = None

    @property
    def matched(self) -> int:
        return len(self.best.matched) if self.best and self.status == "read" else 0

    @property
    def says_little(self) -> bool:
        """Whether all units got the same points, so that the figures cannot tell one method from another."""
        return len(set(self.published.values())) <= 1


def published_points(entries: Mapping[str, Entry], places: int) -> dict[str, Decimal]:
    """Points as printed."""
    unit = Decimal(1).scaleb(-places)
    return {
        name: Decimal(repr(e.value)).quantize(unit, ROUND_HALF_UP) for name, e in entries.items() if e.value is not None
    }


@dataclass
class Chooser:
    """Chooses for one criterion after another under one grouping of the units."""

    computer: Computer
    groups: Mapping[str, str]

    def choose(self, named: Named) -> Chosen:
        assert named.item.points is not None
        points = named.item.points
        published = published_points({n: e for n, e in points.entries.items() if n in self.groups}, points.places)
        bare = Chosen(named, "given", published)
        if not any(column.figures for column in named.figures) or not named.item.full:
            return bare
        bare = self._with_hints(bare)
        judged = self._judge(bare)
        return _verdict(bare, judged)

    def _with_hints(self, bare: Chosen) -> Chosen:
        said = from_text(bare.named.item.text) if bare.named.item.text else Hints()
        spot = self._formula_spot(bare.named)
        if spot is None:
            return replace(bare, hints=said)
        try:
            own = from_formula(self.computer, spot)
        except DataError as refusal:
            return replace(bare, hints=said, formula_unread=f"{spot}: {refusal.facts.get('what', '')}")
        pool = tuple(dict.fromkeys((*own.pool, *said.pool)))
        return replace(
            bare,
            hints=Hints(pool, tuple(dict.fromkeys((*own.families, *said.families)))),
            formula=spot,
            rounds_to=rounding_of(self.computer, spot),
        )

    def _formula_spot(self, named: Named) -> Spot | None:
        assert named.item.points is not None
        spots = [e.spot for n, e in named.item.points.entries.items() if n in self.groups]
        return next((spot for spot in spots if spot in self.computer.book.formulas), None)

    def _judge(self, bare: Chosen) -> list[Judged]:
        named = bare.named
        made = list({str(one): one for one in self._candidates(bare)}.values())
        others = other_worlds(named, self.groups) if bare.formula is not None else []
        worlds = [World(REAL, self.groups, figures_by_code(named.columns)), *others]
        cards = [column.card("Y", "year") for column in named.columns]
        found = try_all(made, named.item.full, cards, worlds)
        asked = formula_says(self.computer, named, bare.published, others)
        return [_judged(one, points, bare.published, asked) for one, points in zip(made, found, strict=True)]

    def _candidates(self, bare: Chosen) -> Iterator[Candidate]:
        named, points = bare.named, {unit: float(p) for unit, p in bare.published.items()}
        assert named.item.points is not None
        for column in named.figures:
            targets = named.target.figures if named.target else None
            agreeing = concordance(column.figures, points)
            ways: tuple[Direction, ...] = ("+",) if agreeing > 0 else ("-",) if agreeing < 0 else ("+", "-")
            for way in ways:
                places = (
                    named.item.points.places
                    if bare.rounds_to is None
                    else min(bare.rounds_to, named.item.points.places)
                )
                rows = samples(column.figures, points, places, self.groups, direction=way, targets=targets)
                if len(rows) < FEWEST:
                    continue
                target = named.target.term if named.target else ""
                e = Evidence(rows, named.item.full, way, column.term, target, bare.hints)
                for family in (by_rank, by_line, by_peers, by_step):
                    yield from (replace(one, places=bare.rounds_to) for one in family(e))
                yield from self._from_formula(bare, column, e)

    def _from_formula(self, bare: Chosen, column: Column, e: Evidence) -> Iterator[Candidate]:
        """The cell's own formula: as a ladder where it is one, else word for word."""
        if bare.formula is None:
            return
        unit = next(n for n, entry in bare.named.item.points.entries.items() if entry.spot == bare.formula)  # type: ignore[union-attr]
        yield from self._ladder(bare.formula, column, unit, e)
        try:
            mark = self._translator(bare.named, column, unit).formula(bare.formula)
        except DataError:
            return  # no words for it in the rulebook's language; other methods are still tried
        scale = int(e.full) if e.full == int(e.full) else e.full
        yield Candidate(
            "formula", {"mark": mark, "scale": scale}, column.term, e.direction, 0, 20 + len(mark), origin="formula"
        )

    def _ladder(self, spot: Spot, column: Column, unit: str, e: Evidence) -> Iterator[Candidate]:
        entry = column.series.entries.get(unit)
        try:
            found = steps_of(self.computer, spot, entry.spot, entry.factor) if entry else None
        except DataError:
            found = None  # it cannot be computed for every figure asked about, so it is no ladder
        if found is None:
            return
        levels, bounds, above = found
        method = rungs("+", levels, bounds) | ({} if above else {"bounds": "right"})
        hit = len(levels) == 2 and set(levels) == {0.0, e.full} and above == (e.direction == "+")
        cost = sum(Solved(b, 1).digits for b in bounds)
        if hit and levels == ([0.0, e.full] if e.direction == "+" else [e.full, 0.0]):
            yield Candidate("hit", bounds[0], e.value, e.direction, 0, cost, origin="formula")
        yield Candidate("ladder", method, e.value, e.direction, 0, cost, origin="formula")

    def _translator(self, named: Named, column: Column, unit: str) -> Translator:
        terms: dict[Spot, str] = {}
        columns: list[tuple[frozenset[Spot], str]] = []
        figures: set[Spot] = set()
        for other in named.columns:
            term = "x" if other is column else other.term
            entries = {n: e for n, e in other.series.entries.items() if e.value is not None and n in self.groups}
            factor = next((e.factor for e in entries.values()), 1.0)
            term = term if factor == 1 else f"({term} / {factor:.12g})"
            peers = [e.spot for n, e in entries.items() if self.groups[n] == self.groups.get(unit)]
            columns.append((frozenset(peers), term))
            figures.update(e.spot for e in entries.values())
            if unit in entries:
                terms[entries[unit].spot] = term
        return Translator(self.computer, terms, columns, frozenset(figures))


def _judged(
    made: Candidate, points: Points, published: Mapping[str, Decimal], asked: Mapping[str, Mapping[str, Decimal]]
) -> Judged:
    real = points.get(REAL, {})
    matched = frozenset(unit for unit, p in published.items() if unit in real and agrees(p, real[unit]))
    pairs = [(p, points.get(label, {}).get(unit)) for label, said in asked.items() for unit, p in said.items()]
    agreed = sum(found is not None and abs(p - found) <= Decimal("0.000005") for p, found in pairs)
    return Judged(made, matched, agreed, len(pairs))


def _verdict(bare: Chosen, judged: list[Judged]) -> Chosen:
    key = _preference(bare.hints.families)
    nearest = min(judged, key=key, default=None)
    figured = sum(any(u in column.figures for column in bare.named.figures) for u in bare.published)
    sound = sorted((one for one in judged if _has_evidence(one, figured)), key=key)
    if not sound:
        return replace(bare, status="unread", nearest=nearest)
    best, *others = sound
    best = replace(best, made=replace(best.made, origin=_ground(bare, best)))
    return replace(bare, status="read", best=best, nearest=nearest, alternatives=_as_good(best, others))


def _preference(families: tuple[str, ...]) -> Callable[[Judged], tuple[float, ...]]:
    """Most points back, most agreement with the cell's formula, what the sheet itself says, then the simplest."""

    def key(one: Judged) -> tuple[float, ...]:
        table = one.made.fitted if one.made.kind == "rank_table" else 0  # long enough, a table fits anything
        said = families.index(one.made.kind) if one.made.kind in families else 99
        back, cost = len(one.matched), (one.made.fitted, one.made.digits)
        return (table - back, -back, -one.agreed, said == 99, *cost, said, SIMPLEST.index(one.made.kind))

    return key


def _ground(bare: Chosen, best: Judged) -> Literal["formula", "text", "fit"]:
    """What the choice rests on: the formula where both always agree, the text where it names the family."""
    if best.made.origin == "fit" and best.asked and best.agreed == best.asked:
        return "formula"
    if best.made.origin == "fit" and bare.named.item.text and best.made.kind in bare.hints.families:
        return "text"
    return best.made.origin


def _as_good(best: Judged, others: list[Judged]) -> tuple[Candidate, ...]:
    """Other kinds of method that give as much back for about as many parameters, the best of each kind."""
    found: dict[str, Candidate] = {}
    for one in others:
        alike = len(one.matched) == len(best.matched) and one.agreed == best.agreed
        if alike and one.made.fitted <= best.made.fitted + 1 and one.made.kind not in (best.made.kind, "formula"):
            found.setdefault(one.made.kind, one.made)
    return tuple(found.values())[:MOST_ALTERNATIVES]


def _has_evidence(one: Judged, published: int) -> bool:
    matched = len(one.matched)
    return matched >= max(FEWEST, one.made.fitted + EVIDENCE_OVER_FIT) and matched * 2 > published
