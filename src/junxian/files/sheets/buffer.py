"""Figures gathered (汇集): columns of all files side by side, made into one frame at the end.

The common case, a column of nothing but numbers, costs one type test and one list extension; odd cells are settled
one by one and laid over the frame afterwards.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from junxian.core.indicators.model import OBSERVATION_COLUMNS
from junxian.files.sheets.context import Context, Reading
from junxian.files.sheets.findings import Findings
from junxian.files.sheets.guard import column_letters
from junxian.files.sheets.numbers import convert, converted, fifteen, read_number
from junxian.files.sheets.pattern import Doubt, Pattern, Spec, Store

if TYPE_CHECKING:
    import polars as pl

_NUMBERS = {float, int}
FEWEST_FOR_DOUBT = 3
"""So many figures of a percent column must agree before their size is doubted."""


MOST_PATTERN_ROWS = 200_000
"""Beyond this, remembering patterns costs more than making them again."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sheet's figures come from: the constant part of their observations."""

    file: str
    sheet: str
    region: str
    source: str
    source_grade: str
    published_at: str


@dataclass
class Buffer:
    """Figures of all sheets read so far."""

    context: Context
    findings: Findings
    store: Store = field(default_factory=Store)
    values: list[float | None] = field(default_factory=list)
    chunks: list[tuple[int, int, Origin]] = field(default_factory=list)
    odd: list[tuple[int, float | None, str, str, str]] = field(default_factory=list)

    def add(self, pattern: Pattern, columns: Sequence[Sequence[Any]], origin: Origin, reading: Reading) -> None:
        """Take one sheet's figures: values by columns, in the order of the pattern."""
        if not pattern.size and not pattern.doubts:
            return
        top = pattern.rows[0] if pattern.rows else 0
        straight = bool(pattern.rows) and pattern.rows[-1] - top == len(pattern.rows) - 1
        self.chunks.append((pattern.offset, pattern.size, origin))
        for index, specs in pattern.columns:
            whole = columns[index]
            column = whole[top : top + len(pattern.rows)] if straight else [whole[r] for r in pattern.rows]
            if set(map(type, column)) <= _NUMBERS:
                self.values.extend(column)
            else:
                self._add_odd(column, specs, pattern.rows, at=(index, origin, reading))
            if index in pattern.percent:
                self._doubt_percent(column, specs, pattern, index, origin)
        for doubt in pattern.doubts:
            self._raise(doubt, columns, origin)

    def _add_odd(
        self, column: Sequence[Any], specs: Sequence[int], rows: Sequence[int], *, at: tuple[int, Origin, Reading]
    ) -> None:
        """A column with texts, blanks or dates in it; `at` is its index and where it comes from."""
        index, origin, reading = at
        start = len(self.values)
        for place, cell in enumerate(column):
            if type(cell) in _NUMBERS:
                self.values.append(cell)
                continue
            self.values.append(None)
            if specs[place] < 0:
                continue
            where = (origin.file, origin.sheet, f"{column_letters(index)}{rows[place] + 1}")
            value, state, raw, unit = self._settle(cell, self.store.specs[specs[place]], where, reading)
            self.odd.append((start + place, value, state, raw, unit))

    def _settle(
        self, cell: object, spec: Spec, where: tuple[str, str, str], reading: Reading
    ) -> tuple[float | None, str, str, str]:
        """(value in the card's unit, state, text as received, unit as received) of a cell that is no plain number."""
        raw = cell.isoformat() if isinstance(cell, (datetime.date, datetime.time)) else str(cell)
        if isinstance(cell, str):
            bare = cell.strip().replace("\u3000", "")
            state = reading.blanks.get(bare) or reading.blanks.get(bare.casefold())
            if state:
                return None, state, raw, spec.unit
            value = self._from_text(cell, spec, reading)
            if value is not None:
                return value, "reported", raw, self._unit_behind(cell, reading) or spec.unit
        self.findings.add(where, "type", "sheets.not_a_number", text=raw[:60], indicator=spec.indicator)
        return None, "not_reported", raw, spec.unit

    def _from_text(self, cell: str, spec: Spec, reading: Reading) -> float | None:
        written = read_number(cell)
        if written is None:
            return None
        if not written.unit:
            return convert(written.amount, spec.factor)
        unit = reading.header.unit_of(written.unit)
        factor = self.context.factor(unit, spec.target) if unit else None
        return None if factor is None else convert(written.amount, factor)

    @staticmethod
    def _unit_behind(cell: str, reading: Reading) -> str:
        written = read_number(cell)
        return reading.header.unit_of(written.unit) if written and written.unit else ""

    def _doubt_percent(
        self, column: Sequence[Any], specs: Sequence[int], pattern: Pattern, index: int, origin: Origin
    ) -> None:
        """Figures declared as 8.5 that all look like 0.085, or the other way round, are asked about."""
        if (
            index in pattern.whole_percent
            and set(map(type, column)) <= _NUMBERS
            and (max(column) >= 1 or min(column) <= -1)
        ):
            return
        for way, code in (("percent", "sheets.percent_looks_fraction"), ("fraction", "sheets.percent_looks_whole")):
            chosen = {n for n in set(specs) if n >= 0 and self.store.specs[n].percent == way}
            figures = [
                (row, abs(cell))
                for row, number, cell in zip(pattern.rows, specs, column, strict=True)
                if number in chosen and type(cell) in _NUMBERS and cell
            ]
            sizes = [size for _, size in figures]
            if len(sizes) < FEWEST_FOR_DOUBT or not (max(sizes) < 1 if way == "percent" else min(sizes) >= 1):
                continue
            where = (origin.file, origin.sheet, f"{column_letters(index)}{figures[0][0] + 1}")
            self.findings.add(where, "unit", code, severity="ask", largest=max(sizes), smallest=min(sizes))

    def _raise(self, doubt: Doubt, columns: Sequence[Sequence[Any]], origin: Origin) -> None:
        """Make a doubt a finding when a figure depends on it."""
        row, column = doubt.cell
        for index in doubt.columns:
            below = [columns[index][r] for r in doubt.rows] if doubt.rows else columns[index][row + 1 :]
            if any(is_figure(cell) for cell in below):
                where = (origin.file, origin.sheet, f"{column_letters(column)}{row + 1}")
                rule, code, facts = doubt.notice
                self.findings.add(where, rule, code, **facts)
                return

    def detach(self) -> Buffer:
        """Hand over what is held, with a copy of the patterns, and begin anew; large patterns are handed over whole."""
        whole = len(self.store.region) > MOST_PATTERN_ROWS
        taken = Buffer(self.context, self.findings, self.store if whole else self.store.copy())
        taken.values, taken.chunks, taken.odd = self.values, self.chunks, self.odd
        self.values, self.chunks, self.odd = [], [], []
        if whole:
            self.store = Store()
        return taken

    def frame(self) -> pl.DataFrame:
        """All observations, canonical columns in canonical order."""
        import polars as pl

        if not self.chunks:
            return pl.DataFrame(schema=observation_schema())
        chunks = pl.DataFrame(
            [(o, o + n, *_origin_row(origin)) for o, n, origin in self.chunks],
            schema={"start": pl.Int64, "stop": pl.Int64, **dict.fromkeys(_ORIGIN, pl.String)},
            orient="row",
        )
        flat = chunks.with_columns(pl.int_ranges("start", "stop").alias("place")).filter(
            pl.col("start") < pl.col("stop")
        )
        flat = flat.drop("start", "stop").explode("place")
        figures = self._patterns()[flat.get_column("place")]
        frame = pl.concat([flat.drop("place"), figures], how="horizontal").with_columns(
            pl.Series("value", self.values, dtype=pl.Float64, strict=False)
        )
        return self._finished(frame)

    def _patterns(self) -> pl.DataFrame:
        import polars as pl

        specs = pl.DataFrame(
            [(s.indicator, s.kind, s.calibre, s.stage, s.unit, s.factor, s.period) for s in self.store.specs],
            schema={
                **dict.fromkeys(("indicator", "kind", "calibre", "stage", "unit"), pl.String),
                "factor": pl.Float64,
                "period": pl.String,
            },
            orient="row",
        ).with_row_index("spec")
        store = self.store
        table = pl.DataFrame(
            {"region_code": store.region, "spec": store.spec, "row": store.row, "letters": store.letters},
            schema={"region_code": pl.String, "spec": pl.Int64, "row": pl.Int64, "letters": pl.String},
        ).with_columns(pl.concat_str("letters", pl.col("row").cast(pl.String)).alias("cell"))
        joined = table.join(
            specs.with_columns(pl.col("spec").cast(pl.Int64)), on="spec", how="left", maintain_order="left"
        )
        return joined.drop("row", "letters", "spec")

    def _finished(self, frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        frame = self._plain(frame)
        if self.odd:
            frame = self._laid_over(frame)
        if any(origin.region for _, _, origin in self.chunks):
            code = pl.when(pl.col("region_code") == "").then("region").otherwise("region_code")
            frame = frame.with_columns(code.alias("region_code"))
        if any(spec < 0 for spec in set(self.store.spec)):
            frame = frame.filter(pl.col("indicator").is_not_null())
        return frame.with_columns(
            pl.lit("cell").alias("source_kind"), pl.lit(0, dtype=pl.Int64).alias("revision"),
            pl.lit("").alias("reason"), pl.lit("").alias("entered_by"),
        ).select(OBSERVATION_COLUMNS)  # fmt: skip

    def _plain(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Raw texts, states and converted values as if every figure were a plain number."""
        import polars as pl

        raw = pl.col("value").cast(pl.String)
        frame = frame.with_columns(raw.str.strip_suffix(".0").alias("raw"), pl.lit("reported").alias("state"))
        long = frame.lazy().select(pl.arg_where(pl.col("raw").str.len_bytes() > 16)).collect().to_series()
        if len(long):
            cut = [None if v is None else fifteen(v) for v in frame.get_column("value").gather(long).to_list()]
            frame = frame.with_columns(frame.get_column("value").scatter(long, pl.Series(cut, dtype=pl.Float64)))
        if any(spec.factor != 1 for spec in self.store.specs):
            frame = frame.with_columns(converted(pl.col("value"), pl.col("factor")).alias("value"))
        return frame

    def _laid_over(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Odd cells over the plain ones."""
        import polars as pl

        names = ("place", "odd_value", "odd_state", "odd_raw", "odd_unit")
        types = (pl.UInt32, pl.Float64, pl.String, pl.String, pl.String)
        odd = pl.DataFrame(self.odd, schema=dict(zip(names, types, strict=True)), orient="row")
        joined = frame.with_row_index("place").join(odd, on="place", how="left", maintain_order="left")
        found = pl.col("odd_state").is_not_null()
        over = [pl.when(found).then(f"odd_{n}").otherwise(n).alias(n) for n in ("value", "state", "raw", "unit")]
        return joined.with_columns(over)


_ORIGIN = ("file", "sheet", "region", "source", "source_grade", "published_at")


def _origin_row(origin: Origin) -> tuple[str, ...]:
    return (origin.file, origin.sheet, origin.region, origin.source, origin.source_grade, origin.published_at)


def observation_schema() -> dict[str, Any]:
    """Types of the canonical columns."""
    import polars as pl

    types = {"value": pl.Float64, "revision": pl.Int64}
    return {name: types.get(name, pl.String) for name in OBSERVATION_COLUMNS}


def is_figure(cell: object) -> bool:
    """A number, or a text that is one."""
    if isinstance(cell, str):
        return bool(cell) and read_number(cell) is not None
    return isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool)
