"""API tokens (接口令牌): a bearer token stands for one post; the browser session serves the API too."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from junxian.web import clock
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.gateway import address_of
from junxian.web.people.models import Post, Token


def token_hash(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue(post: Post, name: str, *, ends: date | None = None, by: Actor) -> str:
    """A new token of the actor's own post; the secret is shown once and never kept."""
    demand_own(post, by)
    secret = secrets.token_urlsafe(32)
    token = Token.objects.create(post=post, name=name, ends=ends, hash=token_hash(secret))
    facts = {"name": name, "post": post.pk, "ends": ends}
    audit.record("token.issue", "token", token.pk, by=by, unit=post.unit_id, after=facts)
    return secret


@transaction.atomic
def revoke(token: Token, *, by: Actor) -> None:
    """The token of the actor's own post works no longer."""
    demand_own(token.post, by)
    Token.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    audit.record("token.revoke", "token", token.pk, by=by, unit=token.post.unit_id)


def demand_own(post: Post, by: Actor) -> None:
    """PermissionDenied unless the actor acts in that post and may keep tokens."""
    if by.post is None or by.post.pk != post.pk or not by.may("token.manage"):
        raise PermissionDenied("token.manage")


class PostToken(HttpBearer):
    """Authentication of the API: sets `request.actor`; a valid session counts as well, with its CSRF check."""

    def __call__(self, request: HttpRequest) -> Any:
        if "Authorization" in request.headers:
            return super().__call__(request)
        actor = getattr(request, "actor", None)
        if actor is None or actor.post is None:
            return None
        return None if _forged(request) else actor

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The actor of a token that is neither ended nor revoked, whose post is held today."""
        day = clock.today()
        found = (
            Token.objects.filter(hash=token_hash(token), revoked_at=None)
            .exclude(ends__lt=day).select_related("post__person", "post__unit").first()
        )  # fmt: skip
        if (
            found is None
            or not found.post.person.is_active
            or not Post.objects.on(day).filter(pk=found.post_id).exists()
        ):
            return None
        seen(found)
        request.actor = Actor(found.post.person, found.post, address_of(request))  # type: ignore[attr-defined]
        return request.actor  # type: ignore[attr-defined]


def seen(token: Token) -> None:
    """Note that the token was used, at most once a minute."""
    moment = timezone.now()
    if token.last_used is None or moment - token.last_used > timedelta(minutes=1):
        Token.objects.filter(pk=token.pk).update(last_used=moment)


def _forged(request: HttpRequest) -> bool:
    """Whether a writing request by cookie lacks its CSRF token."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return False
    from ninja.utils import check_csrf

    return check_csrf(request) is not None
