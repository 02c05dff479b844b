"""Moving a round (推进轮次): open, compute, step on, approve; every step checks permission and state at the data."""

from __future__ import annotations

from django.db import transaction

from junxian.core.assessment.round import CLOSED, Step, step_from
from junxian.core.errors import DataError, RuleError
from junxian.core.indicators.period import parse_period
from junxian.web import clock
from junxian.web.assessment import gather, guards
from junxian.web.assessment.hearing_actions import confirm, decide_objection, file_objection, recuse
from junxian.web.assessment.models import Round, Run
from junxian.web.assessment.reminding import tell_counties
from junxian.web.assessment.standing import root_id
from junxian.web.assessment.terms import days_of, terms_of, working_days_after
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.rulebooks.current import current, current_version
from junxian.web.rulebooks.models import Draft

__all__ = [
    "approve", "confirm", "decide_objection", "file_objection", "open_round", "recuse", "root_id", "start_run",
    "take_step",
]  # fmt: skip

PERMISSIONS = {
    "compute": "round.run", "collect_again": "round.run", "send_to_counties": "round.run", "end_check": "round.run",
    "compute_again": "round.run", "submit": "objection.review", "approve": "notice.approve",
    "send_back": "notice.approve", "publish": "notice.publish", "freeze": "notice.publish",
    "withdraw": "notice.publish",
}  # fmt: skip
"""Which permission each step of core.assessment.round asks for."""


@transaction.atomic
def open_round(scheme: str, period: str, *, by: Actor, trial: bool = False) -> Round:
    """An empty round with the days of its calendar; DataError where it is open already or there is no such round."""
    from junxian.core.rulebook import at
    from junxian.core.rulebook.judge import choose_scheme

    by.demand("round.run", root_id())
    rules, when = current(), parse_period(period)
    chosen = choose_scheme(at(rules, when.text), when, scheme)
    if chosen.frequency != when.frequency:
        raise DataError("web.assessment.other_frequency", scheme=scheme, period=period)
    if _merged(rules.calendar.merged_months, when.text):
        raise DataError("web.assessment.merged_month", period=period)
    if Round.objects.filter(scheme=scheme, period=when.text).exclude(state=Round.State.WITHDRAWN).exists():
        raise DataError("web.assessment.open_already", scheme=scheme, period=period)
    _trials_left(scheme, when.text, trial)
    days = days_of(rules, when.text)
    made = Round.objects.create(
        scheme=scheme, period=when.text, period_index=when.index, trial=trial, opened_at=clock.now(),
        hand_in_by=days["hand_in"], pass_on_by=days["pass_on"], report_by=days["report"],
    )  # fmt: skip
    audit.record("round.open", "round", made.pk, by=by, after={"scheme": scheme, "period": period, "trial": trial})
    _ask_for_figures(made, by)
    return made


def _trials_left(scheme: str, period: str, trial: bool) -> None:
    """A scheme is tried for the number of rounds the rulebook sets, not for ever."""
    most = int(terms_of(current(), period)["round_trial_months"].value)
    count = Round.objects.filter(scheme=scheme, trial=True).exclude(state=Round.State.WITHDRAWN).count()
    if trial and count >= most:
        raise DataError("web.assessment.trial_over", scheme=scheme, count=count, most=most)


def _merged(groups: tuple[tuple[int, ...], ...], period: str) -> bool:
    """Whether the period is one single month of months that are published only together."""
    month = period[5:]
    return period[4:5] == "-" and month.isdigit() and any(int(month) in months for months in groups)


def _ask_for_figures(made: Round, by: Actor) -> None:
    from junxian.web.indicators.actions import open_hand_ins

    open_hand_ins(made.scheme, made.period, made.hand_in_by, by=by)


@transaction.atomic
def start_run(
    this_round: Round, *, by: Actor, purpose: str = "official", draft: Draft | None = None, reason: str = ""
) -> Run:
    """Enqueue a computation. Official ones move the round to 计算; a run that replaces another says why."""
    from junxian.web.assessment.jobs import compute_run

    by.demand("round.run", root_id())
    held = Round.objects.select_for_update().get(pk=this_round.pk)
    official = purpose == Run.Purpose.OFFICIAL
    if official and draft is not None:
        raise DataError("web.assessment.draft_never_official")
    if official and held.state in CLOSED:
        raise DataError("web.assessment.closed", period=held.period)
    under_way = held.runs.filter(purpose=purpose, state__in=[Run.State.WAITING, Run.State.RUNNING])
    if official and under_way.exists():
        raise DataError("web.assessment.run_under_way", period=held.period)
    if official and held.run_id and not reason.strip():
        raise DataError("web.assessment.say_why")
    if official and held.state != Round.State.COMPUTING:
        take_step(held, "compute" if held.state == Round.State.COLLECTING else "compute_again", by=by, reason=reason)
    made = Run.objects.create(
        round=held, scheme=held.scheme, period=held.period, purpose=purpose, draft=draft,
        rulebook=None if draft else current_version(), replaces=held.run,
        previous=gather.previous_run(held.scheme, held.period_index), reason=reason, post=by.post, at=clock.now(),
    )  # fmt: skip
    after = {"round": held.pk, "purpose": purpose, "draft": draft.pk if draft else None, "reason": reason}
    audit.record("run.start", "run", made.pk, by=by, after=after)
    compute_run.enqueue(made.pk)
    return made


@transaction.atomic
def take_step(this_round: Round, name: str, *, by: Actor, reason: str = "") -> Round:
    """Move the round one step; RuleError where the state, DataError where its conditions do not allow it."""
    by.demand(PERMISSIONS[name], root_id())
    held = Round.objects.select_for_update().get(pk=this_round.pk)
    step = step_from(held.state, name)
    if step is None:
        raise RuleError("web.assessment.no_such_step", step=name, state=held.state)
    guards.demand(held, name, reason)
    before = held.state
    _move(held, step, reason)
    held.save()
    if name == "send_to_counties":
        tell_counties(held, by=by)
    audit.record(f"round.{name}", "round", held.pk, by=by, before=before, after={"state": held.state, "reason": reason})
    this_round.refresh_from_db()
    return held


def _move(held: Round, step: Step, reason: str) -> None:
    moment = clock.now()
    held.state = step.leads_to
    if step.name == "send_to_counties":
        rules = current()
        term = terms_of(rules, held.period)["round_check_days"]
        held.check_until = working_days_after(rules, clock.today(), term)
    elif step.name in ("send_back", "compute_again"):
        held.minutes, held.approved_by, held.approved_at = "", None, None
    elif step.name == "publish":
        held.published_at = moment
    elif step.name == "freeze":
        held.frozen_at = moment
    elif step.name == "withdraw":
        held.withdrawn_at, held.withdrawn_reason = moment, reason


@transaction.atomic
def approve(this_round: Round, minutes: str, *, by: Actor) -> Round:
    """The leader approves under the number of the minutes; the round then waits for publication."""
    by.demand("notice.approve", root_id())
    held = Round.objects.select_for_update().get(pk=this_round.pk)
    if held.state != Round.State.APPROVING:
        raise RuleError("web.assessment.no_such_step", step="approve", state=held.state)
    if not minutes.strip():
        raise DataError("web.assessment.minutes_missing")
    before = held.minutes
    held.minutes, held.approved_by, held.approved_at = minutes.strip()[:80], by.post, clock.now()
    held.save(update_fields=["minutes", "approved_by", "approved_at"])
    audit.record("round.approve", "round", held.pk, by=by, before=before, after=held.minutes)
    this_round.refresh_from_db()
    return held
