"""Pages of the benchmarks room (对标): the province watch."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from junxian.web.benchmarks import views
from junxian.web.people.access import Page


def _a_table(world: Any) -> str:
    from junxian.web.benchmarks.standing import watched
    from junxian.web.rulebooks.current import current

    return watched(current())[0].id


SEE = "indicator.see"
PAGES = (
    Page("province", "province/", views.province, SEE, menu="see", title=_("全省位次")),
    Page("province_models", "province/models/", views.models, SEE),
    Page("province_trend", "province/<str:table>/trend/", views.trend, SEE, example={"table": _a_table}),
)
