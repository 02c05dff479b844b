"""Three separated administrators (三员分立, RULES §10.2): the hard rules, checked wherever a post is saved."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q

from junxian.core.errors import RuleError
from junxian.web import clock
from junxian.web.people.access import ADMINISTRATORS, Role
from junxian.web.people.models import Person, Post


def demand_separate(post: Post) -> None:
    """RuleError where the person would be administrator and anything else at once; only in the profile.

    Two of the three roles on one account is `web.people.two_administrators`; one of them beside a post that
    holds business figures is `web.people.administrator_in_business`.
    """
    if not settings.THREE_ADMINISTRATORS:
        return
    for other in overlapping(post):
        if other.role == post.role:
            continue
        both = {Role(post.role), Role(other.role)}
        if both <= set(ADMINISTRATORS):
            raise RuleError("web.people.two_administrators", name=str(post.person))
        if both & set(ADMINISTRATORS):
            raise RuleError("web.people.administrator_in_business", name=str(post.person))


def overlapping(post: Post) -> list[Post]:
    """Other posts of the person held on some day of this one."""
    held = Post.objects.filter(person_id=post.person_id).exclude(pk=post.pk)
    held = held.filter(Q(ends__isnull=True) | Q(ends__gte=post.starts))
    return list(held.filter(starts__lte=post.ends) if post.ends else held)


def conflicts() -> list[Post]:
    """Posts that break the rules because the profile was switched on later: what the doctor and the page name."""
    if not settings.THREE_ADMINISTRATORS:
        return []
    found = []
    for post in Post.objects.on(clock.today()).filter(role__in=ADMINISTRATORS).select_related("person", "unit"):
        if any(other.role != post.role for other in overlapping(post)):
            found.append(post)
    return found


def needs_second(person: Person, role: str = "") -> bool:
    """Whether a change to this person or role takes two administrators: audit administrators in the profile."""
    if not settings.THREE_ADMINISTRATORS:
        return False
    if role == Role.AUDIT_ADMIN:
        return True
    today = clock.today()
    held = Post.objects.filter(Q(ends__isnull=True) | Q(ends__gte=today), person=person, role=Role.AUDIT_ADMIN)
    return held.exists()
