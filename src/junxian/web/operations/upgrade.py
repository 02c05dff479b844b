"""Upgrades (升级): tables are brought up to date, a backup comes first, and one command goes back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from junxian.core.errors import DataError
from junxian.web.operations import backup, health

REASON = "before-upgrade"


@dataclass(frozen=True)
class Upgraded:
    """How many steps were taken, and the backup that was made before; None for a database that was empty."""

    steps: int
    backup: Path | None


def migrate() -> Upgraded:
    """Take every pending step; a database with content is backed up before the first."""
    steps = len(health.pending())
    saved = backup.back_up(reason=REASON) if steps and not health.is_empty() else None
    call_command("migrate", verbosity=0, interactive=False)
    return Upgraded(steps, saved)


def roll_back() -> tuple[backup.Backup, Path | None]:
    """Back to what stood before the last upgrade; DataError `web.operations.no_upgrade` where none was made."""
    newest = next(iter(backup.kept(REASON)), None)
    if newest is None:
        raise DataError("web.operations.no_upgrade")
    return backup.restore(newest)
