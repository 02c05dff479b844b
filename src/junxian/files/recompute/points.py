"""State and points as live formulas (状态与得分): what an absence is and what the rules make of it.

Roles: 0 counted, 1 its weight carried by the siblings, 2 left out of the unit's own maximum, 3 no result.
"""

from __future__ import annotations

from dataclasses import dataclass

from junxian.core.scoring import marks as engine_marks
from junxian.files.recompute.book import Result
from junxian.files.recompute.bundle import Bundle
from junxian.files.recompute.desk import Desk, by_category, full_points
from junxian.files.recompute.model import (
    MISSING,
    Cell,
    Column,
    Expr,
    Number,
    Over,
    Word,
    apply,
    if_numbers,
    infix,
    rounded,
    when,
)
from junxian.files.recompute.rounding import limited, published

STATES = ("late", "not_reported", "not_applicable", "undefined")
ROLES = {"renormalise": 1, "own_maximum": 2, "propagate": 3}


@dataclass(frozen=True)
class Absence:
    """Cells an absent mark is judged by. stand_in: the peers' mean mark; case: that of a growth rate."""

    mark: Cell
    state: Cell
    case: Cell | None
    stand_in: Cell | None


def state_and_points(desk: Desk, mark: Column, case: Column | None) -> Result:
    """The columns from a mark to points, role and maximum."""
    state = desk.checked(desk.block.add(desk.say("state"), _state(desk, Cell(mark))), "state")
    found = Absence(Cell(mark), Cell(state), None if case is None else Cell(case), _peers_mean(desk, mark))
    role = desk.block.add(desk.say("role"), by_category(desk.book, lambda c: _role(desk, found, c)))
    raw = by_category(desk.book, lambda c: _points(desk, found, c))
    points = desk.checked(bounded(desk, raw), "points")
    maximum = desk.checked(desk.block.add(desk.say("maximum"), _maximum(desk)), "maximum")
    return Result(points, maximum, role)


def _state(desk: Desk, mark: Cell) -> Expr:
    """The word of the state: of a mark that is there, whether a figure was late; of an absent one, the worst reason."""
    book, leaves = desk.book, desk.leaves()
    words = [Word(book.say(f"state.{word}")) for word in ("reported", *STATES)]
    late = [infix("=", Cell(desk.figures.states[leaf]), words[1]) for leaf in leaves]
    plain: Expr = words[0]
    if late:
        plain = when(apply("OR", *late), words[1], words[0])
    codes = [_code(desk, leaf_figure, leaf_state, words[:4]) for leaf_figure, leaf_state in
             ((desk.figures.readings[leaf], desk.figures.states[leaf]) for leaf in leaves)]  # fmt: skip
    if not codes:
        return when(apply("ISNUMBER", mark), plain, words[4])
    worst = codes[0] if len(codes) == 1 else apply("MAX", *codes)
    return when(apply("ISNUMBER", mark), plain, apply("CHOOSE", infix("+", worst, 1), words[4], *words[1:4]))


def _code(desk: Desk, figure: Column, state: Column, words: list[Word]) -> Expr:
    place = infix("-", apply("MATCH", Cell(state), *words), 1)
    return when(apply("ISNUMBER", Cell(figure)), 0, place)


def _actions(desk: Desk) -> dict[str, str]:
    own, scheme = desk.node.missing, desk.scheme.missing
    return {state: getattr(own, state) or getattr(scheme, state) for state in STATES}


def _means(desk: Desk) -> list[int]:
    """Cases of a growth rate whose mark is the peers' mean."""
    rules = desk.node.growth
    if rules is None:
        return []
    return [code for code, name in ((1, "net_increase"), (2, "zero_to_zero")) if getattr(rules, name) == "mean"]


def _peers_mean(desk: Desk, mark: Column) -> Cell | None:
    if "mean" not in _actions(desk).values() and not _means(desk):
        return None
    settled = desk.block.add(desk.say("settled_mark"), if_numbers((Cell(mark),), rounded(Cell(mark))))
    mean = Cell(desk.block.add(desk.say("step"), Over("AVERAGE", (settled,))))
    return Cell(desk.block.add(desk.say("peers_mean"), if_numbers((mean,), rounded(mean))))


