"""Pages of one upload (上传结果): progress, findings beside the sheet, answers, confirmation."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.errors import DataError
from junxian.web.indicators import actions, duties
from junxian.web.indicators.access import actor_of, done, told, upload_for
from junxian.web.indicators.answering import NAMES
from junxian.web.indicators.hand_in_views import XLSX, attachment
from junxian.web.indicators.models import Finding, Upload
from junxian.web.indicators.picture import picture
from junxian.web.people.tags import spoken_language

WORKING = (Upload.State.WAITING, Upload.State.READING)
ORDER = {"error": 0, "ask": 1, "warning": 2}


def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """What was read from a file and what is doubtful about it."""
    return _page(request, upload_for(request, pk))


def _page(request: HttpRequest, found: Upload, *, typed: Any = None, status: int = 200) -> HttpResponse:
    findings = sorted(
        found.findings.select_related("unit", "answered_by"), key=lambda f: (ORDER.get(f.severity, 3), f.pk)
    )
    return render(request, "indicators/upload.html", {
        "upload": found, "hand_in": found.hand_in, "groups": grouped(findings, found), "typed": typed or {},
        "working": found.state in WORKING, "blocking": sum(finding.blocks for finding in findings),
        "mine": actor_of(request).covers("figure.hand_in", found.hand_in.owner_id) if found.hand_in else False,
        "parts": found.passed_on.select_related("hand_in__owner"), "first": first_place(findings),
    }, status=status)  # fmt: skip


def grouped(findings: list[Finding], found: Upload) -> list[dict[str, Any]]:
    """Findings of one rule together, so that they can be answered together."""
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for finding in findings:
        group = groups.setdefault((finding.rule, finding.code), {
            "rule": finding.rule, "code": finding.code, "severity": finding.severity, "rows": [], "open": 0,
            "choices": [], "title": rule_title(finding.rule, found.period),
        })  # fmt: skip
        group["rows"].append((finding, options(finding)))
        group["open"] += finding.answer == Finding.Answer.OPEN
    return list(groups.values())


def rule_title(rule: str, period: str) -> Any:
    """The rule's own title in the rulebook."""
    checks = {check.id: check.title for check in duties.rules_in(period).checks}
    return checks.get(rule, "") or {"file": _("文件"), "revised": _("与已报送的数据不同")}.get(rule, rule)


def options(finding: Finding) -> list[tuple[str, str]]:
    """What a doubtful name may mean: the candidates first, then every unit or card."""
    sort = NAMES.get(finding.code)
    if sort is None or finding.answer != Finding.Answer.OPEN:
        return []
    rules = duties.rules_in(finding.period)
    entries = [u for u in rules.units if not u.valid_to] if sort == "region" else list(rules.indicators)
    likely = " ".join(finding.facts.get("candidates", []))
    language = spoken_language()
    from junxian.web.indicators.reading import title

    named = [(entry.code, title(entry, language)) for entry in entries]
    return sorted(named, key=lambda pair: f"({pair[0]})" not in likely)


def first_place(findings: list[Finding]) -> Finding | None:
    """Where the picture opens: the first finding with a cell."""
    return next((finding for finding in findings if finding.cell), None)


def upload_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment asked for every second while a file is read; when it is done the page is loaded anew."""
    found = upload_for(request, pk)
    answer = render(request, "indicators/progress.html", {"upload": found, "working": found.state in WORKING})
    if found.state not in WORKING:
        answer["HX-Refresh"] = "true"
    return answer


def upload_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The cells around a finding, or around a cell named by its address, as a fragment."""
    found = upload_for(request, pk)
    if found.state in (*WORKING, Upload.State.REFUSED):
        raise Http404
    sheet, cell = request.GET.get("sheet", ""), request.GET.get("cell", "")
    if "finding" in request.GET:
        finding = get_object_or_404(found.findings, pk=request.GET["finding"] or "0")
        sheet, cell = finding.sheet, finding.cell
    try:
        shown = picture(found, sheet, cell, list(found.findings.all()))
    except DataError as fault:
        return render(request, "indicators/no_picture.html", {"fault": fault})
    return render(request, "indicators/picture.html", {"picture": shown, "here": cell, "upload": found})


def upload_original(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it came."""
    found = upload_for(request, pk)
    return attachment(bytes(found.content.content), found.name, "application/octet-stream")


def upload_marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook with its doubtful cells marked."""
    found = upload_for(request, pk)
    if found.marked is None:
        raise Http404
    return attachment(bytes(found.marked.content), f"{found.name.rpartition('.')[0]}_标注.xlsx", XLSX)


@require_POST
def upload_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer findings: a reason for one or for all alike, a corrected value, or the name that was meant."""
    found, by, sent = upload_for(request, pk), actor_of(request), request.POST
    finding = get_object_or_404(Finding, pk=sent.get("finding", "0") or "0", upload=found)
    with told(request) as outcome:
        if sent.get("answer") == "choose":
            actions.choose(finding, sent.get("code", ""), by=by)
        elif sent.get("answer") == "correct":
            actions.correct(finding, sent.get("value", ""), sent.get("reason", ""), by=by)
        else:
            same = list(actions.similar(finding)) if sent.get("all") else [finding]
            carry, until = bool(sent.get("carry")), sent.get("until", "").strip()
            actions.explain(same, sent.get("reason", ""), by=by, carry=carry, until=until)
        done(request, _("已处理。"))
    if outcome["refused"]:
        return _page(request, found, typed=sent, status=422)
    return redirect("upload", pk=pk)


@require_POST
def upload_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the figures into the books."""
    found = upload_for(request, pk)
    with told(request) as outcome:
        kept = actions.confirm(found, by=actor_of(request))
        done(request, _("已确认：新增 %(a)s 个，更正 %(b)s 个，与已有数据相同 %(c)s 个。")
             % {"a": kept.added, "b": kept.revised, "c": kept.same})  # fmt: skip
    return _page(request, found, status=422) if outcome["refused"] else redirect("hand_in", pk=found.hand_in_id)


@require_POST
def upload_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a wrong file."""
    found = upload_for(request, pk)
    with told(request) as outcome:
        actions.withdraw(found, by=actor_of(request))
        done(request, _("已撤回《%(name)s》。") % {"name": found.name})
    return _page(request, found, status=422) if outcome["refused"] else redirect("hand_in", pk=found.hand_in_id)
