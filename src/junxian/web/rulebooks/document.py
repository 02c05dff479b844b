"""A scheme as a document (方案文本): the tree with points, clauses, methods and formulas in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from junxian.core.assessment.model import Adjustment, AssessedScheme, Effect, Gate, Grade, Veto
from junxian.core.rulebook import Rulebook
from junxian.core.scoring.model import Combine, Criterion, Group, Node, Rounding, walk
from junxian.core.text import Dated, spoken
from junxian.web.rulebooks.formula_words import Aloud, Reader, number, percent
from junxian.web.rulebooks.method_words import growth_sentences, method_sentences

ABSENCES = ("late", "not_reported", "not_applicable", "undefined")


@dataclass(frozen=True)
class Line:
    """One node of the tree as it is printed. `points`: one text, or (group, points) pairs."""

    node: Node
    depth: int
    name: str
    points: str
    formula: Aloud | None = None
    method: str = ""
    sentences: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_group(self) -> bool:
        return self.formula is None


@dataclass(frozen=True)
class Clause:
    """A gate, veto, bonus, deduction, grade or award: its name, what it says, and the entry with its legal basis."""

    entry: Any
    name: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """A whole scheme as it is read."""

    scheme: AssessedScheme
    title: str
    lines: tuple[Line, ...]
    rules: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    derived: tuple[tuple[str, Aloud], ...]
    bonus: tuple[Clause, ...] = ()
    deductions: tuple[Clause, ...] = ()
    gates: tuple[Clause, ...] = ()
    vetoes: tuple[Clause, ...] = ()
    grades: tuple[Clause, ...] = ()
    awards: tuple[Clause, ...] = ()
    constants: dict[str, Any] = field(default_factory=dict)


class Printer:
    """Prints the schemes of one rulebook in one language."""

    def __init__(self, rules: Rulebook, language: str) -> None:
        self.rules, self.language = rules, language
        self.reader = Reader(rules, language)
        self.events = {card.code: spoken(card.name, language) or card.code for card in rules.indicators}
        self.bottomlines = {line.id: spoken(line.name, language) for line in rules.bottomlines}

    def word(self, code: str, **facts: object) -> str:
        from junxian.files.rulebooks import say

        return say(f"web.rulebooks.{code}", facts, self.language)

    def spoken(self, text: Any) -> str:
        return spoken(text, self.language)

    def document(self, scheme: AssessedScheme) -> Document:
        """The scheme; dated versions of one scheme are documents of their own."""
        names = {node.key: self.spoken(node.name) for node in walk(scheme.criteria)}
        derived = [(name, self.reader.read(text)) for name, text in scheme.derive.items()]
        return Document(
            scheme, self.spoken(scheme.title), tuple(self._lines(scheme.criteria, 0)), tuple(self._rules(scheme)),
            tuple((state, self.word(f"missing.{getattr(scheme.missing, state)}")) for state in ABSENCES),
            tuple(derived), self._adjustments(scheme.bonus), self._adjustments(scheme.deductions),
            tuple(self._gate(gate, names) for gate in scheme.gates),
            tuple(self._veto(veto, names) for veto in scheme.vetoes),
            tuple(self._grade(grade) for grade in scheme.grades),
            tuple(Clause(award, self.spoken(award.name), self._places(award.by_place)) for award in scheme.awards),
            scheme.constants,
        )  # fmt: skip

    def _lines(self, nodes: tuple[Group | Criterion, ...], depth: int) -> list[Line]:
        found: list[Line] = []
        for node in nodes:
            found.append(self._group(node, depth) if isinstance(node, Group) else self._criterion(node, depth))
            if isinstance(node, Group):
                found += self._lines(node.of, depth + 1)
        return found

    def _group(self, node: Group, depth: int) -> Line:
        said = () if node.combine == Combine() else (self.combine(node.combine),)
        return Line(
            node, depth, self.spoken(node.name), self._points(node), sentences=said, note=self.spoken(node.note)
        )

    def _criterion(self, node: Criterion, depth: int) -> Line:
        override = [(state, getattr(node.missing, state)) for state in ABSENCES]
        extra = [f"{state}:{action}" for state, action in override if action]
        return Line(
            node, depth, self.spoken(node.name), self._points(node), self.reader.read(node.value),
            self._method_name(node), tuple(method_sentences(node, self.reader)),
            (*self._missing(extra), *growth_sentences(node.growth, self.reader)), self.spoken(node.note),
        )  # fmt: skip

    def _missing(self, said: list[str]) -> list[str]:
        from django.utils.translation import gettext

        words = {"late": gettext("迟报"), "not_reported": gettext("未报送"),
                 "not_applicable": gettext("不适用"), "undefined": gettext("无法计算")}  # fmt: skip
        pairs = (text.split(":") for text in said)
        return [f"{words[state]}: {self.word(f'missing.{action}')}" for state, action in pairs]

    def _method_name(self, node: Criterion) -> str:
        from junxian.files.rulebooks import say

        return say(f"bulletins.method.{node.method.kind}", {}, self.language)

    def _points(self, node: Node) -> str:
        given = node.points if node.points is not None else node.weight
        if isinstance(given, dict):
            return self.word("comma").join(f"{group} {number(value)}" for group, value in given.items())
        return "" if given is None else number(given)

    def combine(self, combine: Combine) -> str:
        """How a group's children become one."""
        if combine.formula is not None:
            return self.word("combine.formula", formula=self.reader.read(combine.formula).phrase)
        if combine.table is not None:
            return self.word("combine.table")
        if combine.power is not None:
            return self.word("combine.power", power=number(combine.power))
        return self.word(f"combine.{combine.by}")

    def rounding(self, rounding: Rounding) -> str:
        """The declared rounding."""
        return self.word(f"rounding.{rounding.mode}", places=rounding.places)

    def _rules(self, scheme: AssessedScheme) -> list[str]:
        breaks = [self.word("tie_break", formula=self.reader.read(text).phrase) for text in scheme.rank.tie_break]
        found = [
            self.combine(scheme.combine), self.word(f"ties.{scheme.ties}"), self.rounding(scheme.rounding),
            self.word(f"rank.{scheme.rank.on}"), *breaks,
        ]  # fmt: skip
        return [*found, *([self.word(f"grade_ties.{scheme.grade_ties}")] if scheme.grades else [])]

    def _adjustments(self, entries: tuple[Adjustment, ...]) -> tuple[Clause, ...]:
        return tuple(Clause(entry, self.spoken(entry.name), tuple(self._adjustment(entry))) for entry in entries)

    def _adjustment(self, entry: Adjustment) -> list[str]:
        if entry.value:
            said = [self.word("adjustment.value", formula=self.reader.read(entry.value).phrase)]
        elif entry.event:
            each = self._each(entry.each)
            said = [self.word("adjustment.event", event=self.events.get(entry.event, entry.event), each=each)]
        else:
            said = [self.word("adjustment.lines", lines=self._named_lines(entry.lines))]
        if entry.cap is not None:
            said.append(self.word("adjustment.cap", cap=number(entry.cap)))
        return [*said, *([self.word("adjustment.same_fact")] if entry.same_fact and entry.event else [])]

    def _each(self, each: Any) -> str:
        if isinstance(each, dict):
            return self.word("comma").join(f"{group} {self._each(value)}" for group, value in each.items())
        return number(float(each)) if isinstance(each, (int, float)) else self.reader.read(str(each or "")).phrase

    def _named_lines(self, ids: tuple[str, ...]) -> str:
        return self.word("comma").join(self.bottomlines.get(one, one) for one in ids)

    def _gate(self, gate: Gate, names: dict[str, str]) -> Clause:
        said = [self.word("gate.when", formula=self.reader.read(gate.when).phrase)] if gate.when else []
        if gate.lines:
            level = self.word(f"level.{gate.level}")
            said.append(self.word("gate.lines", lines=self._named_lines(gate.lines), level=level))
        return Clause(gate, self.spoken(gate.name), (*said, *self.effect(gate.effect, names)))

    def _veto(self, veto: Veto, names: dict[str, str]) -> Clause:
        said = [self.word("veto.event", event=self.events.get(veto.event, veto.event))] if veto.event else []
        said += [self.word("veto.when", formula=self.reader.read(veto.when).phrase)] if veto.when else []
        said += [self.word("veto.lines", lines=self._named_lines(veto.lines))] if veto.lines else []
        until = [self.until(veto.until)] if veto.until else []
        return Clause(veto, self.spoken(veto.name), (*said, *self.effect(veto.effect, names), *until))

    def effect(self, effect: Effect, names: dict[str, str]) -> list[str]:
        """What a failed gate or a veto does."""
        comma = self.word("comma")
        found = [self.word("effect.grade_at_most", grade=effect.grade_at_most)] if effect.grade_at_most else []
        if effect.not_eligible:
            found.append(self.word("effect.not_eligible", grades=comma.join(effect.not_eligible)))
        if effect.zero:
            found.append(self.word("effect.zero", nodes=comma.join(names.get(key, key) for key in effect.zero)))
        found += [self.word(f"effect.{name}") for name in ("no_awards", "not_ranked") if getattr(effect, name)]
        return found

    def until(self, until: str) -> str:
        """How long an effect lasts."""
        if until in ("year_end", "round"):
            return self.word(f"until.{until}")
        return self.word("until.months", months=until[1:]) if until[:1] == "+" else self.word("until.date", date=until)

    def _grade(self, grade: Grade) -> Clause:
        said = [self.word(f"grade.{bound}", score=number(value))
                for bound in ("at_least", "at_most") if (value := getattr(grade, bound)) is not None]  # fmt: skip
        said += [self.word("grade.quota", quota=percent(grade.quota))] if grade.quota is not None else []
        said = said or [self.word("grade.rest")]
        said += [self.word("grade.gates")] if grade.needs_gates else []
        return Clause(grade, grade.name, tuple(said))

    def _places(self, by_place: tuple[float, ...]) -> tuple[str, ...]:
        return tuple(
            self.word("award.places", place=place, points=number(points))
            for place, points in enumerate(by_place, start=1)
        )


def signed(entry: Dated) -> bool:
    """Whether an entry names both who wrote it and who checked it."""
    return bool(entry.author and entry.checker)
