"""The rulebook in force (现行规则集), loaded once per process and version."""

from __future__ import annotations

from functools import lru_cache

from junxian.core.errors import RuleError
from junxian.core.rulebook import Rulebook
from junxian.web.rulebooks.models import Version


def current_version() -> Version:
    """The version adopted last; RuleError `web.no_rulebook` where none was."""
    version = Version.objects.order_by("-number").first()
    if version is None:
        raise RuleError("web.no_rulebook")
    return version


def current() -> Rulebook:
    """The rulebook in force."""
    return rulebook(current_version().hash)


@lru_cache(maxsize=8)
def rulebook(mark: str) -> Rulebook:
    """The rulebook of a version hash."""
    from junxian.files.rulebooks import load

    return load(bytes(Version.objects.select_related("zip").get(pk=mark).zip.content))
