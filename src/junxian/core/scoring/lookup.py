"""Looking up (取数): on eager Polars every figure has a numbered place, and leaves are read without a join.

Places are numbered series by series, unit by unit, month by month; figures are written there in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from junxian.core.errors import DataError
from junxian.core.scoring.route import Look, Route, place_of, reached, state_code


def look_up(observations: pl.DataFrame, rows: pl.DataFrame, looks: Sequence[Look]) -> pl.DataFrame:
    """`rows` with each look's column and state column; arguments as for `gather`. DataError `scoring.figure_twice`."""
    routes = {route: _spots(rows, route) for route in dict.fromkeys(look.route for look in looks)}
    grid = _grid(list(routes.values()), list(dict.fromkeys(look.series for look in looks)))
    values, states = _written(observations, grid)
    size, starts = grid.size, {name: number * grid.size for name, number in grid.series.items()}
    for route, spots in routes.items():
        place = _places(spots, grid).to_series()
        columns = [
            written.slice(starts[look.series], size).alias(f"{look.column}{mark}")
            for look in looks
            if look.route == route
            for written, mark in ((values, ""), (states, "s"))
        ]
        rows = rows.hstack(columns[0].to_frame().hstack(columns[1:]).select_seq(pl.all().gather(place)).get_columns())
    return rows


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
    placed = observations.select("state", place=pl.when(within).then(place), value=pl.col("value").cast(pl.Float64))
    placed = placed.drop_nulls("place") if placed.get_column("place").null_count() else placed
    odd = nw.from_native(placed.filter(pl.col("state") != "reported")).with_columns(code=state_code()).to_native()
    total = grid.size * len(grid.series)
    values, states = (pl.repeat(None, total, dtype=kind, eager=True) for kind in (pl.Float64, pl.Int8))
    values = values.scatter(placed.get_column("place"), placed.get_column("value"))
    states = states.scatter(odd.get_column("place"), odd.get_column("code"))
    if values.count() != placed.get_column("value").count() or states.count() != odd.height:
        _refuse(placed.get_column("place"), grid)
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
