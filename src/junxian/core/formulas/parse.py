"""Reading a formula (公式解析): text → tree, or a refusal that names the line, the column and what was expected."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from junxian.core.errors import RuleError
from junxian.core.formulas.catalogue import by_spelling
from junxian.core.formulas.model import (
    ALL_CALIBRES,
    KINDS,
    Binary,
    Call,
    Empty,
    Name,
    Node,
    Number,
    Text,
    Truth,
    Unary,
    children,
)

if TYPE_CHECKING:
    from lark import Lark, Token, UnexpectedInput

LONGEST = 4000
DEEPEST = 120
DEEPEST_CALLS = 16
_LOGIC = {"或": "or", "且": "and", "非": "not"}
_SIGNS = {
    **dict(
        zip(
            "＋－−＊×／÷＾＝＜＞！≤≥≠",
            ["+", "-", "-", "*", "*", "/", "/", "^", "=", "<", ">", "!", "<=", ">=", "!="],
            strict=True,
        )
    ),
}
_COMPARISONS = {"==": "=", "<>": "!="}


def parse(text: str, where: str = "") -> Node:
    """Text → tree. `where` is the place of the text (`file` or `file:line`).

    RuleError `formula.syntax.*`, `formula.unknown_function`, `formula.too_long`, `formula.too_deep`; its `where` is
    file:line:column, its facts hold line and column within the formula and what was expected there.
    """
    try:
        return _parsed(text)
    except RuleError as refusal:
        raise placed(refusal, where) from None


def place(where: str, line: int, column: int) -> str:
    """`file:12` and line 1 of the formula → `file:12:column`; `file` → `file:line:column`."""
    head, _, tail = where.rpartition(":")
    if tail.isdigit() and head:
        return f"{head}:{int(tail) + line - 1}:{column}"
    return f"{where}:{line}:{column}" if where else f"{line}:{column}"


def placed(refusal: RuleError, where: str) -> RuleError:
    """The same refusal with its line and column told in the file it stands in."""
    facts = dict(refusal.facts)
    line, column = int(str(facts.get("line", 1))), int(str(facts.get("column", 1)))
    return RuleError(refusal.code, where=place(where, line, column), **facts)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Node:
    from lark import UnexpectedInput

    if not text.strip():
        raise RuleError("formula.syntax.empty", line=1, column=1)
    if len(text) > LONGEST:
        raise RuleError("formula.too_long", line=1, column=1, length=len(text), longest=LONGEST)
    try:
        tree: Any = _grammar().parse(text)
    except UnexpectedInput as fault:
        raise _syntax(fault, text) from None
    return _shallow(tree)


def _shallow(tree: Node) -> Node:
    pending = [(tree, 1, 0)]
    while pending:
        node, depth, calls = pending.pop()
        calls += isinstance(node, Call)
        for deepest, reached in ((DEEPEST, depth), (DEEPEST_CALLS, calls)):
            if reached > deepest:
                raise RuleError("formula.too_deep", line=node.line, column=node.column, deepest=deepest)
        pending += [(child, depth + 1, calls) for child in children(node)]
    return tree


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    from lark import Lark

    text = files("junxian.core.formulas").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", transformer=_builder(), maybe_placeholders=False)


def _builder() -> Any:
    from lark import Transformer, v_args

    class Builder(Transformer[Any, Any]):
        start = v_args(inline=True)(lambda _, tree: tree)
        kind = v_args(inline=True)(lambda _, word: word)
        calibre = v_args(inline=True)(lambda _, word: word)
        number = staticmethod(_number)
        text = staticmethod(lambda parts: Text(str(parts[0])[1:-1], **_spot(parts[0])))
        truth = staticmethod(lambda parts: Truth(parts[0].type == "TRUE", **_spot(parts[0])))
        empty = staticmethod(lambda parts: Empty(**_spot(parts[0])))
        name = staticmethod(_name)
        call = staticmethod(_call)
        unary = staticmethod(_unary)
        binary = staticmethod(_binary)

    return Builder()


def _spot(token: Token) -> dict[str, Any]:
    return {"line": token.line or 1, "column": token.column or 1}


def _number(parts: list[Token]) -> Number:
    value = float(str(parts[0]).replace("_", "").replace("．", "."))
    percent = len(parts) > 1
    return Number(value / 100 if percent else value, percent, **_spot(parts[0]))


def _name(parts: list[Token]) -> Name:
    word, found = parts[0], {"kind": "", "calibre": ""}
    for part in parts[1:]:
        slot = "calibre" if part.type == "CALIBRE" else "kind"
        if found[slot]:
            raise RuleError("formula.syntax.twice", found=str(part), **_spot(part))
        found[slot] = str(part).strip() if slot == "calibre" else _kind(part)
    if found["calibre"] == "＊":
        found["calibre"] = ALL_CALIBRES
    bare = str(word)[1:-1].strip() if word.type == "QUOTED" else str(word)
    return Name(bare, found["kind"], found["calibre"], **_spot(word))


def _kind(word: Token) -> str:
    code = KINDS.get(str(word), str(word).upper())
    if code not in KINDS.values():
        expected = "、".join((*KINDS, *KINDS.values()))
        raise RuleError("formula.syntax.kind", found=str(word), expected=expected, **_spot(word))
    return code


def _call(parts: list[Any]) -> Call:
    word, *arguments = parts
    function = by_spelling().get(str(word)) or by_spelling().get(str(word).lower())
    if function is None:
        near = "、".join(get_close_matches(str(word), by_spelling(), n=3, cutoff=0.5))
        raise RuleError("formula.unknown_function", name=str(word), near=near or "—", **_spot(word))
    return Call(function.en, tuple(arguments), **_spot(word))


def _sign(token: Token) -> str:
    plain = "".join(_SIGNS.get(letter, letter) for letter in str(token)).lower()
    return _COMPARISONS.get(plain, _LOGIC.get(plain, plain))


def _unary(parts: list[Any]) -> Node:
    sign, operand = _sign(parts[0]), parts[1]
    if sign == "+":
        return operand  # type: ignore[no-any-return]
    return Unary(sign, operand, **_spot(parts[0]))


def _binary(parts: list[Any]) -> Binary:
    left, token, right = parts
    return Binary(_sign(token), left, right, **_spot(token))


def _syntax(fault: UnexpectedInput, text: str) -> RuleError:
    from lark import UnexpectedToken

    if isinstance(fault, UnexpectedToken) and fault.token.type != "$END":
        # Lark's fallback lexer takes anything for a calibre: then only the first letter is what was met.
        met = str(fault.token)[:1] if fault.token.type == "CALIBRE" else str(fault.token)
        return _expected(set(fault.accepts or fault.expected), fault.line, fault.column, met)
    lines = text.rstrip().split("\n")
    wanted = set(fault.accepts or fault.expected) if isinstance(fault, UnexpectedToken) else set()
    return _expected(wanted, len(lines), len(lines[-1]) + 1, "")


_SHOWN = {"_OPEN": "(", "_CLOSE": ")", "_COMMA": ",", "_DOT": ".", "_OPEN_CALIBRE": "[", "_CLOSE_CALIBRE": "]"}


def _expected(wanted: set[str], line: int, column: int, found: str) -> RuleError:
    """Four situations a person can act on, instead of a parser's list of tokens."""
    facts: dict[str, Any] = {"line": line, "column": column, "found": found}
    if "CALIBRE" in wanted or "_CLOSE_CALIBRE" in wanted:
        return RuleError("formula.syntax.calibre", expected="[…]", **facts)
    if "NUMBER" in wanted:
        code = "formula.syntax.operand" if found else "formula.syntax.unfinished"
        return RuleError(code, expected="1, 5%, 名称, name, (", **facts)
    if wanted and wanted <= {"NAME"}:
        return RuleError("formula.syntax.kind", expected="、".join((*KINDS, *KINDS.values())), **facts)
    if "_CLOSE" in wanted and not found:
        return RuleError("formula.syntax.unclosed", expected=")", **facts)
    signs = [sign for key, sign in _SHOWN.items() if key in wanted and key in {"_CLOSE", "_COMMA", "_OPEN"}]
    return RuleError("formula.syntax.operator", expected=" ".join(("+ - * / ^ = < >", *signs)), **facts)
