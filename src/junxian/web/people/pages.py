"""Pages of the people room (人员岗位)."""

from __future__ import annotations

from junxian.web.people import views
from junxian.web.people.access import Page

PAGES = (Page("act_as", "post/", views.act_as, "signed_in", writes=True),)
