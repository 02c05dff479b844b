"""Benchmarks (对标): where we stand in the province, which lists name us, whom to learn from, as text of a rulebook."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from junxian.core.text import Basis, Code, Dated, Entry, Text
from junxian.core.units.model import UnitSet


class RankedIndicator(Entry):
    """One row group of a rank table: a formula, which way is good, and how many decimals are published.

    `rate` is the formula of the province's own figure, read at the table's `upper` unit; empty: the same formula.
    `decimals` compares the published values; empty compares all digits.
    """

    value: str
    name: Text = ""
    better: Literal["high", "low"] = "high"
    rate: str = ""
    decimals: int | None = Field(None, ge=0, le=9)


class RankTable(Dated):
    """全省排位表 (RULES §8.2): places of `peers` by each indicator; `shown` are the units whose rows are printed."""

    kind: Literal["rank_table"] = "rank_table"
    id: Code
    title: Text
    peers: UnitSet
    upper: Code = ""
    shown: UnitSet = ()
    indicators: tuple[RankedIndicator, ...] = Field(min_length=1)


class ListEntry(Entry):
    """One unit on a published list of one year."""

    year: int
    unit: Code
    rank: int = Field(ge=1)
    source: Basis | None = None


class NamedList(Dated):
    """榜单 (百强…): one publisher's list over the years; two publishers are two lists and never mixed (RULES §8.1).

    `places` is the nominal number; ties may make a list of 100 hold 101. `whole` says that every entry of a year is
    here, so that a unit without an entry is off the list; otherwise absence says nothing.
    """

    kind: Literal["list"] = "list"
    id: Code
    name: Text
    publisher: Text
    places: int | None = None
    whole: bool = False
    entries: tuple[ListEntry, ...] = ()


class Peers(Dated):
    """榜样 (RULES §8.3): units alike in means and better in the outcome. `means` maps formulas to weights.

    The target never stands among the means: a county is not compared with those it happens to equal, but with those
    that started from the same and got further.
    """

    kind: Literal["peers"] = "peers"
    id: Code
    name: Text
    among: UnitSet
    means: dict[str, Annotated[float, Field(gt=0)]] = Field(min_length=1)
    target: str
    better: Literal["high", "low"] = "high"
    k: int = Field(ge=1)

    @model_validator(mode="after")
    def _means_only(self) -> Peers:
        if self.target in self.means:
            raise ValueError(f"peers_target_among_means:{self.target}")
        return self


Benchmark = Annotated[RankTable | NamedList | Peers, Field(discriminator="kind")]
