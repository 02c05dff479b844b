"""Slow and obvious second ways of reading figures and of checking them: plain Python and Decimal."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

FIFTEEN = Context(prec=15, rounding=ROUND_HALF_EVEN)


def converted(text: str, factor: Decimal) -> float:
    """The figure as written times the factor, 15 significant digits, nearest float."""
    return float(FIFTEEN.create_decimal(Decimal(text)) * factor)


def rounded(text: str, factor: Decimal) -> float:
    """The same, with the product cut to 15 significant digits as well."""
    return float(FIFTEEN.create_decimal(FIFTEEN.create_decimal(Decimal(text)) * factor))


def falling(rows: list[dict[str, Any]]) -> set[tuple[str, str, int]]:
    """(region, indicator, month index) of cumulative figures below the latest earlier one of the same year."""
    series: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for row in rows:
        if row["value"] is not None:
            series[row["region_code"], row["indicator"]][row["index"]] = row["value"]
    found = set()
    for (region, indicator), values in series.items():
        for index, value in values.items():
            earlier = [i for i in values if i < index and i // 12 == index // 12]
            if earlier and value < values[max(earlier)]:
                found.add((region, indicator, index))
    return found


def twice(rows: list[tuple[Any, ...]]) -> tuple[dict[tuple[Any, ...], Any], int]:
    """(key, value) pairs → the figure kept for each key (None where they differ) and how many were left out."""
    values: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for *key, value in rows:
        values[tuple(key)].append(value)
    kept = {key: found[0] if len(set(found)) == 1 else None for key, found in values.items()}
    return kept, sum(len(found) - 1 for found in values.values())
