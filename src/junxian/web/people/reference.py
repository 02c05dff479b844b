"""Reference of permissions (权限对照表): role × permission as a table for the docs, made from what is enforced."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from junxian.web.people.access import GRANTS, PERMISSIONS, Role

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def permissions_table(language: str = "zh") -> str:
    """Markdown: one line for each permission, one column for each role; `zh` or `en`."""
    with override(LANGUAGES[language]):
        words = {"all": _("全部"), "own": _("本单位")}
        head = [_("权限"), *(str(role.label) for role in Role)]
        lines = [head, ["---"] * len(head)]
        for name, sentence in PERMISSIONS.items():
            lines.append([f"{sentence} `{name}`", *(words.get(GRANTS[role].get(name, ""), "") for role in Role)])
        return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
