"""The round at a glance (轮次总览): stepper, calendar, who is late, lights of trust, what may be done next by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from junxian.core.assessment.round import LINE, OWNERS, STEPS
from junxian.core.indicators.period import parse_period
from junxian.web import clock
from junxian.web.assessment.actions import PERMISSIONS
from junxian.web.assessment.models import Confirmation, Objection, Round, Run
from junxian.web.assessment.standing import checking_units, unanswered
from junxian.web.assessment.terms import terms_of
from junxian.web.indicators.models import HandIn
from junxian.web.indicators.queries import open_findings
from junxian.web.people.actor import Actor
from junxian.web.rulebooks.current import current
from junxian.web.units.models import Unit

OWNER_NAMES = {
    "department": _("数据报送部门"), "office": _("考核办"), "county": _("各县区"), "reviewer": _("复核人员"),
    "leader": _("市领导"), "nobody": _("无"),
}  # fmt: skip
STEP_NAMES = {
    "compute": _("开始计算"), "send_to_counties": _("送县区核对"), "collect_again": _("退回数据归集"),
    "end_check": _("结束核对，转复核"), "compute_again": _("重新计算"), "submit": _("提交审定"),
    "approve": _("审定"), "publish": _("发布通报"), "send_back": _("退回复核"), "freeze": _("冻结"),
    "withdraw": _("撤回"),
}  # fmt: skip
ELSEWHERE = ("publish", "freeze", "withdraw")
"""Steps the bulletins room takes with everything that belongs to a notice."""
AFTER_RUN = ("compute", "compute_again", "send_to_counties")
"""Steps that wait until the computation under way has ended."""
WITH_REASON = ("collect_again", "compute_again", "send_back")


@dataclass(frozen=True)
class Stage:
    """One of the seven states on the stepper."""

    state: str
    name: Any
    owner: Any
    standing: str


@dataclass(frozen=True)
class Way:
    """One step out of the present state: its name, whose it is, whether this actor may take it, and how."""

    name: str
    label: Any
    owner: Any
    allowed: bool
    reason: bool
    kind: str


def stages(this_round: Round) -> list[Stage]:
    """The seven states in order, each done, now or to come."""
    names, here = dict(Round.State.choices), LINE.index(this_round.state) if this_round.state in LINE else len(LINE)
    marks = ["done" if place < here else "now" if place == here else "next" for place in range(len(LINE))]
    return [
        Stage(state, names[state], OWNER_NAMES[OWNERS[state]], mark)
        for state, mark in zip(LINE, marks, strict=True)
    ]  # fmt: skip


def under_way(this_round: Round) -> Run | None:
    """The official computation of the round that has not ended, if there is one."""
    unfinished = [Run.State.WAITING, Run.State.RUNNING]
    return this_round.runs.filter(purpose=Run.Purpose.OFFICIAL, state__in=unfinished).first()


def ways(this_round: Round, actor: Actor) -> list[Way]:
    """What may happen next, and who may do it."""
    found = []
    for step in STEPS[this_round.state]:
        kind = "run" if step.name in ("compute", "compute_again") else "step"
        kind = "approve" if step.name == "approve" else "elsewhere" if step.name in ELSEWHERE else kind
        if this_round.trial and step.name == "publish":
            continue
        found.append(
            Way(step.name, STEP_NAMES[step.name], OWNER_NAMES[step.owner], actor.may(PERMISSIONS[step.name]),
                step.name in WITH_REASON, kind)
        )  # fmt: skip
    return found


def calendar(this_round: Round) -> list[dict[str, Any]]:
    """The days of the round with what happens on them, and whether they have passed."""
    today, rows = clock.today(), []
    days: list[tuple[Any, date | None]] = [
        (_("部门报送截止"), this_round.hand_in_by), (_("汇总转考核办"), this_round.pass_on_by),
        (_("县区核对截止"), this_round.check_until), (_("上报通报稿"), this_round.report_by),
    ]  # fmt: skip
    for name, day in days:
        if day is not None:
            rows.append({"name": name, "day": day, "left": (day - today).days})
    return sorted(rows, key=lambda row: row["day"])


def carried_over(this_round: Round) -> list[Any]:
    """Names of quarterly, half-yearly and yearly indicators that carry an earlier figure this month (RULES §1.3)."""
    when = parse_period(this_round.period)
    if when.frequency != "month":
        return []
    months = {"quarter": 3, "half": 6, "year": 12}
    cards = [card for card in current().indicators if card.frequency in months and not card.event]
    return [card.name for card in cards if when.month % months[card.frequency]]


def hand_ins(this_round: Round) -> list[dict[str, Any]]:
    """Who owes figures and where they stand; `late` after the day they were due."""
    rows = HandIn.objects.filter(scheme=this_round.scheme, period=this_round.period).select_related("owner")
    today = clock.today()
    return [
        {"hand_in": row, "owner": row.owner, "late": row.state == HandIn.State.OPEN and row.due < today,
         "signed": row.state == HandIn.State.SIGNED}
        for row in rows
    ]  # fmt: skip


def answers(this_round: Round) -> list[dict[str, Any]]:
    """Each county in the check: objected (with its objections to the present run), confirmed or silent."""
    if this_round.run_id is None:
        return []
    silent = {unit.pk for unit in unanswered(this_round)}
    slips = {one.unit_id: one for one in Confirmation.objects.filter(round=this_round).order_by("pk")}
    objected: dict[int, list[Objection]] = {}
    for one in this_round.objections.filter(run=this_round.run_id).order_by("pk"):
        objected.setdefault(one.unit_id, []).append(one)
    return [
        {"unit": unit, "slip": slips.get(unit.pk), "silent": unit.pk in silent, "objected": objected.get(unit.pk, [])}
        for unit in checking_units(this_round)
    ]


def comparison(run: Run | None, name: str = "previous") -> list[dict[str, Any]]:
    """Every unit's change with its parts: data is the unit's own figures, then others, rule and missing."""
    found = (run.comparison or {}).get(name) if run else None
    if not found:
        return []
    units = {unit.code: unit for unit in Unit.objects.counties()}
    rows = []
    for row in found["rows"]:
        change = None if row["after"] is None or row["before"] is None else row["after"] - row["before"]
        rows.append({**row, "change": change, "unit": units.get(row["region_code"], row["region"])})
    return rows


def overview(this_round: Round, actor: Actor) -> dict[str, Any]:
    """Everything the round page shows."""
    run = Run.objects.filter(pk=this_round.run_id).first()
    preview, working = actor.may("result.preview") or actor.may("round.run"), under_way(this_round)
    owed = hand_ins(this_round)
    return {
        "round": this_round, "run": run, "stages": stages(this_round),
        "ways": [way for way in ways(this_round, actor) if working is None or way.name not in AFTER_RUN],
        "working": working if preview else None, "may_run": actor.may("round.run"),
        "calendar": calendar(this_round),
        "owner": OWNER_NAMES[OWNERS[this_round.state]], "carried": carried_over(this_round), "hand_ins": owed,
        "signed": sum(one["signed"] for one in owed), "late": sum(one["late"] for one in owed),
        "open_findings": open_findings(this_round.scheme, this_round.period),
        "answers": answers(this_round) if preview else [], "comparison": comparison(run) if preview else [],
        "runs": list(this_round.runs.select_related("post", "replaces").order_by("-pk")) if preview else [],
        "notice_states": (Round.State.REVIEWING, Round.State.APPROVING),
        "objections_open": this_round.objections.filter(decision="").count(), "preview": preview,
        "terms": terms_of(current(), this_round.period),
    }  # fmt: skip
