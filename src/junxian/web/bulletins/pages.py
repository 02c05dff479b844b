"""Pages of this room (通报): what is here, who may open it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from junxian.web.bulletins import draft_views as draft
from junxian.web.bulletins import views
from junxian.web.people.access import Page

SEE, READ, WRITE = "notice.see", "result.preview", "notice.draft"
SIGN, PUBLISH = "notice.approve", "notice.publish"
NONE: dict[str, Any] = {"pk": 0, "name": "notice", "number": 1}
"""No such notice: the permission stands before the object."""

PAGES: tuple[Page, ...] = (
    Page("notices", "notices/", views.notices, SEE, menu="city", title=_("通报")),
    Page("notice_verify", "notices/verify/", views.notice_verify, SEE, title=_("核验通报")),
    Page("notice", "notices/<int:pk>/", views.notice, SEE, title=_("通报"), example=NONE),
    Page("notice_check", "notices/<int:pk>/check/", views.notice_check, SEE, title=_("数字自查"), example=NONE),
    Page("notice_file", "notices/<int:pk>/files/<str:name>/", views.notice_file, SEE, example=NONE),
    Page("notice_freeze", "notices/<int:pk>/freeze/", views.notice_freeze, PUBLISH, example=NONE, writes=True),
    Page("notice_withdraw", "notices/<int:pk>/withdraw/", views.notice_withdraw, PUBLISH, example=NONE, writes=True),
    Page("notice_draft", "notices/drafts/<int:pk>/", draft.notice_draft, READ, title=_("通报稿"), example=NONE),
    Page("notice_draft_check", "notices/drafts/<int:pk>/check/", draft.notice_draft_check, READ,
         title=_("数字自查"), example=NONE),
    Page("notice_prepare", "notices/drafts/<int:pk>/prepare/", draft.notice_prepare, WRITE, example=NONE, writes=True),
    Page("notice_drop", "notices/drafts/<int:pk>/drop/", draft.notice_drop, WRITE, example=NONE, writes=True),
    Page("notice_sign", "notices/drafts/<int:pk>/sign/", draft.notice_sign, SIGN, example=NONE, writes=True),
    Page("notice_send_back", "notices/drafts/<int:pk>/send-back/", draft.notice_send_back, SIGN, example=NONE,
         writes=True),
    Page("notice_publish", "notices/drafts/<int:pk>/publish/", draft.notice_publish, PUBLISH, example=NONE,
         writes=True),
    Page("notice_version", "notices/drafts/<int:pk>/versions/<int:number>/", draft.notice_version, READ,
         title=_("改稿对照"), example=NONE),
    Page("notice_draft_file", "notices/drafts/<int:pk>/versions/<int:number>/file/", draft.notice_draft_file, READ,
         example=NONE),
    Page("notice_accept", "notices/drafts/<int:pk>/versions/<int:number>/accept/", draft.notice_accept, WRITE,
         example=NONE, writes=True),
)  # fmt: skip
