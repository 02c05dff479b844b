"""Dated resolution (按期取规): of an entry's versions the one in force in a period; the words formulas may use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from junxian.core.assessment.model import AssessedScheme
from junxian.core.errors import RuleError
from junxian.core.indicators.period import Period, holds, parse_period
from junxian.core.rulebook.model import Rulebook
from junxian.core.text import Dated, Text

if TYPE_CHECKING:
    from junxian.core.formulas.model import Vocabulary

DATED = ("indicators", "parameters", "forms", "checks", "schemes", "bottomlines", "benchmarks", "bulletins")
DATED_IN_SCHEME = ("bonus", "deductions", "gates", "vetoes", "awards")
E = TypeVar("E", bound=Dated)


def key_of(entry: Any) -> str:
    """What names an entry among its kind: its id, its code, or its title."""
    return str(getattr(entry, "id", "") or getattr(entry, "code", "") or getattr(entry, "name", ""))


def in_force(entries: Iterable[E], period: Period, kind: str) -> tuple[E, ...]:
    """The entries in force; RuleError `rulebook.two_effective` where one id is in force twice."""
    found: dict[str, E] = {}
    for entry in entries:
        if not holds(period, entry.effective.from_, entry.effective.to):
            continue
        if key_of(entry) in found:
            raise RuleError("rulebook.two_effective", kind=kind, id=key_of(entry), period=period.text)
        found[key_of(entry)] = entry
    return tuple(found.values())


def at(rulebook: Rulebook, period: str) -> Rulebook:
    """The rulebook as it stands in a period: one version of each entry, parameters put among the schemes' constants.

    Units keep their whole history: what a unit was in a period is asked of `units`. RuleError `rulebook.two_effective`.
    """
    when = parse_period(period)
    chosen: dict[str, Any] = {field: in_force(getattr(rulebook, field), when, field) for field in DATED}
    dated = rulebook.model_copy(update=chosen)
    given = constants(dated)
    schemes = tuple(_scheme_at(scheme, when, given) for scheme in dated.schemes)
    return dated.model_copy(update={"schemes": schemes})


def _scheme_at(scheme: AssessedScheme, when: Period, given: dict[str, float | str]) -> AssessedScheme:
    parts: dict[str, Any] = {field: in_force(getattr(scheme, field), when, field) for field in DATED_IN_SCHEME}
    read = " ".join(texts(scheme))
    used = {name: value for name, value in given.items() if name in read}
    return scheme.model_copy(update={**parts, "constants": used | scheme.constants})


def standing(rulebook: Rulebook, scheme: AssessedScheme) -> tuple[AssessedScheme, Rulebook]:
    """A scheme as it stands in the first period it holds in, with the rulebook of that period.

    Entries without dates hold always; for a scheme without dates the latest of them all is taken.
    """
    started = [entry.effective.from_ for field in DATED for entry in getattr(rulebook, field)]
    period = scheme.effective.from_ or max(started, default="") or scheme.effective.to or "2000-12"
    dated = at(rulebook, period[:7])
    return next(entry for entry in dated.schemes if entry.id == scheme.id), dated


def texts(entry: Any) -> Iterator[str]:
    """Every text written anywhere in an entry, the ones of its methods included."""
    from junxian.core.rulebook.plain import plain

    pending = [plain(entry)]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


def constants(rulebook: Rulebook) -> dict[str, float | str]:
    """Parameters by id; of dated versions the last one listed, so ask `at` first."""
    return {parameter.id: parameter.value for parameter in rulebook.parameters}


def every_name(text: Text) -> tuple[str, ...]:
    """A name in all the languages it is given in."""
    return (text,) if isinstance(text, str) else tuple(text.values())


def cards(rulebook: Rulebook) -> dict[str, Any]:
    """Indicator cards by code and by every name and alias; RuleError `rulebook.name_twice` where two share one."""
    found: dict[str, Any] = {}
    for card in rulebook.indicators:
        for name in dict.fromkeys((card.code, *every_name(card.name), *card.aliases)):
            if name and found.setdefault(name, card).code != card.code:
                raise RuleError("rulebook.name_twice", name=name, first=found[name].code, second=card.code)
    return found


def vocabulary(rulebook: Rulebook) -> Vocabulary:
    """The words a formula of this rulebook may use; the rulebook must stand at one period (`at`)."""
    from junxian.core.formulas.measure import DEFINITIONS, UnitTable
    from junxian.core.formulas.model import Vocabulary

    own = rulebook.jurisdiction.units_of_measure
    table = UnitTable("\n".join([DEFINITIONS, *(f"{name} = {meaning}" for name, meaning in own.items())]))
    named = {parameter.id: parameter.unit or None for parameter in rulebook.parameters}
    return Vocabulary(
        cards=cards(rulebook),
        names=named,
        population=_population(rulebook),
        units=table,
        constants=frozenset(named),
    )


def _population(rulebook: Rulebook) -> str | None:
    found = cards(rulebook).get(rulebook.population)
    return found.code if found else None
