"""API of the indicators room."""

from ninja import Router

router = Router(tags=["indicators"])
