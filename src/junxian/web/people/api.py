"""API of the people room: who am I."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

router = Router(tags=["people"])


class Me(Schema):
    """The acting person and post."""

    name: str
    role: str
    unit: str
    permissions: list[str]


@router.get("/me", response=Me)
def me(request: HttpRequest) -> Me:
    """Whom this token or session stands for."""
    actor = request.actor  # type: ignore[attr-defined]
    post = actor.post
    return Me(name=str(actor.person), role=post.role, unit=post.unit.code, permissions=sorted(actor.permissions))
