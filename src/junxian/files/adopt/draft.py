"""Adopting a sheet (接管): old table in, a draft rulebook with last year's cases and a report out."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from junxian.core.errors import DataError
from junxian.files.adopt.account import Adopted, tell
from junxian.files.adopt.choose import Chooser, Chosen
from junxian.files.adopt.compute import Computer
from junxian.files.adopt.criteria import Old, gather
from junxian.files.adopt.grid import Book, open_book, shown
from junxian.files.adopt.naming import Column, Named, name_all
from junxian.files.adopt.places import place_units
from junxian.files.adopt.report import report
from junxian.files.adopt.scheme import Draft
from junxian.files.adopt.table import Series, Sheet, read_sheets
from junxian.files.adopt.whole import Whole, settle
from junxian.files.adopt.written import case_text, rulebook_text
from junxian.files.rulebooks.speak import say
from junxian.files.sheets.dates import say as said_period


def adopt(path: Path, out: Path, *, language: str = "zh", today: str) -> Adopted:
    """Read an office's old score sheet into a draft rulebook in `out`. today: ISO date, where no period is named.

    DataError `sheets.*` for a file that may not be read, `adopt.no_table` / `adopt.no_points` where nothing is scored,
    `rulebooks.folder_not_empty` rather than overwrite.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError("rulebooks.folder_not_empty", folder=str(out))
    book = open_book(path)
    sheets = read_sheets(book)
    old = gather(book, sheets)
    whole = settle(_drafted(book, sheets, old, language, today))
    told = tell(whole, book, out, language)
    _write(whole, told, book, language)
    return told


def _drafted(book: Book, sheets: list[Sheet], old: Old, language: str, today: str) -> Draft:
    period, kind, frequency = _period(book, sheets, today)
    named = name_all(old.items)
    groups, chosen = _grouped(book, old, named, say("adopt.all_units", {}, language))
    title = (_title(book) or Path(book.file).stem)[:60]
    beside = [_adjustments(old.bonus, "bonus"), _adjustments(old.deductions, "deduction")]
    places = place_units(old.units, old.codes, say("adopt.root", {}, language))
    return Draft(title, period, kind, frequency, language, old, places, groups, tuple(chosen), *beside)


def _title(book: Book) -> str:
    """The one text above the first table."""
    for grid in book.grids:
        for row in grid.rows[:3]:
            texts = {shown(cell) for cell in row if cell != ""}
            if len(texts) == 1 and len(text := texts.pop()) > 3:
                return text
    return ""


def _adjustments(found: Sequence[Series], code: str) -> tuple[Column, ...]:
    return tuple(Column(f"{code}{i}", series.label or code, "", series) for i, series in enumerate(found, 1))


def _period(book: Book, sheets: list[Sheet], today: str) -> tuple[str, str, str]:
    """The period a title, sheet or file names; the year before today where none does."""
    texts = [shown(cell) for grid in book.grids for row in grid.rows[:4] for cell in row if isinstance(cell, str)]
    for text in (*texts, *(grid.sheet for grid in book.grids), Path(book.file).stem):
        said = said_period(text)
        if said is not None and said.year:
            if said.months == 12 or said.kind == "Y":
                return str(said.year), "Y", "year"
            if said.months == 3 and said.kind in ("Q", "YTDQ"):
                return f"{said.year}Q{said.month // 3}", "YTDQ", "quarter"
            return f"{said.year}-{said.month:02d}", "YTD", "month"
    return str(int(today[:4]) - 1), "Y", "year"


def _grouped(book: Book, old: Old, named: list[Named], everyone: str) -> tuple[Mapping[str, str], list[Chosen]]:
    """Units compared all together or within their categories: whichever gives more points and places back."""
    ways: list[dict[str, str]] = [dict.fromkeys(old.units, everyone)]
    sizes = [list(old.categories.values()).count(name) for name in set(old.categories.values())]
    if len(sizes) > 1 and all(old.categories.get(unit) for unit in old.units) and min(sizes) >= 2:
        ways.append({unit: old.categories[unit] for unit in old.units})
    found = [(groups, [Chooser(Computer(book), groups).choose(one) for one in named]) for groups in ways]
    return max(found, key=lambda way: (sum(c.matched for c in way[1]), _places_fit(old, way[0])))


def _places_fit(old: Old, groups: Mapping[str, str]) -> int:
    """How many published places are those of the published totals within the groups."""
    if old.total is None or old.place is None:
        return 0
    totals = {u: e.value for u, e in old.total.entries.items() if e.value is not None and u in groups}
    places = {u: e.value for u, e in old.place.entries.items() if u in totals}
    return sum(
        place == 1 + sum(other > totals[u] for v, other in totals.items() if groups[v] == groups[u])
        for u, place in places.items()
    )


def _write(whole: Whole, told: Adopted, book: Book, language: str) -> None:
    """All files at once: an interruption leaves nothing half-written."""
    out = told.folder
    texts = {
        "rulebook.yaml": rulebook_text(whole, book.file, language),
        "cases/last_round.yaml": case_text(whole, book.file, language),
        say("adopt.report_file", {}, language): report(whole, told, book, language),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".adopt-", dir=out.parent))
    try:
        for name, text in texts.items():
            target = staging / name
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        if out.exists():
            out.rmdir()
        staging.chmod(0o755)
        staging.rename(out)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
