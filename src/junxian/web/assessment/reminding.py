"""Reminding (催报): who owes figures is told once a day, with everything in one message."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from junxian.web import clock
from junxian.web.assessment.models import Objection, Round
from junxian.web.assessment.standing import checking_units, root_id
from junxian.web.indicators.models import HandIn
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.models import Post
from junxian.web.people.reminders import remind


@transaction.atomic
def remind_late(this_round: Round, *, by: Actor) -> int:
    """Tell the posts that must move next in every unsigned hand-in; returns how many posts were told."""
    by.demand("round.run", root_id())
    steps = {"open": "handle", "received": "handle", "confirmed": "review", "reviewed": "sign"}
    waiting = HandIn.objects.filter(scheme=this_round.scheme, period=this_round.period).exclude(
        state=HandIn.State.SIGNED
    )
    told = 0
    for hand_in in waiting.select_related("owner"):
        posts = Post.objects.on(clock.today()).filter(unit=hand_in.owner, step=steps[hand_in.state])
        facts = {"owner": hand_in.owner.name, "period": this_round.period, "due": str(hand_in.due)}
        for post in posts.select_related("person"):
            remind(
                post,
                (f"web.assessment.remind_{hand_in.state}", facts),
                by=by,
                address=reverse("round", args=[this_round.pk]),
            )
            told += 1
    audit.record("round.remind", "round", this_round.pk, by=by, after={"posts": told})
    return told


def tell_counties(this_round: Round, *, by: Actor) -> None:
    """Every county is told that its check begins, when it ends and where to answer."""
    facts = {"period": this_round.period, "until": str(this_round.check_until)}
    units = checking_units(this_round)
    posts = Post.objects.on(clock.today()).filter(unit__in=units).select_related("person", "unit")
    for post in posts:
        remind(post, ("web.assessment.remind_check", facts), by=by, address=reverse("check", args=[post.unit.code]))


def tell_decision(objection: Objection, *, by: Actor) -> None:
    """Whoever objected is told that it is decided and where to read it."""
    facts = {"serial": objection.serial}
    address = reverse("objection", args=[objection.serial])
    remind(objection.filed_by, ("web.assessment.remind_decided", facts), by=by, address=address)
