"""Surroundings (语境): what a placeholder may look at, and how it finds the unit and the category that are meant."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from junxian.core.bulletins.document import Figure
from junxian.core.bulletins.ledger import Ledger
from junxian.core.bulletins.placeholders import Placeholder
from junxian.core.bulletins.wording import Wording
from junxian.core.errors import DataError, RuleError

Path = list[Any]
Piece = str | Figure


class Absent(DataError):
    """The fact a placeholder names does not exist in this run; the sentence that names it cannot stand."""


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a sentence: the run, the language, and whom the current repetition speaks of."""

    ledger: Ledger
    wording: Wording
    unit: str = ""
    category: str = ""
    criterion: str = ""
    alert: int | None = None
    issuer: str = ""


def path_text(path: Path) -> str:
    """The path as it is stored: compact JSON."""
    return json.dumps(path, ensure_ascii=False, separators=(",", ":"))


def named(text: str, *path: Any) -> Figure:
    """A claim that is a name."""
    return Figure(text, None, "", 0, path_text(list(path)))


def counted(number: int, *path: Any) -> Figure:
    """A claim that is a whole number."""
    return Figure(str(number), number, "", 0, path_text(list(path)))


def category_of(placeholder: Placeholder, context: Context) -> str:
    """The category meant: said, surrounding, or the only one; empty means all of them."""
    said = placeholder.keys.get("category") or context.category
    if said and said not in context.ledger.categories:
        raise RuleError("bulletins.category_unknown", name=said, allowed="、".join(context.ledger.categories))
    only = context.ledger.categories
    return said or (only[0] if len(only) == 1 else "")


def units_of(placeholder: Placeholder, context: Context) -> list[str]:
    """The units meant; several only where a place is shared."""
    if "unit" in placeholder.keys:
        return [context.ledger.code(placeholder.keys["unit"])]
    if "rank" in placeholder.keys:
        category = category_of(placeholder, context)
        if not category:
            raise RuleError("bulletins.category_needed", written=placeholder.written)
        found = context.ledger.at_rank(category, placeholder.keys["rank"])
        if not found:
            raise absent(placeholder)
        return found
    return [context.unit or context.ledger.facts.root]


def unit_of(placeholder: Placeholder, context: Context) -> str:
    """The one unit meant. `Absent` where a shared place leaves it open whose figure is meant."""
    found = units_of(placeholder, context)
    if len(found) > 1 and placeholder.name not in {"score", "rank"}:
        raise absent(placeholder)
    return found[0]


def absent(placeholder: Placeholder) -> Absent:
    return Absent("bulletins.fact_absent", placeholder=placeholder.written)
