"""Handing in (交件): opening what is owed, taking files, confirming what was read, taking back a wrong file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.archive.actions import keep
from junxian.web.indicators import duties, jobs, reading
from junxian.web.indicators.models import DraftCell, Finding, HandIn, Observation, Upload
from junxian.web.indicators.storing import Appended, append
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.units.models import Unit

if TYPE_CHECKING:
    import polars as pl

OPEN_UPLOADS = (Upload.State.WAITING, Upload.State.READING, Upload.State.READ)


@transaction.atomic
def open_hand_ins(scheme: str, period: str, due: date | None = None, *, by: Actor | None) -> list[HandIn]:
    """One hand-in for each department that keeps an indicator due in the period, one for a county only where it alone
    has a fact. Opening again adds what is new and leaves the rest. `due`: else the rulebook's calendar."""
    rules = duties.rules_in(period)
    counties = list(Unit.objects.counties().order_by("order").values_list("code", flat=True))
    owed = duties.owed(rules, period, counties)
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=owed)}
    day = due or duties.due_day(rules, period)
    made = []
    for code, indicators in owed.items():
        hand_in, new = HandIn.objects.get_or_create(
            scheme=scheme, period=period, owner=units[code], defaults={"due": day, "indicators": indicators}
        )
        made.append(hand_in)
        if new:
            after = {"period": period, "due": day, "indicators": len(indicators)}
            audit.record("hand_in.open", "hand_in", hand_in.pk, by=by, unit=units[code].pk, after=after)
    return made


def demand_open(hand_in: HandIn) -> None:
    """DataError where the hand-in is locked: an exception must be asked for first."""
    if hand_in.closed_at:
        raise DataError("web.indicators.closed", period=hand_in.period)
    if hand_in.locked:
        raise DataError("web.indicators.locked", owner=hand_in.owner.name, period=hand_in.period)


def demand_keeper(by: Actor, permission: str, hand_in: HandIn) -> None:
    """PermissionDenied unless the post answers for the owner: a county's figures are the county's, nobody types them
    for it (统计法)."""
    by.demand(permission, hand_in.owner_id)
    if hand_in.owner.kind == "region" and by.post and by.post.unit_id != hand_in.owner_id:
        from django.core.exceptions import PermissionDenied

        raise PermissionDenied(permission)


