"""Rulebook versions (规则集版本): adopted, signed and immutable; drafts are file trees (草稿)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Version(models.Model):
    """An adopted rulebook: the zip under its canonical hash, from when it is the deployment's. Append-only."""

    hash = models.CharField(primary_key=True, max_length=80)
    zip = models.ForeignKey("archive.Blob", models.PROTECT)
    title = models.JSONField()
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey("people.Post", models.PROTECT, null=True)
    document = models.CharField(max_length=200, blank=True)
    signed_as = models.CharField(max_length=200, blank=True)
    signature = models.CharField(max_length=200, blank=True)
    number = models.PositiveIntegerField(unique=True)

    class Meta:
        ordering: ClassVar = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} · {self.hash[:12]}"


class Draft(models.Model):
    """A rulebook being written: `files` maps path → text; `edition` counts saves: none overwrites another.

    `changed` maps path → [edition, who, when] of the last save of each file; a save is refused only where the file it
    began from was changed since.
    """

    name = models.CharField(max_length=80)
    based_on = models.ForeignKey(Version, models.PROTECT, null=True)
    files = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    edition = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey("people.Post", models.PROTECT, null=True)
    adopted = models.ForeignKey(Version, models.PROTECT, null=True, related_name="drafts")

    class Meta:
        ordering: ClassVar = ["-updated_at"]

    def __str__(self) -> str:
        return self.name
