"""Standing aside and settling up (回避与年度结算): reviewers' declarations, corrections that wait for the year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from junxian.web.assessment import hearing_actions as actions
from junxian.web.assessment.answering import kindly
from junxian.web.assessment.hearing_views import _unit
from junxian.web.assessment.models import Recusal, Round, Settlement
from junxian.web.assessment.views import _round
from junxian.web.units.models import Unit


def _back_to_recusals(**_arguments: Any) -> str:
    return reverse("recusals")


@kindly(_back_to_recusals)
def recusals(request: Any) -> HttpResponse:
    """Declarations of 回避, and the form for one's own."""
    if request.method == "POST":
        actions.recuse(_unit(request.POST.get("unit", "")), request.POST.get("reason", ""), by=request.actor)
        messages.success(request, _("已声明回避。"))
        return redirect("recusals")
    rows = Recusal.objects.select_related("person", "unit", "post").order_by("-at")
    return render(request, "assessment/recusals.html", {"rows": rows, "units": Unit.objects.counties()})


@require_POST
@kindly(_back_to_recusals)
def recusal_end(request: Any, pk: int) -> HttpResponse:
    """End one's own declaration of 回避."""
    ended = actions.end_recusal(get_object_or_404(Recusal, pk=pk), by=request.actor)
    messages.success(request, _("已解除对%(unit)s的回避。") % {"unit": ended.unit})
    return redirect("recusals")


@require_GET
def settlements(request: Any) -> HttpResponse:
    """Corrections that wait for the annual settlement."""
    reach = request.actor.reach_of("result.see")
    rows = Settlement.objects.select_related("round", "unit", "objection", "post")
    rows = rows if reach is None else rows.filter(unit__in=reach)
    closed = Round.objects.filter(state__in=[Round.State.PUBLISHED, Round.State.FROZEN])
    context = {
        "rows": rows,
        "may_add": request.actor.may("round.run"),
        "units": Unit.objects.counties(),
        "rounds": closed,
    }
    return render(request, "assessment/settlements.html", context)


def _back_to_settlements(**_arguments: Any) -> str:
    return reverse("settlements")


@require_POST
@kindly(_back_to_settlements)
def settlement_add(request: HttpRequest) -> HttpResponse:
    """Enter a correction after publication."""
    sent = request.POST
    if not sent.get("round", "").isdigit():
        raise Http404("round")
    actions.settle(
        _round(int(sent["round"])), _unit(sent.get("unit", "")), text=sent.get("text", ""), by=request.actor,  # type: ignore[attr-defined]
        criterion=sent.get("criterion", "")[:60],
    )  # fmt: skip
    messages.success(request, _("已列入年度结算。"))
    return redirect("settlements")
