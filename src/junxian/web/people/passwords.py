"""Password rules (密码规则) of RULES §10.1: three of four classes, 90 days, the last five not again."""

from __future__ import annotations

import re
import secrets
import string
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.people.models import OldPassword, Person

CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")
REMEMBERED = 5
CLEAR = "".join(sign for sign in string.ascii_letters + string.digits if sign not in "0O1lI")
"""Signs of a one-time password: none that two fonts draw alike."""


class ThreeClasses:
    """At least three of lower case, upper case, digits and other signs."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError with what to do."""
        if sum(bool(re.search(pattern, password)) for pattern in CLASSES) < 3:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _("密码须包含大写字母、小写字母、数字、其他符号中的三类。")


class NotRecentlyUsed:
    """None of the last five."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError with what to do."""
        if user is None or user.pk is None:
            return
        old = [user.password, *user.old_passwords.order_by("-at").values_list("hash", flat=True)[: REMEMBERED - 1]]
        if any(check_password(password, one) for one in old if one):
            raise ValidationError(self.get_help_text(), code="password_reused")

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _("最近五次用过的密码不能再用。")


@transaction.atomic
def change(person: Person, password: str, *, by: Actor | None, once: bool = False) -> None:
    """Set the password; `once` makes it a one-time one that must be changed at the next sign-in."""
    if person.password:
        OldPassword.objects.create(person=person, hash=person.password)
        kept = person.old_passwords.order_by("-at", "-pk").values_list("pk", flat=True)[:REMEMBERED]
        person.old_passwords.exclude(pk__in=list(kept)).delete()
    person.set_password(password)
    person.password_set_at = timezone.now()
    person.must_change_password = once
    person.save(update_fields=["password", "password_set_at", "must_change_password"])
    audit.record("password.reset" if once else "password.change", "person", person.pk, by=by)


def one_time() -> str:
    """A password of sixteen signs that meets the rules."""
    while True:
        made = "".join(secrets.choice(CLEAR) for _ in range(16))
        if all(re.search(pattern, made) for pattern in CLASSES[:3]):
            return made


def must_change(person: Person) -> bool:
    """Whether the person has to change the password first: a one-time one, or one older than settings allow."""
    if not person.has_usable_password():
        return False
    if person.must_change_password:
        return True
    if person.demo or person.password_set_at is None:
        return not person.demo
    return timezone.now() - person.password_set_at > timedelta(days=settings.PASSWORD_DAYS)
