"""Two-person approval (会签): what touches an audit administrator is asked for by one and decided by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from junxian.core.errors import RuleError
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.models import Approval, Person, Post


@transaction.atomic
def ask(verb: str, person: Person, facts: dict[str, Any], *, by: Actor) -> Approval:
    """Put the change before the other administrators; the same open request is not asked twice."""
    kept = audit.plain(facts)
    known = Approval.objects.filter(verb=verb, person=person, facts=kept, decided_at=None).first()
    if known:
        return known
    made = Approval.objects.create(verb=verb, person=person, facts=kept, asked_by=by.person)
    audit.record("approval.ask", "approval", made.pk, by=by, after={"verb": verb, "person": person.pk, **facts})
    return made


@transaction.atomic
def decide(approval: Approval, accepted: bool, *, by: Actor) -> object:
    """Carry the change out or refuse it; never by the one who asked, nor by the person it is about.

    What the change itself gives is returned: a post, a person, or a one-time password; None where refused.
    """
    if not by.may("people.confirm"):
        raise PermissionDenied("people.confirm")
    kept = Approval.objects.select_for_update(of=("self",)).select_related("person").get(pk=approval.pk)
    if kept.decided_at is not None:
        raise RuleError("web.people.decided")
    if by.person.pk == kept.asked_by_id:
        raise RuleError("web.people.second_person")
    if by.person.pk == kept.person_id:
        raise RuleError("web.people.own_account")
    kept.decided_by, kept.decided_at, kept.accepted = by.person, timezone.now(), accepted
    kept.save(update_fields=["decided_by", "decided_at", "accepted"])
    audit.record("approval.decide", "approval", kept.pk, by=by, after={"accepted": accepted})
    return _changes()[kept.verb](kept, by) if accepted else None


def _changes() -> dict[str, Callable[[Approval, Actor], object]]:
    from junxian.web.people import actions, posts

    def post(asked: Approval) -> Post:
        return Post.objects.select_related("person").get(pk=asked.facts["post"])

    def day(asked: Approval) -> date:
        return date.fromisoformat(asked.facts["day"])

    def over(asked: Approval, by: Actor) -> object:
        to = Person.objects.get(pk=asked.facts["to"])
        return posts.carry_over(post(asked), to, day(asked), by=by)

    return {
        "grant": lambda asked, by: posts.make(asked.person, asked.facts, by=by, action="post.grant"),
        "stand_in": lambda asked, by: posts.make(asked.person, asked.facts, by=by, action="post.stand_in"),
        "end": lambda asked, by: posts.close(post(asked), day(asked), by=by),
        "hand_over": over,
        "deactivate": lambda asked, by: actions.set_active(asked.person, False, by=by),
        "reactivate": lambda asked, by: actions.set_active(asked.person, True, by=by),
        "reset": lambda asked, by: actions.give_one_time(asked.person, by=by),
    }


def open_requests() -> list[Approval]:
    """Requests nobody decided yet, oldest first."""
    waiting = Approval.objects.filter(decided_at=None).select_related("person", "asked_by")
    return list(waiting.order_by("asked_at"))
