"""Logs (运行日志): one JSON line for each event, with the request's id, the person and the post."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
FACTS = ("method", "path", "status", "milliseconds", "task", "count", "hash", "at")
"""What a line may carry beside its words; anything else given to the log stays out."""
log = logging.getLogger("junxian.request")


def formatter() -> logging.Formatter:
    """The form of every line, ours and the libraries'; LOGGING names it."""
    processors = structlog.stdlib.ProcessorFormatter
    return processors(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=FACTS),
            structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.format_exc_info,
        ],
        processors=[processors.remove_processors_meta, structlog.processors.JSONRenderer(ensure_ascii=False)],
    )  # fmt: skip


class RequestLog:
    """Gives each request an id, says it in the answer, and writes one line when the answer is known.

    Paths are logged without their query: what somebody searched for is nobody's business.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        given = request.headers.get("X-Request-ID", "")
        mark = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request=mark)
        began = time.perf_counter()
        response = self.get_response(request)
        actor = getattr(request, "actor", None)
        if actor is not None:
            structlog.contextvars.bind_contextvars(person=actor.person.pk, post=actor.post.pk if actor.post else None)
        spent = round((time.perf_counter() - began) * 1000, 1)
        facts = {"method": request.method, "path": request.path, "status": response.status_code, "milliseconds": spent}
        log.info("request", extra=facts)
        response["X-Request-ID"] = mark
        return response