def _chain(desk: Desk, found: Absence, answers: dict[str, Expr], by_mean: Expr) -> Expr:
    """What holds for an absent mark: a case of growth first, then by state."""
    different = list(dict.fromkeys(answers.values()))
    last = answers["undefined"]
    chain: Expr = last
    if len(different) > 1:
        for state in reversed(STATES[:3]):
            if answers[state] != last or chain is not last:
                chain = when(infix("=", found.state, desk.book.say(f"state.{state}")), answers[state], chain)
    if found.case is not None:
        for code in _means(desk):
            chain = when(infix("=", found.case, code), by_mean, chain)
    return chain


def _role(desk: Desk, found: Absence, category: str) -> Expr:
    if full_points(desk, category) is None:
        return Number(2.0)
    mean = Number(3.0) if found.stand_in is None else when(apply("ISNUMBER", found.stand_in), 0, 3)
    answers: dict[str, Expr] = {
        state: mean if action == "mean" else Number(float(ROLES.get(action, 0)))
        for state, action in _actions(desk).items()
    }
    return when(apply("ISNUMBER", found.mark), 0, _chain(desk, found, answers, mean))


def _points(desk: Desk, found: Absence, category: str) -> Expr:
    if full_points(desk, category) is None:
        return Word(MISSING)
    mean: Expr = Word(MISSING)
    if found.stand_in is not None:
        mean = if_numbers((found.stand_in,), _in_points(desk, found.stand_in, category))
    answers = {state: _answer(desk, action, mean, category) for state, action in _actions(desk).items()}
    earned = _in_points(desk, found.mark, category)
    return when(apply("ISNUMBER", found.mark), earned, _chain(desk, found, answers, mean))


def _answer(desk: Desk, action: str, mean: Expr, category: str) -> Expr:
    """The points that an absence earns under an action; nothing where it has none."""
    if action in ROLES:
        return Word(MISSING)
    if action in {"mean", "zero"}:
        return mean if action == "mean" else Number(0.0)
    full = full_points(desk, category) or Number(0.0)
    if action == "full":
        return rounded(full)
    least = desk.number("least", engine_marks.least(desk.node.method))
    in_points = isinstance(desk.node.method, engine_marks.IN_POINTS)
    return rounded(least) if in_points else _in_points(desk, least, category)


def _in_points(desk: Desk, mark: Expr, category: str) -> Expr:
    """A mark times the full points, over the mark that earns them."""
    if desk.node.points is None:
        return rounded(mark)
    earned = infix("*", mark, full_points(desk, category) or Number(0.0))
    scale = desk.node.method.scale
    return rounded(earned if scale == 1.0 else infix("/", earned, desk.number("scale", scale)))


def bounded(desk: Desk | Bundle, raw: Expr) -> Column:
    """The column of a node's points with its own cap, floor and rounding; a criterion's and a group's alike."""
    node = desk.node
    if node.at_most is None and node.at_least is None and node.round is None:
        return desk.block.add(desk.say("points"), raw)
    held = Cell(desk.block.add(desk.say("raw_points"), raw))
    kept = limited(held, node, desk.number)
    if node.round is None:
        return desk.block.add(desk.say("points"), if_numbers((held,), kept))
    if kept != held:
        held = Cell(desk.block.add(desk.say("limited"), if_numbers((held,), kept)))
    return desk.block.add(desk.say("points"), if_numbers((held,), published(held, node.round)))


def _maximum(desk: Desk) -> Expr:
    return by_category(desk.book, lambda category: _most(desk, category))


def _most(desk: Desk, category: str) -> Expr:
    full = full_points(desk, category)
    if full is None:
        return Number(0.0)
    most = full if isinstance(full, Number) else rounded(full)
    if desk.node.at_most is None:
        return most
    return apply("MIN", most, desk.number("at_most", desk.node.at_most))
