"""Assessment (考核): gates, bonus and deduction, veto, grades with quotas and awards around a scoring scheme."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from junxian.core.scoring.methods import Amount
from junxian.core.scoring.model import Scheme
from junxian.core.text import Dated, Entry, Fraction, Text


class Effect(Entry):
    """What a failed gate or a veto does (后果); consequences are enumerated, never free text."""

    grade_at_most: str = ""
    not_eligible: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    no_awards: bool = False
    not_ranked: bool = False


class Adjustment(Dated):
    """A bonus or deduction (加分/扣分): points by formula, per event of a card, or what bottom lines take off.

    `same_fact` counts one matter once, at its highest amount (就高不重复), across all adjustments of one `family`.
    """

    id: str
    name: Text
    value: str = ""
    event: str = ""
    lines: tuple[str, ...] = ()
    each: Amount | None = None
    cap: float | None = None
    same_fact: bool = True
    family: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> Adjustment:
        if bool(self.value) + bool(self.event) + bool(self.lines) != 1:
            raise ValueError("adjustment_one_source")
        return self


class Gate(Dated):
    """A gate (门槛): passed when the formula is true, or when none of the named bottom lines is at `level` or worse.
    `unknown` says what a gate does when its figure is missing."""

    id: str
    name: Text
    when: str = ""
    lines: tuple[str, ...] = ()
    level: Literal["yellow", "orange", "red", "veto"] = "red"
    unknown: Literal["pass", "fail", "not_assessed"] = "not_assessed"
    effect: Effect = Effect()


class Veto(Dated):
    """One-vote veto (一票否决): needs its legal basis and an end; the effect lasts the assessment year by default."""

    id: str
    name: Text
    event: str = ""
    when: str = ""
    lines: tuple[str, ...] = ()
    effect: Effect
    until: str = ""

    @model_validator(mode="after")
    def _needs_basis(self) -> Veto:
        if self.basis is None or not self.basis.document:
            raise ValueError("veto_needs_basis")
        return self


class Grade(Entry):
    """One grade (等次): threshold on the published score and an optional share of the group; listed best first.

    `at_least` where high scores are good, `at_most` where low ones are.
    """

    name: str
    at_least: float | None = None
    at_most: float | None = None
    quota: Fraction | None = None
    at_least_one: bool = True
    needs_gates: bool = False


class Award(Dated):
    """Points or marks for the first places after the gates (前三名加分); zero places when nobody passes."""

    id: str
    name: Text
    by_place: tuple[float, ...]


class AssessedScheme(Scheme):
    """The scheme as adopted: scoring tree plus everything that decides what it means for a unit."""

    bonus: tuple[Adjustment, ...] = ()
    deductions: tuple[Adjustment, ...] = ()
    bonus_cap: float | None = None
    deduction_cap: float | None = None
    floor: float | None = None
    ceiling: float | None = None
    gates: tuple[Gate, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    grades: tuple[Grade, ...] = ()
    grade_ties: Literal["tie_break_then_fewer", "all", "fewer"] = "tie_break_then_fewer"
    awards: tuple[Award, ...] = ()
    min_peers: int = 1
