"""Getting to rows (取用): a hand-in, an upload, a figure for this actor, or a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from junxian.core.errors import JunxianError
from junxian.web.indicators.models import HandIn, Upload
from junxian.web.people.actor import Actor
from junxian.web.people.tags import sentence

SEE = "round.see"


def actor_of(request: HttpRequest) -> Actor:
    """The acting post of a guarded page."""
    return request.actor  # type: ignore[attr-defined,no-any-return]


def hand_ins_visible(actor: Actor) -> QuerySet[HandIn]:
    """Hand-ins of owners in the actor's reach."""
    reach = actor.reach_of(SEE)
    seen = HandIn.objects.select_related("owner", "handled_by", "reviewed_by", "signed_by")
    return seen if reach is None else seen.filter(owner__in=reach)


def hand_in_for(request: HttpRequest, pk: int) -> HandIn:
    """The hand-in, or 404, or 403 where its owner is out of reach."""
    hand_in = get_object_or_404(HandIn.objects.select_related("owner", "handled_by", "reviewed_by", "signed_by"), pk=pk)
    actor_of(request).demand(SEE, hand_in.owner_id)
    return hand_in


def upload_for(request: HttpRequest, pk: int) -> Upload:
    """The upload, or 404, or 403 where its owner is out of reach."""
    found = get_object_or_404(Upload.objects.select_related("hand_in__owner", "post", "content"), pk=pk)
    if found.hand_in is None:
        raise PermissionDenied(SEE)
    actor_of(request).demand(SEE, found.hand_in.owner_id)
    return found


@contextmanager
def told(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Say a refusal as a message instead of a broken page; `refused` tells the view to give back what was typed."""
    outcome: dict[str, Any] = {"refused": False}
    try:
        yield outcome
    except JunxianError as fault:
        outcome["refused"] = True
        messages.error(request, sentence(fault))


def done(request: HttpRequest, text: str) -> None:
    """Say what was done."""
    messages.success(request, text)
