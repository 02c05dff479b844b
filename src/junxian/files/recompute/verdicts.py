"""Gates and vetoes (门槛与一票否决): live where they are formulas, inputs where bottom lines or registers decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from junxian.core.assessment.model import Effect, Gate, Veto
from junxian.core.text import spoken
from junxian.files.recompute.model import Cell, Column, Expr, Reason, Word, apply, infix, when
from junxian.files.recompute.tally import Tally, formula_beside


@dataclass(frozen=True)
class Verdicts:
    """gates: the column of each gate's word. struck: the condition under which each effect holds, with the effect."""

    gates: Sequence[Column]
    vetoes: Sequence[Column]
    struck: Sequence[tuple[Expr, Effect]]


def verdicts_of(t: Tally) -> Verdicts:
    """A column for every gate and veto of the scheme."""
    gates = [_gate(t, gate) for gate in t.scheme.gates]
    vetoes = [_veto(t, veto) for veto in t.scheme.vetoes]
    fails = Word(t.book.say("gate.fail"))
    struck = [(infix("=", Cell(c), fails), gate.effect) for c, gate in zip(gates, t.scheme.gates, strict=True)]
    struck += [(infix("=", Cell(c), 1), veto.effect) for c, veto in zip(vetoes, t.scheme.vetoes, strict=True)]
    return Verdicts(gates, vetoes, struck)


def _gate(t: Tally, gate: Gate) -> Column:
    stated = [t.book.say(f"gate.{word}") for word in t.facts.settled_column(f"gate_{gate.id}_result")]
    title = spoken(gate.name, t.language)
    if not gate.when:
        t.book.note(title, title, Reason("recompute.lines"))
        return t.block.enter(title, stated)

    def word(held: Expr) -> Expr:
        passed, failed, unknown = (t.book.say(f"gate.{name}") for name in ("pass", "fail", gate.unknown))
        return when(apply("ISNUMBER", held), when(infix("=", held, 1), passed, failed), unknown)

    return t.checked(formula_beside(t, title, gate.when, f"gate_{gate.id}", word), stated)


def _veto(t: Tally, veto: Veto) -> Column:
    stated = [float(struck) for struck in t.facts.settled_column(f"veto_{veto.id}_result")]
    title = spoken(veto.name, t.language)
    if not veto.when:
        t.book.note(title, title, Reason("recompute.register"))
        return t.block.enter(title, stated)
    column = formula_beside(t, title, veto.when, f"veto_{veto.id}", lambda held: when(apply("ISNUMBER", held), held, 0))
    return t.checked(column, stated)


def any_holds(conditions: Sequence[Expr]) -> Expr:
    """Whether one of them holds."""
    return conditions[0] if len(conditions) == 1 else apply("OR", *conditions)


def overall(t: Tally, verdicts: Verdicts, base: Column) -> Column:
    """The one word for all gates: a veto before a failure before what is not assessed."""
    say = t.book.say
    found: Expr = when(apply("ISNUMBER", Cell(base)), say("gate.pass"), say("gate.not_assessed"))
    for word in ("not_assessed", "fail"):
        said = [infix("=", Cell(column), say(f"gate.{word}")) for column in verdicts.gates]
        found = when(any_holds(said), say(f"gate.{word}"), found) if said else found
    vetoed = [infix("=", Cell(column), 1) for column in verdicts.vetoes]
    found = when(any_holds(vetoed), say("gate.veto"), found) if vetoed else found
    stated = [say(f"gate.{word}") for word in t.facts.settled_column("gate")]
    return t.checked(t.block.add(t.say("gate"), found), stated)
