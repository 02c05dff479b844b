"""Pages of this room: what is here, who may open it."""

from __future__ import annotations

from junxian.web.people.access import Page

PAGES: tuple[Page, ...] = ()
