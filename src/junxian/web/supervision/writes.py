"""Forms of the meeting (会议表单): each does one step, says what happened, and gives back what was typed if refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.errors import DataError, JunxianError
from junxian.web.people.tags import sentence
from junxian.web.supervision import actions, decisions
from junxian.web.supervision.forms import day_of, decision_facts, unit_of
from junxian.web.supervision.models import Decision, Item, Meeting, Named, Promise
from junxian.web.supervision.views import meeting_facts


def _attempt(request: HttpRequest, step: Callable[[], Any], done: str) -> Any:
    """The step's result with a word of success, or None with the sentence of the refusal."""
    try:
        result = step()
    except JunxianError as refusal:
        messages.error(request, sentence(refusal))
        return None
    messages.success(request, done)
    return result


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """A new meeting."""
    typed = request.POST

    def step() -> Meeting:
        day = day_of(typed.get("date", ""))
        if day is None:
            raise DataError("web.supervision.due_missing")
        return actions.plan(day=day, title=typed.get("title", ""), kind=typed.get("kind", ""), by=_by(request))

    made = _attempt(request, step, _("会议已列入计划"))
    return redirect("meeting", meeting=made.pk) if made else redirect("meetings")


@require_POST
def add_item(request: HttpRequest, meeting: int) -> HttpResponse:
    """A matter of the agenda."""
    found, typed = get_object_or_404(Meeting, pk=meeting), request.POST
    return _then(request, found, lambda: actions.add_item(
        found, title=typed.get("title", ""), reporter=unit_of(typed.get("reporter", "")),
        wanted=typed.get("wanted", ""), by=_by(request),
    ), _("议题已列入"))  # fmt: skip


@require_POST
def remove_item(request: HttpRequest, item: int) -> HttpResponse:
    """Off the agenda."""
    found = get_object_or_404(Item.objects.select_related("meeting"), pk=item)
    return _then(request, found.meeting, lambda: actions.remove_item(found, by=_by(request)), _("议题已撤下"))


@require_POST
def name(request: HttpRequest, meeting: int) -> HttpResponse:
    """Name a unit."""
    found, typed = get_object_or_404(Meeting, pk=meeting), request.POST

    def step() -> Named:
        unit = unit_of(typed.get("unit", ""))
        if unit is None:
            raise DataError("web.supervision.unit_missing")
        return actions.name(found, unit, line=typed.get("line", ""), by=_by(request))

    return _then(request, found, step, _("已列入点名事项，通知后县区即可答复"))


@require_POST
def unname(request: HttpRequest, named: int) -> HttpResponse:
    """Take a line back."""
    found = get_object_or_404(Named.objects.select_related("meeting"), pk=named)
    return _then(request, found.meeting, lambda: actions.unname(found, by=_by(request)), _("已撤下"))


@require_POST
def speak_at(request: HttpRequest, named: int) -> HttpResponse:
    """Another place in the speaking order."""
    found = get_object_or_404(Named.objects.select_related("meeting"), pk=named)
    place = request.POST.get("place", "")
    return _then(request, found.meeting, lambda: actions.speak_at(
        found, place=int(place) if place.isdigit() else found.place, by=_by(request)
    ), _("发言次序已调整"))  # fmt: skip


@require_POST
def tell(request: HttpRequest, meeting: int) -> HttpResponse:
    """Tell everybody named their lines."""
    found = get_object_or_404(Meeting, pk=meeting)
    return _then(request, found, lambda: actions.tell(found, by=_by(request)), _("已通知被点到的单位"))


@require_POST
def hold(request: HttpRequest, meeting: int) -> HttpResponse:
    """Open the meeting."""
    found, reason = get_object_or_404(Meeting, pk=meeting), request.POST.get("reason", "")
    return _then(request, found, lambda: actions.hold(found, reason=reason, by=_by(request)), _("会议开始"))


@require_POST
def close(request: HttpRequest, meeting: int) -> HttpResponse:
    """The minutes number closes the meeting."""
    found, minutes = get_object_or_404(Meeting, pk=meeting), request.POST.get("minutes", "")
    return _then(
        request, found, lambda: actions.close(found, minutes=minutes, by=_by(request)), _("会议已结束，决定已立项")
    )


