"""Making versions (起草与改稿): the notice composed from the run, and the edited one dropped back and rechecked."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.archive.actions import keep
from junxian.web.assessment.actions import root_id
from junxian.web.assessment.models import Round
from junxian.web.bulletins import paper as papers
from junxian.web.bulletins.models import Acceptance, NoticeVersion, Signature
from junxian.web.people import audit
from junxian.web.people.actor import Actor

OPEN = (Round.State.REVIEWING, Round.State.APPROVING)
"""States in which a notice is written."""


def opened_run(this_round: Round) -> papers.Opened:
    """The round's run, reopened; DataError where there is no result or no bulletin for the scheme."""
    if this_round.run is None or not this_round.run.archive_id:
        raise DataError("web.bulletins.no_result", period=this_round.period)
    run = papers.opened(this_round.run.archive_id)
    if run is None:
        raise DataError("web.bulletins.no_template", scheme=this_round.scheme)
    return run


def prepare(this_round: Round, *, by: Actor) -> NoticeVersion:
    """The notice composed from the round's run, kept as a version to print; one for each run."""
    by.demand("notice.approve" if by.may("notice.approve") else "notice.draft", root_id())
    known = NoticeVersion.objects.filter(run=this_round.run_id, kind=NoticeVersion.Kind.COMPOSED).first()
    if known:
        return known
    _demand_open(this_round)
    run = opened_run(this_round)
    from junxian.core.bulletins import selfcheck

    paper, checks = papers.composed_paper(run)
    found = selfcheck(run.document, run.facts, run.words)
    facts: dict[str, Any] = {
        "kind": NoticeVersion.Kind.COMPOSED, "paper": paper, "checks": checks, "findings": plain(found),
        "clean": not found,
    }  # fmt: skip
    with transaction.atomic():
        version = _keep(this_round, "通报.docx", run.original, facts, by=by)
        if version.clean:
            Acceptance.objects.create(version=version, post=by.post, at=version.at)
    return version


def drop(this_round: Round, name: str, content: bytes, *, by: Actor) -> NoticeVersion:
    """An edited notice: compared with the composed one, every figure rechecked. DataError refuses hostile files."""
    by.demand("notice.draft", root_id())
    _demand_open(this_round)
    run = opened_run(this_round)
    from junxian.files.documents.edited import recheck
    from junxian.files.documents.read_edited import pictures_in, read_edited

    edited = read_edited(content)
    result = recheck(run.document, run.facts, run.words, read_edited(run.original), edited)
    paper, checks = papers.edited_paper(run, result.passages)
    added = pictures_in(content) - pictures_in(run.original)
    paper["notes"] = [["edited.pictures", {"count": added}]] if added > 0 else []
    facts: dict[str, Any] = {
        "kind": NoticeVersion.Kind.EDITED, "paper": paper, "checks": checks, "findings": plain(result.findings),
        "clean": not result.findings,
        "changes": [[change.before, change.after] for change in result.changes],
    }  # fmt: skip
    with transaction.atomic():
        return _keep(this_round, name[-120:], content, facts, by=by)


@transaction.atomic
def accept(version: NoticeVersion, *, by: Actor) -> Acceptance:
    """This version is printed from now on; DataError where a figure of it does not hold or the run is another."""
    by.demand("notice.draft", root_id())
    held = Round.objects.select_for_update().get(pk=version.round_id)
    _demand_open(held)
    if version.run_id != held.run_id:
        raise DataError("web.bulletins.other_run", number=version.number)
    if not version.clean:
        raise DataError("web.bulletins.not_clean", count=len(version.findings))
    now_printed = to_print(held)
    if now_printed is not None and now_printed.pk == version.pk:
        raise DataError("web.bulletins.accepted_before", number=version.number)
    made = Acceptance.objects.create(version=version, post=by.post, at=clock.now())
    audit.record("notice.accept", "notice_version", version.pk, by=by, after={"docx": version.docx_id})
    return made


def to_print(this_round: Round) -> NoticeVersion | None:
    """The version of the round's present run accepted last."""
    rows = Acceptance.objects.filter(version__round=this_round, version__run=this_round.run_id).select_related(
        "version"
    )
    last = rows.order_by("-pk").first()
    return last.version if last else None


def signed(this_round: Round) -> NoticeVersion | None:
    """The version of the present run the leader signed; an approval of the round alone means what the run composes."""
    last = Signature.objects.filter(version__run=this_round.run_id).select_related("version").order_by("-pk").first()
    composed = NoticeVersion.Kind.COMPOSED
    return last.version if last else NoticeVersion.objects.filter(run=this_round.run_id, kind=composed).first()


def plain(findings: Any) -> list[list[Any]]:
    """Findings as (code, facts) that JSON keeps."""
    return [[finding.code, audit.plain({k: str(v) for k, v in finding.facts.items()})] for finding in findings]


def _demand_open(this_round: Round) -> None:
    if this_round.state not in OPEN:
        raise DataError("web.bulletins.not_open", state=str(Round.State(this_round.state).label))


def _keep(this_round: Round, name: str, content: bytes, facts: dict[str, Any], *, by: Actor) -> NoticeVersion:
    held = Round.objects.select_for_update().get(pk=this_round.pk)
    _demand_open(held)
    if held.run_id != this_round.run_id:
        raise DataError("web.bulletins.other_run", number=0)
    last = NoticeVersion.objects.filter(round=held).aggregate(last=Max("number"))["last"] or 0
    version = NoticeVersion.objects.create(
        round=held, run_id=held.run_id, number=last + 1, name=name, docx=keep(content), post=by.post,
        at=clock.now(), **facts,
    )  # fmt: skip
    after = {"round": held.pk, "number": version.number, "docx": version.docx_id, "findings": len(version.findings)}
    audit.record(f"notice.{version.kind}", "notice_version", version.pk, by=by, after=after)
    return version
