"""Pages of this room (考核轮次): what is here, who may open it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from junxian.web.assessment import aside_views, trial_views, views
from junxian.web.assessment import hearing_views as hearing
from junxian.web.people.access import Page


def _some_round(world: Any) -> int:
    """An empty round, for addresses that name one."""
    from junxian.web import clock
    from junxian.web.assessment.models import Round

    day = clock.today()
    days = {"hand_in_by": day, "pass_on_by": day, "report_by": day, "opened_at": clock.now(), "period_index": 24317}
    return Round.objects.get_or_create(scheme="monthly", period="2026-06", defaults=days)[0].pk


ROUND: dict[str, Any] = {"pk": _some_round}
NO_RUN: dict[str, Any] = {"pk": 0, "name": "run.json"}
NO_CASE: dict[str, Any] = {"serial": "0", "pk": 0}
SEE, RUN, RESULT, CASE = "round.see", "round.run", "result.see", "objection.see"

PAGES: tuple[Page, ...] = (
    Page("rounds", "rounds/", views.rounds, SEE, menu="round", title=_("考核轮次")),
    Page("round_open", "rounds/open/", views.round_open, RUN, writes=True),
    Page("round", "rounds/<int:pk>/", views.round_page, SEE, title=_("考核轮次"), example=ROUND),
    Page("round_step", "rounds/<int:pk>/step/", views.round_step, SEE, example=ROUND, writes=True),
    Page("round_run", "rounds/<int:pk>/run/", views.round_run, RUN, example=ROUND, writes=True),
    Page("round_approve", "rounds/<int:pk>/approve/", views.round_approve, "notice.approve", example=ROUND,
         writes=True),
    Page("round_remind", "rounds/<int:pk>/remind/", views.round_remind, RUN, example=ROUND, writes=True),
    Page("round_objections", "rounds/<int:pk>/objections/", hearing.objections_of, CASE, example=ROUND),
    Page("trial", "rounds/<int:pk>/trial/", trial_views.trial_page, RUN, title=_("试运行对照"), example=ROUND),
    Page("trial_class", "rounds/<int:pk>/trial/class/", trial_views.trial_class, RUN, example=ROUND, writes=True),
    Page("run", "runs/<int:pk>/", views.run_page, RESULT, title=_("核算"), example=NO_RUN),
    Page("run_progress", "runs/<int:pk>/progress/", views.run_progress, RESULT, example=NO_RUN),
    Page("run_verify", "runs/<int:pk>/verify/", views.run_verify, RESULT, example=NO_RUN, writes=True),
    Page("run_file", "runs/<int:pk>/files/<path:name>", views.run_file, RESULT, example=NO_RUN),
    Page("dry_run", "dry-run/", views.dry_run, "result.preview", title=_("试算")),
    Page("meeting_movements", "movements/", views.movements, RESULT),
    Page("checks", "check/", hearing.checks, SEE, menu="round", title=_("县区核对")),
    Page("check", "units/<str:code>/check/", hearing.check, "round.check", unit="code", title=_("县区核对")),
    Page("check_confirm", "units/<str:code>/check/<int:pk>/confirm/", hearing.check_confirm, "round.check", unit="code",
         example=ROUND, writes=True),
    Page("slip", "units/<str:code>/slips/<str:serial>/", hearing.slip, CASE, unit="code", title=_("核对确认单"),
         example=NO_CASE),
    Page("receipt", "units/<str:code>/rounds/<int:pk>/receipt/", hearing.receipt, RESULT, unit="code",
         title=_("得分凭据"), example=ROUND),
    Page("object_to", "units/<str:code>/rounds/<int:pk>/object/", hearing.object_to, "objection.file", unit="code",
         title=_("提出异议"), example=ROUND),
    Page("objections", "objections/", hearing.objections, CASE, menu="round", title=_("异议")),
    Page("objection", "objections/<str:serial>/", hearing.objection, CASE, title=_("异议"), example=NO_CASE),
    Page("objection_decide", "objections/<str:serial>/decide/", hearing.objection_decide, "objection.review",
         example=NO_CASE, writes=True),
    Page("evidence_file", "objections/<str:serial>/evidence/<int:pk>/", hearing.evidence_file, CASE, example=NO_CASE),
    Page("evidence_package", "objections/<str:serial>/package/", hearing.evidence_package, CASE, example=NO_CASE),
    Page("recusals", "recusals/", aside_views.recusals, "objection.review", title=_("回避")),
    Page("recusal_end", "recusals/<int:pk>/end/", aside_views.recusal_end, "objection.review", example={"pk": 0},
         writes=True),
    Page("settlements", "settlements/", aside_views.settlements, RESULT, title=_("年度结算事项")),
    Page("settlement_add", "settlements/add/", aside_views.settlement_add, RUN, writes=True),
)  # fmt: skip
