"""The county's check and objections as pages (县区核对、得分凭据、异议)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from junxian.core.errors import DataError, JunxianError
from junxian.web import clock
from junxian.web.assessment import hearing_actions as actions
from junxian.web.assessment import overview, queries
from junxian.web.assessment.answering import kindly, told
from junxian.web.assessment.models import (
    Confirmation,
    Evidence,
    Objection,
    Point,
    Receipt,
    Round,
    Run,
    Settlement,
)
from junxian.web.assessment.standing import figures_locked, results_public
from junxian.web.assessment.views import _round, download
from junxian.web.people import audit
from junxian.web.units.models import Unit


def _unit(code: str) -> Unit:
    return get_object_or_404(Unit, code=code)


def _run_shown(request: Any, one: Round) -> Run:
    """The run the actor may read; 404 where there is none yet, PermissionDenied where it is not for him yet."""
    if one.run_id is None:
        raise Http404(one.pk)
    run = queries.run_for(one, request.actor)
    if run is None:
        raise PermissionDenied("result.see")
    return run


def _back_to_check(code: str, **_arguments: Any) -> str:
    return reverse("check", kwargs={"code": code})


@require_GET
def checks(request: Any) -> HttpResponse:
    """Where the check stands for every unit in reach; a county with one unit goes straight to its own page."""
    units = Unit.objects.counties()
    reach = request.actor.reach_of("round.see")
    own = list(units if reach is None else units.filter(pk__in=reach))
    if len(own) == 1:
        return redirect("check", code=own[0].code)
    open_rounds = [r for r in queries.rounds_for(request.actor) if r.state in queries.OPEN_TO_COUNTIES]
    seen = {unit.pk for unit in own}
    rows = [{"round": r, "answers": [a for a in overview.answers(r) if a["unit"].pk in seen]} for r in open_rounds]
    return render(request, "assessment/checks.html", {"rows": rows})


@require_GET
def check(request: Any, code: str) -> HttpResponse:
    """A county's own inputs and points of the round in check, the clock, and the two answers it can give."""
    unit = _unit(code)
    rounds = [r for r in queries.rounds_for(request.actor) if r.run_id and not r.trial]
    one = next((r for r in rounds if queries.run_for(r, request.actor)), None)
    context: dict[str, Any] = {"unit": unit, "round": one, "today": clock.today()}
    if one is not None and one.run is not None:
        context |= _check_context(request, one, unit)
    return render(request, "assessment/check.html", context)


def _check_context(request: Any, one: Round, unit: Unit) -> dict[str, Any]:
    run = _run_shown(request, one)
    own = Confirmation.objects.filter(round=one, unit=unit)
    return {
        "run": run, "points": queries.points(run, unit, request.actor),
        "score": next((s for s in queries.scores(run, request.actor) if s.unit_id == unit.pk), None),
        "has_receipt": Receipt.objects.filter(run=run, unit=unit).exists(),
        "slip": own.filter(run=run).first(), "checking": one.state == Round.State.CHECKING,
        "objections": list(one.objections.filter(unit=unit)), "public": results_public(one, run),
        "may_confirm": request.actor.covers("round.check", unit.pk),
        "may_object": request.actor.covers("objection.file", unit.pk),
        "replaced": next((r for r in overview.comparison(run, "replaced") if r["region_code"] == unit.code), None),
    }  # fmt: skip


@require_POST
@kindly(_back_to_check)
def check_confirm(request: Any, code: str, pk: int) -> HttpResponse:
    """The county confirms."""
    made = actions.confirm(_round(pk), _unit(code), by=request.actor)
    messages.success(request, _("已核对确认，编号 %(serial)s。可以打印核对确认单。") % {"serial": made.serial})
    return redirect("check", code=code)


@require_GET
def slip(request: Any, code: str, serial: str) -> HttpResponse:
    """The confirmation slip (核对确认单) to print, with serial and hash."""
    made = get_object_or_404(
        Confirmation.objects.select_related("unit", "round", "run", "post__person"), serial=serial, unit__code=code
    )
    if not (request.actor.covers("round.check", made.unit_id) or queries.sees_all(made.run, request.actor)):
        raise PermissionDenied("result.preview")
    return render(
        request, "assessment/slip.html", {"slip": made, "lines": _outline(made.content["lines"], request.actor)}
    )


