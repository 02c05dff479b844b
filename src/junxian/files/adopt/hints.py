"""Hints (线索): what a method's text or a cell's formula says before any figure is looked at."""

from __future__ import annotations

import itertools
import re

from junxian.core.errors import DataError
from junxian.files.adopt.compute import Computer
from junxian.files.adopt.evidence import Hints
from junxian.files.adopt.excel import Do, Literal, numbers_in, parse, walk
from junxian.files.adopt.grid import Spot

_SAID: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"先.*达标|达标.*(?:位次|排位|名次)|reach\w* the target.*(?:rank|place)", ("hit_then_rank",)),
    (r"位次|名次|排名|排位|第一名|rank|place", ("rank_step", "rank_table", "rank_linear", "percentile")),
    (r"功效|极差|最高.{0,12}最低|最大.{0,12}最小|满意值|between|min.*max|max.*min", ("efficacy", "min_max", "between")),
    (r"最高(?:值|者|的)?.{0,16}(?:比例|比值|之比)|与最高|ratio to the (?:best|max|highest)", ("relative",)),
    (
        r"每.{0,16}(?:扣|减).{0,24}(?:每|次|起|件)|每(?:发生)?[一1]?(?:次|起|件|例)|per (?:event|case|accident)",
        ("deduct",),
    ),
    (
        r"每.{0,10}(?:增|减|高|低|超|少|升|降).{0,16}(?:加|扣)|each .*(?:above|below)",
        ("base_plus_minus", "against_average"),
    ),
    (
        r"按(?:实际)?(?:完成)?(?:情况|率)?.{0,6}比例|完成率|完成比例|in proportion|share of the target",
        ("completion", "as_is"),
    ),
    (r"(?:达到|完成|达标).{0,16}满分.{0,20}(?:不得分|得?0分|零分)|all or nothing", ("hit",)),
    (r"以上.{0,12}分|档|分段|阶梯|及以上|ladder|bands?\b", ("ladder",)),
    (r"平均", ("against_average", "relative", "z_score")),
    (r"直接|得分率|as is", ("as_is",)),
)
_CALLS = {
    "RANK": ("rank_step", "rank_linear", "rank_table", "percentile"),
    "MAX": ("relative", "efficacy", "min_max", "between"),
    "MIN": ("efficacy", "min_max", "between", "completion"), "IF": ("hit", "ladder", "completion", "base_plus_minus"),
    "AVERAGE": ("against_average", "z_score", "relative"), "EXP": ("exponential_efficacy",), "LN": ("between",),
    "LOOKUP": ("ladder",), "IFS": ("hit", "ladder"),
    "COUNTIF": ("rank_step", "rank_linear", "rank_table", "percentile"),
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CHINESE = str.maketrans("一二三四五六七八九", "123456789")


def from_text(text: str) -> Hints:
    """`位次计分，第一名得满分，每降一位减5%` → families in the order said, and the numbers written."""
    families = [family for pattern, some in _SAID if re.search(pattern, text, re.IGNORECASE) for family in some]
    plain = text.translate(_CHINESE)
    numbers = [float(found) for found in _NUMBER.findall(plain)]
    halves = [0.5] if re.search(r"半分|half", text) else []
    return Hints(tuple(dict.fromkeys(numbers + halves)), tuple(dict.fromkeys(families)))


def from_formula(computer: Computer, spot: Spot) -> Hints:
    """Functions and numbers of a cell's formula; DataError where it cannot be read."""
    tree = parse(computer.book.formulas[spot], spot.sheet)
    families: list[str] = []
    for node in walk(tree):
        if isinstance(node, Do):
            families += _CALLS.get(node.name.partition(".")[0], ())
    return Hints(tuple(dict.fromkeys(numbers_in(tree))), tuple(dict.fromkeys(families)))


def rounding_of(computer: Computer, spot: Spot) -> int | None:
    """`=ROUND(…, 1)`: the decimals a point cell rounds to itself."""
    tree = parse(computer.book.formulas[spot], spot.sheet)
    if isinstance(tree, Do) and tree.name == "ROUND" and len(tree.args) == 2 and isinstance(tree.args[1], Literal):
        return int(tree.args[1].value)
    return None


def steps_of(
    computer: Computer, points: Spot, figure: Spot, factor: float
) -> tuple[list[float], list[float], bool] | None:
    """Levels and bounds of a formula that is a ladder in its figure, and whether a bound belongs to the rung above.

    The formula is asked, not its text read: at every number it names, and between any two of them.
    """
    tree = parse(computer.book.formulas[points], points.sheet)
    marks = sorted({float(f"{v * factor:.12g}") for v in numbers_in(tree)})
    middles = [(a + b) / 2 for a, b in itertools.pairwise(marks)]
    if not marks:
        return None

    def at(x: float) -> float:
        found = computer.supposing({figure: x / factor})(points)
        if not isinstance(found, float):
            raise DataError("adopt.formula_not_read", what=str(found))
        return found

    gaps = [at(marks[0] - 1), *(at(x) for x in middles), at(marks[-1] + 1)]
    quarters = [at(a + (b - a) / 4) for a, b in itertools.pairwise(marks)]
    if gaps[1:-1] != quarters or at(marks[0] - 2) != gaps[0] or at(marks[-1] + 2) != gaps[-1]:
        return None  # it moves between the bounds: no ladder
    jumps = [(bound, at(bound)) for place, bound in enumerate(marks) if gaps[place] != gaps[place + 1]]
    levels = [gaps[0], *(gaps[marks.index(bound) + 1] for bound, _ in jumps)]
    above = [value == levels[place + 1] for place, (_, value) in enumerate(jumps)]
    below = [value == levels[place] for place, (_, value) in enumerate(jumps)]
    if not jumps or not (all(above) or all(below)):
        return None
    return levels, [bound for bound, _ in jumps], all(above)
