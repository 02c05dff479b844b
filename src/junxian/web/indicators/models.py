"""Observations (数据), hand-ins (交件), uploads (上传), findings (审核结果) and what was accepted about them."""

from __future__ import annotations

from itertools import combinations
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

STATES = [
    ("reported", _("已报送")), ("late", _("迟报")), ("not_reported", _("未报送")), ("not_applicable", _("不适用")),
]  # fmt: skip
KEY = ("unit", "indicator", "period", "kind", "calibre", "stage")
STEPS_TAKEN = ("handled_by", "reviewed_by", "signed_by")


def two_posts(first: str, second: str) -> models.CheckConstraint:
    """Nobody takes two steps of one paper."""
    free = Q(**{f"{first}__isnull": True}) | Q(**{f"{second}__isnull": True}) | ~Q(**{first: models.F(second)})
    return models.CheckConstraint(condition=free, name=f"hand_in_{first}_not_{second}")


class Observation(models.Model):
    """One figure as known at a time (数据): append-only, a correction is the next revision with its reason."""

    unit = models.ForeignKey("units.Unit", models.PROTECT)
    indicator = models.CharField(max_length=80)
    period = models.CharField(max_length=12)
    period_index = models.IntegerField()
    kind = models.CharField(max_length=5)
    calibre = models.CharField(max_length=60, blank=True)
    stage = models.CharField(max_length=10, blank=True)
    revision = models.PositiveIntegerField(default=0)
    value = models.FloatField(null=True)
    state = models.CharField(max_length=15, choices=STATES)
    raw = models.CharField(max_length=200, blank=True)
    unit_text = models.CharField(max_length=30, blank=True)
    source = models.CharField(max_length=200, blank=True)
    source_grade = models.CharField(max_length=10, blank=True)
    source_kind = models.CharField(max_length=10, default="cell")
    upload = models.ForeignKey("Upload", models.PROTECT, null=True, related_name="observations")
    file = models.CharField(max_length=200, blank=True)
    sheet = models.CharField(max_length=80, blank=True)
    cell = models.CharField(max_length=12, blank=True)
    published_at = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    key = models.CharField(max_length=80, blank=True)
    post = models.ForeignKey("people.Post", models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=[*KEY, "revision"], name="observation_once"),
            models.CheckConstraint(condition=Q(state__in=[code for code, _n in STATES]), name="observation_state"),
            models.CheckConstraint(
                condition=Q(state="reported", value__isnull=False) | (~Q(state="reported") & Q(value__isnull=True)),
                name="observation_missing_is_not_zero",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["indicator", "period_index"]), models.Index(fields=["unit", "period_index"]),
        ]  # fmt: skip


class HandIn(models.Model):
    """What one owner owes for one period (交件): a department for all units, or a county for what only it has.

    State: open → received → confirmed (经手) → reviewed (复核) → signed (签发, locked) ; unlocked by an exception.
    `compared_at`: when somebody last reviewed or signed, so that later changes can be shown. `released_at`: the period
    was published; `closed_at`: it was frozen and corrections belong to the annual settlement.
    `edition` counts reopenings.
    """

    class State(models.TextChoices):
        """Each has one owner who must move next."""

        OPEN = "open", _("待报送")
        RECEIVED = "received", _("待确认")
        CONFIRMED = "confirmed", _("待复核")
        REVIEWED = "reviewed", _("待签发")
        SIGNED = "signed", _("已签发锁定")

    period = models.CharField(max_length=12)
    scheme = models.CharField(max_length=60)
    owner = models.ForeignKey("units.Unit", models.PROTECT, related_name="hand_ins")
    indicators = models.JSONField(default=list)
    due = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    handled_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    compared_at = models.DateTimeField(null=True)
    returned = models.CharField(max_length=400, blank=True)
    released_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["due", "owner__order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "scheme", "owner"], name="hand_in_once"),
            *(two_posts(first, second) for first, second in combinations(STEPS_TAKEN, 2)),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(handled_by__isnull=False, reviewed_by__isnull=False,
                                                signed_by__isnull=False), name="hand_in_signed_whole",
            ),
        ]  # fmt: skip

    @property
    def locked(self) -> bool:
        """Signed, so that nothing changes without an exception."""
        return self.state == self.State.SIGNED


