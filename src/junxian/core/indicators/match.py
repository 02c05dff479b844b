"""Names (名称比对): which unit or indicator a written name means; a doubtful one is handed back as a question.

Order of trust: code, full name, short name or alias, a name of a former unit (by its successor), a unique beginning.
Anything else is asked, with the nearest names as candidates, and never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from junxian.core.indicators.model import Card
from junxian.core.text import Text
from junxian.core.units.model import Unit

How = Literal["code", "exact", "short", "old", "prefix", "root", "near", "several", "unknown"]
NEAR = 60.0
"""Likeness in per cent from which a name is offered as a candidate: one wrong sign in three is 66.7."""

_ODD = re.compile(r"[\s\u3000\ufeff_·•.,，、。：:;；\"'“”‘’*#]+")
_NUMBERED = re.compile(r"^(?:[(（]?[0-9]{1,3}[)）]|[0-9]{1,3}[.、．]|[(（]?[一二三四五六七八九十]{1,3}[)）、])")
_OF_WHICH = re.compile(r"^(?:其中|#)[:：]?")
_PEOPLES = (
    "回|满|蒙古|苗|壮|彝|土家|侗|瑶|藏|维吾尔|布依|朝鲜|白|哈尼|傣|黎|畲|傈僳|拉祜|佤|水|东乡|纳西|土|羌|仡佬|锡伯|"
    "哈萨克|柯尔克孜|达斡尔|撒拉|毛南|仫佬|塔吉克|裕固|保安|鄂温克|鄂伦春|景颇|布朗|普米|怒|独龙|德昂|阿昌|各"
)
_SUFFIX = re.compile(rf"(?:(?:{_PEOPLES})族)*(?:自治)?(?:[县区市旗州省盟]|county|parish|district|city)$")
_KINDS_OF_PLACE = "县区市旗"
_CALIBRE = re.compile(r"[(（\[【]((?:不含|含|剔除)[^)）\]】]+)[)）\]】]$")


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """A name without what people add to it: full width, spaces, punctuation, list numbers, 其中, kinds of brackets."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = _OF_WHICH.sub("", _NUMBERED.sub("", plain.lstrip(" #*")).strip())
    plain = _NUMBERED.sub("", plain.strip())
    plain = plain.translate(str.maketrans("[]【】〔〕{}", "()()()()"))
    return _ODD.sub("", plain).casefold()


def split_calibre(text: str) -> tuple[str, str]:
    """`全市（不含兰考）` → (`全市`, `不含兰考`); a text without such a bracket comes back whole."""
    if not text.endswith((")", "）", "]", "】", " ")):
        return text, ""
    found = _CALIBRE.search(text.strip())
    return (text.strip()[: found.start()], found[1].strip()) if found else (text, "")


@dataclass(frozen=True, slots=True)
class Match:
    """What a name was taken for. `code` is empty when it must be asked; `candidates` are codes, nearest first."""

    code: str
    how: How
    candidates: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        return bool(self.code)


def spellings(text: Text) -> tuple[str, ...]:
    """A title in all its languages."""
    return (text,) if isinstance(text, str) else tuple(text.values())


