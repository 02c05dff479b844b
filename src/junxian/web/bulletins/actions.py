"""Releasing a notice (发布): sign, send back, publish, freeze, withdraw; each one transaction with its audit rows."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from junxian.core.errors import DataError, RuleError
from junxian.core.text import spoken
from junxian.web import clock
from junxian.web.archive.actions import keep
from junxian.web.assessment.actions import approve, root_id, take_step
from junxian.web.assessment.models import Round, Run
from junxian.web.bulletins import seal
from junxian.web.bulletins.models import NoticeVersion, Publication, Signature, Withdrawal
from junxian.web.bulletins.versions import accept, drop, opened_run, prepare, signed, to_print
from junxian.web.indicators.actions import close, release
from junxian.web.people import audit
from junxian.web.people.access import Role
from junxian.web.people.actor import Actor
from junxian.web.people.heads import Head, export_head
from junxian.web.people.models import AuditHead, Post
from junxian.web.people.reminders import remind

__all__ = ["accept", "drop", "freeze", "prepare", "publish", "send_back", "sign", "withdraw"]

TOLD = (Role.COUNTY_CLERK, Role.COUNTY_DEPUTY, Role.COUNTY_HEAD)
SHOWN = 16
"""Digits of the audit chain's last hash that a notice prints."""


def sign(this_round: Round, minutes: str, *, by: Actor) -> Round:
    """The leader signs the version to be printed, under the number of the minutes; one with findings is refused."""
    by.demand("notice.approve", root_id())
    version = to_print(this_round)
    if version is None:
        version = prepare(this_round, by=by)
    if not version.clean:
        raise DataError("web.bulletins.not_clean", count=len(version.findings))
    with transaction.atomic():
        held = approve(this_round, minutes, by=by)
        Signature.objects.create(version=version, minutes=held.minutes, post=by.post, at=clock.now())
        after = {"version": version.pk, "docx": version.docx_id, "minutes": held.minutes}
        audit.record("notice.sign", "notice_version", version.pk, by=by, after=after)
    return held


def send_back(this_round: Round, reason: str, *, by: Actor) -> Round:
    """Back to review, with a reason everybody who works on it can read."""
    return take_step(this_round, "send_back", by=by, reason=reason)


def publish(this_round: Round, *, by: Actor) -> Publication:
    """Number the notice, print the audit chain's head on it, keep it with its hashes, tell the units; all or nothing.

    Where nobody made a draft the notice is what the approved run composes.
    """
    by.demand("notice.publish", root_id())
    if this_round.state == Round.State.APPROVING and to_print(this_round) is None:
        opened_run(this_round)  # kept in memory: reopening a run must not hold the transaction
    return _publish(this_round, by=by)


@transaction.atomic
def _publish(this_round: Round, *, by: Actor) -> Publication:
    held = Round.objects.select_for_update(of=("self",)).select_related("run").get(pk=this_round.pk)
    version = _demand_ready(held, by)
    head = _locked_head()
    given = _number(version.paper, clock.today())
    content = _stamped(held, version, str(given["number"]), head)
    run: Run = held.run
    made = Publication.objects.create(
        round=held, run=run, version=version, title=_text(version.paper["title"])[:200], **given,
        run_mark=run.mark, snapshot_hash=run.snapshot_hash, rulebook_hash=run.rulebook_id or "", docx=keep(content),
        sha256=hashlib.sha256(content).hexdigest(), paper=_final_paper(version, given, held, head),
        checks=version.checks, audit_count=head.count, audit_hash=head.hash, post=by.post, at=clock.now(),
    )  # fmt: skip
    take_step(held, "publish", by=by)
    release(held.scheme, held.period, by=by)
    after = {"number": made.number, "docx": made.docx_id, "run": made.run_mark, "snapshot": made.snapshot_hash}
    audit.record("notice.publish", "publication", made.pk, by=by, after={**after, "chain": [head.count, head.hash]})
    _tell(held, made, "web.bulletins.told_published", by)
    this_round.refresh_from_db()
    return made


@transaction.atomic
def freeze(this_round: Round, *, by: Actor) -> Round:
    """Seal inputs, rulebook, scores and the notice by their hashes; from now on the database refuses changes."""
    by.demand("notice.publish", root_id())
    held = Round.objects.select_for_update(of=("self",)).select_related("run").get(pk=this_round.pk)
    if held.state != Round.State.PUBLISHED:
        raise RuleError("web.assessment.no_such_step", step="freeze", state=held.state)
    sealed = seal.seal_of(Publication.objects.select_related("run").get(round=held))
    Round.objects.filter(pk=held.pk).update(seal=sealed)
    take_step(held, "freeze", by=by)
    close(held.scheme, held.period, by=by)
    audit.record("notice.freeze", "round", held.pk, by=by, after=sealed)
    this_round.refresh_from_db()
    return this_round


