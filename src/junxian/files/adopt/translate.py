"""Excel formulas as formulas of a rulebook (公式转写): a point cell's arithmetic, cells called by what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from junxian.files.adopt.compute import LARGEST_AREA, Computer
from junxian.files.adopt.excel import Area, Cell, Do, Literal, Tree, parse, unread
from junxian.files.adopt.grid import Spot

PEERS = {
    "MAX": "组内最大", "MIN": "组内最小", "AVERAGE": "组内均值", "MEDIAN": "组内中位",
    "SUM": "组内合计", "COUNT": "组内个数", "STDEV": "组内标准差", "STDEV.S": "组内标准差",
    "STDEVP": "组内总体标准差", "STDEV.P": "组内总体标准差",
}  # fmt: skip
SCALARS = {
    "MAX": "取大", "MIN": "取小", "IF": "若", "ROUND": "四舍五入", "LN": "自然对数", "EXP": "指数",
    "SQRT": "开方", "ABS": "绝对值", "POWER": "幂",
}  # fmt: skip
SIGNS = {
    "+": "+",
    "-": "-",
    "*": "*",
    "/": "/",
    "^": "^",
    "=": "=",
    "<>": "!=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
}
JOINED = {"AND": "且", "OR": "或"}
DEEPEST = 120


@dataclass(frozen=True)
class Translator:
    """What the cells of one unit's formula mean. `terms`: this unit's cells; `columns`: columns of all its peers."""

    computer: Computer
    terms: Mapping[Spot, str]
    columns: Sequence[tuple[frozenset[Spot], str]]
    figures: frozenset[Spot] = field(default_factory=frozenset)

    def formula(self, spot: Spot) -> str:
        """The formula of a cell in the rulebook's language; DataError where that has no words for it."""
        try:
            return self._written(spot, 0)
        except IndexError as fault:
            raise unread(spot.cell) from fault  # a function without its arguments

    def _written(self, spot: Spot, depth: int) -> str:
        return self._text(parse(self.computer.book.formulas[spot], spot.sheet), depth)

    def _text(self, tree: Tree, depth: int) -> str:
        if depth > DEEPEST:
            raise unread("((…))")
        if isinstance(tree, Literal):
            return _constant(tree.value)
        if isinstance(tree, Cell):
            return self._cell(tree.spot, depth)
        if isinstance(tree, Area):
            raise unread(f"{tree.first.cell}:{tree.last.cell}")
        return self._done(tree, depth)

    def _cell(self, spot: Spot, depth: int) -> str:
        if spot in self.terms:
            return self.terms[spot]
        if spot in self.computer.book.formulas:
            return f"({self._written(spot, depth + 1)})"
        value = self.computer.stored(spot)
        if spot in self.figures or not isinstance(value, float):
            raise unread(spot.cell)  # another unit's figure, or a text
        return _constant(value)

    def _done(self, tree: Do, depth: int) -> str:
        if tree.name in SIGNS:
            left, right = (self._text(arg, depth + 1) for arg in tree.args)
            return f"({left} {SIGNS[tree.name]} {right})"
        if tree.name in JOINED:
            return "(" + f" {JOINED[tree.name]} ".join(self._text(arg, depth + 1) for arg in tree.args) + ")"
        for names, write in self._ways():
            if tree.name in names and (text := write(tree, depth)):
                return text
        raise unread(tree.name)

    def _ways(self) -> list[tuple[set[str], Callable[[Do, int], str]]]:
        return [
            ({"NEGATIVE", "IFS", "IFERROR", "INT"}, self._special),
            ({"RANK", "RANK.EQ", "COUNTIF"}, self._place),
            ({"LARGE", "SMALL"}, self._extreme),
            (set(PEERS), self._peers),
            (set(SCALARS), self._scalar),
        ]

    def _special(self, tree: Do, depth: int) -> str:
        args = [self._text(arg, depth + 1) for arg in tree.args]
        if tree.name == "NEGATIVE":
            return f"(0 - {args[0]})"
        if tree.name == "IFERROR":
            return f"缺则({args[0]}, {args[1]})"
        if tree.name == "IFS" and tree.args[-2] == Literal(True):
            text = args[-1]
            for condition, then in zip(args[-4::-2], args[-3::-2], strict=False):
                text = f"若({condition}, {then}, {text})"
            return text
        raise unread(tree.name)

    def _column(self, tree: Tree) -> str:
        if isinstance(tree, Area) and tree.size <= LARGEST_AREA:
            spots = {spot for spot in tree.spots() if isinstance(self.computer.stored(spot), float)}
            for whole, term in self.columns:
                if spots and spots == whole:
                    return term
        return ""

    def _peers(self, tree: Do, depth: int) -> str:
        term = self._column(tree.args[0]) if len(tree.args) == 1 else ""
        return f"{PEERS[tree.name]}({term})" if term else ""

    def _extreme(self, tree: Do, depth: int) -> str:
        term = self._column(tree.args[0])
        if not term or tree.args[1] != Literal(1.0):
            raise unread(tree.name)
        return f"{'组内最大' if tree.name == 'LARGE' else '组内最小'}({term})"

    def _place(self, tree: Do, depth: int) -> str:
        if tree.name == "COUNTIF":
            raise unread(tree.name)  # its place is found by the methods that look at places
        value, term = self._text(tree.args[0], depth + 1), self._column(tree.args[1])
        up = len(tree.args) > 2 and tree.args[2] not in (Literal(0.0), Literal(False))
        if not term or value != term:
            raise unread(tree.name)
        return f'排名({term}, "{"升" if up else "降"}")'

    def _scalar(self, tree: Do, depth: int) -> str:
        return f"{SCALARS[tree.name]}({', '.join(self._text(arg, depth + 1) for arg in tree.args)})"


def _constant(value: object) -> str:
    if isinstance(value, bool):
        return "真" if value else "假"
    if isinstance(value, float):
        return f"{value:.12g}" if value >= 0 else f"(0 - {-value:.12g})"
    raise unread(str(value))
