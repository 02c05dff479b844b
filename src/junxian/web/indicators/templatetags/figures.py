"""Template words of figures (数据用语): a finding's sentence, a number with all its digits."""

from __future__ import annotations

import json
from typing import Any

from django import template

from junxian.web.people.tags import spoken_language

register = template.Library()


@register.filter
def told(finding: Any) -> str:
    """What a finding says, with the rule's own advice."""
    from junxian.files.sheets.phrase import message

    return message({"code": finding.code, "facts": json.dumps(finding.facts, ensure_ascii=False)}, spoken_language())


@register.filter
def plain_number(value: float) -> str:
    """A number with the digits it came with."""
    return f"{value:.15g}"
