"""Numbers of an edited sentence (改动句中的数字): each is looked up in the run by the words around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from junxian.core.bulletins import Document, Finding, RunFacts
from junxian.core.bulletins.document import Figure, Paragraph
from junxian.core.bulletins.selfcheck import DOWN, UP, unclaimed
from junxian.files.documents.claimed import PLACE, Claims, Entry, Names, units_in
from junxian.files.documents.sources import Sources
from junxian.files.rulebooks import say

_NUMBER = re.compile(r"[0-9](?:[0-9]|[.,，](?=[0-9]))*")
_WIDE = str.maketrans("０１２３４５６７８９．％－＋", "0123456789.%-+")
_SAID = re.compile(r"(?:(?<=第)|(?<=百分之))[零一二三四五六七八九十点]+")
_ENDS_CLAUSE = re.compile(r"[，、；：。（(,;:]")
CHINESE = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Token:
    """A number as it stands in a sentence, with what stands around it."""

    text: str
    start: int
    end: int
    number: Decimal
    percent: bool = False


class Checker:
    """Looks numbers up in one run."""

    def __init__(self, facts: RunFacts, document: Document, words: dict[str, str]) -> None:
        self.claims = Claims(facts, document, words)
        self.named = Names(facts)
        self.sources = Sources(facts)
        self.language = self.claims.language
        self.growth_of = {card.code: card.growth_of for card in facts.cards}

    def last_unit(self, sentence: str) -> str:
        """The unit a sentence named last, which the next may speak of without naming it."""
        found = self.named.units(sentence)
        return found[-1][1] if found else ""

    def check(
        self, sentence: str, own: Sequence[Figure], context: str, composed: str = ""
    ) -> tuple[list[Figure], list[Finding]]:
        """Figures found in the run, and a finding for every number that is not.

        own: claims the sentence had in the paragraph `composed`. context: the unit the sentence before spoke of.
        """
        text = sentence.translate(_WIDE)
        tokens = numbers_in(text, self.language)
        units = self._spoken_of(text, tokens, own, context)
        numbered = [figure for figure in own if figure.number is not None]
        leads = {(figure.path, _lead(composed, figure.start)) for figure in own}
        figures: list[Figure] = []
        findings = [_unknown(sentence, letter) for letter in odd_digits(text)]
        for place, (token, codes) in enumerate(zip(tokens, units, strict=True)):
            was = numbered[place] if len(numbered) == len(tokens) else None
            known = self._known(codes, was.path if was else "", leads, _lead(text, token.start))
            entry, finding = self._look_up(token, text, sentence, known)
            if entry is not None:
                figures.append(_figure(entry, sentence, token))
            findings += [finding] if finding else []
        return figures, findings

    def _spoken_of(
        self, text: str, tokens: Sequence[Token], own: Sequence[Figure], context: str
    ) -> list[tuple[str, ...]]:
        """Units each number may speak of: the one named before it, else of the sentence before, else as it was."""
        named = self.named.units(text)
        if "分别" in text and len(named) == len(tokens):
            return [(code,) for _, code in named]
        were = sorted({code for figure in own for code in units_in(figure.path)})
        found: list[tuple[str, ...]] = []
        for token in tokens:
            before = [code for place, code in named if place < token.start]
            fallback = (context,) if context else tuple(were)
            found.append((before[-1],) if before else fallback)
        return found

    def _known(
        self, codes: tuple[str, ...], was: str, leads: set[tuple[str, str]], lead: str
    ) -> list[tuple[Entry, bool]]:
        """What a number may be: anything the run knows of the unit; a count or mean only where it stood before, or
        behind the same words. Each with whether it stood in this very place."""
        own = [entry for code in codes for entry in self.claims.of(code)]
        whole = [entry for entry in self.claims.of("") if entry.path == was or (lead and (entry.path, lead) in leads)]
        return [(entry, entry.path == was) for entry in (*own, *whole)]

    def _look_up(
        self, token: Token, text: str, sentence: str, known: Sequence[tuple[Entry, bool]]
    ) -> tuple[Entry | None, Finding | None]:
        fitting = [(entry, here) for entry, here in known if self._fits(entry, token, text)]
        sign = _sign(text, token.start, self.language)
        for entry, _ in fitting:
            if _equal(entry, token, sign):
                return entry, None
        due = [entry for entry, here in fitting if here] or [entry for entry, _ in fitting]
        values = {entry.number for entry in due}
        if len(values) != 1:
            return None, _unknown(sentence, token.text)
        opposite = abs(due[0].number) == token.number
        code, shown = ("edited.direction", f"{due[0].number:+}") if opposite else ("edited.mismatch", due[0].number)
        facts = {"sentence": sentence, "printed": token.text, "recomputed": str(shown)}
        return None, Finding(code, True, {**facts, "source": self.place(due[0].path), "path": due[0].path})

    def place(self, path: str) -> str:
        """The sheets and cells behind a path, else the unit's receipt, else the whole run."""
        found = self.sources.of(path)
        cells = [source.place for source in found if source.place]
        if cells:
            return "；".join(cells)
        first = found[0]
        return say(f"edited.source_{first.of}", {"unit": first.unit, "what": first.what}, self.language)

    def _fits(self, entry: Entry, token: Token, text: str) -> bool:
        """Whether the words around a number can mean this entry."""
        before, after = text[: token.start], text[token.end :].lstrip()
        ordinal = before.endswith("第") and after.startswith(PLACE["zh"])
        if entry.of == "rank":
            return ordinal
        if ordinal:
            return False
        if entry.of == "change":
            return after.startswith(PLACE[self.language])
        if entry.unit and not self._measures(entry.unit, after, token):
            return False
        if not entry.unit and after[:1] in ("%", "％", "分", "亿", "万"):
            return False
        return self._on_topic(entry, before)

    def _measures(self, unit: str, after: str, token: Token) -> bool:
        if unit == "%":
            return token.percent or (after.startswith("%") and not after.startswith("%点"))
        return after.startswith(unit)

    def _on_topic(self, entry: Entry, before: str) -> bool:
        """A figure of an indicator needs its name before it; a score must not follow a criterion's name at once."""
        named = self.named.topics(before)
        if entry.topic:
            return bool(named) and entry.topic in named[-1][1]
        if entry.of == "score":
            last = max((found.end() for found in _ENDS_CLAUSE.finditer(before)), default=0)
            return not any(place >= last for place, _ in named)
        return True

    def names(self, text: str, composed: Paragraph | None) -> list[Finding]:
        """A unit that stands where the run named another: 位居前列的是…"""
        if composed is None or not any(figure.number is None for figure in composed.figures):
            return []
        due = {code for _, code in self.named.units(composed.text)}
        lists = [f for f in composed.figures if f.number is None and self.named.units(f.text)]
        strange = [self.sources.name(code) for _, code in self.named.units(text) if code not in due]
        if not lists or not strange:
            return []
        facts = {"sentence": text, "printed": strange[0], "recomputed": "、".join(f.text for f in lists)}
        return [Finding("edited.name", True, facts)]


