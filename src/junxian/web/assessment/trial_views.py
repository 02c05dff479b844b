"""Trial months as a page (试运行对照)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.errors import DataError
from junxian.web.assessment import queries, trial
from junxian.web.assessment.answering import kindly
from junxian.web.assessment.models import OfficeLine, Round
from junxian.web.assessment.terms import terms_of
from junxian.web.assessment.views import _round
from junxian.web.people import audit
from junxian.web.rulebooks.current import current


def _back(pk: int, **_arguments: Any) -> str:
    return reverse("trial", kwargs={"pk": pk})


def _back_to_round(pk: int, **_arguments: Any) -> str:
    return reverse("round", kwargs={"pk": pk})


@kindly(_back_to_round)
def trial_page(request: Any, pk: int) -> HttpResponse:
    """The office's result beside the run; POST hands in its workbook."""
    one = _round(pk)
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or file.size > trial.LARGEST:
            raise DataError("web.assessment.office_result_kind", name=file.name if file else "—")
        made = trial.hand_in_result(one, file.name, file.read(), by=request.actor)
        messages.success(request, _("已对照 %(count)s 个数。") % {"count": made.compared})
        return redirect("trial", pk=pk)
    if one.run and not queries.sees_all(one.run, request.actor):
        raise PermissionDenied("result.preview")
    audit.read("trial", pk, by=request.actor)
    result = one.office_results.first()
    lines = result.lines.select_related("unit", "classed_by").order_by("unit__order", "criterion") if result else []
    count = Round.objects.filter(scheme=one.scheme, trial=True).count()
    context = {
        "round": one, "result": result, "causes": OfficeLine.Cause.choices, "count": count,
        "most": int(terms_of(current(), one.period)["round_trial_months"].value),
        "lines": lines,
        "tally": trial.tally(result) if result else [],
    }  # fmt: skip
    return render(request, "assessment/trial.html", context)


@require_POST
@kindly(_back)
def trial_class(request: Any, pk: int) -> HttpResponse:
    """Class one difference."""
    given = request.POST.get("line", "")
    line = get_object_or_404(OfficeLine, pk=int(given) if given.isdigit() else 0, result__round=pk)
    trial.class_difference(line, request.POST.get("cause", ""), by=request.actor, note=request.POST.get("note", ""))
    return redirect("trial", pk=pk)
