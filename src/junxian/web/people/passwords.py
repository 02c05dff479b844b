"""Password rules (口令规则) of RULES §10.1: three of four classes, the last five not again."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")
REMEMBERED = 5


class ThreeClasses:
    """At least three of lower case, upper case, digits and other signs."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError with what to do."""
        if sum(bool(re.search(pattern, password)) for pattern in CLASSES) < 3:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _("口令须包含大写字母、小写字母、数字、其他符号中的三类。")


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
        return _("最近五次用过的口令不能再用。")
