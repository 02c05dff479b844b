"""Reads of the people room (查询): persons with their posts, the audit chain searched, demonstration accounts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from junxian.web import clock
from junxian.web.people.access import Role
from junxian.web.people.models import AuditRow, Person, Post


def persons(words: str = "") -> QuerySet[Person]:
    """Persons with the posts they hold today; words look in account, name, post and unit."""
    held = Post.objects.on(clock.today()).select_related("unit").order_by("pk")
    found = Person.objects.order_by("-is_active", "username").prefetch_related(Prefetch("posts", held, to_attr="held"))
    for word in words.split():
        found = found.filter(
            Q(username__icontains=word) | Q(name__icontains=word) | Q(posts__title__icontains=word)
            | Q(posts__unit__name__icontains=word)
        ).distinct()  # fmt: skip
    return found


def posts_of(person: Person) -> list[Post]:
    """All posts of a person, those of today first."""
    today = clock.today()
    rows = person.posts.select_related("unit", "person", "stands_in_for__person").order_by("-starts", "pk")
    return sorted(rows, key=lambda post: not in_force(post, today))


def in_force(post: Post, day: Any = None) -> bool:
    """Whether the post is held on the day."""
    day = day or clock.today()
    return post.starts <= day and (post.ends is None or post.ends >= day)


def search(facts: dict[str, Any]) -> QuerySet[AuditRow]:
    """Rows of the audit chain, newest first; facts as AuditSearch cleans them, empty ones ask for nothing."""
    rows = AuditRow.objects.select_related("person", "post__unit", "unit")
    if facts.get("who"):
        who = Q(person__username__icontains=facts["who"]) | Q(person__name__icontains=facts["who"])
        rows = rows.filter(who)
    for name in ("action", "subject", "subject_id"):
        if facts.get(name):
            rows = rows.filter(**{name: facts[name]})
    if facts.get("unit"):
        rows = rows.filter(unit=facts["unit"])
    if facts.get("since"):
        rows = rows.filter(at__gte=_start(facts["since"]))
    if facts.get("until"):
        rows = rows.filter(at__lt=_start(facts["until"] + timedelta(days=1)))
    return rows


def _start(day: Any) -> datetime:
    return datetime.combine(day, time.min, clock.BUSINESS)


def changes(row: AuditRow) -> list[tuple[str, Any, Any]]:
    """(field, before, after) of what differs; whole values where they are no tables."""
    before, after = row.before, row.after
    if not isinstance(before or {}, dict) or not isinstance(after or {}, dict):
        return [("", before, after)]
    before, after = before or {}, after or {}
    names = [*before, *(name for name in after if name not in before)]
    return [(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n) or n not in before]


def demo_accounts() -> list[dict[str, Any]]:
    """Demonstration accounts with role and title, as made; one county and one department stand for all."""
    rows = Post.objects.filter(person__demo=True, person__is_active=True).select_related("person", "unit")
    shown, places = [], {}
    for post in rows.order_by("pk"):
        of_the_city = post.unit.root or (post.unit.kind == "department" and post.role != Role.DEPARTMENT)
        if of_the_city or places.setdefault(post.unit.kind, post.unit_id) == post.unit_id:
            title = post.title or str(post)
            shown.append({"username": post.person.username, "title": title, "role": post.get_role_display()})
    return shown
