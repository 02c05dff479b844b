"""Texts and dates of rules (规则文字): what every entry of a rulebook carries, in one place.

Errors are pydantic's own while a text is read; `files.rulebooks` turns them into `file:line` refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Text = str | dict[str, str]


def spoken(text: Text | None, language: str = "zh") -> str:
    """The text in one language; a plain string speaks for all, a missing language falls to the first one given."""
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    return text.get(language) or next(iter(text.values()), "")


def _fraction(given: object) -> object:
    if isinstance(given, str) and given.strip().endswith(("%", "％")):
        return float(given.strip()[:-1]) / 100
    return given


def _as_text(given: object) -> object:
    """YAML reads 2026 and 410200 as numbers and 2026-02-01 as a date; codes and dates are text here."""
    return given if given is None or isinstance(given, (str, Mapping)) else str(given)


Fraction = Annotated[float, BeforeValidator(_fraction)]
Code = Annotated[str, BeforeValidator(_as_text)]
Day = Annotated[str, BeforeValidator(_as_text)]


class Entry(BaseModel):
    """Any part of a rulebook: immutable, no unknown key tolerated: a misspelt key is a fault and not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Basis(Entry):
    """The document a rule rests on (依据)."""

    document: Text = ""
    number: str = ""
    date: Day = ""
    article: str = ""
    note: Text = ""


class Effective(Entry):
    """From when until when (施行日期) an entry holds, as period texts; both ends included, empty is open."""

    from_: Code = Field("", alias="from")
    to: Code = ""


class Dated(Entry):
    """An entry with its authors and dates; several entries with one id and different dates are versions of it."""

    basis: Basis | None = None
    author: str = ""
    checker: str = ""
    review: Day = ""
    effective: Effective = Effective()
    note: Text = ""


def without_empty(entry: BaseModel) -> dict[str, Any]:
    """The entry as plain values with what was not said left out; used by receipts and differences."""
    return entry.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
