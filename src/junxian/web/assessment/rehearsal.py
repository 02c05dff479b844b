"""Trial months (试运行): the office's own Excel result beside the run, each difference with its cause."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OfficeResult(models.Model):
    """A workbook of the office's own result of a trial round (考核办自算结果)."""

    round = models.ForeignKey("assessment.Round", models.PROTECT, related_name="office_results")
    run = models.ForeignKey("assessment.Run", models.PROTECT)
    name = models.CharField(max_length=120)
    content = models.ForeignKey("archive.Blob", models.PROTECT, related_name="+")
    compared = models.PositiveIntegerField(default=0)
    post = models.ForeignKey("people.Post", models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]


class OfficeLine(models.Model):
    """One difference between the office's result and the run; `criterion` is empty for the total."""

    class Cause(models.TextChoices):
        """Where a difference comes from; empty until somebody says so."""

        DATA = "data", _("数据不同")
        RULE = "rule", _("规则理解不同")
        ROUNDING = "rounding", _("四舍五入")
        THEIRS = "theirs", _("原表计算错误")

    result = models.ForeignKey(OfficeResult, models.CASCADE, related_name="lines")
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    criterion = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=120, blank=True)
    cell = models.CharField(max_length=12)
    theirs = models.FloatField(null=True)
    ours = models.FloatField(null=True)
    proposed = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    cause = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    note = models.CharField(max_length=400, blank=True)
    classed_by = models.ForeignKey("people.Post", models.PROTECT, null=True)
    classed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["result", "unit", "criterion"], name="office_line_once"),
            models.CheckConstraint(
                condition=Q(cause="") | Q(classed_by__isnull=False), name="office_line_cause_has_author"
            ),
        ]
