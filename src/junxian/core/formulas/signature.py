"""Signatures of functions (函数签名): spellings, arguments, unit rule, one sentence in each language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. wants: "number", "truth", "text", "whole" (a whole number written out) or "indicator".

    unit: arguments with the same letter are converted to the first of them; "%" converts to percent; "*" takes any.
    default: used when left out; `optional` without a default means the function decides.
    """

    zh: str
    en: str
    wants: str = "number"
    unit: str = "x"
    default: float | str | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One function under its two spellings (`also`: further ones).

    unit of the result: "x" as its arguments, "x/y", "%", "百分点", "" a plain number, "delta" (x; % gives 百分点),
    "root" of x, "power", "truth", "any". more: arguments repeated without end; tail: one last argument after them.
    """

    en: str
    zh: str
    group: str
    arguments: tuple[Argument, ...]
    unit: str
    says_zh: str
    says_en: str
    example: str
    also: tuple[str, ...] = ()
    more: tuple[Argument, ...] = ()
    tail: Argument | None = None


X = Argument("数值", "x")
ANY = Argument("数值", "x", unit="*")
LEAF = Argument("指标", "x", wants="indicator")
TOTAL = Argument("总量", "total")
DIRECTION = Argument("方向", "direction", wants="text", unit="*", default="降", optional=True)


def signature(spelling: str, group: str, unit: str, arguments: tuple[Argument, ...], *words: str) -> Function:
    """`spelling`: "zh en"; `words`: sentence zh, sentence en, example."""
    zh, en = spelling.split()
    says_zh, says_en, example = words
    return Function(en, zh, group, arguments, unit, says_zh, says_en, example)


def whole(zh: str, en: str, default: float) -> Argument:
    """A whole number written out, with its default."""
    return Argument(zh, en, wants="whole", unit="*", default=default, optional=True)


def several(spelling: str, words: tuple[str, str, str], also: tuple[str, ...] = ()) -> Function:
    """A function of one or more numbers of one unit."""
    zh, en = spelling.split()
    return Function(en, zh, "scalar", (X,), "x", *words, also=also, more=(X,))
