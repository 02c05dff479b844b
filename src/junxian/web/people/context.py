"""What every page shows around its own content (页面框架): the menu, the acting post, the demonstration strip."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from junxian.web import clock
from junxian.web.people.access import SECTIONS


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """`menu`: sections with the pages the actor may open; `actor`; `today`; `demo`."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "menu": menu_of(actor) if actor else [],
        "today": clock.today(),
        "demo": settings.DEMO,
        **(demonstration() if settings.DEMO else {}),
        "here": getattr(getattr(request, "page", None), "name", ""),
    }


def demonstration() -> dict[str, Any]:
    """`demo_accounts` (username, title, role) and `demo_password` of the strip, in demo mode only."""
    from junxian.web.people.demo import PASSWORD
    from junxian.web.people.queries import demo_accounts

    return {"demo_accounts": SimpleLazyObject(demo_accounts), "demo_password": PASSWORD}


def menu_of(actor: Any) -> list[tuple[Any, list[Any]]]:
    """(section title, pages) in the order of SECTIONS, only pages open to the actor."""
    from junxian.web.urls import every_page

    pages = [page for page in every_page() if page.menu and page.open_to(actor)]
    sections = [(title, [page for page in pages if page.menu == key]) for key, title in SECTIONS.items()]
    return [(title, found) for title, found in sections if found]
