"""One sheet (单张表): which form it is, what its title says, and its figures into the buffer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from junxian.core.indicators.form import Form
from junxian.core.indicators.match import normalise, split_calibre
from junxian.core.indicators.rules import Severity
from junxian.core.text import spoken
from junxian.files.sheets.buffer import Buffer, Origin, is_figure
from junxian.files.sheets.context import AUTOMATIC, Context, Reading
from junxian.files.sheets.dates import Said, plain_date, read_date, say
from junxian.files.sheets.guard import column_letters
from junxian.files.sheets.layout import Layout, Merged, Rows
from junxian.files.sheets.pattern import Pattern, PatternMaker, Sheet

Remembered = tuple[int, int, list[list[Any]], Layout]
Title = tuple[str, Said | None]
"""The cell that names a period, and the period."""


@dataclass(frozen=True, slots=True)
class SheetRead:
    """What became of a sheet: the form and period it was read with and how many figures it gave."""

    name: str
    form: str = ""
    layout: str = ""
    period: str = ""
    figures: int = 0
    hidden: bool = False


@dataclass
class SheetReader:
    """Reads sheets one after another and remembers forms, layouts and patterns already met."""

    context: Context
    buffer: Buffer
    _layouts: dict[Any, list[Remembered]] = field(default_factory=dict)
    _patterns: dict[Any, Pattern] = field(default_factory=dict)
    _forms: dict[Any, list[Form]] = field(default_factory=dict)
    _regions: dict[tuple[str, str], str] = field(default_factory=dict)
    _titles: dict[Any, tuple[Title, tuple[str, ...]]] = field(default_factory=dict)

    def read(self, file: str, name: str, rows: Rows, merged: Merged, hidden: bool) -> SheetRead:
        """Take the sheet's figures; a sheet without a table is a finding only when it holds figures."""
        lead = lead_lines(rows)
        for form in self.candidates(file, name, lead, hidden):
            reading = self.context.reading(form)
            layout = self._layout(reading, name, rows, merged)
            if layout and layout.values:
                return self._take(file, name, rows, reading, layout)
        if not hidden and any(is_figure(cell) for row in rows[:400] for cell in row):
            self.buffer.findings.add((file, name, ""), "file", "sheets.no_table", severity="warning")
        return SheetRead(name, hidden=hidden)

    def forget(self) -> None:
        """Drop patterns whose figures were handed over."""
        self._patterns.clear()

    def candidates(self, file: str, name: str, lead: tuple[str, ...], hidden: bool) -> list[Form]:
        """Forms whose words are all there, most words first; then the automatic one. Hidden sheets need a form."""
        key = (file if any(form.finds for form in self.context.forms) else "", name, lead, hidden)
        if key not in self._forms:
            text = normalise("".join((file, name, *lead)))
            fits = [f for f in self.context.forms if self._fits(f, name, text) and (f.hidden or not hidden)]
            fits.sort(key=lambda form: -len(form.finds))
            self._forms[key] = fits if hidden else [*fits, AUTOMATIC]
        return self._forms[key]

    @staticmethod
    def _fits(form: Form, name: str, text: str) -> bool:
        if form.sheets and not any(normalise(word) in normalise(name) for word in form.sheets):
            return False
        return all(any(normalise(w) in text for w in words.split("|")) for words in form.finds)

    def _layout(self, reading: Reading, name: str, rows: Rows, merged: Merged) -> Layout | None:
        """The layout, from memory when header rows are the same as those of a sheet already met."""
        lead = next((i for i, row in enumerate(rows[:60]) if len(row) - row.count("") > 1), 0)
        key = (reading.form.id, tuple(map(str, rows[lead])) if rows else ())
        for above, top, header, layout in self._layouts.get(key, ()):
            if above == lead and rows[lead:top] == header:
                return layout
        surveyed = reading.surveyor.survey(rows, merged)
        if surveyed:
            known = (lead, surveyed.top, [list(row) for row in rows[lead : surveyed.top]], surveyed)
            self._layouts.setdefault(key, []).append(known)
        return surveyed

    def _take(self, file: str, name: str, rows: Rows, reading: Reading, layout: Layout) -> SheetRead:
        lead = tuple(map(tuple, rows[: layout.lead]))
        title, units = self._title(lead, reading)
        said = self._period(file, name, title, reading.form)
        above = tuple(cell for row in rows[: layout.top] for cell in row if type(cell) is str and cell)
        region = self._region(file, name, above, reading) if layout.kind == "one_region" else ""
        if layout.kind == "one_region" and not region:
            self.buffer.findings.add((file, name, ""), "unknown_region", "sheets.no_region")
            return SheetRead(name, reading.form.id, layout.kind)
        sheet = Sheet(said, units, said.kind, self.context.asked.months == 2)
        columns = list(zip(*rows, strict=True))
        pattern = self._pattern(reading, layout, sheet, rows, columns)
        before = len(self.buffer.values)
        source = reading.form.source or spoken(reading.form.title) or file
        origin = Origin(file, name, region, source, reading.form.source_grade, reading.form.published_at)
        self.buffer.add(pattern, columns, origin, reading)
        period = f"{said.year}-{said.month:02d}"
        return SheetRead(name, reading.form.id, layout.kind, period, len(self.buffer.values) - before)

    def _pattern(
        self, reading: Reading, layout: Layout, sheet: Sheet, rows: Rows, columns: list[tuple[Any, ...]]
    ) -> Pattern:
        told = (layout.region_column, layout.unit_column, *layout.label_columns)
        labels = tuple(columns[c][layout.top :] for c in sorted(set(told) - {None}, key=str) if c is not None)
        key = (id(layout), sheet, labels)
        if key not in self._patterns:
            maker = PatternMaker(self.context, reading, layout, sheet, self.buffer.store)
            self._patterns[key] = maker.make(rows)
        return self._patterns[key]

    def _region(self, file: str, name: str, texts: Sequence[str], reading: Reading) -> str:
        """The one unit a sheet is about: named by the form, the title, the sheet or the file."""
        if reading.form.region:
            return reading.form.region
        for text in (*texts, name, file.rpartition(".")[0]):
            key = (reading.form.id, text)
            if key not in self._regions:
                self._regions[key] = _region_in(text, reading)
            if self._regions[key]:
                return self._regions[key]
        return ""

    def _title(self, lead: tuple[tuple[Any, ...], ...], reading: Reading) -> tuple[Title, tuple[str, ...]]:
        """The period and the units named in the lines above the header; alike lines are understood once."""
        key = (reading.form.id, lead)
        if key not in self._titles:
            lines = [(r, c, cell) for r, row in enumerate(lead) for c, cell in enumerate(row) if cell != ""]
            texts = tuple(cell for _, _, cell in lines if type(cell) is str)
            self._titles[key] = (_title_period(lines), reading.header.corner_units(texts))
        return self._titles[key]

    def _period(self, file: str, name: str, title: Title, form: Form) -> Said:
        """The sheet's period: title, sheet name, file name, else the one asked for; contradictions are said."""
        asked = self.context.asked
        if form.period == "asked":
            return asked
        cell, told_above = title
        witnesses = [self._witness(said) for said in (told_above, say(name), say(file.rpartition(".")[0]))]
        told = [said for said in witnesses if said]
        if not told:
            return asked
        chosen = told[0]
        place = (file, name, cell)
        if len({said.index for said in told}) > 1:
            others = "、".join(dict.fromkeys(_month(said) for said in told[1:]))
            self.buffer.findings.add(
                place,
                "wrong_period",
                "sheets.period_contradicts",
                said=_month(chosen),
                other=others,
                asked=self.context.period,
            )
            return next((said for said in told if said.index == asked.index), chosen)
        if chosen.index > asked.index:
            self._other_period(place, chosen, "error")
        elif chosen.index < asked.index and len(told) == 1:
            self._other_period(place, chosen, "warning")
        return chosen

    def _other_period(self, place: tuple[str, str, str], said: Said, severity: Severity) -> None:
        facts = {"said": _month(said), "asked": self.context.period}
        self.buffer.findings.add(place, "wrong_period", "sheets.period_other", severity=severity, **facts)

    def _witness(self, said: Said | None) -> Said | None:
        """A period with its year; a bare year that holds the period asked for says nothing against it."""
        if said is None:
            return None
        asked = self.context.asked
        said = said.in_year(asked.year)
        if said.months == 12 and said.kind is None and said.year == asked.year and asked.months < 12:
            return replace(asked, kind=None)
        return said


