"""API of the assessment room."""

from ninja import Router

router = Router(tags=["assessment"])