@transaction.atomic
def withdraw(this_round: Round, reason: str, *, by: Actor) -> Withdrawal:
    """Take a published notice back; it stays readable, marked, with who withdrew it, when and why."""
    by.demand("notice.publish", root_id())
    published = Publication.objects.filter(round=this_round).first()
    if published is None:
        raise DataError("web.bulletins.not_published", period=this_round.period)
    held = take_step(this_round, "withdraw", by=by, reason=reason.strip()[:400])
    made = Withdrawal.objects.create(
        publication=published, reason=held.withdrawn_reason, post=by.post, at=held.withdrawn_at
    )
    audit.record("notice.withdraw", "publication", published.pk, by=by, after=made.reason)
    _tell(held, published, "web.bulletins.told_withdrawn", by)
    return made


def _demand_ready(held: Round, by: Actor) -> NoticeVersion:
    """The version to publish; DataError or RuleError names what is missing."""
    if held.state != Round.State.APPROVING:
        raise RuleError("web.assessment.no_such_step", step="publish", state=held.state)
    if held.trial:
        raise DataError("web.assessment.trial_publishes_nothing", period=held.period)
    if held.approved_at is None or not held.minutes:
        raise DataError("web.assessment.not_approved", period=held.period)
    version = to_print(held) or prepare(held, by=by)
    if not version.clean:
        raise DataError("web.bulletins.not_clean", count=len(version.findings))
    if version != signed(held):
        raise DataError("web.bulletins.changed_after_approval", number=version.number)
    _demand_basis(held)
    return version


def _demand_basis(held: Round) -> None:
    """An assessment without a document it rests on is not published (考核事项须有依据)."""
    from junxian.core.rulebook import at
    from junxian.web.rulebooks.current import current, rulebook

    rules = rulebook(held.run.rulebook_id) if held.run.rulebook_id else current()
    scheme = next((one for one in at(rules, held.period).schemes if one.id == held.scheme), None)
    if scheme is None or scheme.basis is None or not spoken(scheme.basis.document):
        raise RuleError("web.bulletins.no_basis", item=spoken(scheme.title) if scheme else held.scheme)


def _locked_head() -> Head:
    """The audit chain's head; nobody adds a link until this transaction ends."""
    list(AuditHead.objects.select_for_update().filter(pk=1))
    return export_head()


def _number(paper: dict[str, Any], today: date) -> dict[str, Any]:
    """series, year, serial and number: 〔year〕 of the day it is issued, the serial counted on within it."""
    from junxian.files.documents.stamp import BLANK

    template = re.sub(r"〔\d{4}〕", f"〔{today.year}〕", paper["number"])
    series = re.sub(r"〔\d{4}〕", "〔〕", template)
    before = Publication.objects.filter(series=series, year=today.year).aggregate(last=Max("serial"))["last"]
    serial = (before or 0) + 1
    return {"series": series, "year": today.year, "serial": serial, "number": template.replace(BLANK, str(serial))}


def audit_line(head: Head, language: str) -> str:
    """What a notice prints of the chain: rows before it and the beginning of the last hash."""
    from junxian.files.rulebooks import say

    return say("edited.audit", {"count": head.count, "hash": head.hash.rpartition(":")[2][:SHOWN]}, language)


def _dated(held: Round, paper: dict[str, Any]) -> str:
    """成文日期: the day the leader signed (GB/T 9704-2012), unless the office's template or edit says another."""
    from junxian.core.bulletins.facts import NumberStyle
    from junxian.core.bulletins.wording import Wording
    from junxian.files.documents.words import bulletin_words

    if paper["dated_fixed"] or held.approved_at is None:
        return str(paper["dated"])
    words = Wording(paper["language"], bulletin_words(paper["language"]), NumberStyle(), {})
    return words.date(held.approved_at.astimezone(clock.BUSINESS).date().isoformat())


def _stamped(held: Round, version: NoticeVersion, number: str, head: Head) -> bytes:
    """The document with number, date and chain, read back and compared before it may leave."""
    from junxian.files.documents.read_edited import read_edited
    from junxian.files.documents.stamp import Stamp, stamped

    paper = version.paper
    line = audit_line(head, paper["language"])
    content = bytes(version.docx.content)
    stamp = Stamp(paper["number"], number, paper["dated"], _dated(held, paper), line)
    made = stamped(content, stamp)
    before, after = read_edited(content), read_edited(made)
    changed = {stamp.number, stamp.dated, line}
    kept = [text for text in after.paragraphs if text not in before.paragraphs and text.strip() not in changed]
    if after.tables != before.tables or any(stamp.dated not in text for text in kept) or line not in after.paragraphs:
        raise DataError("web.bulletins.stamp_failed", number=number)
    return made


def _final_paper(version: NoticeVersion, given: dict[str, Any], held: Round, head: Head) -> dict[str, Any]:
    paper = version.paper
    line = audit_line(head, paper["language"])
    return {**paper, "number": given["number"], "dated": _dated(held, paper), "audit": line}


def _text(printed: dict[str, Any]) -> str:
    return "".join(piece["text"] for piece in printed["pieces"])


def _tell(held: Round, published: Publication, code: str, by: Actor) -> None:
    """A line in today's message of everybody in the posts of the units judged."""
    units = list(held.run.scores.values_list("unit_id", flat=True))
    posts = Post.objects.on(clock.today()).filter(unit__in=units, role__in=TOLD)
    line = (code, {"title": published.title, "number": published.number})
    for post in posts.select_related("person").order_by("pk"):
        remind(post, line, by=by, address=reverse("notice", args=[published.pk]))
