"""Facts of a run (运行结果): everything a bulletin may speak of, handed over by the close of a round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from junxian.core.indicators.model import Card
from junxian.core.scoring.model import Ranking
from junxian.core.units.model import Unit

if TYPE_CHECKING:
    import polars as pl

Plain = str | int | float | None


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers are printed (数字写法); the same fields as the jurisdiction's number style in the rulebook."""

    decimal: str = "."
    group: str = ""
    percent_decimals: int = 1
    amount_decimals: int = 2
    negative: Literal["word", "sign"] = "word"


@dataclass(frozen=True, slots=True)
class Table:
    """A finished table of plain values (监测表), such as the province rank table.

    `keys` holds one unit code per row (or nothing), so that `{watch:id,row=410200,column=位次}` finds its row;
    `decimals` the places of each column (None: as given); `ranks` says which columns are places of which:
    `{column of the place: (column of the value, "high" | "low")}`, counted from 0, and is recomputed before release.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Plain, ...], ...]
    id: str = ""
    keys: tuple[str, ...] = ()
    decimals: tuple[int | None, ...] = ()
    note: str = ""
    ranks: Mapping[int, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class RunFacts:
    """One closed round as the bulletin sees it. Frames are Polars, columns as the close of a run writes them.

    scores: region_code, region, category, score, rank, grade, gate and internally n, base, bonus, deduction, exact,
    previous_rank, rank_change. points: region_code, criterion, value, state, normalised, points, maximum, parent,
    depth, name, label. alerts: region_code, region, line, level, indicator, value, rank, n, worse, tied, months,
    deduct, basis, effect, until. Columns a frame lacks count as empty. `observations` has the canonical columns.
    `units` in official order, the root among them. `period_title` and the other titles are in `language`.
    `lines` gives the printed name of a bottom line by what the frame's `line` says, `line_units` the unit of measure of
    its figure where that is a formula and not an indicator, `terms` replaces units of measure and category names.
    Receipts are dicts {region_code, region, category, score, rank, n, grade, gate, lines, checksum}, `lines` as
    `core.scoring.receipts` writes them.
    `unreported` names the codes of units without a result because nothing usable came. `run` is the hash a reader may
    verify; `today` an ISO date, the only clock there is.
    """

    period: str
    period_title: str
    language: str
    scheme_id: str
    scheme_title: str
    scheme_version: str
    rulebook_title: str
    root: str
    units: tuple[Unit, ...]
    scores: pl.DataFrame
    points: pl.DataFrame
    alerts: pl.DataFrame
    observations: pl.DataFrame
    cards: tuple[Card, ...]
    today: str
    receipts: tuple[Mapping[str, Any], ...] = ()
    watch: tuple[Table, ...] = ()
    previous: pl.DataFrame | None = None
    completeness: Mapping[str, int] = field(default_factory=dict)
    unreported: tuple[str, ...] = ()
    engine: str = ""
    rulebook_hash: str = ""
    snapshot_hash: str = ""
    run: str = ""
    style: NumberStyle = NumberStyle()
    ranking: Ranking = field(default_factory=Ranking)
    score_decimals: int = 2
    serial: int | None = None
    terms: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    line_units: Mapping[str, str] = field(default_factory=dict)
