"""Reminding (催报): who owes figures is told once a day, with everything in one message."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from junxian.web import clock
from junxian.web.assessment.actions import root_id
from junxian.web.assessment.models import Round
from junxian.web.indicators.models import HandIn
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.models import Post
from junxian.web.people.reminders import remind


@transaction.atomic
def remind_late(round: Round, *, by: Actor) -> int:
    """Tell the posts that must move next in every unsigned hand-in; returns how many posts were told."""
    by.demand("round.run", root_id())
    steps = {"open": "handle", "received": "handle", "confirmed": "review", "reviewed": "sign"}
    waiting = HandIn.objects.filter(scheme=round.scheme, period=round.period).exclude(state=HandIn.State.SIGNED)
    told = 0
    for hand_in in waiting.select_related("owner"):
        posts = Post.objects.on(clock.today()).filter(unit=hand_in.owner, step=steps[hand_in.state])
        facts = {"owner": hand_in.owner.name, "period": round.period, "due": str(hand_in.due)}
        for post in posts.select_related("person"):
            remind(post, (f"web.assessment.remind_{hand_in.state}", facts), by=by, address=reverse("round", args=[round.pk]))
            told += 1
    audit.record("round.remind", "round", round.pk, by=by, after={"posts": told})
    return told
