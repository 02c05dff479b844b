"""Pages of a notice before publication (通报稿): read it, edit it in WPS, drop it back, sign it, publish it.

Everything here is unpublished: every reading is logged and the page bears the reader's name.
"""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.errors import DataError, JunxianError
from junxian.web import clock
from junxian.web.assessment.models import Round
from junxian.web.bulletins import actions, queries, versions
from junxian.web.bulletins.models import NoticeVersion, Publication
from junxian.web.bulletins.views import content_of, told
from junxian.web.people import audit
from junxian.web.people.tags import sentence


def notice_draft(request: Any, pk: int) -> HttpResponse:
    """The notice as it will print, its check, the objections, and what the reader has to do with it."""
    this_round = _round(pk)
    published = Publication.objects.filter(round=this_round).first()
    if published is not None:
        return redirect("notice", pk=published.pk)
    return render(request, "bulletins/draft.html", _context(request, this_round))


def notice_draft_check(request: Any, pk: int) -> HttpResponse:
    """数字自查 of the version to be printed."""
    context = _context(request, _round(pk))
    context["checks"] = queries.shown_sources(context["checks"], request.actor)
    return render(request, "bulletins/check.html", context | queries.linked(context["checks"], request.actor))


def notice_draft_file(request: Any, pk: int, number: int) -> Any:
    """One version as Word file, with who took it in its properties."""
    from junxian.files.documents.stamp import traced

    version = _version(pk, number)
    audit.read("notice_version", version.pk, by=request.actor)
    content = traced(bytes(version.docx.content), _mark(request))
    word = _("通报")
    shown = f"{word}-{version.round.period.replace('/', '-')}-{version.number}.docx"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=shown)


def notice_version(request: Any, pk: int, number: int) -> HttpResponse:
    """One version: what was changed side by side, every figure that does not hold, and the paper."""
    version = _version(pk, number)
    audit.read("notice_version", version.pk, by=request.actor)
    context = {
        "version": version, "round": version.round, "paper": version.paper, "findings": version.findings,
        "changes": [queries.marked(before, after) for before, after in version.changes], "mark_text": _mark(request),
        "printed": versions.to_print(version.round),
    }  # fmt: skip
    return render(request, "bulletins/version.html", context)


@require_POST
def notice_prepare(request: Any, pk: int) -> HttpResponse:
    """Compose the notice and keep it as a version."""
    this_round = _round(pk)
    return told(request, lambda: actions.prepare(this_round, by=request.actor), _("通报稿已生成。"), "notice_draft", pk)


@require_POST
def notice_drop(request: Any, pk: int) -> HttpResponse:
    """An edited notice comes back."""
    this_round, file = _round(pk), request.FILES.get("file")
    try:
        if file is None:
            raise DataError("web.bulletins.no_file")
        version = actions.drop(this_round, file.name, content_of(file), by=request.actor)
    except JunxianError as fault:
        messages.error(request, sentence(fault))
        return redirect("notice_draft", pk=pk)
    return redirect("notice_version", pk=pk, number=version.number)


@require_POST
def notice_accept(request: Any, pk: int, number: int) -> HttpResponse:
    """This version is the one to print."""
    version = _version(pk, number)
    return told(
        request, lambda: actions.accept(version, by=request.actor), _("已采用，按这一稿印发。"), "notice_draft", pk
    )


@require_POST
def notice_sign(request: Any, pk: int) -> HttpResponse:
    """The leader approves under a minutes number; a refused form comes back with what was typed."""
    this_round, minutes = _round(pk), request.POST.get("minutes", "")
    try:
        actions.sign(this_round, minutes, by=request.actor)
    except JunxianError as fault:
        context = _context(request, this_round) | {"minutes": minutes, "fault": fault}
        return render(request, "bulletins/draft.html", context, status=400)
    messages.success(request, _("已签发，由考核办发布。"))
    return redirect("notice_draft", pk=pk)


@require_POST
def notice_send_back(request: Any, pk: int) -> HttpResponse:
    """Back to review with a reason."""
    this_round, reason = _round(pk), request.POST.get("reason", "")
    return told(
        request, lambda: actions.send_back(this_round, reason, by=request.actor), _("已退回复核。"), "notice_draft", pk
    )


@require_POST
def notice_publish(request: Any, pk: int) -> HttpResponse:
    """Publish; then the draft's address leads to the published notice."""
    this_round = _round(pk)
    return told(
        request,
        lambda: actions.publish(this_round, by=request.actor),
        _("通报已发布，各单位已收到提醒。"),
        "notice_draft",
        pk,
    )


def _context(request: Any, this_round: Round) -> dict[str, Any]:
    """What the draft pages show; the reading is logged."""
    audit.read("notice", this_round.pk, by=request.actor)
    context: dict[str, Any] = {
        "round": this_round, "versions": queries.versions(this_round), "mark_text": _mark(request), "draft": True,
        "paper": None, "checks": [], "findings": [],
    }  # fmt: skip
    try:
        return context | queries.shown_draft(this_round)
    except JunxianError as fault:
        return context | {"unready": fault}


def _mark(request: Any) -> str:
    word = _("未公布")
    return f"{word} {request.actor.person} {clock.now():%Y-%m-%d %H:%M}"


def _round(pk: int) -> Round:
    found = get_object_or_404(Round.objects.select_related("run", "approved_by__person"), pk=pk)
    if found.state not in (*versions.OPEN, Round.State.PUBLISHED, Round.State.FROZEN, Round.State.WITHDRAWN):
        raise Http404(str(pk))
    return found


def _version(pk: int, number: int) -> NoticeVersion:
    rows = NoticeVersion.objects.select_related("round", "docx", "post__person", "post__unit")
    return get_object_or_404(rows, round=pk, number=number)
