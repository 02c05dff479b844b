"""Reading files (读取报表): workbooks and tidy tables to observations and findings; a bad file costs no other."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from junxian.core.errors import DataError
from junxian.core.indicators.form import Form
from junxian.core.indicators.model import Card
from junxian.core.indicators.rules import Check
from junxian.core.units.model import Unit
from junxian.files.sheets.buffer import Buffer
from junxian.files.sheets.context import AUTOMATIC, Context, Factor
from junxian.files.sheets.findings import Findings
from junxian.files.sheets.guard import MOST_CELLS, Opened, open_workbook_bytes
from junxian.files.sheets.sheet import SheetRead, SheetReader, lead_lines
from junxian.files.sheets.tidy import LongReader, long_sheet, read_tidy

if TYPE_CHECKING:
    import polars as pl
    from python_calamine import CalamineWorkbook

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".xltx", ".ett"})
TIDY = frozenset({".csv", ".parquet", ".txt", ".tsv"})
Called = TypeVar("Called")
BATCH = 250
"""Workbooks whose figures are held as Python lists before they become a frame."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """What became of a file; `refused` is the code of the sentence that says why nothing was read, or ""."""

    path: Path
    name: str
    sheets: tuple[SheetRead, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """Observations in canonical columns, findings in FINDING_COLUMNS and what became of each file."""

    observations: pl.DataFrame
    findings: pl.DataFrame
    files: tuple[FileRead, ...]


def read_files(
    paths: Sequence[Path],
    *,
    forms: Sequence[Form],
    units: Sequence[Unit],
    cards: Sequence[Card],
    period: str,
    measure: Any = None,
    progress: Callable[[int, int], None] | None = None,
    root: str = "",
    checks: Sequence[Check] = (),
) -> Intake:
    """Read every file for one period. `measure`: a UnitTable or a function (from, to) → factor, else the usual units.

    `progress(done, all)` is called after each file. `checks` may soften, sharpen or switch off the rules that speak
    while reading. Figures stated twice with different values are taken from neither place.
    """
    import polars as pl

    from junxian.core.indicators.duplicates import settle_duplicates

    convert, definitions = _measure(measure)
    context = Context(forms, units, cards, period, root, convert, definitions)
    intake = _Reader(context)
    names = _names(paths)
    for done, (path, name) in enumerate(zip(paths, names, strict=True), start=1):
        intake.file(path, name)
        if progress:
            progress(done, len(paths))
    observations, repeated = settle_duplicates(intake.observations())
    findings = pl.concat([intake.findings.frame(), repeated])
    return Intake(observations, _weighed(findings, checks), tuple(intake.files))


def _measure(measure: Any) -> tuple[Factor, str]:
    from junxian.core.formulas import measure as usual

    if measure is None:
        return usual.factor, usual.DEFINITIONS
    return getattr(measure, "factor", measure), getattr(measure, "definitions", usual.DEFINITIONS)


def _names(paths: Sequence[Path]) -> list[str]:
    """File names; where two are alike, the folder stands before them."""
    names = [Path(path).name for path in paths]
    often = Counter(names)
    return [
        name if often[name] == 1 else f"{Path(path).parent.name}/{name}"
        for path, name in zip(paths, names, strict=True)
    ]


class _Reader:
    """Holds what is read so far."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.findings = Findings()
        self.files: list[FileRead] = []
        self.frames: list[pl.DataFrame | Future[pl.DataFrame]] = []
        self.builder = ThreadPoolExecutor(1)
        self.buffer = Buffer(context, self.findings)
        self.sheets = SheetReader(context, self.buffer)
        self._held = 0
        self._not_long: set[tuple[Any, ...]] = set()

    def file(self, path: Path, name: str) -> None:
        """One file; a refusal becomes a finding."""
        try:
            self.files.append(self._read(Path(path), name))
        except DataError as refusal:
            self._refuse(Path(path), name, refusal.code, refusal.facts)
        except OSError as fault:
            self._refuse(Path(path), name, "sheets.cannot_open", {"reason": fault.strerror or ""})

    def _refuse(self, path: Path, name: str, code: str, facts: dict[str, object]) -> None:
        self.findings.add((name, "", ""), "file", code, severity="error", **facts)
        self.files.append(FileRead(path, name, refused=code))

    def _read(self, path: Path, name: str) -> FileRead:
        if not path.is_file():
            raise DataError("sheets.no_file")
        if path.suffix.lower() in TIDY:
            frame = LongReader(self.context, self.context.reading(AUTOMATIC), self.findings).read(read_tidy(path, name))
            self._keep(frame)
            return FileRead(path, name, (SheetRead("", layout="long", figures=frame.height),))
        return self._workbook(path, name)

    def _workbook(self, path: Path, name: str) -> FileRead:
        opened = open_workbook_bytes(path)
        workbook = _opened(opened, path)
        if opened.macros or path.suffix.lower() == ".xlsm":
            self.findings.add((name, "", ""), "file", "sheets.macros_ignored", severity="warning")
        try:
            sheets = tuple(self._sheet(workbook, name, meta) for meta in workbook.sheets_metadata)
        finally:
            workbook.close()
        if opened.faulty_cells:
            from junxian.files.sheets.faulty import report_faulty

            report_faulty(opened.content, name, self.findings)
        if not any(read.figures for read in sheets):
            self._nothing(name, sheets)
        self._held += 1
        if self._held >= BATCH:
            self.flush()
        return FileRead(path, name, sheets)

    def _nothing(self, name: str, sheets: tuple[SheetRead, ...]) -> None:
        said = any(row[0] == name and row[5] in ("sheets.no_table", "sheets.no_region") for row in self.findings.rows)
        if not said:
            self.findings.add((name, "", ""), "file", "sheets.no_figures", severity="error", sheets=len(sheets))

    def _sheet(self, workbook: CalamineWorkbook, file: str, meta: Any) -> SheetRead:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        hidden = meta.visible is not SheetVisibleEnum.Visible
        if meta.typ is not SheetTypeEnum.WorkSheet:
            return SheetRead(meta.name, hidden=hidden)
        if hidden and not any(form.hidden for form in self.context.forms):
            return self._hidden(file, meta.name)
        sheet = _fetched(workbook, meta.name)
        if sheet.total_height * sheet.total_width > MOST_CELLS:
            raise DataError("sheets.far_cells", rows=sheet.total_height, columns=sheet.total_width)
        rows = sheet.to_python(skip_empty_area=False)
        long = self._long(file, meta.name, rows)
        if long:
            return long
        read = self.sheets.read(file, meta.name, rows, lambda: sheet.merged_cell_ranges or (), hidden)
        return self._hidden(file, meta.name) if hidden and not read.layout else read

    def _hidden(self, file: str, name: str) -> SheetRead:
        self.findings.add((file, name, ""), "file", "sheets.hidden_sheet", severity="warning")
        return SheetRead(name, hidden=True)

    def _long(self, file: str, name: str, rows: list[list[Any]]) -> SheetRead | None:
        """A sheet with one figure a row, by a form that says so or by its header."""
        heads = tuple(tuple(row) for row in rows[:12] if set(map(type, row)) == {str} and len(row) - row.count("") >= 3)
        if not heads or heads in self._not_long:
            return None
        forms = [f for f in self.sheets.candidates(file, name, lead_lines(rows), False) if f.layout in ("long", "auto")]
        for form in forms:
            table = long_sheet(rows, form, file, name)
            if table:
                frame = LongReader(self.context, self.context.reading(form), self.findings).read(table)
                self._keep(frame)
                return SheetRead(name, form.id, "long", self.context.period, frame.height)
        if not any(form.fields for form in forms):
            self._not_long.add(heads)
        return None

    def _keep(self, frame: pl.DataFrame) -> None:
        """A frame made at once, after the figures read before it."""
        self.flush()
        self.frames.append(frame)

    def flush(self) -> None:
        """Let a frame be made of what is held as lists, while reading goes on."""
        if self.buffer.chunks:
            store = self.buffer.store
            self.frames.append(self.builder.submit(self.buffer.detach().frame))
            if self.buffer.store is not store:
                self.sheets.forget()
        self._held = 0

    def observations(self) -> pl.DataFrame:
        """All figures, in the order of the files."""
        import polars as pl

        self.flush()
        frames = [made.result() if isinstance(made, Future) else made for made in self.frames]
        self.builder.shutdown()
        return pl.concat(frames) if frames else self.buffer.frame()


