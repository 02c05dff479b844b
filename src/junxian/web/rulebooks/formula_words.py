"""Formulas read aloud (公式读法): a formula as an official would say it, and what its functions and names mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from junxian.core.errors import RuleError
from junxian.core.formulas.model import ALL_CALIBRES, Binary, Call, Empty, Name, Node, Number, Text, Truth, Unary
from junxian.core.indicators.model import Card
from junxian.core.rulebook import Rulebook
from junxian.core.rulebook.resolve import cards
from junxian.core.text import spoken

PHRASE = "web.rulebooks.function."
SIGN = "web.rulebooks.sign."
STRENGTH = {"or": -2, "and": -1, "+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
"""How tightly operators bind; comparisons stand at 0."""


@dataclass(frozen=True)
class Aloud:
    """`phrase`: the formula in words. `notes`: (word, meaning) of each function in it. `cards`: those it reads."""

    text: str
    phrase: str
    notes: tuple[tuple[str, str], ...] = ()
    cards: tuple[Card, ...] = ()


class Reader:
    """Reads the formulas of one rulebook aloud in one language."""

    def __init__(self, rules: Rulebook, language: str) -> None:
        self.rules, self.language = rules, language
        self.cards = cards(rules) if _named_once(rules) else {card.code: card for card in rules.indicators}
        self.parameters = {p.id: spoken(p.name, language) or p.id for p in rules.parameters}

    def read(self, text: str) -> Aloud:
        """A formula; one that cannot be parsed stands as it is written, the check says why."""
        from junxian.core.formulas import parse

        try:
            tree = parse(text)
        except RuleError:
            return Aloud(text, text)
        notes: dict[str, str] = {}
        read: dict[str, Card] = {}
        phrase = self._say(tree, notes, read)
        return Aloud(text, phrase, tuple(notes.items()), tuple(read.values()))

    def _say(self, node: Node, notes: dict[str, str], read: dict[str, Card]) -> str:
        if isinstance(node, Name):
            return self._name(node, read)
        if isinstance(node, Call):
            return self._call(node, notes, read)
        if isinstance(node, Binary):
            own = STRENGTH.get(node.operator, 0)
            left = self._within(node.left, own, notes, read)
            right = self._within(node.right, own + 1, notes, read)
            return self._word(f"{SIGN}{node.operator}", a=left, b=right)
        if isinstance(node, Unary):
            return self._word(f"{SIGN}unary {node.operator}", a=self._within(node.operand, 9, notes, read))
        return self._plain(node)

    def _within(self, node: Node, least: int, notes: dict[str, str], read: dict[str, Card]) -> str:
        """The part in brackets where it binds weaker than what stands around it."""
        said = self._say(node, notes, read)
        weak = isinstance(node, Binary) and STRENGTH.get(node.operator, 0) < least
        return self._word(f"{SIGN}bracket", a=said) if weak else said

    def _name(self, node: Name, read: dict[str, Card]) -> str:
        card = self.cards.get(node.name)
        if card is None:
            return self.parameters.get(node.name, node.name)
        read[card.code] = card
        name = spoken(card.name, self.language) or card.code
        kind = node.kind or card.kind
        calibre = f"[{node.calibre}]" if node.calibre not in ("", ALL_CALIBRES) else ""
        form = "figure_all" if node.calibre == ALL_CALIBRES else "figure"
        return self._word(f"web.rulebooks.{form}", name=name + calibre, kind=self._word(f"web.rulebooks.kind.{kind}"))

    def _call(self, node: Call, notes: dict[str, str], read: dict[str, Card]) -> str:
        from junxian.core.formulas.catalogue import by_spelling

        function = by_spelling()[node.function]
        word = function.zh if self.language == "zh" else function.en
        notes[word] = function.says_zh if self.language == "zh" else function.says_en
        said = [self._say(argument, notes, read) for argument in node.arguments]
        key = f"{PHRASE}{function.en}.{len(said)}"
        if self._has(key):
            return self._word(key, **dict(zip("abcd", said, strict=False)))
        return self._word("web.rulebooks.function", name=word, arguments=self._word("web.rulebooks.comma").join(said))

    def _plain(self, node: Node) -> str:
        if isinstance(node, Number):
            return percent(node.value) if node.percent else number(node.value)
        if isinstance(node, Text):
            return node.value
        if isinstance(node, Truth):
            return self._word(f"web.rulebooks.truth.{'yes' if node.value else 'no'}")
        return self._word("web.rulebooks.truth.empty") if isinstance(node, Empty) else str(node)

    def _word(self, code: str, **facts: object) -> str:
        from junxian.files.rulebooks import say

        return say(code, facts, self.language)

    def _has(self, code: str) -> bool:
        from junxian.files.rulebooks.speak import sentences

        return code in sentences(self.language)


def _named_once(rules: Rulebook) -> bool:
    """Versions of one card share its names; only a fault of the rulebook makes two cards share one."""
    try:
        cards(rules)
    except RuleError:
        return False
    return True


@lru_cache(maxsize=4096)
def number(value: float) -> str:
    """A number without needless digits: 6.0 is 6, 1e-05 is 0.00001."""
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def percent(value: float) -> str:
    """A share as a percentage: 0.05 is 5%."""
    return f"{number(round(value * 100, 9))}%"
