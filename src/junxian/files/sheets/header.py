"""Header words (表头用语): what one cell of a header says — a unit, a kind, growth, last year, a period, or a name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from junxian.core.indicators.form import Form
from junxian.core.indicators.match import Names, normalise
from junxian.core.indicators.model import Kind
from junxian.files.sheets.dates import Said, plain_date, read_date, say

KIND_WORDS: dict[str, Kind] = {
    "本月": "M", "当月": "M", "单月": "M", "monthly": "M", "累计": "YTD", "本年累计": "YTD", "本月累计": "YTD",
    "本月止累计": "YTD", "自年初累计": "YTD", "年初累计": "YTD", "年初至今": "YTD", "年初至本月": "YTD",
    "1至本月": "YTD", "ytd": "YTD", "cumulative": "YTD", "本季": "Q", "当季": "Q", "季累计": "YTDQ", "全年": "Y",
    "年度": "Y", "annual": "Y", "期末": "EOP", "月末": "EOP", "年末": "EOP", "季末": "EOP",
}  # fmt: skip
GROWTH_WORDS = frozenset((
    "增速", "增幅", "增长", "增长率", "增长速度", "增减", "增减率", "增减幅", "同比", "同比增长", "同比增速",
    "同比增幅", "同比增减", "同比增长率", "比上年增长", "比上年同期增长", "比去年同期增长", "较上年增长",
    "较上年同期增长", "yoy", "growth", "change",
))  # fmt: skip
LAST_YEAR_WORDS = frozenset(("上年同期", "去年同期", "同期", "上年同月", "去年同月", "上年同期数", "去年同期数"))
NEUTRAL_WORDS = frozenset((
    "总量", "总额", "绝对额", "绝对值", "绝对数", "绝对量", "实绩", "金额", "数值", "数", "值", "额", "量", "完成",
    "完成数", "完成额", "完成值", "完成情况", "本期", "指标值", "数据", "数额", "余额", "value", "amount",
))  # fmt: skip
UNIT_LABELS = frozenset({"单位", "计量单位", "unit", "units"})
_BRACKET = re.compile(r"^(.*?)[(（\[【]([^()（）\[\]【】]+)[)）\]】]\s*$", re.DOTALL)
_CORNER = re.compile(
    r"(?:计量)?单位\s*[:：]\s*([^\s;；]+)|^[(（]\s*([^()（）]+)\s*[)）]$|unit\s*[:：]\s*(\S+)", re.IGNORECASE
)
_COLUMN_NUMBER = re.compile(r"^[(（]?(?:\d{1,2}|[甲乙丙丁戊])[)）]?$")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a header cell says. `forms`: the spellings a rulebook may use for it; `word`: the name that is left."""

    text: str
    forms: frozenset[str]
    word: str = ""
    unit: str = ""
    kind: Kind | None = None
    growth: bool = False
    shift: int = 0
    said: Said | None = None
    ignored: bool = False

    @property
    def names_something(self) -> bool:
        return bool(self.word) or self.growth or self.shift != 0


