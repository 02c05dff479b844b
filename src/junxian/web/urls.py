"""Addresses (网址): every page of every room, made from one table; nothing else is reachable."""

from __future__ import annotations

from importlib import import_module

from django.urls import include, path

from junxian.web.people.access import Page

ROOMS_WITH_PAGES = (
    "cockpit", "bulletins", "assessment", "benchmarks", "bottomlines", "supervision", "indicators", "rulebooks",
    "people", "operations",
)  # fmt: skip
"""In the order of the menus: what one looks at first stands first."""


def every_page() -> tuple[Page, ...]:
    """The pages of all rooms: what menus, addresses and the exhaustive permission test are made from."""
    found: list[Page] = []
    for room in ROOMS_WITH_PAGES:
        found += import_module(f"junxian.web.{room}.pages").PAGES
    return tuple(found)


urlpatterns = [
    *(page.pattern() for page in every_page()),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("allauth.urls")),
    *import_module("junxian.web.api").patterns(),
]
handler403 = "junxian.web.people.views.refused"
handler404 = "junxian.web.people.views.not_found"
handler500 = "junxian.web.people.views.broken"
