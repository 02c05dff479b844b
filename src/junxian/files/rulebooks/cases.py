"""Running the cases (运行用例): every case of a rulebook through the real engine, each difference at its own line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from junxian.core.assessment.model import AssessedScheme
from junxian.core.errors import JunxianError, RuleError
from junxian.core.rulebook import Case, Rulebook, at
from junxian.core.rulebook.case import Expected
from junxian.core.scoring.model import walk
from junxian.core.text import spoken
from junxian.core.units.select import nearest, select
from junxian.files.rulebooks.fault import Fault, Place, fault_at
from junxian.files.rulebooks.figures import Files, expected_of, figures_of, observations
from junxian.files.rulebooks.reading import Reading
from junxian.files.rulebooks.trial import CASE_VALUE, Outcome, alone, try_scheme

ANY_PERIOD = "2000-12"
PLAIN = ("rank", "grade", "gate")
STATED = ("score", "bonus", "deduction")
OF_NODES = {"points": "points", "normalised": "normalised", "values": "value", "states": "state"}
NANO = Decimal(1_000_000_000)


@dataclass(frozen=True)
class CaseResult:
    """One case run: how many figures were compared, and where they differ."""

    name: str
    place: Place
    compared: int
    faults: tuple[Fault, ...]

    @property
    def passed(self) -> bool:
        return not self.faults


@dataclass(frozen=True)
class Comparison:
    """One expected figure beside the one found."""

    unit: str
    what: str
    expected: Any
    found: Any

    @property
    def agrees(self) -> bool:
        return agrees(self.expected, self.found)


def run_cases(reading: Reading) -> tuple[CaseResult, ...]:
    """Every case of a rulebook that could be read; one that cannot be computed is a fault, never a silence."""
    if reading.rulebook is None:
        return ()
    files = Files({source.path: source.content for source in reading.sources})
    return tuple(_run(reading, files, place, case) for place, case in enumerate(reading.rulebook.cases))


def _run(reading: Reading, files: Files, number: int, case: Case) -> CaseResult:
    assert reading.rulebook is not None
    name = spoken(case.name) or "·".join(part for part in (case.scheme, case.criterion) if part) or str(number + 1)
    here = reading.place(("cases", number))
    faults: list[Fault] = []
    compared = 0
    try:
        for comparison in compare_case(reading.rulebook, case, files):
            compared += 1
            if not comparison.agrees:
                place = _place(reading, number, comparison)
                faults.append(_differs(place, name, comparison))
    except JunxianError as refusal:
        faults.append(fault_at(here, refusal.code, **{"case": name, **refusal.facts}))
    return CaseResult(name, here, compared, tuple(faults))


def _place(reading: Reading, number: int, found: Comparison) -> Place:
    for key in ("then", "expect"):
        if ("cases", number, key, found.unit) in reading.places:
            return reading.place(("cases", number, key, found.unit))
    return reading.place(("cases", number, "expect_file"))


def _differs(place: Place, name: str, found: Comparison) -> Fault:
    facts = {"unit": found.unit, "what": found.what, "expected": _shown(found.expected), "found": _shown(found.found)}
    return fault_at(place, "cases.differs", case=name, **facts)


def _shown(value: object) -> str:
    if value is None:
        return "—"
    return f"{value.normalize():f}" if isinstance(value, Decimal) and value.as_tuple().exponent == -9 else str(value)


def compare_case(rulebook: Rulebook, case: Case, files: Files) -> Iterator[Comparison]:
    """Expected beside found, one figure after another."""
    standing, scheme, period = _in_force(rulebook, case)
    figures = list(figures_of(case, files))
    if case.when:
        standing, scheme = alone(standing, scheme, _known_criterion(scheme, case.criterion))
        figures += [(unit, CASE_VALUE, cell) for unit, cell in case.when.items()]
    groups = _groups(standing, scheme, case, period, dict.fromkeys(unit for unit, _, _ in figures))
    observed = observations(figures, standing, period)
    outcome = try_scheme(standing, scheme, groups, observed, period)
    for unit, points in case.then.items():
        yield Comparison(unit, "points", points, _node(outcome, unit, case.criterion, "points"))
    for unit, expected in expected_of(case, files).items():
        yield from _compared(outcome, unit, expected)


def _in_force(rulebook: Rulebook, case: Case) -> tuple[Rulebook, AssessedScheme, str]:
    ids = list(dict.fromkeys(scheme.id for scheme in rulebook.schemes))
    wanted = case.scheme or (ids[0] if len(ids) == 1 else "")
    if not wanted:
        raise RuleError("cases.no_scheme")
    period = case.period or (_first_period(rulebook, wanted) if case.when else "")
    if not period:
        raise RuleError("cases.no_period")
    standing = at(rulebook, period)
    scheme = next((scheme for scheme in standing.schemes if scheme.id == wanted), None)
    if scheme is None:
        raise RuleError("cases.not_in_force", name=wanted, period=period)
    return standing, scheme, period


def _first_period(rulebook: Rulebook, wanted: str) -> str:
    """The short form needs no period of its own: the latest version of its scheme is meant."""
    dates = [scheme.effective for scheme in rulebook.schemes if scheme.id == wanted]
    latest = max(dates, key=lambda effective: effective.from_)
    return (latest.from_ or latest.to or ANY_PERIOD)[:7]


def _known_criterion(scheme: AssessedScheme, key: str) -> str:
    keys = [node.key for node in walk(scheme.criteria)]
    if key not in keys:
        raise RuleError("cases.criterion_missing", name=key, nearest=nearest(key, keys) or "—")
    return key


def _groups(
    rulebook: Rulebook, scheme: AssessedScheme, case: Case, period: str, units: Mapping[str, None]
) -> dict[str, str]:
    """Each unit's group: the case's own, the scheme's, or for units of no rulebook the case's one group."""
    own = {unit: name for name, members in case.groups.items() for unit in members}
    listed = {
        code: name
        for name, wanted in scheme.groups.items()
        for code in select(rulebook.units, wanted, rulebook.peer_sets, period)
    }
    known = {unit.code for unit in rulebook.units}
    default = case.group or next(iter(scheme.groups), "")
    found = {unit: own.get(unit) or listed.get(unit) or ("" if unit in known else default) for unit in units}
    return {unit: group for unit, group in found.items() if group}


def _compared(outcome: Outcome, unit: str, expected: Expected) -> Iterator[Comparison]:
    if unit not in outcome.scores:
        raise RuleError("cases.unit_missing", unit=unit)
    row, said = outcome.scores[unit], expected.model_fields_set
    for name in (name for name in PLAIN if name in said):
        yield Comparison(unit, name, getattr(expected, name), None if row[name] == "" else row[name])
    for name in (name for name in STATED if name in said):
        yield Comparison(unit, name, getattr(expected, name), _points(row[{"score": "published"}.get(name, name)]))
    if "score" in said and row["score"] is None:
        yield Comparison(unit, "score", expected.score, None)
    for field, column in OF_NODES.items():
        for key, figure in getattr(expected, field).items():
            yield Comparison(unit, f"{field}.{key}", figure, _node(outcome, unit, key, column))


def _points(nano: int | None) -> Decimal | None:
    return None if nano is None else (Decimal(nano) / NANO).quantize(1 / NANO)


def _node(outcome: Outcome, unit: str, key: str, column: str) -> Any:
    nodes = outcome.points.get(unit)
    if nodes is None:
        raise RuleError("cases.unit_missing", unit=unit)
    if key not in nodes:
        raise RuleError("cases.criterion_missing", name=key, nearest=nearest(key, list(nodes)) or "—")
    found = nodes[key][column]
    return Decimal(repr(found)).quantize(1 / NANO) if isinstance(found, float) else found


def agrees(expected: Any, found: Any) -> bool:
    """Numbers agree when the one found, rounded half up to the decimals written, is the one expected."""
    if not isinstance(expected, Decimal) or found is None:
        return bool(expected == found)
    places = expected.as_tuple().exponent
    unit = Decimal(1).scaleb(min(places, 0)) if isinstance(places, int) else Decimal(1)
    return Decimal(found).quantize(unit, ROUND_HALF_UP) == expected
