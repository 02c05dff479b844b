"""Leases (租约): a job claims its row for a while; a worker that was killed loses it, and another may begin anew."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Model, Q
from django.utils import timezone

SECONDS = 300


def claim(row: Model, *, seconds: int = SECONDS) -> bool:
    """Whether the row is now ours: True for exactly one of several that ask, until the lease runs out."""
    moment = timezone.now()
    free = type(row)._default_manager.filter(pk=row.pk).filter(Q(lease=None) | Q(lease__lt=moment))
    return free.update(lease=moment + timedelta(seconds=seconds)) == 1


def release(row: Model) -> None:
    """The row is anybody's again."""
    type(row)._default_manager.filter(pk=row.pk).update(lease=None)
