"""The hearing (核对、异议、复核): confirm, object, step aside, decide; corrections are new runs, never replacements."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from junxian.core.assessment.round import CLOSED
from junxian.core.errors import DataError, RuleError
from junxian.web import clock
from junxian.web.archive.actions import keep
from junxian.web.assessment.models import (
    Confirmation,
    Evidence,
    Objection,
    Point,
    Receipt,
    Recusal,
    Round,
    Settlement,
)
from junxian.web.assessment.reminding import tell_decision
from junxian.web.assessment.standing import own_view, seen_hash
from junxian.web.assessment.terms import terms_of, working_days_after
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.rulebooks.current import current
from junxian.web.units.models import Unit

LARGEST_EVIDENCE = 20 * 1024**2
MOST_EVIDENCE = 10
EVIDENCE_KINDS = (
    ".pdf",
    ".doc",
    ".docx",
    ".wps",
    ".xls",
    ".xlsx",
    ".et",
    ".ofd",
    ".jpg",
    ".jpeg",
    ".png",
    ".txt",
    ".csv",
    ".zip",
)
"""What may be handed in; every file is given back as a download and never opened here."""


@transaction.atomic
def confirm(this_round: Round, unit: Unit, *, by: Actor) -> Confirmation:
    """The county finds its inputs and points right; serial and hash go on the printed slip (核对确认单)."""
    by.demand("round.check", unit.pk)
    held = Round.objects.select_for_update(of=("self",)).select_related("run").get(pk=this_round.pk)
    if held.state != Round.State.CHECKING:
        raise RuleError("web.assessment.not_checking", state=held.state)
    if Confirmation.objects.filter(run=held.run, unit=unit).exists():
        raise DataError("web.assessment.confirmed_already")
    receipt = Receipt.objects.filter(run=held.run, unit=unit).first()
    if receipt is None:
        raise DataError("web.assessment.not_judged", unit=str(unit))
    view = own_view(receipt.content)
    count = Confirmation.objects.filter(round=held).count()
    made = Confirmation.objects.create(
        round=held, run=held.run, unit=unit, serial=_serial("HD", held, count),
        hash=seen_hash(view), content=view, post=by.post, at=clock.now(),
    )  # fmt: skip
    audit.record(
        "check.confirm", "round", held.pk, by=by, unit=unit.pk, after={"serial": made.serial, "hash": made.hash}
    )
    return made


def _serial(kind: str, this_round: Round, count: int) -> str:
    """A number to print: HD2026-06-monthly-003."""
    return f"{kind}{this_round.period.replace('/', '_')}-{this_round.scheme[:16]}-{this_round.pk}-{count + 1:03d}"


@transaction.atomic
def file_objection(
    this_round: Round, unit: Unit, *, criterion: str, ground: str, text: str, by: Actor, wanted: str = "",
    evidence: Sequence[tuple[str, bytes]] = (),
) -> Objection:  # fmt: skip
    """Object to one line of the unit's receipt, while checking or soon after the notice; evidence: (name, bytes)."""
    by.demand("objection.file", unit.pk)
    held = Round.objects.select_for_update(of=("self",)).select_related("run").get(pk=this_round.pk)
    _in_time(held)
    if ground not in Objection.Ground.values:
        raise DataError("web.assessment.ground_unknown")
    if not text.strip():
        raise DataError("web.assessment.objection_empty")
    if not Point.objects.filter(run=held.run, unit=unit, criterion=criterion).exists():
        raise DataError("web.assessment.no_such_line", criterion=criterion)
    if held.objections.filter(run=held.run, unit=unit, criterion=criterion, decision="").exists():
        raise DataError("web.assessment.objected_already", criterion=criterion)
    rules = current()
    due = working_days_after(rules, clock.today(), terms_of(rules, held.period)["round_decision_days"])
    made = Objection.objects.create(
        serial=_serial("YY", held, held.objections.count()), round=held, run=held.run, unit=unit, criterion=criterion,
        ground=ground, text=text.strip()[:4000], wanted=wanted.strip()[:200], filed_by=by.post, filed_at=clock.now(),
        decide_by=due,
    )  # fmt: skip
    for name, content in checked_evidence(evidence):
        Evidence.objects.create(
            objection=made, name=name, content=keep(content), size=len(content), post=by.post, at=made.filed_at
        )
    after = {"serial": made.serial, "criterion": criterion, "ground": ground, "evidence": [n for n, _c in evidence]}
    audit.record("objection.file", "objection", made.serial, by=by, unit=unit.pk, after=after)
    return made


def _in_time(held: Round) -> None:
    """While the counties check, or within the objection days after the notice; else what to do instead."""
    if held.state == Round.State.CHECKING:
        return
    if held.state not in (Round.State.PUBLISHED, Round.State.FROZEN) or held.published_at is None:
        raise RuleError("web.assessment.not_checking", state=held.state)
    rules = current()
    term = terms_of(rules, held.period)["round_objection_days"]
    until = working_days_after(rules, held.published_at.astimezone(clock.BUSINESS).date(), term)
    if clock.today() > until:
        raise DataError("web.assessment.objection_late", until=str(until))


