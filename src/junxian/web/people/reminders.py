"""Reminders (提醒): whatever a person is reminded of in a day comes as one message, each line once."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from junxian.web import clock
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.models import Message, Person, Post

Line = str | tuple[str, dict[str, Any]]
"""A text, or a code of the words catalogue with its facts, said in the reader's language."""


def remind(to: Person | Post, line: Line, *, by: Actor | None, address: str = "") -> list[Message]:
    """Add a line to today's message of the person, or of whoever holds the post today, stand-ins included.

    address: the page where the matter is dealt with. A message already read becomes unread by a new line.
    """
    return [_add(person, _kept(line, address), by=by) for person in (holders(to) if isinstance(to, Post) else [to])]


def holders(post: Post) -> list[Person]:
    """Who acts in the post today: its holder, and who stands in for him."""
    held = Post.objects.on(clock.today()).filter(Q(pk=post.pk) | Q(stands_in_for=post), person__is_active=True)
    return [found.person for found in held.select_related("person").order_by("pk")]


def _kept(line: Line, address: str) -> dict[str, Any]:
    said = {"text": line} if isinstance(line, str) else {"code": line[0], "facts": audit.plain(line[1])}
    return {**said, "address": address}


@transaction.atomic
def _add(person: Person, line: dict[str, Any], *, by: Actor | None) -> Message:
    made, _ = Message.objects.get_or_create(person=person, day=clock.today())
    message = Message.objects.select_for_update().get(pk=made.pk)
    if line in message.lines:
        return message
    message.lines, message.read_at = [*message.lines, line], None
    message.save(update_fields=["lines", "read_at"])
    audit.record("remind", "person", person.pk, by=by, after=line)
    return message


def unread(person: Person) -> int:
    """Messages not yet marked as read."""
    return Message.objects.filter(person=person, read_at=None).count()


@transaction.atomic
def mark_read(message: Message, *, by: Actor) -> None:
    """The person has seen it; only his own."""
    from django.core.exceptions import PermissionDenied

    if message.person_id != by.person.pk:
        raise PermissionDenied("desk.see")
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=timezone.now())
