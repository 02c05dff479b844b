"""Long tables (长表): one figure a row, as tidy CSV or Parquet, or in a sheet with a column for every field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from junxian.core.errors import DataError
from junxian.core.indicators.form import Form
from junxian.core.indicators.match import normalise
from junxian.core.indicators.model import KINDS, OBSERVATION_COLUMNS, STAGES, STATES
from junxian.core.indicators.period import parse_period
from junxian.files.sheets.buffer import observation_schema
from junxian.files.sheets.context import Context, Reading
from junxian.files.sheets.dates import period_text, read_date
from junxian.files.sheets.findings import Findings
from junxian.files.sheets.guard import LARGEST_FILE, column_letters
from junxian.files.sheets.header import spelled_out
from junxian.files.sheets.numbers import convert, read_number
from junxian.files.sheets.pattern import Notice, unknown_indicator, unknown_region
from junxian.files.sheets.resolve import Question

if TYPE_CHECKING:
    import polars as pl

FIELD_WORDS: dict[str, tuple[str, ...]] = {
    "region": ("region_code", "region", "地区代码", "区划代码", "地区", "县区", "县（区）", "单位名称", "地区名称"),
    "indicator": ("indicator", "指标", "指标名称", "指标代码", "事项", "事件"),
    "value": ("value", "数值", "值", "指标值", "数据", "次数", "数量"),
    "unit": ("unit", "计量单位", "单位"),
    "period": ("period", "期间", "时期", "报告期", "时间", "月份"),
    "kind": ("kind", "期别"),
    "calibre": ("calibre", "口径"),
    "stage": ("stage", "阶段"),
    "state": ("state", "状态"),
    "source": ("source", "来源", "数据来源", "依据", "文号"),
    "source_grade": ("source_grade", "来源等级"),
    "published_at": ("published_at", "发布日期"),
    "revision": ("revision", "修订次数", "修订"),
    "reason": ("reason", "更正说明", "修订原因", "原因"),
    "entered_by": ("entered_by", "填报人"),
}  # fmt: skip
_NEEDED = ("region", "indicator", "value")
_EMPTY = frozenset({"", "na", "nan", "null", "none"})


@dataclass(frozen=True, slots=True)
class LongTable:
    """Columns by field, with the place of each: `top` is the number (from 1) of the first row of figures."""

    columns: dict[str, list[Any]]
    places: dict[str, int]
    file: str
    sheet: str
    top: int
    cells: bool = True


def field_words(form: Form) -> dict[str, tuple[str, ...]]:
    """Field → the header words that mean it; the form's own words come first."""
    return {name: spelled_out((*form.fields.get(name, ()), *words)) for name, words in FIELD_WORDS.items()}  # type: ignore[call-overload]


def find_fields(row: Sequence[Any], form: Form) -> dict[str, int] | None:
    """Field → column when a row is the header of a long table."""
    heads = {normalise(str(cell)): c for c, cell in reversed(list(enumerate(row))) if cell != ""}
    places: dict[str, int] = {}
    for name, words in field_words(form).items():
        found = next((heads[word] for word in words if word in heads), None)
        if found is not None and found not in places.values():
            places[name] = found
    return places if all(need in places for need in _NEEDED) else None


def long_sheet(rows: Sequence[Sequence[Any]], form: Form, file: str, sheet: str) -> LongTable | None:
    """The long table of a sheet, or None when it is none."""
    for r, row in enumerate(rows[:12]):
        if set(map(type, row)) != {str}:
            continue
        places = find_fields(row, form)
        if places and (form.layout == "long" or "period" in places or "state" in places):
            body = rows[r + 1 :]
            return LongTable({n: [line[c] for line in body] for n, c in places.items()}, places, file, sheet, r + 2)
    return None


def read_tidy(path: Path, file: str) -> LongTable:
    """A tidy CSV (UTF-8, with or without BOM, or GB18030) or Parquet file; DataError where it is neither."""
    import polars as pl

    if path.stat().st_size > LARGEST_FILE:
        raise DataError("sheets.too_large", size=path.stat().st_size // 1024**2, limit=LARGEST_FILE // 1024**2)
    frame = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path.read_bytes())
    form = Form(id="")
    places = find_fields(frame.columns, form)
    if places is None:
        raise DataError(
            "sheets.tidy_columns", found="、".join(frame.columns[:12]), needed="region_code, period, indicator, value"
        )
    floats = pl.selectors.float().cast(pl.String).str.strip_suffix(".0")
    text = frame.with_columns(floats).with_columns(pl.all().cast(pl.String).fill_null(""))
    columns = {name: text.to_series(at).to_list() for name, at in places.items()}
    return LongTable(columns, places, file, "", 2, cells=path.suffix.lower() != ".parquet")


def _parquet(path: Path) -> pl.DataFrame:
    import polars as pl

    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise DataError("sheets.parquet_unreadable") from fault