def numbers_in(text: str, language: str) -> list[Token]:
    """Numbers of a sentence less dates, document numbers and the like; 第三位 and 百分之五 count too."""
    matches = list(_NUMBER.finditer(text))
    found: list[Token] = []
    for match in matches:
        others = [other.span() for other in matches if other is not match]
        if unclaimed(text, others, language):
            number = Decimal(match.group().replace(",", "").replace("，", ""))
            found.append(Token(match.group(), match.start(), match.end(), number))
    for match in _SAID.finditer(text):
        percent = text[: match.start()].endswith("百分之")
        said = chinese(match.group())
        if said is not None and (percent or text[match.end() :].startswith(("位", "名"))):
            found.append(Token(match.group(), match.start(), match.end(), said, percent))
    return sorted(found, key=lambda token: token.start)


def chinese(text: str) -> Decimal | None:
    """三 → 3, 十二 → 12, 五点六 → 5.6; None for what is no number."""
    whole, _, part = text.partition("点")
    tens, ten, ones = whole.rpartition("十")
    if any(letter not in CHINESE for letter in tens + ones + part) or len(tens) > 1 or (ten and len(ones) > 1):
        return None
    number = int("".join(str(CHINESE.index(c)) for c in ones) or 0)
    if ten:
        number += 10 * (CHINESE.index(tens) if tens else 1)
    return Decimal(f"{number}.{''.join(str(CHINESE.index(c)) for c in part)}" if part else number)


def odd_digits(text: str) -> list[str]:
    """①, Ⅳ, ½ and digits of other scripts: figures that no pattern would see."""
    kinds = ("No", "Nl", "Nd")
    return [letter for letter in text if unicodedata.category(letter) in kinds and letter not in "0123456789〇"]


def _lead(text: str, start: int) -> str:
    """The two letters before a place: 已报, 平均."""
    return text[max(0, start - 2) : start]


def _sign(text: str, start: int, language: str) -> int:
    """-1 after a word of falling or a minus, 1 after a word of rising, 0 where nothing is said."""
    before = text[:start].rstrip().removesuffix("了").removesuffix(" by").removesuffix("约")
    if before.endswith(("-", "−", "－", *DOWN[language])):
        return -1
    return 1 if before.endswith(UP[language]) else 0


def _equal(entry: Entry, token: Token, sign: int) -> bool:
    if entry.of == "abs" or not sign:
        return token.number == entry.number
    return sign * token.number == entry.number


def _figure(entry: Entry, sentence: str, token: Token) -> Figure:
    text = sentence[token.start : token.end]
    return Figure(text, float(entry.number), entry.unit, entry.decimals, entry.path, token.start, token.end)


def _unknown(sentence: str, printed: str) -> Finding:
    return Finding("edited.unknown", True, {"sentence": sentence, "printed": printed})
