"""The WSGI application (服务入口) that granian serves."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junxian.web.settings")


def under(prefix: str, inner: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application below a sub-path, whether the gateway before it cuts the sub-path off or passes it on."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(f"{prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(prefix) or "/"
        return inner(environ, start_response)

    return application if prefix else inner


application = get_wsgi_application()
if _prefix := os.environ.get("JUNXIAN_PREFIX", "").strip("/"):
    application = under(f"/{_prefix}", application)  # type: ignore[assignment]
