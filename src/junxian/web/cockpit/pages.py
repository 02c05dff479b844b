"""Pages of the cockpit room: the desk, the big screen, the brief."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junxian.web.cockpit import views
from junxian.web.people.access import Page

PAGES = (Page("desk", "", views.desk, "desk.see", menu="desk", title=_("我的办公桌")),)
