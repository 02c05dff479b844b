"""Pages of the people room (人员岗位)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from junxian.web.people import audits, offices, views
from junxian.web.people.access import Page


def _person(world: Any) -> int:
    return int(world.person("X10001-jingban").pk)


def _post(world: Any) -> int:
    return int(world.post("X10001-jingban").pk)


PERSON, POST, NONE = {"number": _person}, {"number": _post}, {"number": 1}

PAGES = (
    Page("act_as", "post/", views.act_as, "signed_in", writes=True),
    Page("account_settings", "account/settings/", views.account_settings, "signed_in", title=_("账号与安全")),
    Page("end_session", "account/sessions/<int:number>/end/", views.end_session, "signed_in", example=NONE,
         writes=True),
    Page("reminders", "reminders/", views.my_reminders, "signed_in", menu="desk", title=_("我的提醒")),
    Page("read_reminder", "reminders/<int:number>/", views.read_reminder, "signed_in", example=NONE, writes=True),
    Page("people", "people/", offices.people, "people.see", menu="keep", title=_("人员与岗位")),
    Page("new_person", "people/new/", offices.new_person, "people.manage"),
    Page("people_approvals", "people/approvals/", offices.requests, "people.confirm", menu="keep", title=_("会签")),
    Page("decide_approval", "people/approvals/<int:number>/", offices.decide, "people.confirm", example=NONE,
         writes=True),
    Page("person", "people/<int:number>/", offices.person, "people.see", example=PERSON),
    Page("reset_password", "people/<int:number>/password/", offices.reset_password, "people.manage", example=PERSON,
         writes=True),
    Page("person_activity", "people/<int:number>/activity/", offices.person_activity, "people.manage", example=PERSON,
         writes=True),
    Page("grant_post", "people/<int:number>/post/", offices.grant_post, "people.grant", example=PERSON),
    Page("end_post", "people/posts/<int:number>/end/", offices.end_post, "people.grant", example=POST),
    Page("hand_over_post", "people/posts/<int:number>/hand-over/", offices.hand_over_post, "people.grant",
         example=POST),
    Page("stand_in_post", "people/posts/<int:number>/stand-in/", offices.stand_in_post, "people.grant", example=POST),
    Page("tokens", "tokens/", offices.my_tokens, "token.manage", menu="keep", title=_("接口令牌")),
    Page("revoke_token", "tokens/<int:number>/revoke/", offices.revoke_token, "token.manage", example=NONE,
         writes=True),
    Page("audit", "audit/", audits.search, "audit.see", menu="keep", title=_("审计记录")),
    Page("audit_export", "audit/export/", audits.export, "audit.see"),
    Page("audit_check", "audit/check/", audits.check, "audit.see"),
    Page("demo_enter", "demo/enter/", views.enter_demo, "", writes=True),
    Page("closed_signup", "account/signup/", views.closed, ""),
    Page("closed_email", "account/email/", views.closed, ""),
    Page("closed_confirm", "account/confirm-email/", views.closed, ""),
    Page("closed_confirmed", "account/confirm-email/<str:key>/", views.closed, "", example={"key": "x"}),
    Page("closed_set", "account/password/set/", views.closed, ""),
    Page("closed_reset", "account/password/reset/", views.closed, ""),
    Page("closed_reset_done", "account/password/reset/done/", views.closed, ""),
    Page("closed_reset_key", "account/password/reset/key/<path:key>/", views.closed, "", example={"key": "x"}),
    Page("closed_code", "account/login/code/confirm/", views.closed, ""),
    Page("closed_link", "account/3rdparty/signup/", views.closed, ""),
)  # fmt: skip
