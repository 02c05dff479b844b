"""Figures of a case (用例数据): what is written in the case and its tables, as observations of the engine."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import ValidationError

from junxian.core.errors import RuleError
from junxian.core.formulas.model import KINDS
from junxian.core.indicators.model import KINDS as CODES
from junxian.core.indicators.model import STATES
from junxian.core.rulebook.case import Case, Expected, series_of
from junxian.core.rulebook.resolve import cards
from junxian.core.units.select import nearest
from junxian.files.rulebooks.tables import decode

if TYPE_CHECKING:
    import polars as pl

    from junxian.core.rulebook import Rulebook

TIDY = {"region_code", "indicator", "value"}
Figure = tuple[str, str, "Decimal | str"]
"""Unit, series as written (`收入.累计@2025-06`), figure or state."""


@dataclass(frozen=True)
class Files:
    """The files of a rulebook by path; a missing one is refused by name."""

    content: Mapping[str, bytes]

    def rows(self, name: str) -> list[dict[str, str]]:
        if name not in self.content:
            raise RuleError("cases.file_not_found", name=name)
        try:
            rows = list(csv.DictReader(io.StringIO(decode(self.content[name]), newline="")))
        except (ValueError, csv.Error) as refusal:
            raise RuleError("cases.file_unreadable", name=name) from refusal
        return [{k.strip(): (v or "").strip() for k, v in row.items() if k} for row in rows]


def figures_of(case: Case, files: Files) -> tuple[Figure, ...]:
    """Every figure of a case, those of its table first."""
    own = ((unit, series, cell) for unit, cells in case.figures.items() for series, cell in cells.items())
    return (*(_from_table(files.rows(case.file), case.file) if case.file else ()), *own)


def _from_table(rows: Iterable[Mapping[str, str]], name: str) -> Iterator[Figure]:
    for row in rows:
        unit = row.get("region_code", "")
        if set(row) >= TIDY:
            yield unit, _series(row), cell_of(row.get("state") or row["value"], name)
            continue
        for series, text in row.items():
            if series != "region_code" and text:
                yield unit, series, cell_of(text, name)


def _series(row: Mapping[str, str]) -> str:
    kind, calibre, period = (row.get(key, "") for key in ("kind", "calibre", "period"))
    inner = f".{kind}" if kind else ""
    return row["indicator"] + inner + (f"[{calibre}]" if calibre else "") + (f"@{period}" if period else "")


def cell_of(text: str, name: str) -> Decimal | str:
    """A figure or a state; RuleError `cases.row_unreadable`."""
    if text in STATES and text != "reported":
        return text
    try:
        return Decimal(text.replace(",", ""))
    except ArithmeticError:
        raise RuleError("cases.row_unreadable", name=name, given=text) from None


def expected_of(case: Case, files: Files) -> dict[str, Expected]:
    """What is expected of each unit, from the case and its table."""
    found = dict(case.expect)
    for row in files.rows(case.expect_file) if case.expect_file else ():
        plain: dict[str, object] = {}
        for name, text in row.items():
            outer, _, inner = name.partition(".")
            if name == "region_code" or not text:
                continue
            value = None if text == "null" else text
            if inner:
                plain.setdefault(outer, {})[inner] = value  # type: ignore[index]
            else:
                plain[outer] = value
        found[row.get("region_code", "")] = _expected(plain, case.expect_file)
    return found


def _expected(plain: dict[str, object], name: str) -> Expected:
    try:
        return Expected.model_validate(plain)
    except ValidationError as refusal:
        column = ".".join(str(step) for step in refusal.errors()[0]["loc"])
        known = "、".join(Expected.model_fields)
        raise RuleError("cases.column_unreadable", name=name, column=column, known=known) from refusal


def observations(figures: Iterable[Figure], rulebook: Rulebook, period: str) -> pl.DataFrame:
    """Canonical observations; what a key leaves open is the card's kind and the case's period."""
    import polars as pl

    from junxian.core.indicators.known import complete

    known = cards(rulebook)
    rows = []
    for unit, written, cell in figures:
        indicator, kind, calibre, when = series_of(written)
        if indicator not in known:
            raise RuleError("cases.unknown_indicator", name=indicator, nearest=nearest(indicator, known) or "—")
        card = known[indicator]
        code = kind if kind in CODES else KINDS.get(kind, card.kind)
        figure, state = (None, cell) if isinstance(cell, str) else (float(cell), "reported")
        rows.append((unit, card.code, when or _own_period(code, period), code, calibre, figure, state))
    columns = ("region_code", "indicator", "period", "kind", "calibre", "value", "state")
    types = {name: pl.Float64 if name == "value" else pl.String for name in columns}
    return complete(pl.DataFrame(rows, schema=types, orient="row"))


def _own_period(kind: str, period: str) -> str:
    """An annual figure belongs to the year of the case, whatever its month."""
    return period[:4] if kind == "Y" else period
