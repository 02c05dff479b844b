"""Rounds and runs as pages (轮次与核算)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from junxian.core.indicators.period import at_index
from junxian.web import clock
from junxian.web.assessment import actions, overview, queries
from junxian.web.assessment.answering import kindly
from junxian.web.assessment.models import Alert, Round, Run
from junxian.web.assessment.standing import results_public, root_id
from junxian.web.people import audit
from junxian.web.people.tags import period
from junxian.web.rulebooks.current import current
from junxian.web.rulebooks.models import Draft

DRY_RUNS_SHOWN = 50


def _round(pk: int) -> Round:
    return get_object_or_404(Round.objects.select_related("run", "approved_by"), pk=pk)


def _back_to_list(**_arguments: Any) -> str:
    return reverse("rounds")


def _back_to_round(pk: int, **_arguments: Any) -> str:
    return reverse("round", kwargs={"pk": pk})


@require_GET
def rounds(request: Any) -> HttpResponse:
    """All rounds, and the form that opens the next."""
    schemes = current().schemes
    open_to = request.actor.may("round.run")
    suggested = _suggested() if open_to else ""
    rows = [{"round": one, "owner": overview.OWNER_NAMES[overview.OWNERS[one.state]]} for one in
            queries.rounds_for(request.actor)]  # fmt: skip
    titles = {scheme.id: scheme.title for scheme in schemes}
    context = {"rows": rows, "schemes": schemes, "titles": titles, "may_open": open_to, "suggested": suggested}
    return render(request, "assessment/rounds.html", context)


def _suggested() -> str:
    """Last month, as the rulebook writes it."""
    today = clock.today()
    index = today.year * 12 + today.month - 2
    merged = any(2 in months for months in current().calendar.merged_months)
    return at_index(index, merged=merged).text


@require_POST
@kindly(_back_to_list)
def round_open(request: Any) -> HttpResponse:
    """Open a round."""
    sent = request.POST
    made = actions.open_round(
        sent.get("scheme", ""), sent.get("period", ""), by=request.actor, trial=sent.get("trial") == "on"
    )
    messages.success(request, _("已开启轮次 %(period)s。") % {"period": period(made.period)})
    return redirect("round", pk=made.pk)


@require_GET
def round_page(request: Any, pk: int) -> HttpResponse:
    """One round: where it stands, what is missing, what comes next and whose it is."""
    one = _round(pk)
    if one not in queries.rounds_for(request.actor):
        raise PermissionDenied("round.run")
    context = overview.overview(one, request.actor)
    if context["comparison"] and not results_public(one, context["run"]):
        audit.read("round", pk, by=request.actor)
    return render(request, "assessment/round.html", context)


@require_POST
@kindly(_back_to_round)
def round_step(request: Any, pk: int) -> HttpResponse:
    """Take a step."""
    name = request.POST.get("step", "")
    if name not in actions.PERMISSIONS or name in overview.ELSEWHERE or name in ("approve", "compute", "compute_again"):
        raise Http404(name)
    actions.take_step(_round(pk), name, by=request.actor, reason=request.POST.get("reason", ""))
    messages.success(request, _("已完成：%(step)s。") % {"step": overview.STEP_NAMES[name]})
    return redirect("round", pk=pk)


@require_POST
@kindly(_back_to_round)
def round_run(request: Any, pk: int) -> HttpResponse:
    """Start an official computation."""
    made = actions.start_run(_round(pk), by=request.actor, reason=request.POST.get("reason", ""))
    return redirect("run", pk=made.pk)


@require_POST
@kindly(_back_to_round)
def round_approve(request: Any, pk: int) -> HttpResponse:
    """Approve under a minutes number."""
    actions.approve(_round(pk), request.POST.get("minutes", ""), by=request.actor)
    messages.success(request, _("已审定，可以发布通报。"))
    return redirect("round", pk=pk)


@require_POST
@kindly(_back_to_round)
def round_remind(request: Any, pk: int) -> HttpResponse:
    """Remind everybody who has not handed in; a person gets one message a day whatever happens."""
    from junxian.web.assessment.reminding import remind_late

    count = remind_late(_round(pk), by=request.actor)
    messages.success(request, _("已提醒 %(count)s 个岗位；同一人一天只收一条，内容合并。") % {"count": count})
    return redirect("round", pk=pk)


def _readable(request: Any, pk: int) -> Run:
    """A run the actor may read whole, reading before publication logged; PermissionDenied else."""
    run = get_object_or_404(Run.objects.select_related("round", "post", "draft", "rulebook", "replaces"), pk=pk)
    if not (queries.sees_all(run, request.actor) or request.actor.may("round.run")):
        raise PermissionDenied("result.preview")
    return run


def _log_preview(request: Any, run: Run) -> bool:
    """Whether the run is not public; then the reading is on the record."""
    preview = not results_public(run.round, run)
    if preview:
        audit.read("run", run.pk, by=request.actor)
    return preview


@require_GET
def run_page(request: Any, pk: int) -> HttpResponse:
    """One run: what went in, what came out, where to download it."""
    run = _readable(request, pk)
    preview = _log_preview(request, run)
    context = {"run": run, "round": run.round, "preview": preview, "mark_text": _watermark(request, run, preview)}
    if run.state == Run.State.DONE:
        context |= {
            "scores": queries.scores(run, request.actor), "files": _files(run),
            "alerts": Alert.objects.filter(run=run, level__in=["red", "veto", "orange"]).select_related("unit"),
            "comparison": overview.comparison(run), "replaced": overview.comparison(run, "replaced"),
            "record": _record(run), "later": run.replaced_by.filter(state=Run.State.DONE).first(),
        }  # fmt: skip
    return render(request, "assessment/run.html", context)


def _watermark(request: Any, run: Run, preview: bool) -> str:
    """Who looks at it and when; 试算 on a dry run."""
    if not preview:
        return ""
    who = f"{request.actor.person} {clock.now():%Y-%m-%d %H:%M}"
    return f"{_('试算')} {who}" if run.purpose == Run.Purpose.DRY else who


def _files(run: Run) -> list[str]:
    from junxian.files.runs.stored import members_of

    return [name for name in members_of(bytes(run.archive.content)) if not name.startswith("marked/")]


def _record(run: Run) -> dict[str, Any]:
    import json

    from junxian.files.runs.stored import member_of

    return dict(json.loads(member_of(bytes(run.archive.content), "run.json")))


@require_GET
def run_progress(request: Any, pk: int) -> HttpResponse:
    """The progress of a run, asked for every second until it ends."""
    run = _readable(request, pk)
    answer = render(request, "assessment/progress.html", {"run": run})
    if run.state in (Run.State.DONE, Run.State.FAILED):
        answer["HX-Refresh"] = "true"
    return answer


@require_GET
def run_file(request: Any, pk: int, name: str) -> HttpResponse:
    """One file of the run, or `run.zip` for all of it; always a download."""
    run = _readable(request, pk)
    if run.archive is None:
        raise Http404(name)
    _log_preview(request, run)
    from junxian.core.errors import DataError
    from junxian.files.runs.stored import member_of

    try:
        content = bytes(run.archive.content) if name == "run.zip" else member_of(bytes(run.archive.content), name)
    except DataError as fault:
        raise Http404(name) from fault
    return download(name.rpartition("/")[2], content)


def download(name: str, content: bytes) -> HttpResponse:
    """Bytes as a file that no browser opens in place."""
    from django.utils.http import content_disposition_header

    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
def run_verify(request: Any, pk: int) -> HttpResponse:
    """Recompute the run from its archive alone and show the verdict."""
    from junxian.files.runs.verify import verify
    from junxian.web.assessment.gather import unpack

    run = _readable(request, pk)
    if run.archive is None:
        raise Http404(pk)
    with tempfile.TemporaryDirectory() as place:
        verdict = verify(unpack(run, Path(place)))
    differences = [(d.code, {"what": d.what, "stated": d.stated, "found": d.found}) for d in
                   (*verdict.other_engine, *verdict.differences)]  # fmt: skip
    context = {"run": run, "verdict": verdict, "differences": differences}
    return render(request, "assessment/verdict.html", context)


@kindly(_back_to_list)
def dry_run(request: Any) -> HttpResponse:
    """Try a draft rulebook, or the present one, on a round's figures: 试算, never official; readers see those made."""
    if request.method == "POST":
        request.actor.demand("round.run", root_id())
        draft = request.POST.get("draft", "")
        chosen = get_object_or_404(Draft, pk=int(draft)) if draft.isdigit() else None
        target = _round(int(request.POST.get("round") or 0))
        made = actions.start_run(target, by=request.actor, purpose=Run.Purpose.DRY, draft=chosen)
        return redirect("run", pk=made.pk)
    context = {
        "rounds": queries.rounds_for(request.actor), "drafts": Draft.objects.filter(adopted=None).order_by("-pk"),
        "chosen": request.GET.get("draft", ""), "may_run": request.actor.may("round.run"),
        "runs": Run.objects.filter(purpose=Run.Purpose.DRY).select_related("draft", "post__person")[:DRY_RUNS_SHOWN],
    }  # fmt: skip
    return render(request, "assessment/dry_run.html", context)


@require_GET
def movements(request: HttpRequest) -> HttpResponse:
    """A fragment for the meeting: who moved in the newest published round of each scheme."""
    found = []
    for scheme in current().schemes:
        newest = queries.published(scheme.id)
        if newest is not None and newest.run is not None:
            rows = [row for row in queries.scores(newest.run, request.actor) if row.previous_rank and row.rank]  # type: ignore[attr-defined]
            moved = sorted(rows, key=lambda row: -abs(row.previous_rank - row.rank))
            found.append({"scheme": scheme, "round": newest, "rows": [r for r in moved if r.previous_rank != r.rank]})
    return render(request, "assessment/movements.html", {"found": found})
