"""Looking up (取数): on eager Polars every figure has a numbered place, and a leaf is read by its places, without a join.

Places are numbered series by series, unit by unit, month by month; figures are written there once, whatever their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from junxian.core.errors import DataError
from junxian.core.scoring.route import STATE_CODES, Look, Route, place_of, reached


def look_up(observations: pl.DataFrame, rows: pl.DataFrame, looks: Sequence[Look]) -> pl.DataFrame:
    """`rows` with each look's column and state column; arguments as for `gather`. DataError `scoring.figure_twice`."""
    routes = {route: _spots(rows, route) for route in dict.fromkeys(look.route for look in looks)}
    grid = _grid(list(routes.values()), list(dict.fromkeys(look.series for look in looks)))
    values, states = _written(observations, grid)
    reading = {route: _places(spots, grid).to_series() for route, spots in routes.items()}
    columns = []
    for look in looks:
        start, spot = grid.series[look.series] * grid.size, reading[look.route]
        columns.append(values.slice(start, grid.size).gather(spot).alias(look.column))
        columns.append(states.slice(start, grid.size).gather(spot).alias(f"{look.column}s"))
    return rows.hstack(columns)


@dataclass(frozen=True)
class Grid:
    """series → its number, units → their numbers (as an Enum), and months from `first`."""

    series: dict[str, int]
    units: pl.Enum
    first: int
    months: int

    @property
    def size(self) -> int:
        """Places of one series."""
        return len(self.units.categories) * self.months


def _spots(rows: pl.DataFrame, route: Route) -> pl.DataFrame:
    """region_code and period_index that each row reads on a route."""
    named = nw.from_native(rows).select(region_code=place_of(route.place), period_index=reached(route))
    return named.to_native()


def _grid(spots: Sequence[pl.DataFrame], series: Sequence[str]) -> Grid:
    every = pl.concat([frame.unique() for frame in spots])
    index, units = every.get_column("period_index"), every.get_column("region_code").drop_nulls()
    first, last = (int(index.min() or 0), int(index.max() or 0)) if len(index) else (0, 0)  # type: ignore[arg-type]
    return Grid({name: place for place, name in enumerate(series)}, pl.Enum(units.unique()), first, last - first + 1)


def _places(frame: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    """The place of each row within a series; null where the unit is not read at all."""
    unit = pl.col("region_code").cast(grid.units, strict=False).to_physical().cast(pl.Int64)
    return frame.select(place=(unit * grid.months + pl.col("period_index") - grid.first).cast(pl.UInt32))


def _written(observations: pl.DataFrame, grid: Grid) -> tuple[pl.Series, pl.Series]:
    """All values and all state codes by place."""
    within = pl.col("period_index").is_between(grid.first, grid.first + grid.months - 1)
    series = pl.col("series").cast(pl.Enum(list(grid.series)), strict=False).to_physical().cast(pl.Int64)
    unit = pl.col("region_code").cast(grid.units, strict=False).to_physical().cast(pl.Int64)
    place = (series * grid.size + unit * grid.months + pl.col("period_index") - grid.first).cast(pl.UInt32)
    state = pl.col("state").cast(pl.Enum(list(STATE_CODES)), strict=False).to_physical().cast(pl.Int8)
    code = pl.when(pl.col("value").is_null() & (state == 0)).then(pl.lit(2, pl.Int8)).otherwise(state.fill_null(2))
    placed = observations.select(place=pl.when(within).then(place), value=pl.col("value").cast(pl.Float64), code=code)
    placed = placed.drop_nulls("place")
    where, total = placed.get_column("place"), grid.size * len(grid.series)
    values = pl.repeat(None, total, dtype=pl.Float64, eager=True).scatter(where, placed.get_column("value"))
    states = pl.repeat(None, total, dtype=pl.Int8, eager=True).scatter(where, placed.get_column("code"))
    if states.count() != placed.height:
        _refuse(where, grid)
    return values, states


def _refuse(where: pl.Series, grid: Grid) -> None:
    place = int(where.filter(where.is_duplicated())[0])
    series, rest = divmod(place, grid.size)
    unit, month = divmod(rest, grid.months)
    names = list(grid.series)
    raise DataError(
        "scoring.figure_twice",
        series=names[series],
        unit=str(grid.units.categories[unit]),
        period_index=grid.first + month,
    )
