"""Around the figures (往来): cells being typed, exceptions after locking, accepted explanations, queries, API calls."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from junxian.core.indicators.model import STATES


class DraftCell(models.Model):
    """A cell of the grid as last typed (草稿格). `edition` counts saves; a later clerk's differing text waits `beside`.

    beside: [{text, state, by, at}], so that nobody's work is lost.
    """

    hand_in = models.ForeignKey("indicators.HandIn", models.CASCADE, related_name="drafts")
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    indicator = models.CharField(max_length=80)
    text = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=15, blank=True, choices=[(code, code) for code in STATES])
    reason = models.CharField(max_length=400, blank=True)
    edition = models.PositiveIntegerField(default=1)
    post = models.ForeignKey("people.Post", models.PROTECT)
    at = models.DateTimeField()
    beside = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hand_in", "unit", "indicator"], name="draft_cell_once")
        ]


class Unlock(models.Model):
    """An exception after locking (例外修改): asked with a reason, granted by another, good for one reopening."""

    hand_in = models.ForeignKey("indicators.HandIn", models.PROTECT, related_name="unlocks")
    reason = models.CharField(max_length=400)
    asked_by = models.ForeignKey("people.Post", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("asked_by")), name="unlock_two_posts"
            ),
            models.UniqueConstraint(fields=["hand_in"], condition=Q(granted_at__isnull=True), name="one_unlock_open"),
        ]


class Acceptance(models.Model):
    """An explanation accepted once (已采信的说明): good for rule, unit and indicator until it ends or is outgrown.

    `until`: the last period it covers, "" without end. `deviation`: how far the figure was off when it was accepted.
    """

    rule = models.CharField(max_length=60)
    code = models.CharField(max_length=60)
    unit = models.ForeignKey("units.Unit", models.PROTECT)
    indicator = models.CharField(max_length=80)
    explanation = models.CharField(max_length=400)
    deviation = models.FloatField(null=True)
    until = models.CharField(max_length=12, blank=True)
    until_index = models.IntegerField(null=True)
    post = models.ForeignKey("people.Post", models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["rule", "unit", "indicator"])]


class Query(models.Model):
    """A county's doubt about a figure others handed in about it (疑问), and the keeper's answer."""

    figure = models.ForeignKey("indicators.Observation", models.PROTECT, related_name="queries")
    hand_in = models.ForeignKey("indicators.HandIn", models.PROTECT, null=True, related_name="queries")
    text = models.CharField(_("疑问"), max_length=400)
    asked_by = models.ForeignKey("people.Post", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(_("答复"), max_length=400, blank=True)
    answered_by = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]


class ApiCall(models.Model):
    """What was answered to an idempotency key (幂等键): the same question again gets the same answer."""

    post = models.ForeignKey("people.Post", models.PROTECT)
    key = models.CharField(max_length=80)
    body = models.CharField(max_length=80)
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "key"], name="api_call_once")]
