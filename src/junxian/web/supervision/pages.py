"""Pages of the supervision room (督查): the executive meeting, its lines and decisions, promises."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from junxian.web.people.access import Page
from junxian.web.supervision import views, writes

SEE, RUN, REPLY = "meeting.see", "meeting.run", "meeting.reply"


def _example(world: Any) -> dict[str, int]:
    """A meeting that names every county and gave each a decision, so that every reader has something of his own."""
    from datetime import date

    from django.utils import timezone

    from junxian.web.people.models import Post
    from junxian.web.supervision.models import Decision, Item, Meeting, Named, Promise
    from junxian.web.units.models import Unit

    post, day, now = Post.objects.order_by("pk")[0], date(2026, 7, 20), timezone.now()
    made, new = Meeting.objects.get_or_create(title="—", defaults={"date": day, "post": post})
    if new:
        Item.objects.create(meeting=made, place=1, title="—")
        for place, unit in enumerate(Unit.objects.counties() | Unit.objects.filter(kind="department"), start=1):
            Named.objects.create(meeting=made, unit=unit, place=place, line="—", notified_at=now)
            Decision.objects.create(meeting=made, year=1999, number=place, text="—", owner=unit, due=day, first_due=day,
                                    post=post, at=now)  # fmt: skip
            Promise.objects.create(unit=unit, what="—", basis="—", due=day, body=unit, post=post, at=now)
    first = {"meeting": made.pk}
    for kind in (Item, Named, Decision):
        first[kind.__name__.lower()] = kind.objects.filter(meeting=made).order_by("pk")[0].pk
    return first | {"promise": Promise.objects.filter(what="—").order_by("pk")[0].pk}


def _one(kind: str) -> dict[str, Any]:
    return {kind: lambda world: _example(world)[kind]}


PAGES = (
    Page("meetings", "meetings/", views.meetings, SEE, menu="city", title=_("常务会议")),
    Page("meeting_lines", "meetings/lines/", views.lines, REPLY, menu="city", title=_("点到本单位的事项")),
    Page("meeting_key_people", "meetings/key-people/", views.key_people, SEE),
    Page("meeting_decisions", "meetings/decisions/", views.decisions, SEE, menu="city", title=_("议定事项")),
    Page("promises", "meetings/promises/", views.promises, SEE, menu="city", title=_("兑现台账")),
    Page("promise_make", "meetings/promises/make/", writes.promise, RUN, writes=True),
    Page("promise_keep", "meetings/promises/<int:promise>/keep/", writes.fulfil, RUN, example=_one("promise"),
         writes=True),
    Page("meeting_plan", "meetings/plan/", writes.plan, RUN, writes=True),
    Page("meeting", "meetings/<int:meeting>/", views.meeting, SEE, example=_one("meeting")),
    Page("meeting_paper", "meetings/<int:meeting>/paper/", views.paper, SEE, example=_one("meeting")),
    Page("meeting_item", "meetings/<int:meeting>/items/", writes.add_item, RUN, example=_one("meeting"), writes=True),
    Page("meeting_item_remove", "meetings/items/<int:item>/remove/", writes.remove_item, RUN, example=_one("item"),
         writes=True),
    Page("meeting_name", "meetings/<int:meeting>/name/", writes.name, RUN, example=_one("meeting"), writes=True),
    Page("meeting_unname", "meetings/named/<int:named>/remove/", writes.unname, RUN, example=_one("named"),
         writes=True),
    Page("meeting_speak_at", "meetings/named/<int:named>/place/", writes.speak_at, RUN, example=_one("named"),
         writes=True),
    Page("meeting_reply", "meetings/named/<int:named>/reply/", writes.reply, REPLY, example=_one("named"), writes=True),
    Page("meeting_tell", "meetings/<int:meeting>/tell/", writes.tell, RUN, example=_one("meeting"), writes=True),
    Page("meeting_hold", "meetings/<int:meeting>/hold/", writes.hold, RUN, example=_one("meeting"), writes=True),
    Page("meeting_close", "meetings/<int:meeting>/close/", writes.close, RUN, example=_one("meeting"), writes=True),
    Page("meeting_decide", "meetings/<int:meeting>/decide/", writes.decide, RUN, example=_one("meeting"), writes=True),
    Page("meeting_amend", "meetings/decisions/<int:decision>/amend/", writes.amend, RUN, example=_one("decision"),
         writes=True),
    Page("meeting_strike", "meetings/decisions/<int:decision>/strike/", writes.strike, RUN, example=_one("decision"),
         writes=True),
    Page("meeting_settle", "meetings/decisions/<int:decision>/settle/", writes.settle, RUN, example=_one("decision"),
         writes=True),
)  # fmt: skip
