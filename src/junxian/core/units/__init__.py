"""Units (评价对象): who is judged — regions and their history, companies, departments, projects, posts."""

from __future__ import annotations

from junxian.core.units.history import carry_forward, inherited_by, merged_growth, unit_at, valid_at, without_included
from junxian.core.units.model import Selector, Unit, UnitSet
from junxian.core.units.select import select

__all__ = [
    "Selector", "Unit", "UnitSet", "carry_forward", "inherited_by", "merged_growth", "select", "unit_at", "valid_at",
    "without_included",
]  # fmt: skip
