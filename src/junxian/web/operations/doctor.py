"""The doctor (体检): names what is wrong with an installation, one sentence each with what to do."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from junxian.core.errors import JunxianError
from junxian.web.operations import backup, heads, health
from junxian.web.people import audit
from junxian.web.people.models import AuditRow, Person
from junxian.web.rulebooks.models import Version

LEAST_DISK = 1024**3
LEAST_SECRET = 50
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1", "testserver"}
STATIC = Path(__file__).resolve().parents[1] / "static"
Level = Literal["well", "note", "fault"]
Check = Callable[[], Iterator["Finding"]]


@dataclass(frozen=True)
class Finding:
    """What one check found; `code` names a sentence that also says what to do."""

    code: str
    level: Level = "well"
    facts: dict[str, object] = field(default_factory=dict)


def examine() -> list[Finding]:
    """Every check in order; those that read tables are left out, and said so, where there is no usable database."""
    found = [finding for check in (*MACHINE, *EXPOSURE) for finding in check()]
    usable = [*database()]
    found += usable
    if any(finding.level == "fault" for finding in usable):
        return [*found, _say("unread", "note")]
    return found + [finding for check in TABLES for finding in _read(check)]


def _read(check: Check) -> Iterator[Finding]:
    """The check's findings; a table that cannot be read is a finding too."""
    try:
        yield from check()
    except DatabaseError as fault:
        yield _say("no_database", "fault", reason=str(fault).splitlines()[0])


def _say(name: str, level: Level = "well", /, **facts: object) -> Finding:
    return Finding(f"web.operations.doctor_{name}", level, facts)


def python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield (
        _say("python", version=version) if sys.version_info >= (3, 11) else _say("python_old", "fault", version=version)
    )


def assets() -> Iterator[Finding]:
    """Chart library and font for papers; style and scripts for pages; compiled English."""
    from junxian.files.charts import echarts_js, font_path

    try:
        echarts_js()
        font_path()
        yield _say("pictures")
    except JunxianError:
        yield _say("no_pictures", "fault")
    vendor = STATIC / "vendor"
    lacking = not vendor.is_dir() or not any(vendor.glob("*htmx*")) or not any(vendor.glob("*bootstrap*"))
    yield _say("no_styles", "fault", place=str(vendor)) if lacking else _say("styles")
    written = list(STATIC.parent.glob("**/locale/en/LC_MESSAGES/django.po"))
    uncompiled = [po for po in written if not po.with_suffix(".mo").is_file()]
    yield _say("no_english", "fault", count=len(uncompiled)) if uncompiled else _say("english")


def secret() -> Iterator[Finding]:
    """Long enough, and readable by its owner only."""
    if len(settings.SECRET_KEY) < LEAST_SECRET:
        yield _say("secret_short", "fault", least=LEAST_SECRET)
        return
    path = settings.HOME / "secret"
    if not os.environ.get("JUNXIAN_SECRET_KEY") and path.is_file() and os.name == "posix":
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield _say("secret_open", "fault", path=str(path), mode=f"{mode:o}")
            return
    yield _say("secret")


def disk() -> Iterator[Finding]:
    """Room for the database to grow and for one backup."""
    if not settings.HOME.is_dir():
        yield _say("no_home", "fault", path=str(settings.HOME))
        return
    free = shutil.disk_usage(settings.HOME).free
    facts = {"free": f"{free / 1024**3:.1f}", "path": str(settings.HOME)}
    yield _say("disk", **facts) if free >= LEAST_DISK else _say("disk_full", "fault", **facts)


def exposure() -> Iterator[Finding]:
    """Hosts, debug, demonstration, given day, TLS: what strangers could reach."""
    public = sorted(set(settings.ALLOWED_HOSTS) - LOOPBACK)
    if "*" in settings.ALLOWED_HOSTS:
        yield _say("any_host", "fault")
    else:
        yield _say("hosts", hosts=", ".join(settings.ALLOWED_HOSTS))
    if settings.DEBUG:
        yield _say("debug", "fault")
    if settings.DEMO:
        yield _say("demo_public", "fault", hosts=", ".join(public)) if public else _say("demo", "note")
    if settings.TODAY and not settings.DEMO:
        yield _say("given_day", "fault", day=settings.TODAY)
    yield from _transport(public)


