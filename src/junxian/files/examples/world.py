"""The fictional city (虚构城市): its units as the rulebook names them, its rounds and its temper, all from one seed.

No name or code here belongs to a real place; `tests/rulebooks/test_example_names.py` compares them with the official
list of codes. Nothing is read but the rulebook `example`, and no clock is used.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

CITY = "X10000"
ZONE = "X100D0"
ZONE_HOST = "X10002"
WITHOUT_RURAL = ("X10001", "X10003")
SHARES = {
    "X10001": 0.150, "X10002": 0.165, "X10003": 0.090, "X10004": 0.125,
    "X10021": 0.118, "X10022": 0.080, "X10023": 0.107, "X10024": 0.094, "X10025": 0.071,
}  # fmt: skip
"""Size of each of the nine units as a share of the city; they sum to one."""
ZONE_SHARE = 0.34
"""The part of its district that the functional zone stands for."""
TEMPER = {
    "X10001": 0.9, "X10002": 1.4, "X10003": -1.3, "X10004": 0.1,
    "X10021": 1.6, "X10022": -2.1, "X10023": 0.6, "X10024": -0.4, "X10025": -0.9, ZONE: 2.2,
}  # fmt: skip
"""How much faster than the city a unit tends to grow, in percentage points."""
FIRST_YEAR = 2024
ROUNDS: tuple[str, ...] = (
    "2025-01/02", *(f"2025-{m:02d}" for m in range(3, 13)), "2026-01/02", *(f"2026-{m:02d}" for m in range(3, 7)),
)  # fmt: skip
"""Eighteen months in sixteen rounds: January and February come as one (1–2月合并)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as the generator needs it: code, full name, short name and category (县, 区, 功能区 or "")."""

    code: str
    name: str
    short: str
    category: str


@dataclass(frozen=True, slots=True)
class Round:
    """One monthly round: its period text, year and last month."""

    period: str
    year: int
    month: int

    @property
    def span(self) -> str:
        """The months as an office writes them: 1—6月."""
        return f"1—{self.month}月"

    @property
    def quarter(self) -> bool:
        """Whether quarterly figures are due."""
        return self.month % 3 == 0


def read_round(period: str) -> Round:
    """`2026-01/02` → year 2026, last month 2."""
    return Round(period, int(period[:4]), int(period[-2:]))


@lru_cache(maxsize=1)
def places() -> dict[str, Place]:
    """All units of the rulebook `example` by code, in official order."""
    from ruamel.yaml import YAML

    text = files("junxian").joinpath("rulebooks", "example", "units.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = YAML(typ="safe").load(text)["units"]
    rows.sort(key=lambda row: int(row.get("order", 0)))
    return {
        row["code"]: Place(row["code"], row["name"]["zh"], row.get("short", row["name"]["zh"]), row.get("category", ""))
        for row in rows
    }


def nine() -> tuple[str, ...]:
    """The four districts and five counties in official order; the zone is inside one of them."""
    return tuple(code for code in places() if code in SHARES)


def peers() -> tuple[str, ...]:
    """Counties and districts of the other fictional cities of the province."""
    return tuple(code for code in places() if code.startswith("X2"))


def draw(seed: int, *of: object) -> random.Random:
    """A stream of chance that depends on the seed and its name only, never on the order of calls."""
    return random.Random(":".join(str(part) for part in (seed, *of)))
