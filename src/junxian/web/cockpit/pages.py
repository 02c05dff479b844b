"""Pages of the cockpit room: the desk, the big screen, the calm page, the brief, the ranking, the county."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junxian.web.cockpit import views
from junxian.web.people.access import Page


def _a_county(world: object) -> str:
    """Some county of the deployment."""
    from junxian.web.units.models import Unit

    return Unit.objects.counties().values_list("code", flat=True)[0]


PAGES = (
    Page("desk", "", views.desk, "desk.see", menu="desk", title=_("我的办公桌")),
    Page("cockpit", "cockpit/", views.cockpit, "cockpit.see", menu="see", title=_("驾驶舱")),
    Page("city", "city/", views.city, "cockpit.see", menu="see", title=_("全市情况")),
    Page("brief", "brief/", views.brief, "cockpit.see", menu="see", title=_("一屏简报")),
    Page("ranking", "ranking/", views.ranking, "cockpit.see", menu="see", title=_("县区排名")),
    Page("unit", "units/<str:code>/", views.unit, "unit.see", unit="code", example={"code": _a_county}),
    Page("cockpit_province", "cockpit/province/", views.province, "cockpit.see"),
    Page("cockpit_unit", "cockpit/<str:code>/", views.drill, "cockpit.see", unit="code", example={"code": _a_county}),
    Page("export_table", "export/", views.export_table, "signed_in", writes=True),
)
