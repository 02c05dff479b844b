"""Pages of figures (数据页面): what is here, who may open it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from junxian.web.indicators import figure_views, grid_views, hand_in_views, upload_views
from junxian.web.people.access import Page


def _first(model: str) -> Any:
    """The number of the first row there is, else a number that is none."""

    def number(world: Any) -> int:
        from django.apps import apps

        found = apps.get_model("indicators", model)._default_manager.order_by("pk").values_list("pk", flat=True).first()
        return int(found or 1)

    return number


HAND_IN: dict[str, Any] = {"pk": _first("HandIn")}
UPLOAD: dict[str, Any] = {"pk": _first("Upload")}
SEE, HAND, FIGURE = "round.see", "figure.hand_in", "figure.see"

PAGES: tuple[Page, ...] = (
    Page("hand_ins", "hand-ins/", hand_in_views.hand_ins, SEE, menu="round", title=_("数据报送")),
    Page("hand_in", "hand-ins/<int:pk>/", hand_in_views.hand_in, SEE, example=HAND_IN),
    Page("hand_in_form", "hand-ins/<int:pk>/form/", hand_in_views.hand_in_form, SEE, example=HAND_IN),
    Page("hand_in_drop", "hand-ins/<int:pk>/drop/", hand_in_views.hand_in_drop, HAND, example=HAND_IN, writes=True),
    Page("hand_in_declare", "hand-ins/<int:pk>/declare/", hand_in_views.hand_in_declare, HAND, example=HAND_IN,
         writes=True),
    Page("hand_in_step", "hand-ins/<int:pk>/step/<str:step>/", hand_in_views.hand_in_step, SEE,
         example={**HAND_IN, "step": "review"}, writes=True),
    Page("unlock_decide", "unlocks/<int:pk>/", hand_in_views.unlock_decide, "figure.unlock",
         example={"pk": _first("Unlock")},
         writes=True),
    Page("query_reply", "queries/<int:pk>/reply/", hand_in_views.query_reply, HAND, example={"pk": _first("Query")},
         writes=True),
    Page("grid", "hand-ins/<int:pk>/grid/", grid_views.grid, HAND, example=HAND_IN),
    Page("grid_submit", "hand-ins/<int:pk>/grid/submit/", grid_views.grid_submit, HAND, example=HAND_IN, writes=True),
    Page("grid_settle", "drafts/<int:pk>/settle/", grid_views.grid_settle, HAND, example={"pk": _first("DraftCell")},
         writes=True),
    Page("upload", "uploads/<int:pk>/", upload_views.upload, SEE, example=UPLOAD),
    Page("upload_progress", "uploads/<int:pk>/progress/", upload_views.upload_progress, SEE, example=UPLOAD),
    Page("upload_picture", "uploads/<int:pk>/picture/", upload_views.upload_picture, SEE, example=UPLOAD),
    Page("upload_original", "uploads/<int:pk>/original/", upload_views.upload_original, SEE, example=UPLOAD),
    Page("upload_marked", "uploads/<int:pk>/marked/", upload_views.upload_marked, SEE, example=UPLOAD),
    Page("upload_answer", "uploads/<int:pk>/answer/", upload_views.upload_answer, HAND, example=UPLOAD, writes=True),
    Page("upload_confirm", "uploads/<int:pk>/confirm/", upload_views.upload_confirm, HAND, example=UPLOAD, writes=True),
    Page("upload_withdraw", "uploads/<int:pk>/withdraw/", upload_views.upload_withdraw, HAND, example=UPLOAD,
         writes=True),
    Page("indicators", "indicators/", figure_views.catalogue, "indicator.see", menu="see", title=_("指标")),
    Page("indicator", "indicators/<str:code>/", figure_views.indicator, "indicator.see",
         example={"code": "revenue_growth"}),
    Page("indicator_entered", "indicators/<str:code>/entered/", figure_views.entered_by, "indicator.see",
         example={"code": "revenue_growth"}),
    Page("figure", "figures/<str:unit>/<str:indicator>/<path:period>/", figure_views.figure_history, FIGURE,
         unit="unit",
         example={"unit": "X10001", "indicator": "revenue", "period": "2026-06"}),
    Page("county_figures", "units/<str:code>/figures/<path:period>/", figure_views.county_figures, FIGURE, unit="code",
         example={"code": "X10001", "period": "2026-06"}),
    Page("figure_ask", "figures/<int:pk>/ask/", figure_views.figure_ask, "round.check",
         example={"pk": _first("Observation")},
         writes=True),
)  # fmt: skip
