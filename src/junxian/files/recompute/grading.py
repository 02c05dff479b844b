"""Grades as live formulas (等次): thresholds, quotas with ties at the cut, what gates and vetoes bar."""

from __future__ import annotations

from collections.abc import Sequence

from junxian.core.assessment.model import Grade
from junxian.files.recompute.model import (
    MISSING,
    Cell,
    Column,
    Expr,
    Over,
    Word,
    apply,
    if_numbers,
    infix,
    rounded,
    when,
)
from junxian.files.recompute.tally import Tally
from junxian.files.recompute.verdicts import Verdicts, any_holds


def write_grades(t: Tally, verdicts: Verdicts, gate: Column, scores: tuple[Column, Column]) -> None:
    """The column of grades. scores: published and exact."""
    grades, score = t.scheme.grades, scores[0]
    if not grades:
        return
    stated = t.facts.settled_column("grade")
    bars = [_barred(t, verdicts, gate, place) for place in range(len(grades))]
    if not any(bars) and all(grade.quota is None for grade in grades):
        t.checked(t.block.add(t.say("grade"), if_numbers((Cell(score),), _thresholds(t, grades, score))), stated)
        return
    key = _key(t, scores)
    won: list[Column] = []
    for grade, barred in zip(grades, bars, strict=True):
        won.append(_winners(t, grade, _qualified(t, grade, (score, won, barred)), (key, score)))
    found: Expr = Word(MISSING)
    for grade, column in zip(reversed(grades), reversed(won), strict=True):
        found = when(infix("=", Cell(column), 1), Word(grade.name), found)
    t.checked(t.block.add(t.say("grade"), found), stated)


def _thresholds(t: Tally, grades: Sequence[Grade], score: Column) -> Expr:
    found: Expr = Word(MISSING)
    for grade in reversed(grades):
        if grade.at_least is None:
            found = Word(grade.name)
            continue
        bound = t.block.setting(t.book.say("setting.grade", name=grade.name), grade.at_least)
        found = when(infix(">=", Cell(score), bound), Word(grade.name), found)
    return found


def _key(t: Tally, scores: tuple[Column, Column]) -> Column:
    """What those qualified are put in order by, more first."""
    on = scores[0] if t.scheme.rank.on == "published" else scores[1]
    if t.scheme.rank.better == "high":
        return on
    return t.block.add(t.say("ranked_on"), if_numbers((Cell(on),), infix("-", 0, Cell(on))))


def _barred(t: Tally, verdicts: Verdicts, gate: Column, place: int) -> list[Expr]:
    """Conditions under which a grade is closed: a gate it needs, a cap below it, or by name."""
    names = [grade.name for grade in t.scheme.grades]
    found: list[Expr] = []
    if t.scheme.grades[place].needs_gates:
        found.append(infix("<>", Cell(gate), t.book.say("gate.pass")))
    for condition, effect in verdicts.struck:
        capped = effect.grade_at_most in names and place < names.index(effect.grade_at_most)
        if capped or names[place] in effect.not_eligible:
            found.append(condition)
    return found


def _qualified(t: Tally, grade: Grade, given: tuple[Column, list[Column], list[Expr]]) -> Expr:
    """Who may take a grade: a score that reaches it, no better grade taken, nothing that bars."""
    score, taken, barred = given
    found: Expr = Word("yes")
    if grade.at_least is not None:
        bound = t.block.setting(t.book.say("setting.grade", name=grade.name), grade.at_least)
        found = when(infix(">=", Cell(score), bound), found, MISSING)
    out = [*(infix("=", Cell(column), 1) for column in taken), *barred]
    found = when(any_holds(out), MISSING, found) if out else found
    return if_numbers((Cell(score),), found)


def _winners(t: Tally, grade: Grade, qualified: Expr, on: tuple[Column, Column]) -> Column:
    """1 for who takes the grade: all who qualify, or the first of them within the quota."""
    title = t.book.say("column.takes", name=grade.name)
    inside = infix("=", qualified, "yes")
    if grade.quota is None:
        return t.block.add(title, when(inside, 1, 0))
    key, score = on
    candidate = t.block.add(t.say("candidate"), when(inside, Cell(key), MISSING))
    ties = "shared" if t.scheme.grade_ties == "all" else "last"
    breaks = t.ties if t.scheme.grade_ties == "tie_break_then_fewer" else []
    function = f"PLACE {ties}" if breaks else f"RANK {ties} desc"
    place = Cell(t.block.add(t.say("candidate_place"), Over(function, (candidate, *breaks))))
    count = Cell(t.block.add(t.say("count"), Over("COUNT", (score,))))
    quota = t.block.setting(t.book.say("setting.quota", name=grade.name), grade.quota)
    limit = apply("INT", rounded(infix("*", count, quota)))
    limit = apply("MAX", limit, 1) if grade.at_least_one else limit
    return t.block.add(title, when(apply("ISNUMBER", place), when(infix("<=", place, limit), 1, 0), 0))
