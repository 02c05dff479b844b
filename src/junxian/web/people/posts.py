"""Writes on posts (岗位): granted, ended, handed over on a day, stood in for; audit administrators by two persons."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction

from junxian.core.errors import RuleError
from junxian.web import clock
from junxian.web.people import approvals, audit
from junxian.web.people.access import Role
from junxian.web.people.actions import demand, demand_an_administrator_left
from junxian.web.people.actor import Actor
from junxian.web.people.models import Approval, Person, Post
from junxian.web.people.separation import needs_second
from junxian.web.units.models import Unit

COUNTY_ROLES = frozenset({Role.COUNTY_CLERK, Role.COUNTY_DEPUTY, Role.COUNTY_HEAD})


def grant(
    person: Person, unit: Unit, role: str, *, starts: date, ends: date | None = None, step: str = "handle",
    title: str = "", by: Actor | None,
) -> Post | Approval:  # fmt: skip
    """Give the person a post from a day on; nobody grants to himself. `by` None is the installer."""
    demand(by, "people.grant")
    demand_fit(unit, role)
    if by is not None and by.person.pk == person.pk:
        raise RuleError("web.people.grant_self")
    facts = {"unit": unit.pk, "role": role, "starts": starts, "ends": ends, "step": step, "title": title}
    if by is not None and needs_second(person, role):
        return approvals.ask("grant", person, facts, by=by)
    return make(person, facts, by=by, action="post.grant")


def end(post: Post, day: date, *, by: Actor) -> Post | Approval:
    """The post is held for the last time on that day."""
    demand(by, "people.grant")
    demand_end(post, day)
    if needs_second(post.person, post.role):
        return approvals.ask("end", post.person, {"post": post.pk, "day": day}, by=by)
    return close(post, day, by=by)


def hand_over(post: Post, to: Person, day: date, *, by: Actor) -> Post | Approval:
    """From that day on the other person holds the post; the day before is the last of the one before. One action."""
    demand(by, "people.grant")
    demand_end(post, day - timedelta(days=1))
    _demand_another(post, to, by)
    if needs_second(post.person, post.role):
        return approvals.ask("hand_over", post.person, {"post": post.pk, "to": to.pk, "day": day}, by=by)
    return carry_over(post, to, day, by=by)


def stand_in(post: Post, person: Person, starts: date, ends: date, *, by: Actor) -> Post | Approval:
    """代班: another person holds the same rights between two days; the post keeps its holder."""
    demand(by, "people.grant")
    _demand_another(post, person, by)
    if ends < starts:
        raise RuleError("web.people.days_turned", starts=starts.isoformat(), ends=ends.isoformat())
    facts = {
        "unit": post.unit_id, "role": post.role, "starts": starts, "ends": ends, "step": post.step,
        "title": post.title, "stands_in_for": post.pk,
    }  # fmt: skip
    if needs_second(person, post.role):
        return approvals.ask("stand_in", person, facts, by=by)
    return make(person, facts, by=by, action="post.stand_in")


def demand_fit(unit: Unit, role: str) -> None:
    """RuleError where the role has no place in the unit: county roles in counties, departments' in departments."""
    if role in COUNTY_ROLES:
        fits = unit.kind == "region" and not unit.root
    elif role == Role.DEPARTMENT:
        fits = unit.kind == "department"
    else:
        fits = unit.root
    if not fits:
        raise RuleError("web.people.role_unfit", role=str(Role(role).label), unit=str(unit))


def demand_end(post: Post, day: date) -> None:
    """RuleError where the post is over already, or would end before it began."""
    if post.ends is not None and post.ends < clock.today():
        raise RuleError("web.people.post_over", post=str(post), day=post.ends.isoformat())
    if day < post.starts:
        raise RuleError("web.people.ends_early", post=str(post), day=post.starts.isoformat())


def _demand_another(post: Post, to: Person, by: Actor) -> None:
    if to.pk == post.person_id:
        raise RuleError("web.people.same_person", name=str(to))
    if to.pk == by.person.pk:
        raise RuleError("web.people.grant_self")
    if not to.is_active:
        raise RuleError("web.people.inactive", name=str(to))


@transaction.atomic
def make(person: Person, facts: dict[str, object], *, by: Actor | None, action: str) -> Post:
    """Save a post; RuleError where the same one begins that day already."""
    Person.objects.select_for_update().get(pk=person.pk)
    given = dict(facts)
    unit, before = given.pop("unit"), given.pop("stands_in_for", None)
    starts, ends = _day(given.pop("starts")), _day(given.pop("ends"))
    if ends and starts and ends < starts:
        raise RuleError("web.people.days_turned", starts=starts.isoformat(), ends=ends.isoformat())
    try:
        with transaction.atomic():
            post = Post.objects.create(
                person=person, unit_id=unit, stands_in_for_id=before, starts=starts, ends=ends, **given
            )
    except IntegrityError as fault:
        raise RuleError("web.people.post_twice", name=str(person)) from fault
    audit.record(action, "post", post.pk, by=by, unit=post.unit_id, after=card(post))
    return post


@transaction.atomic
def close(post: Post, day: date, *, by: Actor) -> Post:
    """Set the last day; the last system administrator stays."""
    kept = Post.objects.select_for_update().get(pk=post.pk)
    before, kept.ends = card(kept), day
    kept.save(update_fields=["ends"])
    if kept.role == Role.SYSTEM:
        demand_an_administrator_left()
    audit.record("post.end", "post", kept.pk, by=by, unit=kept.unit_id, before=before, after=card(kept))
    return kept


@transaction.atomic
def carry_over(post: Post, to: Person, day: date, *, by: Actor) -> Post:
    """End and begin in one transaction; the new post keeps the rest of the old one's term."""
    until = post.ends
    facts = {
        "unit": post.unit_id, "role": post.role, "starts": day, "ends": until, "step": post.step, "title": post.title,
    }  # fmt: skip
    made = make(to, facts, by=by, action="post.hand_over")
    close(post, day - timedelta(days=1), by=by)
    return made


def card(post: Post) -> dict[str, object]:
    """What the audit keeps of a post."""
    return {
        "person": post.person_id, "role": post.role, "step": post.step, "title": post.title, "starts": post.starts,
        "ends": post.ends, "stands_in_for": post.stands_in_for_id,
    }  # fmt: skip


def _day(given: object) -> date | None:
    """A date, from itself or from the text an approval keeps."""
    return date.fromisoformat(given) if isinstance(given, str) else given  # type: ignore[return-value]