def checked_evidence(evidence: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Names made harmless, sizes and kinds within limits; DataError names the file."""
    if len(evidence) > MOST_EVIDENCE:
        raise DataError("web.assessment.evidence_many", most=MOST_EVIDENCE)
    found = []
    for given, content in evidence:
        name = given.replace("\\", "/").rpartition("/")[2].strip()
        name = "".join(c for c in name if c.isprintable() and c not in '<>:"|?*').lstrip("=+-@.")[-120:]
        if not name.lower().endswith(EVIDENCE_KINDS):
            raise DataError("web.assessment.evidence_kind", name=name or given, kinds=" ".join(EVIDENCE_KINDS))
        if not content or len(content) > LARGEST_EVIDENCE:
            raise DataError("web.assessment.evidence_size", name=name, most=LARGEST_EVIDENCE // 1024**2)
        found.append((name, content))
    return found


@transaction.atomic
def recuse(unit: Unit, reason: str, *, by: Actor) -> Recusal:
    """The person declares 回避 for a unit: from now on he decides nothing about it."""
    if not (by.may("objection.review") or by.may("round.run")):
        by.demand("objection.review", unit.pk)
    if not reason.strip():
        raise DataError("web.assessment.say_why")
    made, new = Recusal.objects.get_or_create(
        person=by.person, unit=unit, ended_at=None,
        defaults={"reason": reason.strip()[:400], "post": by.post, "at": clock.now()},
    )  # fmt: skip
    if not new:
        raise DataError("web.assessment.recused_already", unit=str(unit))
    audit.record("objection.recuse", "person", by.person.pk, by=by, unit=unit.pk, after=made.reason)
    return made


@transaction.atomic
def end_recusal(recusal: Recusal, *, by: Actor) -> Recusal:
    """The person who stepped aside takes part again from now on; the declaration itself stays on the list."""
    by.demand("objection.review", recusal.unit_id)
    held = Recusal.objects.select_for_update().select_related("unit").get(pk=recusal.pk)
    if held.person_id != by.person.pk:
        raise DataError("web.assessment.recusal_not_yours", unit=str(held.unit))
    if held.ended_at is not None:
        raise DataError("web.assessment.recusal_ended", unit=str(held.unit))
    held.ended_at = clock.now()
    held.save(update_fields=["ended_at"])
    audit.record("objection.recusal_end", "person", by.person.pk, by=by, unit=held.unit_id, before=held.reason)
    return held


def may_review(objection: Objection, by: Actor) -> str:
    """Empty where the actor may decide the objection; else the code of the sentence that says why not."""
    if not by.covers("objection.review", objection.unit_id):
        return "web.assessment.review_not_yours"
    if objection.run.post_id is not None and objection.run.post.person_id == by.person.pk:
        return "web.assessment.reviewer_is_scorer"
    if Recusal.objects.filter(person=by.person, unit=objection.unit_id, ended_at=None).exists():
        return "web.assessment.reviewer_recused"
    return ""


@transaction.atomic
def decide_objection(objection: Objection, *, decision: str, reason: str, by: Actor, remedy: str = "") -> Objection:
    """Uphold, correct or correct partly, with a reason. A correction needs a remedy; after freezing it is the year's.

    Remedy `revision` and `new_run` wait for a new run, which the office starts; the old run stays.
    """
    by.demand("objection.review", objection.unit_id)
    held = Objection.objects.select_for_update(of=("self",)).select_related("run__post", "round").get(pk=objection.pk)
    refused = may_review(held, by)
    if refused:
        raise DataError(refused)
    if held.decision:
        raise DataError("web.assessment.decided_already", serial=held.serial)
    if decision not in Objection.Decision.values or not reason.strip():
        raise DataError("web.assessment.decision_needs_reason")
    if decision == Objection.Decision.UPHOLD:
        remedy = ""
    elif held.round.state in CLOSED:
        remedy = Objection.Remedy.SETTLEMENT
    elif remedy not in (Objection.Remedy.REVISION, Objection.Remedy.NEW_RUN):
        raise DataError("web.assessment.correction_needs_remedy")
    held.decision, held.reason, held.remedy = decision, reason.strip()[:4000], remedy
    held.decided_by, held.decided_at = by.post, clock.now()
    held.save()
    after = {"decision": decision, "remedy": remedy, "reason": held.reason}
    audit.record("objection.decide", "objection", held.serial, by=by, unit=held.unit_id, before="", after=after)
    tell_decision(held, by=by)
    if remedy == Objection.Remedy.SETTLEMENT:
        settle(held.round, held.unit, text=held.reason, criterion=held.criterion, objection=held, by=by)
    objection.refresh_from_db()
    return held


@transaction.atomic
def settle(
    this_round: Round, unit: Unit, *, text: str, by: Actor, criterion: str = "", objection: Objection | None = None
) -> Settlement:
    """A correction for the annual settlement: the frozen round stays as it is."""
    if objection is None:
        by.demand("round.run", unit.pk)
    if this_round.state not in CLOSED:
        raise DataError("web.assessment.settle_when_closed")
    if not text.strip():
        raise DataError("web.assessment.say_why")
    made = Settlement.objects.create(
        round=this_round, unit=unit, objection=objection, criterion=criterion, year=this_round.period_index // 12,
        text=text.strip()[:2000], post=by.post, at=clock.now(),
    )  # fmt: skip
    audit.record("settlement.add", "settlement", made.pk, by=by, unit=unit.pk, after={"text": made.text})
    return made
