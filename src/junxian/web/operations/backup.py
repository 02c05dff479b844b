"""Backups (备份): the whole deployment in one archive whose manifest names the hash of every part; and back again.

A backup holds the database as the database itself writes it out (SQLite's online copy, pg_dump), the secret, the
signing keys and the kept audit heads. It is as confidential as the deployment and readable by its owner only.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dbbackup.db.base import get_connector
from dbbackup.db.exceptions import ConnectorError as DBBackupError
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from junxian.core.errors import DataError
from junxian.web.operations.home import write_private

FORM = "junxian-backup/1"
MANIFEST = "manifest.json"
DUMPS = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
TOOLS = {"postgresql": ("pg_dump", "pg_restore")}
LEFT_OUT = ("backups", "log", "logs", "files")
CHUNK = 1024**2
logging.getLogger("dbbackup.command").setLevel(logging.WARNING)  # it would log the database's address with each call


@dataclass(frozen=True)
class Backup:
    """What an archive says of itself."""

    path: Path
    at: str
    reason: str
    engine: str
    junxian: str
    migrations: tuple[str, ...]
    files: dict[str, str]


def kept(reason: str = "") -> list[Path]:
    """The deployment's backups, newest first; those made for one reason only."""
    found = settings.BACKUPS.glob(f"junxian-*{f'-{reason}' if reason else ''}.zip")
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def back_up(place: Path | None = None, *, reason: str = "manual") -> Path:
    """Write one archive into the folder (or to the file) and return its path; whole or not at all."""
    _needs_tools(connection.vendor)
    moment = timezone.now()
    folder = place or settings.BACKUPS
    path = folder if folder.suffix == ".zip" else folder / f"junxian-{moment:%Y%m%d-%H%M%S}-{reason}.zip"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as scratch:
            partial = Path(scratch) / path.name
            write_private(partial, b"")
            _write(partial, Path(scratch), moment, reason)
            partial.rename(path)
    except OSError as fault:
        raise DataError("web.operations.backup_unwritten", where=str(path), reason=fault.strerror or "") from fault
    return path


def _write(archive: Path, scratch: Path, moment: datetime, reason: str) -> None:
    dump = scratch / DUMPS[connection.vendor]
    _dump(dump)
    parts = {dump.name: dump, **{f"home/{p.relative_to(settings.HOME).as_posix()}": p for p in _own_files()}}
    facts = {
        "form": FORM, "at": moment.isoformat(timespec="seconds"), "reason": reason, "engine": connection.vendor,
        "junxian": version("junxian"), "migrations": _taken(), "files": {n: _hash(p) for n, p in parts.items()},
    }  # fmt: skip
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as stream:
        for name, part in parts.items():
            stream.write(part, name)
        stream.writestr(MANIFEST, json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True))


def _dump(target: Path) -> None:
    """The database as it stands in one transaction, while others go on reading and writing."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(target) as copy:
            connection.connection.backup(copy)
        copy.close()
        return
    with target.open("wb") as stream, _tools_heard():
        shutil.copyfileobj(get_connector("default").create_dump(), stream)


def _drop_tables() -> None:
    """A newer version's tables, which an older dump does not know, must not stay behind."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")


@contextmanager
def _tools_heard() -> Iterator[None]:
    """What pg_dump and pg_restore complain of, as a refusal."""
    try:
        yield
    except DBBackupError as fault:
        said = [line for line in str(fault).splitlines() if line.strip()]
        raise DataError("web.operations.tool_failed", reason=" ".join(said[1:3]) or said[0]) from fault


def _own_files() -> list[Path]:
    """Secret, keys, heads: everything in HOME that is neither the database nor made anew."""
    name = Path(str(connection.settings_dict["NAME"])).name
    return [
        path for path in sorted(settings.HOME.rglob("*"))
        if path.is_file() and not path.is_symlink() and not path.name.startswith(name)
        and path.relative_to(settings.HOME).parts[0] not in LEFT_OUT
        and not path.is_relative_to(settings.BACKUPS) and path.suffix not in (".log", ".pid")
    ]  # fmt: skip


def _taken() -> list[str]:
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def lacking_tools(engine: str) -> list[str]:
    """Programs a backup needs beside the database and does not find."""
    return [tool for tool in TOOLS.get(engine, ()) if not shutil.which(tool, path=settings.PG_TOOLS or None)]


def _needs_tools(engine: str) -> None:
    lacking = lacking_tools(engine)
    if lacking:
        raise DataError("web.operations.no_pg_tools", tools=", ".join(lacking))


def read_backup(path: Path) -> Backup:
    """What the archive says, every part's hash checked; DataError names the part that is not what it was."""
    try:
        with zipfile.ZipFile(path) as archive:
            facts: dict[str, Any] = json.loads(archive.read(MANIFEST))
            if facts.get("form") != FORM:
                raise ValueError(facts.get("form"))
            for name, stated in facts["files"].items():
                if _safe(name) and _hash_in(archive, name) != stated:
                    raise DataError("web.operations.backup_altered", where=str(path), part=name)
    except (OSError, KeyError, ValueError, AttributeError, zipfile.BadZipFile) as fault:
        raise DataError("web.operations.backup_unreadable", where=str(path)) from fault
    return Backup(
        path, facts["at"], facts["reason"], facts["engine"], facts["junxian"], tuple(facts["migrations"]),
        facts["files"],
    )  # fmt: skip


def _safe(name: str) -> bool:
    """A part lies where a backup puts parts; anything else is no backup of ours."""
    inside = name in DUMPS.values() or (name.startswith("home/") and ".." not in Path(name).parts)
    if not inside:
        raise ValueError(name)
    return True


def _hash_in(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as stream:
        while block := stream.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def restore(path: Path) -> tuple[Backup, Path | None]:
    """Make the deployment what the archive holds; what stood before is backed up first and named.

    DataError where the archive is damaged or was made by the other database; nothing is changed then.
    """
    from junxian.web.operations.health import is_empty

    found = read_backup(path)
    if found.engine != connection.vendor:
        raise DataError("web.operations.other_engine", where=str(path), engine=found.engine, here=connection.vendor)
    _needs_tools(connection.vendor)
    before = None if is_empty() else back_up(reason="before-restore")
    with (
        tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".restore-") as scratch,
        zipfile.ZipFile(path) as archive,
    ):
        archive.extractall(scratch, list(found.files))
        _load_or_keep(Path(scratch) / DUMPS[found.engine], before)
        for name in (n for n in found.files if n.startswith("home/")):
            target = settings.HOME / name.removeprefix("home/")
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            write_private(target, (Path(scratch) / name).read_bytes())
    return found, before


def _load_or_keep(dump: Path, before: Path | None) -> None:
    """Load the dump; where the database refuses it, what stood before is put back."""
    try:
        _load(dump)
    except DataError:
        if before:
            with tempfile.TemporaryDirectory(dir=settings.HOME) as scratch, zipfile.ZipFile(before) as archive:
                _load(Path(archive.extract(DUMPS[connection.vendor], scratch)))
        raise


def _load(dump: Path) -> None:
    """SQLite's own copy goes page by page into the open database; PostgreSQL's tables are dropped and made anew."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(dump) as source:
            source.backup(connection.connection)
        source.close()
    else:
        _drop_tables()
        connections.close_all()
        with dump.open("rb") as stream, _tools_heard():
            get_connector("default").restore_dump(stream)
    connections.close_all()
