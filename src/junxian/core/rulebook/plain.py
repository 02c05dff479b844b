"""Plain values (规则原文): an entry back as the keys a person would write, with what was not said left out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel

Plain = Any
"""dict | list | str | float | int | bool | None, nested."""


def plain(entry: object) -> Plain:
    """Models become mappings of the fields that differ from their defaults; a method stands under its own name."""
    if isinstance(entry, BaseModel):
        said = {
            field.alias or name: plain(value)
            for name, field in type(entry).model_fields.items()
            if (value := getattr(entry, name)) != field.get_default(call_default_factory=True) or field.is_required()
        }
        kind = getattr(type(entry), "kind", None)
        return {kind: said} if isinstance(kind, str) else said
    if isinstance(entry, dict):
        return {str(key): plain(value) for key, value in entry.items()}
    if isinstance(entry, (list, tuple)):
        return [plain(value) for value in entry]
    return str(entry) if isinstance(entry, Decimal) else entry
