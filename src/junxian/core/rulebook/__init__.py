"""The rulebook (规则集): the typed whole of one city's rules, its versions by date, its validation and differences."""

from __future__ import annotations

from junxian.core.rulebook.case import Case
from junxian.core.rulebook.difference import Change, difference
from junxian.core.rulebook.finding import Finding
from junxian.core.rulebook.model import Rulebook
from junxian.core.rulebook.plain import plain
from junxian.core.rulebook.resolve import at, constants, vocabulary
from junxian.core.rulebook.validate import validate

__all__ = ["Case", "Change", "Finding", "Rulebook", "at", "constants", "difference", "plain", "validate", "vocabulary"]
