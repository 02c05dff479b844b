"""The deployment's folder (部署目录): made once, readable by its owner only, with a secret of its own."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from junxian.core.errors import DataError

SECRET = "secret"


def home() -> Path:
    """JUNXIAN_HOME, else `junxian-data` where the command was given."""
    return Path(os.environ.get("JUNXIAN_HOME", "junxian-data")).resolve()


def prepare() -> Path:
    """The folder with its secret, made where it is not there; DataError `web.operations.home` where it cannot be."""
    place = home()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.environ.get("JUNXIAN_SECRET_KEY") and not (place / SECRET).exists():
            write_private(place / SECRET, secrets.token_urlsafe(64).encode())
    except OSError as fault:
        raise DataError("web.operations.home", where=str(place), reason=fault.strerror or "") from fault
    return place


def write_private(path: Path, content: bytes) -> None:
    """A new file that only its owner reads from its first byte on; FileExistsError where there is one."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)


def django(*, needs_secret: bool = True) -> None:
    """Start Django on the settings of the environment; DataError `web.operations.not_made` before `migrate` was run."""
    place = home()
    if not os.environ.get("JUNXIAN_SECRET_KEY") and not (place / SECRET).is_file():
        if needs_secret:
            raise DataError("web.operations.not_made", where=str(place))
        os.environ["JUNXIAN_SECRET_KEY"] = secrets.token_urlsafe(64)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junxian.web.settings")
    import django as framework

    framework.setup()