def lead_lines(rows: Rows) -> tuple[str, ...]:
    """Texts of the lines above the table: rows with at most two texts, up to the first wider one and that one too."""
    texts: list[str] = []
    for row in rows[:12]:
        found = [cell for cell in row if cell != ""]
        texts.extend(cell for cell in found if type(cell) is str and len(cell) <= 120)
        if len(found) > 2:
            break
    return tuple(texts)


def _title_period(lines: Sequence[tuple[int, int, Any]]) -> Title:
    best: Title = ("", None)
    for row, column, cell in lines:
        said = say(cell) if type(cell) is str else read_date(cell)
        if said and said.year and (best[1] is None or (best[1].months == 12 and said.months < 12)):
            best = (f"{column_letters(column)}{row + 1}", said)
        elif said and best[1] and best[1].months == 12 and said.months < 12:
            best = (f"{column_letters(column)}{row + 1}", said.in_year(best[1].year))
    return best


def _region_in(text: str, reading: Reading) -> str:
    """The unit a title names, or ""."""
    for part in _parts(text):
        match = reading.regions.known(split_calibre(part)[0])
        if match.sure and match.how != "root":
            return match.code
    return ""


def _parts(text: str) -> tuple[str, ...]:
    """A title's pieces: whole, without its period, after a colon, split at blanks and marks, and its beginnings."""
    said = say(text)
    plain = plain_date(text)
    bare = plain[: said.start] + " " + plain[said.end :] if said else plain
    pieces = [piece for piece in re.split(r"[\s:：,，、_\-—()（）《》〔〕]+", bare) if piece]
    beginnings = [piece[:length] for piece in pieces for length in range(min(len(piece), 12), 1, -1)]
    return (text, *pieces, *beginnings)


def _month(said: Said) -> str:
    return f"{said.year}-{said.month:02d}"
