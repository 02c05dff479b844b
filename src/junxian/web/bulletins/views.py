"""Pages of published notices (通报页): the list, the notice as it prints, its check, its files, and verifying one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.errors import DataError, JunxianError
from junxian.web.bulletins import actions, queries
from junxian.web.bulletins.models import Publication
from junxian.web.people.tags import sentence


def notices(request: Any) -> HttpResponse:
    """Published notices, and those being written for those who write and approve them."""
    context = {"notices": queries.published(), "waiting": queries.waiting(request.actor)}
    return render(request, "bulletins/notices.html", context)


def notice(request: Any, pk: int) -> HttpResponse:
    """One published notice as it prints, with its seal; a withdrawn one says so across."""
    found = _published(pk)
    withdrawal = getattr(found, "withdrawal", None)
    context = {"notice": found, "paper": found.paper, "withdrawal": withdrawal, "round": found.round}
    return render(request, "bulletins/notice.html", context)


def notice_check(request: Any, pk: int) -> HttpResponse:
    """数字自查 of a published notice: each figure, what the run says, and where that stands."""
    found = _published(pk)
    checks = queries.shown_sources(found.checks, request.actor)
    context = {"notice": found, "round": found.round, "checks": checks, "paper": found.paper, "findings": []}
    return render(request, "bulletins/check.html", context | queries.linked(checks, request.actor))


def notice_file(request: Any, pk: int, name: str) -> Any:
    """The notice, the ranking workbook, the page, or the whole run for recomputing."""
    found = _published(pk)
    if name not in queries.FILES:
        raise Http404(name)
    content, shown = queries.file_of(found, name)
    return FileResponse(content, as_attachment=True, filename=shown)


def notice_verify(request: Any) -> HttpResponse:
    """Whether a file, a hash or a text is a published notice."""
    context: dict[str, Any] = {"text": request.POST.get("text", ""), "hash": request.POST.get("hash", "")}
    if request.method == "POST":
        try:
            context["verdict"] = _verdict(request)
        except JunxianError as fault:
            context["fault"] = fault
    return render(request, "bulletins/verify.html", context, status=400 if "fault" in context else 200)


def _verdict(request: Any) -> queries.Verdict:
    if "file" in request.FILES:
        return queries.verify_file(content_of(request.FILES["file"]))
    if request.POST.get("hash", "").strip():
        return queries.verify_hash(request.POST["hash"])
    if request.POST.get("text", "").strip():
        return queries.verify_text(request.POST["text"])
    raise DataError("web.bulletins.nothing_to_verify")


@require_POST
def notice_freeze(request: Any, pk: int) -> HttpResponse:
    """Seal the round of a published notice."""
    found = _published(pk)
    return told(
        request,
        lambda: actions.freeze(found.round, by=request.actor),
        _("已冻结，成绩和通报不能再改动。"),
        "notice",
        pk,
    )


@require_POST
def notice_withdraw(request: Any, pk: int) -> HttpResponse:
    """Withdraw a published notice with a reason."""
    found, reason = _published(pk), request.POST.get("reason", "")
    return told(
        request,
        lambda: actions.withdraw(found.round, reason, by=request.actor),
        _("已撤回，原文仍可查阅。"),
        "notice",
        pk,
    )


def told(request: Any, act: Any, done: str, page: str, pk: int) -> HttpResponse:
    """Do it and say that it is done, or say in one sentence why not; back to the page either way."""
    try:
        act()
    except JunxianError as fault:
        messages.error(request, sentence(fault))
    else:
        messages.success(request, done)
    return redirect(page, pk=pk)


def content_of(file: Any) -> bytes:
    """The bytes of an upload no larger than a notice can be."""
    from junxian.files.documents.docx_guard import LARGEST_FILE

    if file.size > LARGEST_FILE:
        raise DataError("edited.too_large", limit=LARGEST_FILE // 1024**2)
    return bytes(file.read())


def _published(pk: int) -> Publication:
    rows = Publication.objects.select_related("round", "run", "withdrawal__post__person", "post__person", "docx")
    return get_object_or_404(rows, pk=pk)