class HeaderReader:
    """Reads header cells for one form; every text is understood once."""

    def __init__(self, form: Form, cards: Names, is_unit: Callable[[str], bool]) -> None:
        self.form, self.cards, self.is_unit = form, cards, is_unit
        self._seen: dict[str, Cell] = {}

    @cached_property
    def ignored(self) -> frozenset[str]:
        return frozenset(spelled_out((*self.form.ignore_columns, *self.form.also_ignore_columns)))

    def read(self, text: object) -> Cell:
        """One cell; numbers are looked at as years and months (2025, 202606)."""
        written = str(int(text)) if isinstance(text, float) and text.is_integer() else str(text)
        cell = self._seen.get(written)
        if cell is None:
            cell = self._seen[written] = self._understand(written)
        return cell

    def _understand(self, text: str) -> Cell:
        name, unit = self.split_unit(text)
        whole, plain = normalise(text), normalise(name).rstrip("±")
        forms = {whole, plain} - {""}
        if plain in self.ignored or any(len(w) > 1 and not w.isascii() and plain.endswith(w) for w in self.ignored):
            return Cell(text, frozenset(forms), ignored=True)
        if plain in NEUTRAL_WORDS or _COLUMN_NUMBER.match(whole):
            return Cell(text, frozenset(forms), unit=unit)
        if self.cards.known(name).sure:
            return Cell(text, frozenset(forms), plain, unit)
        rest, said = self._cut_period(name, plain)
        rest, kind = self._cut_kind(rest)
        kind = kind or _kind_of(said)
        growth, shift = rest in GROWTH_WORDS, -12 if rest in LAST_YEAR_WORDS else 0
        empty = growth or shift or rest in NEUTRAL_WORDS
        return Cell(text, frozenset({*forms, rest} - {""}), "" if empty else rest, unit, kind, growth, shift, said)

    def split_unit(self, text: str) -> tuple[str, str]:
        """`财政收入（亿元）` → (`财政收入`, `亿元`); brackets that hold no unit stay with the name."""
        name = text.strip()
        unit = self.unit_of(name)
        if unit:
            return "", unit
        corner = _CORNER.search(name)
        if corner and (unit := self.unit_of(next(filter(None, corner.groups())))):
            return name[: corner.start()].strip(), unit
        bracket = _BRACKET.match(name)
        if bracket:
            content = re.sub(r"^(?:计量)?单位\s*[:：]?", "", bracket[2]).strip().lstrip("±+-/")
            if unit := self.unit_of(content):
                return bracket[1].strip(), unit
        if name.endswith(("%", "％")):
            return name.rstrip("%％ ").rstrip("(（").rstrip("±"), "%"
        return name, ""

    def unit_of(self, text: str) -> str:
        """The unit a text is, in the rulebook's spelling, or ""."""
        plain = text.strip().replace("％", "%").lstrip("±").replace("／", "/")
        plain = self.form.units.get(plain, plain)
        return plain if plain and self.is_unit(plain) else ""

    def corner_units(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        """Units named by 单位：亿元、% in the lines above the header, in order."""
        found: list[str] = []
        for text in texts:
            for groups in _CORNER.findall(text):
                said = next(filter(None, groups), "")
                found.extend(
                    filter(None, (self.unit_of(part) for part in re.split(r"[、,，;；]", said.strip("()（）"))))
                )
        return tuple(dict.fromkeys(found))

    def _cut_period(self, name: str, plain: str) -> tuple[str, Said | None]:
        said = read_date(name) or say(name)
        if said is None or (not said.year and said.months == 12):
            return plain, None
        dated = plain_date(name)
        return normalise(dated[: said.start] + dated[said.end :]), said

    def _cut_kind(self, rest: str) -> tuple[str, Kind | None]:
        """A kind word before or after the name: 累计增速, 一般公共预算收入累计."""
        if rest in KIND_WORDS:
            return "", KIND_WORDS[rest]
        for word in sorted(KIND_WORDS, key=len, reverse=True):
            if f"({word})" in rest:
                return self._without(rest.replace(f"({word})", "")), KIND_WORDS[word]
            if rest.startswith(word):
                return self._without(rest[len(word) :]), KIND_WORDS[word]
            if rest.endswith(word) and not word.isascii():
                return self._without(rest[: -len(word)]), KIND_WORDS[word]
        return rest, None

    @staticmethod
    def _without(rest: str) -> str:
        bare = rest.strip("()")
        return "" if bare in NEUTRAL_WORDS else bare


def _kind_of(said: Said | None) -> Kind | None:
    """1-6月 is 累计, a bare 6月 is 当月; a dated 2026年6月 leaves the kind to the card."""
    if said is None:
        return None
    return "M" if said.kind is None and said.months == 1 and not said.year else said.kind


def spelled_out(words: tuple[str, ...]) -> tuple[str, ...]:
    """`增速|增幅` → both spellings, normalised."""
    return tuple(normalise(spelling) for word in words for spelling in word.split("|"))