@transaction.atomic
def drop(hand_in: HandIn, name: str, content: bytes, *, by: Actor, origin: str = "file") -> Upload:
    """Take a file as it is; a job reads it. The same file twice is refused by name while the first one stands."""
    demand_keeper(by, "figure.hand_in", hand_in)
    hand_in = HandIn.objects.select_for_update(of=("self",)).select_related("owner").get(pk=hand_in.pk)
    demand_open(hand_in)
    if len(content) > settings.LARGEST_UPLOAD:
        limit = settings.LARGEST_UPLOAD // 1024**2
        raise DataError("sheets.too_large", size=len(content) // 1024**2, limit=limit)
    if not content:
        raise DataError("sheets.empty_file")
    blob = keep(content)
    twin = Upload.objects.filter(
        hand_in=hand_in, content=blob, state__in=(*OPEN_UPLOADS, Upload.State.CONFIRMED)
    ).first()
    if twin and origin == "file":
        raise DataError("web.indicators.dropped_before", name=twin.name)
    upload = Upload.objects.create(
        hand_in=hand_in,
        period=hand_in.period,
        name=reading.safe_name(name),
        content=blob,
        post=by.post,
        at=clock.now(),
        origin=origin,
        total=jobs.STEPS,
    )
    after = {"name": upload.name, "content": blob.pk}
    audit.record("upload.drop", "upload", upload.pk, by=by, unit=hand_in.owner_id, after=after)
    jobs.read_upload.enqueue(upload.pk)  # in the same transaction: a file taken is a file that will be read
    return upload


@transaction.atomic
def confirm(upload: Upload, *, by: Actor) -> Appended:
    """Take the figures of a read upload into the books, corrections as revisions of their own."""
    upload = _held(upload)
    hand_in = _hand_in(upload)
    demand_keeper(by, "figure.hand_in", hand_in)
    demand_open(hand_in)
    if upload.state != Upload.State.READ:
        raise DataError("web.indicators.not_read", name=upload.name)
    waiting = upload.findings.blocking().count()
    if waiting:
        raise DataError("web.indicators.findings_open", n=waiting, name=upload.name)
    frame, corrections = with_answers(upload)
    done = append(frame, by=by, upload=upload)
    if corrections.height:
        append(corrections, by=by, upload=upload)
    Upload.objects.filter(pk=upload.pk).update(state=Upload.State.CONFIRMED, confirmed_at=clock.now())
    if upload.origin == "grid":
        DraftCell.objects.filter(hand_in=hand_in, at__lte=upload.at, beside=[]).delete()
    reopen_steps(hand_in, by=by)
    after = {"added": done.added, "revised": done.revised, "same": done.same, "corrected": corrections.height}
    audit.record("upload.confirm", "upload", upload.pk, by=by, unit=hand_in.owner_id, after=after)
    return done


def _held(upload: Upload) -> Upload:
    return Upload.objects.select_for_update().get(pk=upload.pk)


def _hand_in(upload: Upload) -> HandIn:
    return HandIn.objects.select_for_update(of=("self",)).select_related("owner").get(pk=upload.hand_in_id)


def with_answers(upload: Upload) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The staged figures with the reasons given for them, and the figures typed instead of them."""
    import polars as pl

    frame = reading.staged_frame(upload)
    reasons, corrected = {}, {}
    for finding in upload.findings.exclude(answer=Finding.Answer.OPEN).exclude(cell=""):
        place = finding.sheet, finding.cell
        reasons[place] = finding.explanation
        if finding.answer == Finding.Answer.CORRECTED:
            corrected[place] = finding
    if not reasons:
        return frame, frame.clear()
    rows, typed = frame.to_dicts(), []
    for row in rows:
        place = row["sheet"], row["cell"]
        row["reason"] = row["reason"] or ("" if place in corrected else reasons.get(place, ""))
        if place in corrected:
            typed.append(_typed(row, corrected[place]))
    return pl.DataFrame(rows, schema=frame.schema), pl.DataFrame(typed, schema=frame.schema)


def _typed(row: dict[str, Any], finding: Finding) -> dict[str, Any]:
    value = finding.corrected
    return {
        **row,
        "value": value,
        "state": "reported" if value is not None else "not_reported",
        "raw": "" if value is None else str(value),
        "source_kind": "typed",
        "reason": finding.explanation,
    }


def reopen_steps(hand_in: HandIn, *, by: Actor) -> None:
    """After a change the hand-in must be handled and reviewed again; whoever reviewed will see what changed."""
    fields: dict[str, Any] = {"state": HandIn.State.RECEIVED}
    for step in ("handled", "reviewed", "signed"):
        fields |= {f"{step}_by": None, f"{step}_at": None}
    before = hand_in.state
    HandIn.objects.filter(pk=hand_in.pk).update(**fields)
    if before not in (HandIn.State.OPEN, HandIn.State.RECEIVED):
        after = HandIn.State.RECEIVED
        audit.record("hand_in.reopen", "hand_in", hand_in.pk, by=by, unit=hand_in.owner_id, before=before, after=after)


@transaction.atomic
def withdraw(upload: Upload, *, by: Actor) -> None:
    """Take back a wrong file. Before it is confirmed nothing else happens; afterwards, until the review, its figures
    are revised back to what was known before; reviewed figures must be sent back first."""
    upload = _held(upload)
    hand_in = _hand_in(upload)
    demand_keeper(by, "figure.hand_in", hand_in)
    demand_open(hand_in)
    before = upload.state
    if before == Upload.State.WITHDRAWN:
        return
    if before == Upload.State.CONFIRMED:
        if hand_in.state == HandIn.State.REVIEWED:
            raise DataError("web.indicators.reviewed_already", name=upload.name)
        append(taken_back(upload), by=by)
        reopen_steps(hand_in, by=by)
    Upload.objects.filter(pk=upload.pk).update(state=Upload.State.WITHDRAWN, lease=None)
    for copy in Upload.objects.filter(parent=upload, state=Upload.State.READ):
        Upload.objects.filter(pk=copy.pk).update(state=Upload.State.WITHDRAWN)
    after = Upload.State.WITHDRAWN
    audit.record("upload.withdraw", "upload", upload.pk, by=by, unit=hand_in.owner_id, before=before, after=after)


def taken_back(upload: Upload) -> pl.DataFrame:
    """Canonical figures that undo an upload where nobody has revised its figures since."""
    import polars as pl

    from junxian.core.indicators.known import complete
    from junxian.web.indicators.models import KEY

    rows = []
    own: dict[tuple[Any, ...], list[Observation]] = {}
    for figure in upload.observations.order_by("revision"):
        own.setdefault(tuple(getattr(figure, f"{n}_id" if n == "unit" else n) for n in KEY), []).append(figure)
    for key, figures in own.items():
        history = list(
            Observation.objects.filter(**dict(zip(("unit_id", *KEY[1:]), key, strict=True)))
            .order_by("revision")
            .select_related("unit")
        )
        if history[-1].pk != figures[-1].pk:
            continue
        before = next((f for f in reversed(history) if f.revision < figures[0].revision), None)
        rows.append({
            "region_code": history[0].unit.code, **dict(zip(KEY[1:], key[1:], strict=True)),
            "value": before.value if before else None, "state": before.state if before else "not_reported",
            "raw": before.raw if before else "", "unit": before.unit_text if before else "", "source_kind": "typed",
            "reason": gettext("撤回《%(name)s》") % {"name": upload.name},
        })  # fmt: skip
    schema = {"value": pl.Float64}
    return complete(pl.DataFrame(rows, schema_overrides=schema)) if rows else reading.staged_frame(upload).clear()
