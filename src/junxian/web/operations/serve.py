"""Serving (服务): granian on one process with a few threads; a busy port moves on to the next."""

from __future__ import annotations

import os
import socket

from junxian.core.errors import DataError

TRIED_PORTS = 50
THREADS = {"sqlite": 8, "postgresql": 16}
"""SQLite has one writer at a time: more threads would only wait for it."""


def free_port(host: str, port: int) -> int:
    """The first free port from `port` on; DataError `web.operations.no_port` after fifty busy ones."""
    for candidate in range(port, min(port + TRIED_PORTS, 65536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except PermissionError as fault:
                raise DataError("web.operations.port_refused", port=candidate) from fault
            except OSError:
                continue
            return candidate
    raise DataError("web.operations.no_port", first=port, last=port + TRIED_PORTS - 1)


def address(host: str, port: int, prefix: str = "") -> str:
    """Where a browser finds it."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/{f'{prefix}/' if prefix else ''}"


def serve(host: str, port: int, *, threads: int = 0) -> None:
    """Serve until a signal ends it."""
    from django.conf import settings
    from django.db import connection
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "junxian.web.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=threads or int(os.environ.get("JUNXIAN_THREADS", "0")) or THREADS[connection.vendor],
        websockets=False, respawn_failed_workers=True, workers_kill_timeout=10,
        log_dictconfig=settings.LOGGING,
    ).serve()  # fmt: skip
