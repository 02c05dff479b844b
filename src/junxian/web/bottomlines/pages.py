"""Pages of the bottom lines room (守底线)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junxian.web.bottomlines import views
from junxian.web.people.access import Page


def _a_line(world: object) -> str:
    """Some line of the rulebook in force."""
    from junxian.web.rulebooks.current import current

    return current().bottomlines[0].id


def _a_county(world: object) -> str:
    """Some county of the deployment."""
    from junxian.web.units.models import Unit

    return Unit.objects.counties().values_list("code", flat=True)[0]


PAGES = (
    Page("alerts", "alerts/", views.alerts, "alert.see", menu="see", title=_("底线预警")),
    Page("alert_register", "alerts/register/", views.register, "alert.see", menu="see", title=_("通报约谈台账")),
    Page("alert", "alerts/<str:code>/<str:line>/", views.alert, "alert.see", unit="code",
         example={"code": _a_county, "line": _a_line}),
)  # fmt: skip