class Names:
    """A table of names: exact spellings, then shortened and former ones, then unique beginnings; all is remembered."""

    def __init__(
        self,
        exact: Mapping[str, set[str]],
        how: Mapping[str, How],
        *,
        short: Mapping[str, set[str]] | None = None,
        former: Mapping[str, set[str]] | None = None,
        shortest: int = 2,
    ) -> None:
        self._exact, self._how, self._shortest = exact, how, shortest
        self._short, self._former = short or {}, former or {}
        self._seen: dict[str, Match] = {}
        self._known: dict[str, Match] = {}
        self._sure: dict[object, str] = {}

    def match(self, text: object) -> Match:
        """The unit or card a cell names; numbers are read as codes (410212, 410212.0)."""
        written = text if type(text) is str else f"{text:.0f}" if isinstance(text, float) else str(text)
        found = self._seen.get(written)
        if found is None:
            known = self.known(written)
            found = self._seen[written] = known if known.sure or known.candidates else self._begins(normalise(written))
        return found

    def known(self, text: str) -> Match:
        """As match, but neither beginnings nor nearest names are tried."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._look(text if text in self._exact else normalise(text))
            if found.sure:
                self._sure[text] = found.code
        return found

    def codes(self, texts: Iterable[object]) -> list[str] | None:
        """The codes of names all met before, or None when one of them is new, doubtful or has a calibre in brackets."""
        found = list(map(self._sure.get, texts))
        return None if None in found else found  # type: ignore[return-value]

    def _look(self, name: str) -> Match:
        for table, how in ((self._exact, None), (self._short, "short"), (self._former, "old")):
            codes = table.get(name) if name else None
            if codes and len(codes) == 1:
                return Match(next(iter(codes)), how or self._how.get(name, "exact"))  # type: ignore[arg-type]
            if codes:
                return Match("", "several", tuple(sorted(codes)))
        return Match("", "unknown")

    def _begins(self, name: str) -> Match:
        if not name:
            return Match("", "unknown")
        if len(name) >= (4 if name.isascii() else self._shortest) and not name.isdecimal():
            for table, how in ((self._exact, "prefix"), (self._former, "old")):
                codes = {code for full, some in table.items() if self._extends(full, name) for code in some}
                if len(codes) == 1:
                    return Match(codes.pop(), how)  # type: ignore[arg-type]
                if codes:
                    return Match("", "several", tuple(sorted(codes)))
        return self._nearest(name)

    def _extends(self, full: str, name: str) -> bool:
        """A beginning counts when a good part of the name is there (顺河 for 顺河回族区)."""
        return full.startswith(name) and len(name) * 5 >= len(full) * 2

    def _nearest(self, name: str) -> Match:
        from rapidfuzz import fuzz, process

        hits = process.extract(name, [*self._exact, *self._former], scorer=fuzz.ratio, limit=3, score_cutoff=NEAR)
        codes = [code for full, _, _ in hits for code in sorted(self._exact.get(full) or self._former[full])]
        candidates = tuple(dict.fromkeys(codes))
        return Match("", "near" if candidates else "unknown", candidates)


def region_names(units: Iterable[Unit], *, day: str = "", root: str = "", root_words: Sequence[str] = ()) -> Names:
    """Names of the units valid on `day` (ISO date, month or year; empty: all without an end date).

    A unit that had ended by then answers through its successor when that one took over all of it; a unit split among
    several is asked. `root_words` (全市) stand for the root. Codes are names too, also with trailing zeros.
    """
    exact: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    former: dict[str, set[str]] = {}
    how: dict[str, How] = {}
    known = {unit.code: unit for unit in units}
    for unit in known.values():
        alive = _alive(unit, day)
        codes = {unit.code} if alive else _heirs(unit, known, day)
        for name, sort in _unit_names(unit, known):
            (exact if alive else former).setdefault(name, set()).update(codes)
            if alive:
                how.setdefault(name, sort)
        for name in _shortened(unit) if codes else ():
            (short if alive else former).setdefault(name, set()).update(codes)
    for word in root_words if root else ():
        exact.setdefault(normalise(word), {root})
        how.setdefault(normalise(word), "root")
    return Names(exact, how, short=short, former=former)


def _shortened(unit: Unit) -> Iterable[str]:
    """祥符区 → 祥符, 顺河回族区 → 顺河 and 顺河区; two signs at least are left."""
    for name in map(normalise, spellings(unit.name)):
        bare = _SUFFIX.sub("", name)
        plain = bare + name[-1:] if name[-1:] in _KINDS_OF_PLACE else ""
        for rest in (bare, plain, name[:-1] if plain else ""):
            if len(rest) >= 2 and rest != name:
                yield rest


def _unit_names(unit: Unit, known: Mapping[str, Unit]) -> Iterable[tuple[str, How]]:
    yield normalise(unit.code), "code"
    if unit.code.isdecimal() and len(unit.code) == 6:
        yield unit.code + "000000", "code"
    parents = spellings(known[unit.parent].name) if unit.parent in known else ()
    for name in spellings(unit.name):
        yield normalise(name), "exact"
        yield from ((normalise(parent + name), "exact") for parent in parents)
    for name in (*spellings(unit.short), *unit.aliases):
        if name:
            yield normalise(name), "short"


def _alive(unit: Unit, day: str) -> bool:
    """Whether a unit lives on a day; texts of different length compare by what both say (2014 and 2014-12-31)."""
    if not day:
        return not unit.valid_to
    started = not unit.valid_from or unit.valid_from[: len(day)] <= day[: len(unit.valid_from)]
    ended = bool(unit.valid_to) and unit.valid_to[: len(day)] < day[: len(unit.valid_to)]
    return started and not ended


def _heirs(unit: Unit, known: Mapping[str, Unit], day: str) -> set[str]:
    """Living units that took over a former one, through any number of steps."""
    heirs: set[str] = set()
    waiting, seen = list(unit.successors), {unit.code}
    while waiting:
        code = waiting.pop()
        if code in seen or code not in known:
            continue
        seen.add(code)
        if _alive(known[code], day):
            heirs.add(code)
        else:
            waiting.extend(known[code].successors)
    return heirs


def card_names(cards: Iterable[Card]) -> Names:
    """Names, aliases and codes of indicator cards; several dated versions of one card are one name."""
    exact: dict[str, set[str]] = {}
    how: dict[str, How] = {}
    for card in cards:
        for name in (*spellings(card.name), *card.aliases, card.code):
            exact.setdefault(normalise(name), set()).add(card.code)
            how.setdefault(normalise(name), "exact")
    return Names(exact, how, shortest=4)
