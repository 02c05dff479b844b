"""The API (接口): every room's router under one OpenAPI description; who may read it is decided where pages decide."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver, path

ROOMS_WITH_API = (
    "people", "rulebooks", "indicators", "supervision", "benchmarks", "assessment", "bottomlines", "bulletins",
)  # fmt: skip


def patterns() -> list[URLPattern | URLResolver]:
    """The address of the API with every room's router mounted."""
    from ninja import NinjaAPI

    from junxian.web.people.interface import refusals
    from junxian.web.people.tokens import PostToken

    api = NinjaAPI(title="Junxian", version="1", urls_namespace="api", auth=PostToken(), docs_url=None)
    refusals(api)
    for room in ROOMS_WITH_API:
        router: Any = import_module(f"junxian.web.{room}.api").router
        api.add_router(f"/{room}/", router)
    return [path("api/", api.urls)]
