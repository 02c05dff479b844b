"""Pages of the meeting (常务会议页面): list, the meeting itself, the paper, key people, named lines, promises."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from junxian.web import clock
from junxian.web.rulebooks.current import current
from junxian.web.supervision import queries
from junxian.web.supervision.actions import told_too_late
from junxian.web.supervision.forms import owners
from junxian.web.supervision.models import Meeting, Named


def meetings(request: HttpRequest) -> HttpResponse:
    """All meetings the reader may see, the newest first, and a form for the next."""
    actor = request.actor  # type: ignore[attr-defined]
    facts = {
        "meetings": queries.meetings_for(actor),
        "kinds": Meeting.Kind.choices,
        "may_run": actor.may("meeting.run"),
    }
    return render(request, "supervision/meetings.html", facts)


def meeting(request: HttpRequest, meeting: int) -> HttpResponse:
    """One meeting: what it opens with, agenda, who is named, decisions; the next step."""
    return render(request, "supervision/meeting.html", meeting_facts(request, meeting))


def paper(request: HttpRequest, meeting: int) -> HttpResponse:
    """The one sheet of A4."""
    return render(request, "supervision/paper.html", meeting_facts(request, meeting))


def meeting_facts(request: HttpRequest, number: int, **more: Any) -> dict[str, Any]:
    """What the meeting's pages show to this reader; counties get only the lines and decisions that are theirs."""
    actor = request.actor  # type: ignore[attr-defined]
    found = get_object_or_404(queries.meetings_for(actor), pk=number)
    whole = queries.sees_all(actor)
    named = Named.objects.visible_to(actor).filter(meeting=found).select_related("unit", "replied_by")
    return {
        "meeting": found, "whole": whole, "may_run": actor.may("meeting.run"),
        "items": list(found.items.select_related("reporter")) if whole else [],
        "named": list(named if whole else named.exclude(notified_at=None)),
        "decisions": queries.standings(queries.decisions_for(actor).filter(meeting=found)),
        "brought": queries.brought_back(found, actor) if whole else [],
        "promises": queries.promises_due(actor, found.date) if whole else [],
        "order": queries.speaking_order(found) if whole else [],
        "untold": told_too_late(found) if whole and found.state == Meeting.State.PLANNED else [],
        **_choices(found, actor), **more,
    }  # fmt: skip


def _choices(found: Meeting, actor: Any) -> dict[str, Any]:
    """What the forms offer; readers have no forms."""
    if not actor.may("meeting.run"):
        return {}
    return {"owners": list(owners()), "cards": [card for card in current().indicators if not card.event]}


def key_people(request: HttpRequest) -> HttpResponse:
    """关键人关键事: who has which decisions open."""
    people = queries.key_people(request.actor)  # type: ignore[attr-defined]
    return render(request, "supervision/key_people.html", {"people": people})


def lines(request: HttpRequest) -> HttpResponse:
    """Lines that name the reader's units, each with the form for its reply."""
    actor = request.actor  # type: ignore[attr-defined]
    reach = actor.reach_of("meeting.reply")
    found = Named.objects.exclude(notified_at=None).select_related("meeting", "unit", "replied_by")
    found = found if reach is None else found.filter(unit_id__in=reach)
    facts = {"lines": found.order_by("-meeting__date", "place"), "typed": {}, "today": clock.today()}
    return render(request, "supervision/lines.html", facts)


def promises(request: HttpRequest) -> HttpResponse:
    """The ledger of promises and the share that was kept on time."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.promises(actor)
    facts = {"promises": found, "share": queries.kept_share(found), "may_run": actor.may("meeting.run")}
    return render(request, "supervision/promises.html", facts | {"owners": list(owners())})


def decisions(request: HttpRequest) -> HttpResponse:
    """All decisions of all meetings: history, with what came of each."""
    found = queries.decisions_for(request.actor).order_by("-year", "-number")  # type: ignore[attr-defined]
    return render(request, "supervision/decisions.html", {"decisions": queries.standings(found[:2000])})
