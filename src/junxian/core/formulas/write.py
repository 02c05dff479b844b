"""Writing a formula back (公式还原): the canonical text of a tree, in Chinese or English spelling."""

from __future__ import annotations

import re
from functools import lru_cache

from junxian.core.formulas.catalogue import by_spelling
from junxian.core.formulas.model import KINDS, Binary, Call, Name, Node, Number, Text, Truth, Unary

_ZH = {"and": "且", "or": "或", "not": "非", True: "真", False: "假", None: "空", "comma": "，"}
_EN = {"and": "and", "or": "or", "not": "not", True: "true", False: "false", None: "null", "comma": ", "}
_KEYWORDS = {"真", "假", "空", "非", "true", "false", "null", "not"}
_STRENGTH = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "^": 8}
_COMPARISON, _NEGATIVE, _WHOLE = 4, 7, 9


def tree_text(node: Node, language: str = "zh") -> str:
    """Text that parses to an equal tree, with the fewest brackets. `language` is "zh" or "en"."""
    return _write(node, _ZH if language == "zh" else _EN)


def _write(node: Node, words: dict[object, str]) -> str:
    if isinstance(node, Number):
        return _number(node)
    if isinstance(node, Name):
        return _name(node, words)
    if isinstance(node, Text):
        return f'"{node.value}"' if '"' not in node.value else f"“{node.value}”"
    if isinstance(node, Call):
        function = by_spelling()[node.function]
        spelling = function.zh if words is _ZH else function.en
        return f"{spelling}({words['comma'].join(_write(argument, words) for argument in node.arguments)})"
    if isinstance(node, Unary | Binary):
        return _operation(node, words)
    return words[node.value if isinstance(node, Truth) else None]


def _operation(node: Unary | Binary, words: dict[object, str]) -> str:
    own = _strength(node)
    if isinstance(node, Unary):
        sign = f"{words['not']} " if node.operator == "not" else "-"
        return sign + _bracketed(node.operand, words, own)
    # Only ^ groups to the right; a comparison takes no comparison beside it without brackets.
    left = own + 1 if node.operator == "^" or own == _COMPARISON else own
    right = _NEGATIVE if node.operator == "^" else own + 1
    sign = words.get(node.operator, node.operator)
    return f"{_bracketed(node.left, words, left)} {sign} {_bracketed(node.right, words, right)}"


def _bracketed(node: Node, words: dict[object, str], least: int) -> str:
    text = _write(node, words)
    return text if _strength(node) >= least else f"({text})"


def _strength(node: Node) -> int:
    if isinstance(node, Binary):
        return _STRENGTH.get(node.operator, _COMPARISON)
    if isinstance(node, Unary):
        return _NEGATIVE if node.operator == "-" else _STRENGTH["not"]
    return _WHOLE


def _number(node: Number) -> str:
    if node.percent:
        for digits in range(1, 18):
            text = f"{node.value * 100:.{digits}g}"
            if float(text) / 100 == node.value:
                return f"{text}%"
    return repr(int(node.value)) if node.value == int(node.value) and abs(node.value) < 1e15 else repr(node.value)


@lru_cache(maxsize=1)
def _plain() -> re.Pattern[str]:
    return re.compile(r"[^\W\d]\w*")


def _name(node: Name, words: dict[object, str]) -> str:
    plain = _plain().fullmatch(node.name) and node.name.lower() not in _KEYWORDS
    text = node.name if plain else f"「{node.name}」"
    if "」" in node.name:
        text = f"`{node.name}`"
    if node.calibre:
        text += f"[{node.calibre}]"
    if node.kind:
        kinds = {code: word for word, code in KINDS.items()}
        text += f".{kinds[node.kind] if words is _ZH else node.kind}"
    return text