def _csv(content: bytes) -> pl.DataFrame:
    import polars as pl

    if not content.strip():
        raise DataError("sheets.empty_file")
    if b"\x00" in content[:4096]:
        raise DataError("sheets.not_a_workbook")
    text = _decoded(content)
    try:
        return pl.read_csv(text.encode(), infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError as fault:
        raise DataError("sheets.csv_unreadable") from fault


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError("sheets.csv_encoding")


@dataclass
class LongReader:
    """Turns a long table into observations; every distinct text is understood once."""

    context: Context
    reading: Reading
    findings: Findings

    def read(self, table: LongTable) -> pl.DataFrame:
        """Observations of the rows whose region and indicator are known; the others are findings."""
        import polars as pl

        count = len(table.columns["value"])
        columns = {n: [str(_plain(v)) for v in table.columns.get(n, [""] * count)] for n in FIELD_WORDS if n != "value"}
        columns["value"] = table.columns["value"]
        rows = [found for i in range(count) if (found := self._row(table, i, {n: c[i] for n, c in columns.items()}))]
        return pl.DataFrame(rows, schema=observation_schema(), orient="row")

    def _row(self, table: LongTable, i: int, said: dict[str, Any]) -> tuple[Any, ...] | None:
        if not any(str(value).strip() for value in said.values()):
            return None

        def place(name: str) -> tuple[str, str, str]:
            return table.file, table.sheet, f"{column_letters(table.places.get(name, 0))}{table.top + i}"

        region = self._region(said["region"], lambda notice: self._note(place("region"), notice))
        code = self._indicator(said["indicator"], lambda notice: self._note(place("indicator"), notice))
        if not region or not code:
            return None
        card = self.context.card_of[code]
        kind = self._of(said["kind"], KINDS, card.kind, lambda n: self._note(place("kind"), n))
        stage = self._of(said["stage"], STAGES, "", lambda n: self._note(place("stage"), n))
        period = self._period(said["period"], kind, lambda notice: self._note(place("period"), notice))
        if not period:
            return None
        value, state, raw = self._value(said, card.unit, lambda notice: self._note(place("value"), notice))
        source = said["source"] or self.reading.form.source or table.file
        whole = {
            **{name: said[name] for name in ("calibre", "source_grade", "published_at", "reason", "entered_by")},
            "region_code": region, "indicator": code, "period": period, "kind": kind, "stage": stage, "value": value,
            "state": state, "raw": raw, "unit": said["unit"] or card.unit, "source": source,
            "source_kind": "cell" if table.sheet else "file", "file": table.file, "sheet": table.sheet,
            "cell": place("value")[2], "revision": int(said["revision"]) if said["revision"].isdigit() else 0,
        }  # fmt: skip
        return tuple(whole[name] for name in OBSERVATION_COLUMNS)

    def _note(self, place: tuple[str, str, str], notice: Notice) -> None:
        rule, code, facts = notice
        self.findings.add(place, rule, code, **facts)

    def _region(self, text: str, note: Callable[[Notice], None]) -> str:
        match = self.reading.regions.match(text)
        if not match.sure:
            note(unknown_region(self.context, text, match))
        return match.code

    def _indicator(self, text: str, note: Callable[[Notice], None]) -> str:
        name = self.reading.header.split_unit(text)[0]
        match = self.context.names.match(name)
        if not match.sure:
            note(unknown_indicator(self.context, Question(text, match.candidates)))
        return match.code

    @staticmethod
    def _of(text: str, allowed: Sequence[str], default: str, note: Callable[[Notice], None]) -> Any:
        if text and text not in allowed:
            note(("type", "sheets.not_in_list", {"text": text, "allowed": ", ".join(filter(None, allowed))}))
        return text if text in allowed and text else default

    def _period(self, text: str, kind: Any, note: Callable[[Notice], None]) -> str:
        if not text:
            return self.context.period
        try:
            return parse_period(text).text
        except DataError:
            said = read_date(text)
        if said is None:
            note(("type", "sheets.period_unreadable", {"text": text}))
            return ""
        return period_text(said.in_year(self.context.asked.year), kind)

    def _value(
        self, said: dict[str, Any], target: str, note: Callable[[Notice], None]
    ) -> tuple[float | None, str, str]:
        cell, state = said["value"], said["state"]
        raw = _raw(cell)
        if state and state not in STATES:
            note(("type", "sheets.not_in_list", {"text": state, "allowed": ", ".join(STATES)}))
            state = ""
        blank = self.reading.blanks.get(raw.strip()) if raw.strip() else None
        if raw.strip().casefold() in _EMPTY:
            if not state:
                note(("type", "sheets.empty_without_state", {}))
            return None, state if state and state != "reported" else "not_reported", raw
        if blank:
            return None, state or blank, raw
        return self._number(raw, state or "reported", (said["unit"], target), note)

    def _number(
        self, raw: str, state: str, units: tuple[str, str], note: Callable[[Notice], None]
    ) -> tuple[float | None, str, str]:
        written = read_number(raw)
        if written is None:
            note(("type", "sheets.not_a_number", {"text": raw[:60], "indicator": ""}))
            return None, "not_reported", raw
        given, target = units
        unit = self.reading.header.unit_of(written.unit) if written.unit else given or target
        factor = self.context.factor(unit, target) if unit or not target else None
        if factor is None:
            note(("unit", "sheets.unit_mismatch", {"header": "", "unit": unit or written.unit, "expected": target}))
            return None, "not_reported", raw
        if state in ("not_reported", "not_applicable"):
            note(("type", "sheets.value_with_state", {"state": state, "text": raw}))
            return None, state, raw
        return convert(written.amount, factor), state, raw


def _plain(cell: Any) -> Any:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else "" if cell is None else cell


def _raw(cell: Any) -> str:
    return repr(cell).removesuffix(".0") if isinstance(cell, float) else "" if cell is None else str(cell)
