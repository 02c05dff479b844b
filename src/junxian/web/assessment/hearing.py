"""The county's hearing (县区核对与异议): confirmations, objections, evidence, recusals, and what goes to year end."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Confirmation(models.Model):
    """A county found its inputs and points right (核对确认单): `hash` is over what it saw, `serial` is printed."""

    round = models.ForeignKey("assessment.Round", models.PROTECT, related_name="confirmations")
    run = models.ForeignKey("assessment.Run", models.PROTECT, related_name="confirmations")
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    serial = models.CharField(max_length=40, unique=True)
    hash = models.CharField(max_length=80)
    content = models.JSONField()
    post = models.ForeignKey("people.Post", models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "unit"], name="confirmation_once")]


class Objection(models.Model):
    """An objection to one line of a receipt (异议); the reviewer is neither the scorer nor recused (RULES §2.11)."""

    class Ground(models.TextChoices):
        """Closed list of grounds."""

        DATA_ERROR = "data_error", _("数据错误")
        RULE_MISUSE = "rule_misuse", _("规则适用错误")
        MISSING_EVIDENCE = "missing_evidence", _("证据缺失")
        TOLERANCE = "tolerance", _("容错事由")

    class Decision(models.TextChoices):
        """Closed list of decisions; empty while the objection is open."""

        UPHOLD = "uphold", _("维持原得分")
        CORRECT = "correct", _("更正")
        PARTLY = "partly", _("部分更正")

    class Remedy(models.TextChoices):
        """How a correction is carried out."""

        REVISION = "revision", _("修订数据后重新计算")
        NEW_RUN = "new_run", _("重新计算")
        SETTLEMENT = "settlement", _("列入年度结算")

    serial = models.CharField(max_length=40, unique=True)
    round = models.ForeignKey("assessment.Round", models.PROTECT, related_name="objections")
    run = models.ForeignKey("assessment.Run", models.PROTECT, related_name="objections")
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    criterion = models.CharField(max_length=60)
    ground = models.CharField(max_length=20, choices=Ground.choices)
    text = models.TextField(max_length=4000)
    wanted = models.CharField(max_length=200, blank=True)
    filed_by = models.ForeignKey("people.Post", models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    decide_by = models.DateField()
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    remedy = models.CharField(max_length=12, choices=Remedy.choices, blank=True)
    reason = models.TextField(max_length=4000, blank=True)
    decided_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answered_by_run = models.ForeignKey("assessment.Run", models.PROTECT, null=True, related_name="answers")

    class Meta:
        ordering: ClassVar = ["-filed_at"]
        indexes: ClassVar = [models.Index(fields=["round", "unit"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ground__in=["data_error", "rule_misuse", "missing_evidence", "tolerance"]),
                name="objection_ground_closed",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True)
                | (~Q(decision="") & ~Q(reason="") & Q(decided_by__isnull=False)),
                name="objection_decision_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["", "uphold"]) | ~Q(remedy=""), name="objection_correction_has_remedy"
            ),
        ]


class Evidence(models.Model):
    """A file handed in with an objection (证据): kept by hash, given back as a download, never shown inline."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=120)
    content = models.ForeignKey("archive.Blob", models.PROTECT, related_name="+")
    size = models.PositiveBigIntegerField()
    post = models.ForeignKey("people.Post", models.PROTECT)
    at = models.DateTimeField()


class Recusal(models.Model):
    """A reviewer steps aside for a unit (回避), by declaration, until it is ended."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="recusals")
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    reason = models.CharField(max_length=400)
    post = models.ForeignKey("people.Post", models.PROTECT)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "unit"], condition=Q(ended_at=None), name="recusal_once")
        ]


class Settlement(models.Model):
    """A correction after freezing (年度结算事项): the round stays as it is, the year end takes it up."""

    round = models.ForeignKey("assessment.Round", models.PROTECT, related_name="settlements")
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    objection = models.OneToOneField(Objection, models.PROTECT, null=True, related_name="settlement")
    criterion = models.CharField(max_length=60, blank=True)
    year = models.PositiveIntegerField()
    text = models.TextField(max_length=2000)
    post = models.ForeignKey("people.Post", models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]
