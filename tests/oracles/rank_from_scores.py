"""An oracle for notices: names, scores and places read from scores.csv with the csv module alone."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path


def county_facts(path: Path) -> list[tuple[str, str, int]]:
    """(name, score as printed, place counted by hand within its category), best first in each category."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["score"]]
    found = []
    for row in rows:
        peers = [Decimal(other["score"]) for other in rows if other["category"] == row["category"]]
        place = 1 + sum(peer > Decimal(row["score"]) for peer in peers)
        found.append((row["region"], f"{Decimal(row['score']):.2f}", place))
    return found
