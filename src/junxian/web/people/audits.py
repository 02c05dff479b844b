"""The auditor's pages (审计查询): search, export, the chain checked here and against heads kept elsewhere."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from junxian.core.errors import DataError
from junxian.web import clock
from junxian.web.people import audit, heads, queries
from junxian.web.people.export import MOST, workbook
from junxian.web.people.forms import AuditSearch, EarlierHead
from junxian.web.people.models import AuditRow
from junxian.web.people.tags import sentence

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def search(request: HttpRequest) -> HttpResponse:
    """Rows found, fifty a page, the newest first."""
    form = AuditSearch(request.GET)
    rows = queries.search(form.cleaned_data) if form.is_valid() else AuditRow.objects.none()
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    shown = [(row, queries.changes(row)) for row in page]
    asked = request.GET.copy()
    asked.pop("page", None)
    facts = {"form": form, "page": page, "rows": shown, "asked": asked.urlencode(), "head": heads.export_head()}
    return render(request, "people/audit.html", {**facts, "check": EarlierHead()})


def export(request: HttpRequest) -> HttpResponse:
    """The rows found as a workbook; the export itself is audited."""
    form = AuditSearch(request.GET)
    if not form.is_valid():
        return search(request)
    facts = form.cleaned_data
    with transaction.atomic():
        asked = {name: str(value) for name, value in facts.items() if value}
        audit.record("audit.export", "audit", "", by=request.actor, after=asked)  # type: ignore[attr-defined]
    answer = HttpResponse(workbook(queries.search(facts)[:MOST]), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="audit-{clock.today().isoformat()}.xlsx"'
    return answer


def check(request: HttpRequest) -> HttpResponse:
    """Every break of the chain, and every earlier head it no longer agrees with."""
    form = EarlierHead(request.POST or None)
    lines = form.cleaned_data["lines"] if form.is_bound and form.is_valid() else ""
    fault, earlier = "", []
    try:
        earlier = heads.read_heads(lines.splitlines()) if lines.strip() else []
    except DataError as unread:
        fault = sentence(unread)
    found = [*audit.breaks(), *heads.rewritten(earlier)]
    frame = "people/fragment.html" if request.headers.get("HX-Request") else "page.html"
    facts = {"frame": frame, "breaks": found, "fault": fault, "heads": earlier, "head": heads.export_head()}
    return render(request, "people/audit_check.html", facts)
