"""Formulas at large (公式求值): the values of some formulas for some units and periods, outside any scheme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from junxian.core import formulas
from junxian.core.formulas import Context, Leaf, Vocabulary
from junxian.core.scoring.panel import gather
from junxian.core.scoring.plan import KEYS


def evaluate(texts: Mapping[str, str], rows: Any, observations: Any, vocabulary: Vocabulary) -> pl.DataFrame:
    """region_code, period_index, group and one Float64 or Boolean column per formula text.

    rows, observations: as for `gather`. RuleError where a formula does not resolve.
    """
    leaves: dict[Leaf, int] = {}

    def column(leaf: Leaf) -> str:
        return f"x{leaves.setdefault(leaf, len(leaves))}"

    context = Context(keys=KEYS, month="month")
    compiled = {
        name: formulas.compile_formula(formulas.analyse(text, vocabulary), column, context)
        for name, text in texts.items()
    }
    panel = gather(observations, rows, list(leaves))
    frame = nw.from_native(formulas.evaluate(panel, compiled)).lazy()
    found = frame.select("region_code", "period_index", "group", *texts).collect(backend="polars")
    return pl.DataFrame(found.to_native()).sort("period_index", "group", "region_code")
