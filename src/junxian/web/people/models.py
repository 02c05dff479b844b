"""People (人员), posts (岗位), sign-in facts, API tokens and the audit chain (审计链)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from junxian.web.people.access import Role


class Person(AbstractUser):
    """A person who signs in. Nothing is kept but name, post and office phone (RULES §10.4)."""

    first_name = None
    last_name = None
    email = None
    name = models.CharField(_("姓名"), max_length=60)
    phone = models.CharField(_("办公电话"), max_length=40, blank=True)
    password_set_at = models.DateTimeField(null=True)
    must_change_password = models.BooleanField(default=False)
    demo = models.BooleanField(default=False)

    REQUIRED_FIELDS: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name; allauth asks for it."""
        return self.name


class OldPassword(models.Model):
    """Hashes of earlier passwords: the last five are not taken again."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="old_passwords")
    hash = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)


class PostQuerySet(models.QuerySet["Post"]):
    """Posts by validity."""

    def on(self, day: date) -> PostQuerySet:
        """Posts held on that day."""
        return self.filter(Q(starts__lte=day), Q(ends__isnull=True) | Q(ends__gte=day))


class Post(models.Model):
    """A post (岗位): person × unit × role × dates; rights hang here and nowhere else.

    `stands_in_for`: the post this one stands in for (代班). `step`: what the post does with papers of its unit:
    经手 handle, 复核 review, 签发 sign; nobody takes two steps of one paper.
    """

    STEPS: ClassVar = [("handle", _("经手")), ("review", _("复核")), ("sign", _("签发"))]

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role.choices)
    title = models.CharField(max_length=80, blank=True)
    step = models.CharField(max_length=10, choices=STEPS, default="handle")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    stands_in_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="stand_ins")
    granted_at = models.DateTimeField(auto_now_add=True)

    objects = PostQuerySet.as_manager()

    def save(self, *args: object, **kwargs: object) -> None:
        """Saved only where the three administrators stay three (RULES §10.2)."""
        from junxian.web.people.separation import demand_separate

        demand_separate(self)
        super().save(*args, **kwargs)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="post_role_closed"),
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="post_dates"),
            models.UniqueConstraint(fields=["person", "unit", "role", "starts"], name="post_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "role"])]

    def __str__(self) -> str:
        return self.title or f"{self.unit} {self.get_role_display()}"


class Approval(models.Model):
    """A change to an audit administrator (会签): asked for by one administrator, decided by another (RULES §10.2)."""

    VERBS: ClassVar = [
        ("grant", _("授予岗位")), ("end", _("结束岗位")), ("hand_over", _("移交岗位")), ("stand_in", _("安排代班")),
        ("deactivate", _("停用账号")), ("reactivate", _("恢复账号")), ("reset", _("重置密码")),
    ]  # fmt: skip

    verb = models.CharField(max_length=20, choices=VERBS)
    person = models.ForeignKey(Person, models.PROTECT, related_name="approvals")
    facts = models.JSONField(default=dict)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="approval_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, accepted__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False, accepted__isnull=False),
                name="approval_decided_whole",
            ),
        ]


class DemoDay(models.Model):
    """The day the demonstration plays on; its one row exists in demo mode only."""

    day = models.DateField()


class AuditHead(models.Model):
    """The last link of the chain; locked by every writer, so that links never fork; a trigger moves it on."""

    count = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=80, default="")


class AuditRow(models.Model):
    """One link (审计记录): who, in which post, when, from where, did what to what, before → after. Append-only."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    person = models.ForeignKey(Person, models.PROTECT, null=True)
    post = models.ForeignKey(Post, models.PROTECT, null=True)
    address = models.CharField(max_length=60, blank=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=80, blank=True)
    unit = models.ForeignKey("units.Unit", models.PROTECT, null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    previous = models.CharField(max_length=80)
    hash = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "subject_id"]), models.Index(fields=["person", "at"]),
            models.Index(fields=["action", "at"]),
        ]  # fmt: skip


class Token(models.Model):
    """An API token (接口令牌) of one post; only its hash is kept."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    hash = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    ends = models.DateField(null=True, blank=True)
    last_used = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Message(models.Model):
    """A reminder (提醒); a person gets at most one a day, with everything in it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="reminders")
    day = models.DateField()
    lines = models.JSONField(default=list)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "day"], name="one_message_a_day")]