class Upload(models.Model):
    """One file dropped (上传): read by a job, its figures staged until they are confirmed or withdrawn.

    `lease`: until when the worker that reads it may be presumed alive. `staged`: Parquet of canonical columns.
    `choices`: doubtful names answered, {"region": {written: code}, "indicator": {…}}. `parent`: the file another
    department dropped and in which these figures were found; their keeper confirms them.
    """

    ORIGINS: ClassVar = [("file", _("上传文件")), ("grid", _("网上填报")), ("api", _("接口")), ("passed_on", _("转来"))]

    class State(models.TextChoices):
        """From dropped to confirmed; a refused file names why in `code` and `facts`."""

        WAITING = "waiting", _("等待读取")
        READING = "reading", _("正在读取")
        READ = "read", _("已读取，待确认")
        CONFIRMED = "confirmed", _("已确认")
        WITHDRAWN = "withdrawn", _("已撤回")
        REFUSED = "refused", _("无法读取")

    hand_in = models.ForeignKey(HandIn, models.PROTECT, null=True, related_name="uploads")
    period = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    content = models.ForeignKey("archive.Blob", models.PROTECT, related_name="+")
    staged = models.ForeignKey("archive.Blob", models.PROTECT, null=True, related_name="+")
    marked = models.ForeignKey("archive.Blob", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    origin = models.CharField(max_length=10, choices=ORIGINS, default="file")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="passed_on")
    choices = models.JSONField(default=dict)
    code = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    figures = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    lease = models.DateTimeField(null=True)
    post = models.ForeignKey("people.Post", models.PROTECT)
    at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "lease"])]


SETTLE_FIRST = (
    "checks.falling", "checks.jump", "checks.jump_points", "checks.out_of_range", "checks.parts_differ",
    "checks.county_sum", "checks.duplicate_differs", "web.indicators.revised",
)  # fmt: skip
"""Findings that want a correction or a reason before figures are taken; errors that cost a figure cost it visibly."""


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings by what they ask of us."""

    def open(self) -> FindingQuerySet:
        """Not answered yet."""
        return self.filter(answer="open")

    def blocking(self) -> FindingQuerySet:
        """Open ones that must be answered before the upload can be confirmed."""
        return self.open().filter(Q(severity="ask") | Q(code__in=SETTLE_FIRST))


class Finding(models.Model):
    """What a check found at a cell (审核结果) and how it was answered; `corrected` is the value typed instead."""

    class Answer(models.TextChoices):
        """Open until somebody corrected the figure or gave a reason."""

        OPEN = "open", _("待处理")
        EXPLAINED = "explained", _("已说明")
        CORRECTED = "corrected", _("已更正")
        CARRIED = "carried", _("沿用以前的说明")

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="findings", null=True)
    period = models.CharField(max_length=12)
    file = models.CharField(max_length=200, blank=True)
    sheet = models.CharField(max_length=80, blank=True)
    cell = models.CharField(max_length=12, blank=True)
    severity = models.CharField(max_length=10)
    rule = models.CharField(max_length=60)
    code = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    unit = models.ForeignKey("units.Unit", models.PROTECT, null=True)
    indicator = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.OPEN)
    explanation = models.CharField(max_length=400, blank=True)
    corrected = models.FloatField(null=True)
    answered_by = models.ForeignKey("people.Post", models.PROTECT, null=True)
    answered_at = models.DateTimeField(null=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["upload", "answer"])]

    @property
    def blocks(self) -> bool:
        """Whether it must be answered before its upload can be confirmed."""
        return self.answer == "open" and (self.severity == "ask" or self.code in SETTLE_FIRST)


from junxian.web.indicators.exchanges import Acceptance, ApiCall, DraftCell, Query, Unlock  # noqa: E402

__all__ = [
    "Acceptance", "ApiCall", "DraftCell", "Finding", "HandIn", "Observation", "Query", "Unlock", "Upload",
]  # fmt: skip
