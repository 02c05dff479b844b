"""Checking a rulebook (检查规则集): its text, its sense, its formulas on the engine, and every one of its cases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from junxian.core.errors import JunxianError
from junxian.files.rulebooks.cases import CaseResult, run_cases
from junxian.files.rulebooks.fault import Fault, fault_at
from junxian.files.rulebooks.reading import Reading, read


@dataclass(frozen=True)
class Checked:
    """All that was found, in the order of the text; a rulebook is sound when nothing of it is an error."""

    reading: Reading
    cases: tuple[CaseResult, ...]
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.level == "error")

    @property
    def is_sound(self) -> bool:
        return not self.errors


def check(place: Path | bytes) -> Checked:
    """Read, validate, compile every scheme as the engine will, and run all cases."""
    reading = read(place)
    faults = list(reading.faults)
    cases: tuple[CaseResult, ...] = ()
    if not reading.errors:
        faults += _refused_by_engine(reading)
    if reading.rulebook is not None and not any(fault.level == "error" for fault in faults):
        cases = run_cases(reading)
    faults += [fault for case in cases for fault in case.faults]
    return Checked(reading, cases, tuple(sorted(faults)))


def _refused_by_engine(reading: Reading) -> list[Fault]:
    """What only compiling finds; each scheme on its own, as of the first period it holds in."""
    from junxian.core.assessment.settle import extras
    from junxian.core.rulebook import vocabulary
    from junxian.core.rulebook.resolve import standing
    from junxian.core.scoring import compile_scheme

    assert reading.rulebook is not None
    found: list[Fault] = []
    for place, scheme in enumerate(reading.rulebook.schemes):
        try:
            resolved, whole = standing(reading.rulebook, scheme)
            compile_scheme(resolved, vocabulary(whole), extras(resolved))
        except JunxianError as refusal:
            here = reading.place(("schemes", place))
            found.append(fault_at(here, refusal.code, **{"where": refusal.where, **refusal.facts}))
    return found
