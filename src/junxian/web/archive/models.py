"""Stored files (文件) by hash; written once, never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Blob(models.Model):
    """Bytes under the hash of their content. Immutable: a trigger refuses updates and deletions."""

    hash = models.CharField(primary_key=True, max_length=80)
    size = models.PositiveBigIntegerField()
    content = models.BinaryField()
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(size__gte=0), name="blob_size")]

    def __str__(self) -> str:
        return self.hash
