"""Trial months (试运行): read the office's own result, set it beside the run, propose a cause for each difference."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.archive.actions import keep
from junxian.web.assessment.models import OfficeLine, OfficeResult, Point, Round, Score
from junxian.web.assessment.standing import root_id
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.units.models import Unit

KINDS = (".xlsx", ".xlsm", ".xls", ".et")
UNIT_HEADS = ("单位", "县区", "地区", "名称", "unit", "region", "county")
TOTAL_HEADS = ("总分", "得分", "综合得分", "合计", "total", "score")
LARGEST = 20 * 1024**2
SAME = 1e-9


@dataclass(frozen=True)
class Told:
    """One figure of the office's workbook: whose, of which criterion ("" is the total), where, with how many places."""

    unit: int
    criterion: str
    name: str
    cell: str
    value: float | None
    places: int


def read_office(name: str, content: bytes, this_round: Round) -> list[Told]:
    """The first sheet that has a column of units and columns of points; DataError where there is none."""
    if not name.lower().endswith(KINDS) or len(content) > LARGEST:
        raise DataError("web.assessment.office_result_kind", name=name)
    heads = _heads(this_round)
    units = {text: unit.pk for unit in Unit.objects.counties() for text in (unit.code, unit.name, unit.short) if text}
    for rows in _sheets(name, content):
        found = _told(rows, heads, units)
        if found:
            return found
    raise DataError("web.assessment.office_result_unreadable", name=name)


def _sheets(name: str, content: bytes) -> list[list[list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"office{Path(name).suffix.lower().replace('.et', '.xls')}"
        path.write_bytes(content)
        try:
            book = CalamineWorkbook.from_path(str(path))
            return [book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for sheet in book.sheet_names]
        except (CalamineError, ValueError, OSError) as fault:
            raise DataError("web.assessment.office_result_kind", name=name) from fault


def _heads(this_round: Round) -> dict[str, tuple[str, str]]:
    """Text of a column head → (criterion, its printed name)."""
    found = {text: ("", text) for text in TOTAL_HEADS}
    rows = Point.objects.filter(run=this_round.run_id).order_by("order").values_list("criterion", "name", "parent")
    for criterion, name, parent in rows.distinct():
        words = list(name.values()) if isinstance(name, dict) else [str(name)]
        for text in (criterion, *words):
            found.setdefault(text.strip().lower(), ("" if not parent else criterion, words[0]))
    return found


def _told(rows: list[list[Any]], heads: dict[str, tuple[str, str]], units: dict[str, int]) -> list[Told]:
    for top, row in enumerate(rows[:10]):
        texts = [str(cell).strip().lower() for cell in row]
        unit_column = next((i for i, text in enumerate(texts) if text in UNIT_HEADS), None)
        columns = {i: heads[text] for i, text in enumerate(texts) if text in heads and i != unit_column}
        if unit_column is not None and columns:
            return [
                _cell(rows, place, column, head, units[str(line[unit_column]).strip()])
                for place, line in enumerate(rows[top + 1 :], start=top + 1)
                if str(line[unit_column]).strip() in units
                for column, head in columns.items()
            ]
    return []


def _cell(rows: list[list[Any]], row: int, column: int, head: tuple[str, str], unit: int) -> Told:
    from openpyxl.utils import get_column_letter

    given = rows[row][column]
    value = float(given) if isinstance(given, int | float) and not isinstance(given, bool) else _number(given)
    places = 0 if value is None else max(0, -int(Decimal(repr(value)).normalize().as_tuple().exponent))
    return Told(unit, head[0], head[1], f"{get_column_letter(column + 1)}{row + 1}", value, places)


def _number(given: Any) -> float | None:
    try:
        return float(str(given).strip())
    except ValueError:
        return None


def proposed_cause(theirs: float | None, ours: float | None, places: int) -> str:
    """`rounding` within half a unit of the last printed place, `data` where one side has no figure, else nothing."""
    if theirs is None or ours is None:
        return OfficeLine.Cause.DATA
    half = 0.5 * 10.0 ** -max(places, 2)
    return OfficeLine.Cause.ROUNDING if abs(theirs - ours) <= half + SAME else ""


@transaction.atomic
def hand_in_result(this_round: Round, name: str, content: bytes, *, by: Actor) -> OfficeResult:
    """Keep the workbook and list every difference from the round's run; figures that agree are only counted."""
    by.demand("round.run", root_id())
    if not this_round.trial:
        raise DataError("web.assessment.office_result_untried")
    if this_round.run_id is None:
        raise DataError("web.assessment.no_result", period=this_round.period)
    told = read_office(name, content, this_round)
    result = OfficeResult.objects.create(
        round=this_round, run_id=this_round.run_id, name=name[-120:], content=keep(content), compared=len(told),
        post=by.post, at=clock.now(),
    )  # fmt: skip
    ours = _ours(this_round.run_id)
    lines = [line for one in told if (line := _line(result, one, ours)) is not None]
    OfficeLine.objects.bulk_create(lines, batch_size=500)
    audit.record("trial.compare", "round", this_round.pk, by=by, after={"compared": len(told), "different": len(lines)})
    return result


def _ours(run: int) -> dict[tuple[int, str], float | None]:
    found: dict[tuple[int, str], float | None] = {
        (unit, criterion): points
        for unit, criterion, points in Point.objects.filter(run=run).values_list("unit", "criterion", "points")
    }
    return found | {(unit, ""): score for unit, score in Score.objects.filter(run=run).values_list("unit", "score")}


def _line(result: OfficeResult, one: Told, ours: dict[tuple[int, str], float | None]) -> OfficeLine | None:
    mine = ours.get((one.unit, one.criterion))
    if one.value == mine or (one.value is not None and mine is not None and abs(one.value - mine) < SAME):
        return None
    return OfficeLine(
        result=result, unit_id=one.unit, criterion=one.criterion, name=one.name[:120], cell=one.cell, theirs=one.value,
        ours=mine, proposed=proposed_cause(one.value, mine, one.places),
    )  # fmt: skip


@transaction.atomic
def class_difference(line: OfficeLine, cause: str, *, by: Actor, note: str = "") -> OfficeLine:
    """Say where a difference comes from."""
    by.demand("round.run", root_id())
    if cause not in OfficeLine.Cause.values:
        raise DataError("web.assessment.cause_unknown")
    before = line.cause
    line.cause, line.note, line.classed_by, line.classed_at = cause, note.strip()[:400], by.post, clock.now()
    line.save(update_fields=["cause", "note", "classed_by", "classed_at"])
    audit.record("trial.class", "difference", line.pk, by=by, unit=line.unit_id, before=before, after=cause)
    return line


def tally(result: OfficeResult) -> list[dict[str, Any]]:
    """How many differences have each cause, chosen before proposed; the last row counts those still open."""
    counts: dict[str, int] = dict.fromkeys([*OfficeLine.Cause.values, ""], 0)
    for cause, proposed in result.lines.values_list("cause", "proposed"):
        counts[cause or proposed] += 1
    names = dict(OfficeLine.Cause.choices)
    return [{"cause": cause, "name": names.get(cause, ""), "count": count} for cause, count in counts.items()]