def _transport(public: list[str]) -> Iterator[Finding]:
    if not public:
        yield _say("local")
    elif not settings.TLS:
        yield _say("no_tls", "fault", hosts=", ".join(public))
    elif settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE and settings.SECURE_HSTS_SECONDS:
        yield _say("tls")
    else:
        yield _say("tls_half", "fault")
    if settings.GATEWAY_HEADER and not settings.GATEWAY_ADDRESSES:
        yield _say("gateway_open", "fault")


def database() -> Iterator[Finding]:
    """Reachable, with every table, and SQLite in WAL."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            yield _say("database", engine=connection.vendor)
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA journal_mode")
                mode = cursor.fetchone()[0]
                if mode not in ("wal", "memory"):
                    yield _say("no_wal", "fault", mode=mode)
        waiting = health.pending()
    except DatabaseError as fault:
        yield _say("no_database", "fault", reason=str(fault).splitlines()[0])
        return
    yield _say("migrations", "fault", count=len(waiting)) if waiting else _say("tables")


def rulebook() -> Iterator[Finding]:
    version = Version.objects.order_by("-number").first()
    yield _say("rulebook", number=version.number, hash=version.hash[:12]) if version else _say("no_rulebook", "fault")


def worker() -> Iterator[Finding]:
    living = health.workers()
    yield _say("worker", count=living) if living else _say("no_worker", "fault")


def clock() -> Iterator[Finding]:
    """A clock behind the newest audit row would put what happens next before what happened."""
    newest = AuditRow.objects.order_by("-number").values_list("at", flat=True).first()
    ahead = newest and newest > timezone.now() + timedelta(minutes=2)
    yield _say("clock_behind", "fault", newest=newest.isoformat(timespec="seconds")) if ahead else _say("clock")


def chain() -> Iterator[Finding]:
    """The chain in itself, and against every head that was kept outside the database."""
    first = next(audit.breaks(), None)
    yield _say("chain_broken", "fault", number=first.number) if first else _say("chain", count=AuditRow.objects.count())
    kept = heads.kept_heads()
    if not kept:
        yield _say("no_heads", "note")
        return
    try:
        wrong = list(heads.mismatches(kept))
    except JunxianError as fault:
        yield Finding(fault.code, "fault", {**fault.facts, "file": fault.where})
        return
    yield from (Finding(found.code, "fault", {"number": found.number, "file": found.file}) for found in wrong)
    if not wrong:
        yield _say("heads", count=len(kept))
    if settings.HEADS and not Path(settings.HEADS).is_dir():
        yield _say("medium_absent", "note", path=settings.HEADS)


def notices() -> Iterator[Finding]:
    """What published notices print and frozen rounds seal, against the database."""
    wrong = list(heads.published())
    yield from (Finding(found.code, "fault", {"number": found.number, "file": found.file}) for found in wrong)
    if not wrong:
        yield _say("notices")


def accounts() -> Iterator[Finding]:
    """Demonstration accounts outside demo mode have a password everybody knows."""
    known = Person.objects.filter(demo=True, is_active=True).count()
    if known and not settings.DEMO:
        yield _say("demo_accounts", "fault", count=known)


def backups() -> Iterator[Finding]:
    """A recent one, and the programs to make the next."""
    if backup.lacking_tools(connection.vendor):
        yield _say("no_pg_dump", "fault")
    newest = next(iter(backup.kept()), None)
    if newest is None:
        yield _say("no_backup", "note")
        return
    days = int((timezone.now().timestamp() - newest.stat().st_mtime) // 86400)
    yield _say("backup_old", "note", days=days) if days > 2 else _say("backup", name=newest.name)


MACHINE: tuple[Check, ...] = (python, assets, secret, disk)
EXPOSURE: tuple[Check, ...] = (exposure,)
TABLES: tuple[Check, ...] = (rulebook, worker, clock, chain, notices, accounts, backups)
