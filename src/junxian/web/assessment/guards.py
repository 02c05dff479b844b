"""Conditions of steps (推进条件): what must hold before a round moves; a refusal names what is missing."""

from __future__ import annotations

from collections.abc import Callable

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.assessment.models import Objection, Round, Run
from junxian.web.assessment.standing import unanswered


def demand(held: Round, step: str, reason: str) -> None:
    """DataError where the step's condition does not hold."""
    condition = CONDITIONS.get(step)
    if condition is not None:
        condition(held, reason)


def _has_result(held: Round, reason: str) -> None:
    if held.run is None:
        raise DataError("web.assessment.no_result", period=held.period)
    if held.runs.filter(purpose=Run.Purpose.OFFICIAL, state__in=[Run.State.WAITING, Run.State.RUNNING]).exists():
        raise DataError("web.assessment.run_under_way", period=held.period)


def _check_is_over(held: Round, reason: str) -> None:
    """Every county answered, or its working days are over: then silence counts as no objection."""
    waiting = unanswered(held)
    if waiting and (held.check_until is None or clock.today() <= held.check_until):
        names = "、".join(str(unit) for unit in waiting)
        raise DataError("web.assessment.check_not_over", names=names, until=str(held.check_until))


def _objections_settled(held: Round, reason: str) -> None:
    open_ones = held.objections.filter(decision="")
    if open_ones.exists():
        raise DataError("web.assessment.objections_open", serials="、".join(open_ones.values_list("serial", flat=True)))
    waiting = held.objections.filter(
        remedy__in=[Objection.Remedy.REVISION, Objection.Remedy.NEW_RUN], answered_by_run=None
    )
    if waiting.exists():
        raise DataError(
            "web.assessment.correction_missing", serials="、".join(waiting.values_list("serial", flat=True))
        )


def _may_be_published(held: Round, reason: str) -> None:
    if held.trial:
        raise DataError("web.assessment.trial_publishes_nothing", period=held.period)
    if held.approved_at is None or not held.minutes:
        raise DataError("web.assessment.not_approved", period=held.period)


def _reason_given(held: Round, reason: str) -> None:
    if not reason.strip():
        raise DataError("web.assessment.say_why")


CONDITIONS: dict[str, Callable[[Round, str], None]] = {
    "send_to_counties": _has_result, "end_check": _check_is_over, "submit": _objections_settled,
    "publish": _may_be_published, "withdraw": _reason_given, "send_back": _reason_given,
    "compute_again": _reason_given, "collect_again": _reason_given,
}  # fmt: skip
