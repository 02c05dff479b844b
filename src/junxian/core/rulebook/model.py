"""The rulebook (规则集): the typed whole of one city's rules; every key a person may write is a field here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from junxian.core.assessment.model import AssessedScheme
from junxian.core.benchmarks.model import Benchmark
from junxian.core.bottomlines.model import Line
from junxian.core.bulletins.model import Bulletin
from junxian.core.indicators.form import Form
from junxian.core.indicators.model import Card
from junxian.core.indicators.rules import Check
from junxian.core.rulebook.case import Case
from junxian.core.text import Code, Dated, Day, Entry, Text
from junxian.core.units.model import Unit, UnitSet

SCHEMA = "junxian/1"


class NumberStyle(Entry):
    """How numbers are printed (数字写法): percentages and amounts with these decimals unless a card says its own."""

    decimal: str = "."
    group: str = ""
    percent_decimals: int = Field(1, ge=0, le=6)
    amount_decimals: int = Field(2, ge=0, le=6)
    negative: Literal["word", "sign"] = "word"


class Jurisdiction(Entry):
    """What differs between countries (辖区约定): money, fiscal year, words, number style, document template.

    `units_of_measure` defines further units in terms of known ones (`{万亩: 1e4 * 亩}`); `levels` names the levels of
    units, `terms` replaces single words of the pages; `formulas` names the language of the formulas in the reference.
    """

    currency: str = "CNY"
    language: Literal["zh", "en"] = "zh"
    fiscal_year_start: int = Field(1, ge=1, le=12)
    time_zone: str = "Asia/Shanghai"
    units_of_measure: dict[str, str] = Field(default_factory=dict)
    levels: dict[str, Text] = Field(default_factory=dict)
    terms: dict[str, Text] = Field(default_factory=dict)
    number_style: NumberStyle = NumberStyle()
    document: Literal["official", "plain"] = "official"
    formulas: Literal["", "zh", "en"] = ""


class Calendar(Entry):
    """Working days and periods (日历): holidays and make-up days, months published as one, the days of a round.

    `merged_months` lists months that are published only together (`[[1, 2]]`, RULES §1.3); `cycle` names the days of
    the month on which a round moves on (`{hand_in: 18}`).
    """

    holidays: tuple[Day, ...] = ()
    workdays: tuple[Day, ...] = ()
    merged_months: tuple[tuple[int, ...], ...] = ()
    cycle: dict[str, int] = Field(default_factory=dict)


def _no_percent(given: Any) -> Any:
    if isinstance(given, str) and given.strip().endswith(("%", "％")):
        raise ValueError("amount_with_percent")  # 8% beside a figure in % would be read as 0.08
    return given


class Parameter(Dated):
    """A dated number or word a rule reads by name (参数): what RULES marks [K~], [K-] or [D] lives here."""

    id: str
    name: Text = ""
    value: Annotated[float | str, BeforeValidator(_no_percent)]
    unit: str = ""


class Item(Entry):
    """One entry of a catalogue (目录项): a major task, a chain, a place on somebody's list."""

    code: Code
    name: Text = ""
    parent: Code = ""
    aliases: tuple[str, ...] = ()
    units: tuple[Code, ...] = ()
    note: Text = ""


def read_parameters(given: Any) -> Any:
    """`{step: 0.05}` or `{limit: [{value: 40, effective: {to: 2010}}, …]}` → dated parameters; a list stays a list."""
    if not isinstance(given, dict):
        return given
    found: list[Any] = []
    for name, entry in given.items():
        versions = entry if isinstance(entry, (list, tuple)) else [entry]
        found.extend({"id": name, **(v if isinstance(v, dict) else {"value": v})} for v in versions)
    return found


def read_items(given: Any) -> Any:
    """A catalogue may list bare names."""
    return [{"code": item} if isinstance(item, (str, int)) else item for item in given]


Items = Annotated[tuple[Item, ...], BeforeValidator(read_items)]


class Rulebook(Entry):
    """One city's rules. `root` is the unit whose counties are judged, `population` the card that 人均 divides by."""

    schema_: Literal["junxian/1"] = Field("junxian/1", alias="schema")
    id: Code
    title: Text
    note: Text = ""
    root: Code = ""
    population: str = ""
    jurisdiction: Jurisdiction = Jurisdiction()
    calendar: Calendar = Calendar()
    units: tuple[Unit, ...] = ()
    peer_sets: dict[str, UnitSet] = Field(default_factory=dict)
    indicators: tuple[Card, ...] = ()
    parameters: Annotated[tuple[Parameter, ...], BeforeValidator(read_parameters)] = ()
    catalogues: dict[str, Items] = Field(default_factory=dict)
    forms: tuple[Form, ...] = ()
    checks: tuple[Check, ...] = ()
    schemes: tuple[AssessedScheme, ...] = ()
    bottomlines: tuple[Line, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    bulletins: tuple[Bulletin, ...] = ()
    cases: tuple[Case, ...] = ()
    tables: dict[str, str] = Field(default_factory=dict)
