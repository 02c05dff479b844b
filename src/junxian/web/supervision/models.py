"""Meetings (市政府常务会议): agenda, who is named, decisions with owner and day, promises."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

THREE = 3
"""Decisions one paper asks for."""


class Meeting(models.Model):
    """One meeting: planned → held → closed; the minutes number closes it."""

    class State(models.TextChoices):
        """What may be done with it."""

        PLANNED = "planned", _("筹备")
        HELD = "held", _("正在开会")
        CLOSED = "closed", _("已结束")

    class Kind(models.TextChoices):
        """Which meeting."""

        EXECUTIVE = "executive", _("市政府常务会议")
        SPECIAL = "special", _("专题会议")

    date = models.DateField()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.EXECUTIVE)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    minutes = models.CharField(max_length=80, blank=True)
    held_at = models.DateTimeField(null=True)
    held_without = models.CharField(max_length=400, blank=True)
    closed_at = models.DateTimeField(null=True)
    post = models.ForeignKey("people.Post", models.PROTECT)

    class Meta:
        ordering: ClassVar = ["-date", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(state="closed") & ~Q(minutes="") & Q(closed_at__isnull=False)) | ~Q(state="closed"),
                name="meeting_closed_by_minutes",
            ),
            models.CheckConstraint(condition=Q(state="planned") | Q(held_at__isnull=False), name="meeting_held_at"),
        ]

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """One matter of the agenda (议题): who reports, and the decision wanted of the meeting where there is one."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    reporter = models.ForeignKey("units.Unit", models.PROTECT, null=True, related_name="+")
    decision_wanted = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["meeting", "place"], name="item_place_once")]


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows that belong to units."""

    def visible_to(self, actor: Any) -> OwnedQuerySet:
        """Rows of units the actor may read or answer about in a meeting."""
        reaches = [actor.reach_of(permission) for permission in ("meeting.see", "meeting.reply")]
        if None in reaches:
            return self
        return self.filter(**{f"{self.model.OWNER}_id__in": frozenset().union(*reaches)})


class Decision(models.Model):
    """A decision (议定事项) and the task it makes: owner and day always, a figure and a threshold where one is linked.

    `number` counts within the year of the meeting. `moved`: carried over with a new day, by a later decision.
    """

    OWNER: ClassVar = "owner"

    class State(models.TextChoices):
        """What came of it."""

        OPEN = "open", _("在办")
        DONE = "done", _("已办结")
        NOT_DONE = "not_done", _("未办成")
        MOVED = "moved", _("已延期")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    item = models.ForeignKey(Item, models.SET_NULL, null=True, related_name="decisions")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=400)
    owner = models.ForeignKey("units.Unit", models.PROTECT, related_name="decisions")
    person = models.CharField(max_length=60, blank=True)
    due = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    indicator = models.CharField(max_length=80, blank=True)
    threshold = models.FloatField(null=True)
    remark = models.CharField(max_length=400, blank=True)
    first_due = models.DateField()
    post = models.ForeignKey("people.Post", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["year", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="decision_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "moved"], settled_at__isnull=True)
                | Q(state__in=["done", "not_done"], settled_at__isnull=False, settled_by__isnull=False),
                name="decision_settled_by",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="decision_says_something"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due"])]

    @property
    def is_open(self) -> bool:
        """Whether it still waits to be carried out."""
        return self.state in (self.State.OPEN, self.State.MOVED)

    def is_late(self, day: date) -> bool:
        """Whether its day is past and it still waits."""
        return self.is_open and self.due < day


class Named(models.Model):
    """A unit named in a meeting (点名): the line, when it was told, and its reply, which prints beside the line."""

    OWNER: ClassVar = "unit"

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="named")
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="named")
    place = models.PositiveSmallIntegerField()
    line = models.CharField(max_length=300)
    notified_at = models.DateTimeField(null=True)
    reply = models.CharField(max_length=600, blank=True)
    replied_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "place"], name="named_place_once"),
            models.UniqueConstraint(fields=["meeting", "unit", "line"], name="named_line_once"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="named_reply_dated",
            ),
        ]


class Promise(models.Model):
    """A promise of the city (兑现台账, RULES §2.15): a reward or consequence, its basis, by when, kept or not."""

    OWNER: ClassVar = "unit"

    class Kind(models.TextChoices):
        """What was promised."""

        REWARD = "reward", _("奖励")
        CONSEQUENCE = "consequence", _("约束")

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.REWARD)
    what = models.CharField(max_length=200)
    basis = models.CharField(max_length=200)
    amount = models.CharField(max_length=60, blank=True)
    due = models.DateField()
    body = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    post = models.ForeignKey("people.Post", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    fulfilled_at = models.DateField(null=True)
    evidence = models.CharField(max_length=300, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(fulfilled_at__isnull=True, evidence="") | (Q(fulfilled_at__isnull=False) & ~Q(evidence="")),
                name="promise_kept_with_evidence",
            ),
        ]