def _opened(opened: Opened, path: Path) -> CalamineWorkbook:
    """Calamine reads a file itself faster than through us, but it goes by the ending: only honest .xlsx go that way."""
    from python_calamine import CalamineWorkbook

    damaged = DataError("sheets.truncated" if opened.packed else "sheets.save_as_xlsx")
    if opened.packed and path.suffix.lower() == ".xlsx":
        return _surviving(lambda: CalamineWorkbook.from_path(str(path)), damaged)
    return _surviving(lambda: CalamineWorkbook.from_filelike(io.BytesIO(opened.content)), damaged)


def _fetched(workbook: CalamineWorkbook, name: str) -> Any:
    return _surviving(lambda: workbook.get_sheet_by_name(name), DataError("sheets.sheet_unreadable", sheet=name))


def _surviving(call: Callable[[], Called], damaged: DataError) -> Called:
    """The result of a call into calamine; whatever it stumbles over in a damaged file becomes the one refusal given.

    A panic of its Rust code is no Exception, but it is caught here as well.
    """
    from python_calamine import CalamineError, PasswordError

    try:
        return call()
    except PasswordError as refusal:
        raise DataError("sheets.password") from refusal
    except (CalamineError, OSError, ValueError) as fault:
        raise damaged from fault
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":
            raise
        raise damaged from fault


def _weighed(findings: pl.DataFrame, checks: Sequence[Check]) -> pl.DataFrame:
    """Severities and names as the rulebook's own reading rules say."""
    import polars as pl

    from junxian.core.indicators.rules import READING

    for check in (c for c in checks if c.type in READING):
        mine = pl.col("rule") == check.type
        if check.off:
            findings = findings.filter(~mine)
            continue
        weight = pl.lit(check.severity) if check.severity else pl.col("severity")
        findings = findings.with_columns(
            pl.when(mine).then(weight).otherwise("severity").alias("severity"),
            pl.when(mine).then(pl.lit(check.id)).otherwise("rule").alias("rule"),
        )
    return findings
