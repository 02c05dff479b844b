"""Units (评价对象): who is judged, with codes that live and die, parents, categories and places on a tile map."""

from __future__ import annotations

from pydantic import Field

from junxian.core.text import Code, Dated, Day, Entry, Text


class Unit(Dated):
    """One region, company, department, project or post. `code` is text in any country's numbering.

    `valid_from` / `valid_to` are ISO dates or years (empty: open); `successors` maps successor codes to the share of
    this unit's area or amounts that they took over (RULES §1.9). `within` names the unit whose totals already include
    this one (a functional zone inside a district), so that sums can say 含 or 不含.
    """

    code: Code
    name: Text
    kind: str = "region"
    short: Text = ""
    aliases: tuple[str, ...] = ()
    level: str = ""
    category: str = ""
    parent: Code = ""
    within: Code = ""
    valid_from: Day = ""
    valid_to: Day = ""
    successors: dict[str, float] = Field(default_factory=dict)
    order: int = 0
    tile: tuple[int, int] | None = None
    own_code: bool = False


class Selector(Entry):
    """Units by what they are (选取条件) rather than by list; all given conditions hold together."""

    level: str | tuple[str, ...] = ()
    category: str | tuple[str, ...] = ()
    parent: Code | tuple[Code, ...] = ()
    under: Code = ""
    kind: str = "region"
    except_: tuple[Code, ...] = Field((), alias="except")
    also: tuple[Code, ...] = ()


UnitSet = str | tuple[Code, ...] | Selector