@require_GET
def receipt(request: Any, pk: int, code: str) -> HttpResponse:
    """One unit's receipt: figure → source cell → clause → reference values → points, and next steps when locked."""
    one, unit = _round(pk), _unit(code)
    run = _run_shown(request, one)
    try:
        content = queries.receipt(run, unit, request.actor)
    except DataError as fault:
        raise Http404(code) from fault
    if queries.sees_all(run, request.actor) and not results_public(one, run):
        audit.read("receipt", f"{run.pk}/{code}", by=request.actor, unit=unit.pk)
    context = {
        "round": one, "run": run, "unit": unit, "receipt": content, "lines": _outline(content["lines"], request.actor),
        "locked": figures_locked(one), "may_object": request.actor.covers("objection.file", unit.pk),
        "public": results_public(one, run),
    }  # fmt: skip
    return render(request, "assessment/receipt.html", context)


def _outline(lines: list[dict[str, Any]], actor: Any) -> list[dict[str, Any]]:
    """Lines with parents before children, each with its depth and the period of every figure as text."""
    below: dict[Any, list[dict[str, Any]]] = {}
    for line in lines:
        below.setdefault(line["parent"], []).append(line)
    found: list[dict[str, Any]] = []
    own = _codes(actor)
    setters = {
        code for line in lines for one in (line.get("references") or {}).values() for code in one.get("set_by", ())
    }
    names = dict(Unit.objects.filter(code__in=setters).values_list("code", "name"))

    def walk(parent: Any, depth: int) -> None:
        for line in below.get(parent, ()):
            figures = [_figure(one, own) for one in line.get("inputs", ())]
            references = {name: _with_names(one, names) for name, one in (line.get("references") or {}).items()}
            shown = {"depth": min(depth, 4), "inputs": figures, "references": references, "leaf": "formula" in line}
            found.append({**line, **shown})
            walk(line["criterion"], depth + 1)

    walk(None, 0)
    return found


