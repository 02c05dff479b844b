"""Answering findings (处理审核结果) and counties' queries: a reason, a correction, or the name that was meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from junxian.core.errors import DataError
from junxian.core.indicators import parse_period
from junxian.web import clock
from junxian.web.indicators import doubting, duties, jobs
from junxian.web.indicators.handing import demand_keeper, demand_open
from junxian.web.indicators.models import Acceptance, Finding, HandIn, Observation, Query, Upload
from junxian.web.people import audit
from junxian.web.people.actor import Actor

NAMES = {
    "sheets.unknown_region": "region", "sheets.doubtful_region": "region",
    "sheets.unknown_indicator": "indicator", "sheets.doubtful_indicator": "indicator",
}  # fmt: skip
"""Findings answered by choosing what a written name means."""


def similar(finding: Finding) -> QuerySet[Finding]:
    """Open findings of the same rule in the same upload, this one among them."""
    return Finding.objects.open().filter(upload=finding.upload, rule=finding.rule, code=finding.code)


def _demand(finding: Finding, by: Actor) -> HandIn:
    upload = finding.upload
    if upload is None or upload.hand_in is None:
        raise DataError("web.indicators.no_upload")
    demand_keeper(by, "figure.hand_in", upload.hand_in)
    demand_open(upload.hand_in)
    if upload.state != Upload.State.READ:
        raise DataError("web.indicators.not_read", name=upload.name)
    return upload.hand_in


@transaction.atomic
def explain(findings: Sequence[Finding], reason: str, *, by: Actor, carry: bool = False, until: str = "") -> int:
    """Answer findings with one reason. `carry`: the reason holds in later periods for the same rule, unit and indicator
    until `until` or until the figure is further off than now."""
    reason = reason.strip()
    if not reason:
        raise DataError("web.indicators.reason_missing")
    last = parse_period(until).index if until else None
    for finding in findings:
        hand_in = _demand(finding, by)
        _answer(finding, Finding.Answer.EXPLAINED, reason, by)
        if carry and finding.unit_id and finding.indicator:
            Acceptance.objects.create(
                rule=finding.rule, code=finding.code, unit_id=finding.unit_id, indicator=finding.indicator,
                explanation=reason[:400], deviation=doubting.deviation(finding.code, finding.facts), until=until,
                until_index=last, post=by.post, at=clock.now(),
            )  # fmt: skip
        audit.record("finding.explain", "finding", finding.pk, by=by, unit=hand_in.owner_id,
                     after={"code": finding.code, "reason": reason, "carry": carry, "until": until})  # fmt: skip
    return len(findings)


def _answer(finding: Finding, answer: str, reason: str, by: Actor) -> None:
    finding.answer, finding.explanation = answer, reason[:400]
    finding.answered_by, finding.answered_at = by.post, clock.now()
    finding.save()


@transaction.atomic
def correct(finding: Finding, text: str, reason: str, *, by: Actor) -> None:
    """Type the right value for the finding's cell; an empty text says there is none. In the card's own unit."""
    hand_in = _demand(finding, by)
    if not finding.cell:
        raise DataError("web.indicators.no_cell")
    if not reason.strip():
        raise DataError("web.indicators.reason_missing")
    cards = {card.code: card.unit for card in duties.rules_in(hand_in.period).indicators}
    finding.corrected = number(text, cards.get(finding.indicator, ""))
    _answer(finding, Finding.Answer.CORRECTED, reason.strip(), by)
    after = {"cell": finding.cell, "value": finding.corrected, "reason": reason}
    audit.record("finding.correct", "finding", finding.pk, by=by, unit=hand_in.owner_id, after=after)


def number(text: str, unit: str = "") -> float | None:
    """A number as people type it, alone or with the unit it is kept in; DataError `sheets.not_a_number` otherwise."""
    from junxian.files.sheets.numbers import fifteen, read_number

    if not text.strip():
        return None
    found = read_number(text)
    if found is None or found.unit not in ("", unit):
        raise DataError("sheets.not_a_number", text=text)
    return fifteen(float(found.amount))


@transaction.atomic
def choose(finding: Finding, code: str, *, by: Actor) -> Upload:
    """Say which unit or indicator a written name means; the file is read again with it."""
    hand_in = _demand(finding, by)
    sort, written = NAMES.get(finding.code, ""), str(finding.facts.get("name", ""))
    rules = duties.rules_in(hand_in.period)
    known = {entry.code for entry in (rules.units if sort == "region" else rules.indicators)}
    if not sort or not written or code not in known:
        raise DataError("web.indicators.no_such_choice", chosen=code)
    upload = Upload.objects.select_for_update().get(pk=finding.upload_id)
    choices: dict[str, Any] = {**upload.choices, sort: {**upload.choices.get(sort, {}), written: code}}
    Upload.objects.filter(pk=upload.pk).update(choices=choices, state=Upload.State.WAITING, lease=None)
    after = {"name": written, "means": code}
    audit.record("finding.choose", "finding", finding.pk, by=by, unit=hand_in.owner_id, after=after)
    jobs.read_upload.enqueue(upload.pk)  # in the same transaction: a file taken is a file that will be read
    upload.refresh_from_db()
    return upload


@transaction.atomic
def ask(figure: Observation, text: str, *, by: Actor) -> Query:
    """A county doubts a figure handed in about it; the question goes to whoever handed it in."""
    by.demand("round.check", figure.unit_id)
    if not text.strip():
        raise DataError("web.indicators.reason_missing")
    hand_in = figure.upload.hand_in if figure.upload else None
    query = Query.objects.create(
        figure=figure,
        hand_in=hand_in or owner_of(figure),
        text=text.strip()[:400],
        asked_by=by.post,
        asked_at=clock.now(),
    )
    audit.record("query.ask", "query", query.pk, by=by, unit=figure.unit_id, after={"figure": figure.pk, "text": text})
    return query


def owner_of(figure: Observation) -> HandIn | None:
    """The hand-in of the round the figure belongs to whose owner keeps its indicator."""
    for hand_in in HandIn.objects.filter(period__startswith=figure.period[:4]):
        same = parse_period(hand_in.period).index == figure.period_index
        if same and figure.indicator in hand_in.indicators:
            return hand_in
    return None


@transaction.atomic
def reply(query: Query, text: str, *, by: Actor) -> Query:
    """The keeper answers a query; a wrong figure is corrected in the ordinary way."""
    if query.hand_in is None:
        by.demand("figure.unlock", query.figure.unit_id)
    else:
        demand_keeper(by, "figure.hand_in", query.hand_in)
    if not text.strip():
        raise DataError("web.indicators.reason_missing")
    query.answer, query.answered_by, query.answered_at = text.strip()[:400], by.post, clock.now()
    query.save()
    audit.record("query.reply", "query", query.pk, by=by, unit=query.figure.unit_id, after={"answer": text})
    return query
