"""Pages of the operations room (运行)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junxian.web.operations import views
from junxian.web.people.access import Page

PAGES = (
    Page("healthz", "healthz", views.healthz, ""),
    Page("readyz", "readyz", views.readyz, ""),
    Page("system", "system/", views.system, "system.see", menu="keep", title=_("运行状况")),
)
