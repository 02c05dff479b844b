"""The acting post (当前岗位) of every request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from junxian.web import clock
from junxian.web.people.actor import Actor
from junxian.web.people.models import Post

CHOSEN = "post"
"""Session key of the post a person with several chose to act in."""


class ActingPost:
    """Sets `request.actor`: None for strangers, else the person in the chosen or first valid post."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            request.actor = acting(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def acting(request: HttpRequest) -> Actor:
    """The person in the post chosen in the session, else in the first one held today."""
    posts = list(Post.objects.on(clock.today()).filter(person=request.user).select_related("unit").order_by("pk"))
    chosen = request.session.get(CHOSEN)
    post = next((p for p in posts if p.pk == chosen), posts[0] if posts else None)
    return Actor(request.user, post, request.META.get("REMOTE_ADDR", ""), posts)  # type: ignore[arg-type]
