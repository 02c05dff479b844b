"""Serving (服务): granian on a process for each core with a few threads; a busy port moves on to the next."""

from __future__ import annotations

import os
import socket

from junxian.core.errors import DataError

TRIED_PORTS = 50
THREADS = {"sqlite": 4, "postgresql": 8}
"""Threads of one process. SQLite has one writer at a time: more threads would only wait for it."""
MOST_PROCESSES = 4


def processes() -> int:
    """JUNXIAN_PROCESSES, else one for each core up to four, in demonstrations one: Python computes on one core each."""
    given = int(os.environ.get("JUNXIAN_PROCESSES", "0"))
    demo = os.environ.get("JUNXIAN_DEMO", "") not in ("", "0")
    return given or (1 if demo else min(MOST_PROCESSES, os.cpu_count() or 1))


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
        "junxian.web.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=processes(),
        blocking_threads=threads or int(os.environ.get("JUNXIAN_THREADS", "0")) or THREADS[connection.vendor],
        websockets=False, respawn_failed_workers=True, workers_kill_timeout=10,
        log_dictconfig=settings.LOGGING,
    ).serve()  # fmt: skip