def _with_names(reference: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A reference value with the names of the units that set it."""
    return {**reference, "setters": [names.get(code, code) for code in reference.get("set_by", ())]}


def _codes(actor: Any) -> set[str] | None:
    """Codes of the units whose figures the actor may open; None is every unit."""
    reach = actor.reach_of("figure.see")
    return None if reach is None else set(Unit.objects.filter(pk__in=reach).values_list("code", flat=True))


def _figure(one: dict[str, Any], own: set[str] | None) -> dict[str, Any]:
    """A figure with the period as text and the address of its history, where the reader may open it."""
    from junxian.core.indicators.period import at_index

    period = one["source"].get("period") or at_index(one["period_index"]).text
    open_to = own is None or one["region_code"] in own
    address = _history(one["region_code"], one["indicator"], period) if open_to else ""
    return {**one, "period": period, "address": address}


def _history(unit: str, indicator: str, period: str) -> str:
    """The page that shows every revision of a figure; figures of a run itself have none."""
    if ":" in indicator:
        return ""
    return reverse("figure", kwargs={"unit": unit, "indicator": indicator, "period": period})


def _read(file: Any) -> bytes:
    """The bytes of an upload; one too large is refused before it is read."""
    if file.size > actions.LARGEST_EVIDENCE:
        raise DataError("web.assessment.evidence_size", name=file.name, most=actions.LARGEST_EVIDENCE // 1024**2)
    return bytes(file.read())


def object_to(request: Any, pk: int, code: str) -> HttpResponse:
    """File an objection to one line; a refused form comes back with what was typed."""
    one, unit = _round(pk), _unit(code)
    run = _run_shown(request, one)
    sent = request.POST if request.method == "POST" else request.GET
    typed = {name: sent.get(name, "") for name in ("criterion", "ground", "text", "wanted")}
    refusal = ""
    if request.method == "POST":
        try:
            files = [(f.name, _read(f)) for f in request.FILES.getlist("evidence")]
            made = actions.file_objection(one, unit, **typed, evidence=files, by=request.actor)
            messages.success(request, _("异议已提交，编号 %(serial)s。") % {"serial": made.serial})
            return redirect("objection", serial=made.serial)
        except JunxianError as fault:
            refusal = told(fault)
    lines = Point.objects.filter(run=run, unit=unit).exclude(parent="").order_by("order")
    context = {"round": one, "unit": unit, "typed": typed, "lines": lines, "grounds": Objection.Ground.choices,
               "refusal": refusal, "kinds": " ".join(actions.EVIDENCE_KINDS)}  # fmt: skip
    return render(request, "assessment/object.html", context, status=422 if refusal else 200)


@require_GET
def objections(request: Any) -> HttpResponse:
    """Objections in reach, the undecided first, with the days left."""
    rows = queries.objections_for(request.actor)
    audit.read("objections", "", by=request.actor)
    today = clock.today()
    listed = [{"one": row, "left": (row.decide_by - today).days, "line": row.criterion} for row in rows]
    context = {"rows": listed, "reviewer": request.actor.may("objection.review")}
    return render(request, "assessment/objections.html", context)


@require_GET
def objections_of(request: Any, pk: int) -> HttpResponse:
    """A fragment for the approval page: this round's objections and decisions."""
    rows = queries.objections_for(request.actor, _round(pk))
    audit.read("objections", pk, by=request.actor)
    return render(request, "assessment/objections_fragment.html", {"rows": rows})


def _objection(request: Any, serial: str) -> Objection:
    found = get_object_or_404(
        Objection.objects.select_related("unit", "round", "run__post__person", "filed_by__person",
                                         "decided_by__person", "answered_by_run"), serial=serial,
    )  # fmt: skip
    request.actor.demand("objection.see", found.unit_id)
    return found


@require_GET
def objection(request: Any, serial: str) -> HttpResponse:
    """One objection: line, ground, evidence, who may decide, the decision and what followed."""
    one = _objection(request, serial)
    audit.read("objection", serial, by=request.actor, unit=one.unit_id)
    refused = actions.may_review(one, request.actor)
    context = {
        "one": one, "evidence": one.evidence.select_related("post"), "left": (one.decide_by - clock.today()).days,
        "line": Point.objects.filter(run=one.run, unit=one.unit, criterion=one.criterion).first(),
        "reviewer": request.actor.may("objection.review"), "refused": (refused, {}) if refused else None,
        "decisions": Objection.Decision.choices, "remedies": Objection.Remedy.choices[:2],
        "closed": queries.is_closed(one.round), "settlement": Settlement.objects.filter(objection=one).first(),
    }  # fmt: skip
    return render(request, "assessment/objection.html", context)


def _back_to_objection(serial: str, **_arguments: Any) -> str:
    return reverse("objection", kwargs={"serial": serial})


@require_POST
@kindly(_back_to_objection)
def objection_decide(request: Any, serial: str) -> HttpResponse:
    """Decide an objection."""
    sent = request.POST
    actions.decide_objection(
        _objection(request, serial), decision=sent.get("decision", ""), reason=sent.get("reason", ""),
        remedy=sent.get("remedy", ""), by=request.actor,
    )  # fmt: skip
    messages.success(request, _("已作出决定并告知提出单位。"))
    return redirect("objection", serial=serial)


@require_GET
def evidence_file(request: Any, serial: str, pk: int) -> HttpResponse:
    """A file of evidence, always as a download."""
    one = _objection(request, serial)
    kept = get_object_or_404(Evidence.objects.select_related("content"), pk=pk, objection=one)
    audit.read("evidence", pk, by=request.actor, unit=one.unit_id)
    return download(kept.name, bytes(kept.content.content))


@require_GET
def evidence_package(request: Any, serial: str) -> HttpResponse:
    """The case's signed evidence package."""
    from junxian.web.assessment.evidence import package

    one = _objection(request, serial)
    return download(f"{serial}.zip", package(one, by=request.actor))
