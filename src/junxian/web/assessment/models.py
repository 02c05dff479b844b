"""Rounds (轮次), runs (核算), scores and points as pages read them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Round(models.Model):
    """One period of one scheme (轮次): 数据归集 → 计算 → 县区核对 → 复核 → 审定 → 通报 → 冻结."""

    class State(models.TextChoices):
        """The states of core.assessment.round; every state has one owner."""

        COLLECTING = "collecting", _("数据归集")
        COMPUTING = "computing", _("计算")
        CHECKING = "checking", _("县区核对")
        REVIEWING = "reviewing", _("复核")
        APPROVING = "approving", _("审定")
        PUBLISHED = "published", _("通报")
        FROZEN = "frozen", _("冻结")
        WITHDRAWN = "withdrawn", _("已撤回")

    scheme = models.CharField(max_length=60)
    period = models.CharField(max_length=12)
    period_index = models.IntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.COLLECTING)
    trial = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    hand_in_by = models.DateField()
    pass_on_by = models.DateField()
    report_by = models.DateField()
    check_until = models.DateField(null=True)
    run = models.ForeignKey("Run", models.PROTECT, null=True, related_name="+")
    minutes = models.CharField(max_length=80, blank=True)
    approved_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)
    seal = models.JSONField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["-period_index"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "period"], condition=~Q(state="withdrawn"), name="round_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "frozen"]) | (Q(run__isnull=False) & ~Q(minutes="")),
                name="published_needs_run_and_minutes",
            ),
        ]


class Run(models.Model):
    """One computation (核算): the archive under its hash and what pages show of it.

    `previous`: the run of the round before, `replaces`: the run of the same round it stands in for, and why.
    """

    class State(models.TextChoices):
        """A run is done or it is not; a failed one says why."""

        WAITING = "waiting", _("等待计算")
        RUNNING = "running", _("正在计算")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未能完成")

    class Purpose(models.TextChoices):
        """Why it was made."""

        OFFICIAL = "official", _("正式")
        DRY = "dry", _("试算")

    round = models.ForeignKey(Round, models.PROTECT, related_name="runs", null=True)
    scheme = models.CharField(max_length=60)
    period = models.CharField(max_length=12)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.OFFICIAL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    mark = models.CharField(max_length=80, blank=True)
    archive = models.ForeignKey("archive.Blob", models.PROTECT, null=True, related_name="+")
    rulebook = models.ForeignKey("rulebooks.Version", models.PROTECT, null=True, related_name="+")
    draft = models.ForeignKey("rulebooks.Draft", models.PROTECT, null=True, related_name="+")
    snapshot_hash = models.CharField(max_length=80, blank=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    reason = models.CharField(max_length=400, blank=True)
    trust = models.JSONField(default=dict)
    comparison = models.JSONField(null=True)
    code = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=0)
    lease = models.DateTimeField(null=True)
    post = models.ForeignKey("people.Post", models.PROTECT, null=True)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["scheme", "period"]), models.Index(fields=["state", "lease"])]


class Score(models.Model):
    """A unit's result in a run."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="scores")
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    category = models.CharField(max_length=40)
    score = models.FloatField(null=True)
    exact = models.BigIntegerField(null=True)
    rank = models.IntegerField(null=True)
    n = models.IntegerField(null=True)
    grade = models.CharField(max_length=20, blank=True)
    gate = models.CharField(max_length=20, blank=True)
    previous_rank = models.IntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "unit"], name="score_once")]
        indexes: ClassVar = [models.Index(fields=["run", "category", "rank"])]


class Point(models.Model):
    """A unit's points in one criterion or group of a run."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="points")
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    criterion = models.CharField(max_length=60)
    parent = models.CharField(max_length=60, blank=True)
    depth = models.SmallIntegerField(default=0)
    order = models.SmallIntegerField(default=0)
    name = models.JSONField(default=str)
    value = models.FloatField(null=True)
    state = models.CharField(max_length=15, blank=True)
    normalised = models.FloatField(null=True)
    points = models.FloatField(null=True)
    maximum = models.FloatField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "unit", "criterion"], name="point_once")]
        indexes: ClassVar = [models.Index(fields=["run", "criterion"])]


class Alert(models.Model):
    """A bottom-line alert (底线预警) of a run."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="alerts")
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    line = models.CharField(max_length=60)
    name = models.JSONField(default=str)
    level = models.CharField(max_length=20)
    indicator = models.TextField(blank=True)
    value = models.FloatField(null=True)
    rank = models.IntegerField(null=True)
    n = models.IntegerField(null=True)
    worse = models.IntegerField(null=True)
    months = models.IntegerField(null=True)
    facts = models.JSONField(default=dict)


class Receipt(models.Model):
    """A unit's receipt (得分凭据) in a run, as the run archive holds it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="receipts")
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    content = models.JSONField()
    checksum = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "unit"], name="receipt_once")]


from junxian.web.assessment.hearing import (  # noqa: E402
    Confirmation,
    Evidence,
    Objection,
    Recusal,
    Settlement,
)  # fmt: skip
from junxian.web.assessment.rehearsal import OfficeLine, OfficeResult  # noqa: E402

__all__ = [
    "Alert", "Confirmation", "Evidence", "Objection", "OfficeLine", "OfficeResult", "Point", "Receipt", "Recusal",
    "Round", "Run", "Score", "Settlement",
]  # fmt: skip
