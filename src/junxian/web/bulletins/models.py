"""Notices (通报): versions of a draft, which one is to be printed, what was published, and what was withdrawn."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class NoticeVersion(models.Model):
    """One version of a round's notice (文稿): composed from the run, or edited in WPS and dropped back. Append-only.

    paper: what the page prints. checks: every figure recounted, with its sources. changes: sentences before and after.
    findings: (code, facts) that stop the release; `clean` says that there are none.
    """

    class Kind(models.TextChoices):
        """Where a version comes from."""

        COMPOSED = "composed", _("系统成文")
        EDITED = "edited", _("改稿")

    round = models.ForeignKey("assessment.Round", models.PROTECT, related_name="notice_versions")
    run = models.ForeignKey("assessment.Run", models.PROTECT, related_name="notice_versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120)
    docx = models.ForeignKey("archive.Blob", models.PROTECT, related_name="+")
    paper = models.JSONField()
    checks = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    clean = models.BooleanField()
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "number"], name="notice_version_number"),
            models.UniqueConstraint(fields=["run"], condition=Q(kind="composed"), name="composed_once_for_a_run"),
            models.CheckConstraint(condition=Q(clean=False) | Q(findings=[]), name="clean_version_has_no_finding"),
        ]


class Acceptance(models.Model):
    """A version was taken as the one to print (采用); the last one of the present run holds. Append-only."""

    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="acceptances")
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class Signature(models.Model):
    """A leader signed this version under the number of the minutes (签发); the last one holds. Append-only."""

    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="signatures")
    minutes = models.CharField(max_length=80)
    post = models.ForeignKey("people.Post", models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Publication(models.Model):
    """A published notice (已发布的通报): its number, its hashes, and the audit chain's head it prints. Append-only."""

    round = models.OneToOneField("assessment.Round", models.PROTECT, related_name="publication")
    run = models.ForeignKey("assessment.Run", models.PROTECT, related_name="publications")
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="publications")
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=80)
    series = models.CharField(max_length=80)
    year = models.PositiveIntegerField()
    serial = models.PositiveIntegerField()
    run_mark = models.CharField(max_length=80)
    snapshot_hash = models.CharField(max_length=80)
    rulebook_hash = models.CharField(max_length=80)
    docx = models.ForeignKey("archive.Blob", models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    paper = models.JSONField()
    checks = models.JSONField(default=list)
    audit_count = models.PositiveBigIntegerField()
    audit_hash = models.CharField(max_length=80)
    post = models.ForeignKey("people.Post", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "year", "serial"], name="notice_number_once")
        ]
        indexes: ClassVar = [models.Index(fields=["sha256"])]


class Withdrawal(models.Model):
    """A published notice was withdrawn (撤回): who, when, why; the notice itself stays. Append-only."""

    publication = models.OneToOneField(Publication, models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=400)
    post = models.ForeignKey("people.Post", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_has_reason")]
