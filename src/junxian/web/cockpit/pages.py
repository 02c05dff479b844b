"""Pages of the cockpit (驾驶舱页面): the desk, the big screen, the calm page, the brief, the ranking, the county."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junxian.web.cockpit import demo_day, meeting, views
from junxian.web.people.access import Page


def _a_county(world: object) -> str:
    """Some county of the deployment."""
    from junxian.web.units.models import Unit

    return Unit.objects.counties().values_list("code", flat=True)[0]


def _a_meeting(world: object) -> int:
    """A meeting still planned."""
    from datetime import date

    from junxian.web.people.models import Post
    from junxian.web.supervision.models import Meeting

    facts = {"date": date(2026, 7, 20), "post": Post.objects.order_by("pk")[0]}
    return Meeting.objects.get_or_create(title="—", defaults=facts)[0].pk


PAGES = (
    Page("desk", "", views.desk, "desk.see", menu="desk", title=_("我的办公桌")),
    Page("cockpit", "cockpit/", views.cockpit, "cockpit.see", menu="see", title=_("驾驶舱")),
    Page("city", "city/", views.city, "cockpit.see", menu="see", title=_("全市情况")),
    Page("brief", "brief/", views.brief, "cockpit.see", menu="see", title=_("一屏简报")),
    Page("ranking", "ranking/", views.ranking, "cockpit.see", menu="see", title=_("县区排名")),
    Page("unit", "units/<str:code>/", views.unit, "unit.see", unit="code", example={"code": _a_county}),
    Page("cockpit_province", "cockpit/province/", views.province, "cockpit.see"),
    Page("cockpit_unit", "cockpit/<str:code>/", views.drill, "cockpit.see", unit="code", example={"code": _a_county}),
    Page("meeting_red_lines", "meetings/red-lines/", meeting.red_lines, "meeting.see"),
    Page(
        "meeting_proposals",
        "meetings/<int:meeting>/proposals/",
        meeting.proposed,
        "meeting.run",
        example={"meeting": _a_meeting},
    ),
    Page("demo_day", "demo/day/", demo_day.demo_day, "signed_in", writes=True),
    Page("export_table", "export/", views.export_table, "signed_in", writes=True),
)
