"""Evaluating formulas (公式计算): compiled formulas as new columns of a frame, on any engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw

from junxian.core.formulas.model import Compiled


def evaluate(frame: Any, compiled: Mapping[str, Compiled]) -> Any:
    """A frame (Polars, PySpark or Narwhals, eager or lazy) with a column per formula, plus `name:case`, `name:base`
    where a formula has them. Formulas that use each other's names are evaluated level by level: see in_order.
    """
    table = nw.from_native(frame)
    before: list[str] = []
    for depth in range(max((len(one.steps) for one in compiled.values()), default=0)):
        step = {name: expr for one in compiled.values() if len(one.steps) > depth for name, expr in one.steps[depth]}
        before += step
        table = table.with_columns(**step)
    table = table.with_columns(**_columns(compiled))
    if before:
        table = table.drop(*before)
    return table if isinstance(frame, nw.DataFrame | nw.LazyFrame) else nw.to_native(table)


def _columns(compiled: Mapping[str, Compiled]) -> dict[str, nw.Expr]:
    found: dict[str, nw.Expr] = {}
    for name, one in compiled.items():
        found[name] = one.value
        if one.case is not None:
            found[f"{name}:case"] = one.case
        if one.base is not None:
            found[f"{name}:base"] = one.base
    return found