@require_POST
def decide(request: HttpRequest, meeting: int) -> HttpResponse:
    """The quick form of the meeting: saved at once; the form comes back empty, or with what was typed."""
    found = get_object_or_404(Meeting, pk=meeting)
    refusal: JunxianError | None = None
    try:
        decisions.decide(found, by=_by(request), **decision_facts(request.POST))
    except JunxianError as refused:
        refusal = refused
    facts = meeting_facts(request, found.pk, refusal=refusal, typed=request.POST if refusal else {}, quick=True)
    if request.headers.get("HX-Request"):
        return render(request, "supervision/_decisions.html", facts)
    return render(request, "supervision/meeting.html", facts) if refusal else redirect("meeting", meeting=found.pk)


@require_POST
def amend(request: HttpRequest, decision: int) -> HttpResponse:
    """Correct a decision during the meeting."""
    found = get_object_or_404(Decision.objects.select_related("meeting"), pk=decision)
    return _then(request, found.meeting, lambda: decisions.amend(
        found, by=_by(request), **decision_facts(request.POST)
    ), _("决定已更正"))  # fmt: skip


@require_POST
def strike(request: HttpRequest, decision: int) -> HttpResponse:
    """Take a decision back during the meeting."""
    found = get_object_or_404(Decision.objects.select_related("meeting"), pk=decision)
    return _then(request, found.meeting, lambda: decisions.strike(found, by=_by(request)), _("决定已撤销"))


@require_POST
def settle(request: HttpRequest, decision: int) -> HttpResponse:
    """What came of a decision."""
    found, typed = get_object_or_404(Decision.objects.select_related("meeting"), pk=decision), request.POST
    _attempt(request, lambda: decisions.settle(
        found, state=typed.get("state", ""), remark=typed.get("remark", ""), due=day_of(typed.get("due", "")),
        by=_by(request),
    ), _("办理结果已登记"))  # fmt: skip
    return redirect("meeting_decisions")


@require_POST
def reply(request: HttpRequest, named: int) -> HttpResponse:
    """The named unit's reply."""
    actor = _by(request)
    found = get_object_or_404(Named.objects.visible_to(actor).select_related("meeting"), pk=named)
    _attempt(request, lambda: actions.reply(found, text=request.POST.get("reply", ""), by=actor), _("答复已提交"))
    return redirect("meeting_lines")


@require_POST
def promise(request: HttpRequest) -> HttpResponse:
    """A promise enters the ledger."""
    typed = request.POST

    def step() -> Promise:
        unit = unit_of(typed.get("unit", ""))
        if unit is None:
            raise DataError("web.supervision.unit_missing")
        return decisions.promise(
            unit, what=typed.get("what", ""), basis=typed.get("basis", ""), due=day_of(typed.get("due", "")),
            body=unit_of(typed.get("body", "")), kind=typed.get("kind", ""), amount=typed.get("amount", ""),
            by=_by(request),
        )  # fmt: skip

    _attempt(request, step, _("已登记"))
    return redirect("promises")


@require_POST
def fulfil(request: HttpRequest, promise: int) -> HttpResponse:
    """A promise was kept."""
    found, evidence = get_object_or_404(Promise, pk=promise), request.POST.get("evidence", "")
    _attempt(request, lambda: decisions.fulfil(found, evidence=evidence, by=_by(request)), _("已登记兑现"))
    return redirect("promises")


def _then(request: HttpRequest, found: Meeting, step: Callable[[], Any], done: str) -> HttpResponse:
    """Do it and go back to the meeting; where it was refused, the page comes back with what was typed."""
    try:
        step()
    except JunxianError as refusal:
        facts = meeting_facts(
            request, found.pk, refusal=refusal, typed=request.POST, form=request.resolver_match.url_name
        )
        return render(request, "supervision/meeting.html", facts, status=409)
    messages.success(request, done)
    return redirect("meeting", meeting=found.pk)
