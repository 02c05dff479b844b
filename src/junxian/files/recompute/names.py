"""Names in formulas (公式里的名字): constants are parameters, derived names columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from junxian.core.formulas import Formula, Vocabulary, analyse, in_order
from junxian.core.formulas.model import Leaf
from junxian.core.rulebook.judge import Compiled
from junxian.files.recompute.book import Block, Book
from junxian.files.recompute.formula import Given, Lowering, Term
from junxian.files.recompute.model import Column, NotExpressed, Reason, when


@dataclass
class Names:
    """The words of one scheme. columns: what each name stands for; behind: the leaves a derived name rests on."""

    words: Vocabulary
    month: int
    readings: Mapping[Leaf, Column]
    columns: dict[str, Given] = field(default_factory=dict)
    behind: dict[str, tuple[Leaf, ...]] = field(default_factory=dict)

    def understand(self, text: str, also: Iterable[str] = ()) -> Formula:
        """A formula of the rulebook; `also` are names only this one may use."""
        return analyse(text, replace(self.words, names=dict(self.words.names) | dict.fromkeys(also)))

    def lowering(self, block: Block, also: Mapping[str, Given] | None = None) -> Lowering:
        """Formulas into the columns of a block."""
        return Lowering(block, self.readings.__getitem__, self.columns | dict(also or {}), self.month)

    def leaves_of(self, formula: Formula) -> tuple[Leaf, ...]:
        """Every figure a formula rests on, those behind derived names included."""
        behind = tuple(leaf for name in formula.names for leaf in self.behind.get(name, ()))
        return tuple(dict.fromkeys(formula.leaves + behind))


def names_of(book: Book, compiled: Compiled, readings: Mapping[Leaf, Column]) -> Names:
    """The scheme's words with a parameter for each constant and a column for each derived name."""
    scheme, words = compiled.scheme, compiled.words
    known = replace(
        words,
        names=dict(words.names) | dict.fromkeys(scheme.constants) | dict.fromkeys(scheme.derive),
        formulas=dict(words.formulas) | dict(scheme.derive),
        constants=words.constants | frozenset(scheme.constants),
    )
    names = Names(known, compiled.period.index % 12 + 1, readings)
    for name, value in scheme.constants.items():
        if not isinstance(value, str):
            names.columns[name] = book.setting(book.say("setting.constant"), name, value)
    if scheme.derive:
        _derived(book, names, scheme.derive)
    return names


def _derived(book: Book, names: Names, texts: Mapping[str, str]) -> None:
    sheet = book.sheet(book.say("sheet.derived"), book.say("title.derived"))
    formulas = {name: names.understand(text) for name, text in texts.items()}
    for name in (name for level in in_order(formulas) for name in level):
        names.behind[name] = names.leaves_of(formulas[name])
        block = Block(book, sheet, name)
        kept = len(sheet.columns)
        block.head(name, "", texts[name])
        try:
            lowering = names.lowering(block)
            found = lowering.settled(formulas[name])
            if formulas[name].truth:
                found = Term(when(found.expr, 1, 0), found.needs, found.guards)
            names.columns[name] = block.add(name, found.closed())
        except NotExpressed as why:
            del sheet.columns[kept:]
            sheet.headings.pop()
            book.note(name, name, Reason(why.code, why.facts))
