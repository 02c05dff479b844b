"""Background work (后台任务): reading what was dropped; whatever a killed worker left is taken up again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django_tasks import task

from junxian.core.errors import JunxianError
from junxian.core.indicators import parse_period
from junxian.web import clock
from junxian.web.archive import lease
from junxian.web.archive.actions import keep
from junxian.web.indicators import doubting
from junxian.web.indicators import reading as readings
from junxian.web.indicators.models import Acceptance, Finding, HandIn, Upload
from junxian.web.units.models import Unit

STEPS = 3
"""Read and checked, marked, written."""
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et")


@task()
def read_upload(pk: int) -> None:
    """Read one upload; again is harmless: a file already read, or being read by a living worker, is left alone."""
    upload = Upload.objects.select_related("hand_in__owner", "content", "post").get(pk=pk)
    if upload.state not in (Upload.State.WAITING, Upload.State.READING) or not lease.claim(upload):
        return
    Upload.objects.filter(pk=pk).update(state=Upload.State.READING, done=0, total=STEPS)
    try:
        _read(upload)
    except JunxianError as refusal:
        _refuse(upload, refusal.code, refusal.facts)
    except Exception:
        _refuse(upload, "web.indicators.reading_failed", {})
        raise
    finally:
        lease.release(upload)


def _refuse(upload: Upload, code: str, facts: dict[str, Any]) -> None:
    Upload.objects.filter(pk=upload.pk, state=Upload.State.READING).update(
        state=Upload.State.REFUSED, code=code, facts={name: str(value) for name, value in facts.items()}
    )


def _read(upload: Upload) -> None:
    hand_in = upload.hand_in
    if hand_in is None:
        raise ValueError("an upload without a hand-in is no job")
    reading = readings.read_upload(upload, hand_in)
    Upload.objects.filter(pk=upload.pk).update(done=1)
    content, cells = bytes(upload.content.content), [row for row in reading.findings if row.get("cell")]
    workbook = upload.name.lower().endswith(WORKBOOKS)
    marked = readings.marked_copy(upload.name, content, cells) if workbook and cells else None
    Upload.objects.filter(pk=upload.pk).update(done=2)
    _write(upload, hand_in, reading, marked)


@transaction.atomic
def _write(upload: Upload, hand_in: HandIn, reading: readings.Reading, marked: bytes | None) -> None:
    """Findings, staged figures and figures passed on to their keepers, all at once or not at all."""
    still = Upload.objects.select_for_update().filter(pk=upload.pk, state=Upload.State.READING).first()
    if still is None:
        return
    answered = {_place(row): row for row in upload.findings.exclude(answer=Finding.Answer.OPEN)}
    upload.findings.all().delete()
    rows, taken_along = _divided(reading)
    save_findings(upload, rows, answered)
    Upload.objects.filter(pk=upload.pk).update(
        state=Upload.State.READ,
        staged=keep(readings.staged_bytes(reading.own)),
        marked=keep(marked) if marked else None,
        figures=reading.own.height,
        done=STEPS,
        total=STEPS,
    )
    for pk, frame in reading.passed_on.items():
        _pass_on(upload, pk, frame, taken_along.get(pk, []))
    HandIn.objects.filter(pk=hand_in.pk, state=HandIn.State.OPEN).update(state=HandIn.State.RECEIVED)


def _divided(reading: readings.Reading) -> tuple[list[dict[str, Any]], dict[int, list[dict[str, Any]]]]:
    """Findings by the hand-in whose figures they are about."""
    owner = {
        (unit, indicator): pk
        for pk, frame in reading.passed_on.items()
        for unit, indicator in frame.select("region_code", "indicator").iter_rows()
    }
    own: list[dict[str, Any]] = []
    others: dict[int, list[dict[str, Any]]] = {}
    for row in reading.findings:
        pk = owner.get((row.get("region", ""), row.get("indicator", "")))
        (own if pk is None else others.setdefault(pk, [])).append(row)
    return own, others


def _pass_on(upload: Upload, pk: int, frame: Any, rows: list[dict[str, Any]]) -> None:
    """Figures of another keeper wait for that keeper's confirmation; a second reading replaces the first."""
    Upload.objects.filter(parent=upload, hand_in=pk, state=Upload.State.READ).update(state=Upload.State.WITHDRAWN)
    copy = Upload.objects.create(
        hand_in_id=pk,
        period=upload.period,
        name=upload.name,
        content=upload.content,
        origin="passed_on",
        parent=upload,
        state=Upload.State.READ,
        staged=keep(readings.staged_bytes(frame)),
        figures=frame.height,
        done=STEPS,
        total=STEPS,
        post=upload.post,
        at=clock.now(),
    )
    save_findings(copy, rows, {})
    HandIn.objects.filter(pk=pk, state=HandIn.State.OPEN).update(state=HandIn.State.RECEIVED)


def save_findings(upload: Upload, rows: list[dict[str, Any]], answered: dict[Any, Finding]) -> None:
    """Write findings; what was answered at the same place, or is covered by an accepted explanation, stays answered."""
    units = dict(Unit.objects.values_list("code", "pk"))
    index = parse_period(upload.period).index
    accepted = list(Acceptance.objects.filter(rule__in={row["rule"] for row in rows}).order_by("pk"))
    made = []
    for row in rows:
        finding = Finding(
            upload=upload, period=upload.period, file=row.get("file", "")[:200], sheet=row.get("sheet", "")[:80],
            cell=row.get("cell", "")[:12], severity=row["severity"], rule=row["rule"], code=row["code"],
            facts=row["facts"], unit_id=units.get(row.get("region", "")), indicator=row.get("indicator", ""),
        )  # fmt: skip
        before = answered.get(_place(finding))
        if before:
            for name in ("answer", "explanation", "corrected", "answered_by_id", "answered_at"):
                setattr(finding, name, getattr(before, name))
        else:
            _carry(finding, accepted, index)
        made.append(finding)
    Finding.objects.bulk_create(made)


def _place(finding: Finding) -> tuple[str, str, str, str]:
    return finding.sheet, finding.cell, finding.code, str(finding.facts.get("value", ""))


def _carry(finding: Finding, accepted: list[Acceptance], index: int) -> None:
    """An explanation accepted before answers the finding, unless it has ended or the figure is further off now."""
    off = doubting.deviation(finding.code, finding.facts)
    for given in accepted:
        same = (given.rule, given.unit_id, given.indicator) == (finding.rule, finding.unit_id, finding.indicator)
        lasting = given.until_index is None or index <= given.until_index
        if same and lasting and off is not None and given.deviation is not None and off <= given.deviation:
            finding.answer, finding.explanation = Finding.Answer.CARRIED, given.explanation
            finding.answered_by_id, finding.answered_at = given.post_id, given.at
