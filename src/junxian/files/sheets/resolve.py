"""Meaning of a column (列义): header cells and row labels together name one indicator, or a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from junxian.core.indicators.form import Column, Form
from junxian.core.indicators.match import Names, normalise, spellings, split_calibre
from junxian.core.indicators.model import Card, Kind
from junxian.files.sheets.dates import Said
from junxian.files.sheets.header import Cell, spelled_out


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the figures under a path of cells are. `unit` "" means that no cell said one."""

    indicator: str
    kind: Kind
    calibre: str = ""
    stage: str = ""
    unit: str = ""
    said: Said | None = None
    shift: int = 0
    percent_as: str = ""
    declared_unit: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A column nobody could name for sure."""

    text: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Base:
    indicator: str
    calibre: str = ""
    column: Column | None = None
    growth_known: bool = False


class Resolver:
    """Resolves paths of header cells for one form against the rulebook's cards."""

    def __init__(self, form: Form, cards: Sequence[Card], names: Names) -> None:
        self.form, self.names = form, names
        self.cards: Mapping[str, Card] = {card.code: card for card in cards}
        self._rules = [(tuple(spelled_out((word,)) for word in rule.header), rule) for rule in form.columns]

    @cached_property
    def growth(self) -> dict[str, tuple[str, ...]]:
        """Amount → the cards of its published growth."""
        found: dict[str, tuple[str, ...]] = {}
        for card in self.cards.values():
            if card.growth_of:
                found[card.growth_of] = (*found.get(card.growth_of, ()), card.code)
        return found

    def meaning(self, path: tuple[Cell, ...], hint: Kind | None) -> Meaning | Question | None:
        """What a path means; None when the form says to leave it out. `hint`: the kind the title implies (1-6月)."""
        if any(cell.ignored for cell in path):
            return None
        base = self._by_rule(path) or self._by_cards(path)
        if isinstance(base, Question):
            return base
        code: str | Question = base.indicator
        if any(cell.growth for cell in path) and not base.growth_known:
            code = self._growth_of(base.indicator, path)
        if isinstance(code, Question):
            return code
        return self._filled(path, base, code, hint)

    def _filled(self, path: tuple[Cell, ...], base: _Base, code: str, hint: Kind | None) -> Meaning | Question:
        card = self.cards.get(code)
        if card is None:
            return Question(shown(path), ())
        rule = base.column
        said_kind = next((cell.kind for cell in reversed(path) if cell.kind), None)
        shift = rule.shift if rule and rule.shift else min((cell.shift for cell in path), default=0)
        return Meaning(
            indicator=code,
            kind=_kind(card, (rule and rule.kind) or said_kind or self.form.kind, hint),
            calibre=(rule and rule.calibre) or base.calibre or self.form.calibre,
            stage=(rule and rule.stage) or self.form.stage,
            unit=next((cell.unit for cell in reversed(path) if cell.unit), ""),
            said=next((cell.said for cell in reversed(path) if cell.said), None),
            shift=shift,
            percent_as=(rule and rule.percent_as) or self.form.percent_as,
            declared_unit=rule.unit if rule else "",
        )

    def _by_rule(self, path: tuple[Cell, ...]) -> _Base | Question | None:
        """The form's own entry with the most words found; two different ones equally good are a question."""
        best: list[Column] = []
        most = 0
        for words, rule in self._rules:
            covered = [place for options in words for place in self._found(options, path)]
            if len(covered) < len(words) or not _reaches_leaf(path, covered):
                continue
            if len(words) > most:
                best, most = [], len(words)
            if len(words) == most:
                best.append(rule)
        if len({(rule.indicator, rule.kind, rule.calibre, rule.shift) for rule in best}) > 1:
            return Question(shown(path), tuple(dict.fromkeys(rule.indicator for rule in best)))
        return self._ruled(path, best[0]) if best else None

    def _ruled(self, path: tuple[Cell, ...], rule: Column) -> _Base:
        named = set(spelled_out(rule.header))
        growth_cells = [cell for cell in path if cell.growth]
        own = bool(growth_cells) and all(cell.forms & named for cell in growth_cells)
        card = self.cards.get(rule.indicator)
        return _Base(rule.indicator, rule.calibre, rule, own or bool(card and card.growth_of))

    @staticmethod
    def _found(options: tuple[str, ...], path: tuple[Cell, ...]) -> list[int]:
        return next(([place] for place in range(len(path) - 1, -1, -1) if path[place].forms & set(options)), [])

    def _by_cards(self, path: tuple[Cell, ...]) -> _Base | Question:
        """Names of cards, from the lowest word upwards: 人均可支配收入 alone, then 城镇居民·人均可支配收入."""
        words = [cell.word for cell in path if cell.word]
        if not words:
            return _Base(self.form.indicator) if self.form.indicator else Question(shown(path))
        near: tuple[str, ...] = ()
        for depth in range(1, len(words) + 1) if self.form.cards else ():
            name, calibre = split_calibre("".join(words[-depth:]))
            found = self.names.match(name)
            if found.sure and (depth == 1 or found.how == "exact"):
                return _Base(found.code, calibre, None, bool(self.cards[found.code].growth_of))
            near = near or found.candidates
        return Question(shown(path), near)

    def _growth_of(self, amount: str, path: tuple[Cell, ...]) -> str | Question:
        cards = self.growth.get(amount, ())
        if len(cards) > 1:
            words = {form for cell in path for form in cell.forms}
            named = [c for c in cards if any(normalise(s) in words for s in spellings(self.cards[c].name))]
            cards = tuple(named) or cards
        return cards[0] if len(cards) == 1 else Question(shown(path), cards or (amount,))


def _reaches_leaf(path: tuple[Cell, ...], covered: list[int]) -> bool:
    """The lowest cell with a name must be spoken for; 增速 or 上年同期 below it has a meaning of its own."""
    lowest = max((place for place, cell in enumerate(path) if cell.word), default=-1)
    return lowest <= max(covered, default=-1) if lowest >= 0 else True


def _kind(card: Card, said: Kind | None, hint: Kind | None) -> Kind:
    """The kind said, else what the title implies for a flow, else the card's own."""
    quarterly = card.kind in ("Q", "YTDQ")
    if said:
        return {"YTD": "YTDQ"}.get(said, said) if quarterly else said  # type: ignore[return-value]
    if hint == "YTD" and card.kind in ("M", "YTD", "Q", "YTDQ"):
        return "YTDQ" if quarterly else "YTD"
    return card.kind


def shown(path: tuple[Cell, ...]) -> str:
    """The path as a person sees it."""
    return "·".join(dict.fromkeys(cell.text.strip().replace("\n", "") for cell in path))
