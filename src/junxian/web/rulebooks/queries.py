"""Reading rulebooks (查规则): the version a reader asked for, the verdicts of its cases, the drafts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from junxian.core.rulebook import Rulebook
from junxian.web.archive.hashing import digest
from junxian.web.people.tags import spoken_language
from junxian.web.rulebooks.current import current_version, rulebook
from junxian.web.rulebooks.document import Printer
from junxian.web.rulebooks.folder import packed, texts_of
from junxian.web.rulebooks.models import Draft, Version

if TYPE_CHECKING:
    from junxian.files.rulebooks.verdict import Checked


@dataclass(frozen=True)
class Shown:
    """The version a page shows. `asked`: it was asked for by number, so links keep it."""

    version: Version
    asked: bool

    @property
    def rules(self) -> Rulebook:
        return rulebook(self.version.hash)

    @property
    def query(self) -> str:
        """What links on the page carry on: `?version=3`, or nothing for the version in force."""
        return f"?version={self.version.number}" if self.asked else ""

    @property
    def printer(self) -> Printer:
        return printer(self.version.hash, spoken_language())


def shown(number: str | None) -> Shown:
    """The version with that number, else the one in force; 404 for a number there is not."""
    if not number:
        return Shown(current_version(), asked=False)
    if not number.isdigit():
        raise Http404(number)
    return Shown(get_object_or_404(Version, number=int(number)), asked=True)


@lru_cache(maxsize=16)
def printer(mark: str, language: str) -> Printer:
    """The printer of one version in one language."""
    return Printer(rulebook(mark), language)


def files_of(version: Version) -> dict[str, str]:
    """Path → text of a version."""
    return _texts(version.hash)


@lru_cache(maxsize=8)
def _texts(mark: str) -> dict[str, str]:
    return texts_of(bytes(Version.objects.select_related("zip").get(pk=mark).zip.content))


@lru_cache(maxsize=8)
def checked(mark: str) -> Checked:
    """The check of a version with all its cases; immutable, so once per process."""
    from junxian.files.rulebooks import check

    return check(bytes(Version.objects.select_related("zip").get(pk=mark).zip.content))


@dataclass(frozen=True)
class DraftCheck:
    """The check of a draft's files as they stand at one edition."""

    checked: Checked
    edition: int


def check_draft(draft: Draft) -> DraftCheck:
    """All faults of a draft with their lines, and its cases; the same texts are checked once."""
    content = packed(draft.files)
    return DraftCheck(_check_zip(digest(content), content), draft.edition)


_KEPT: dict[str, Any] = {}


def _check_zip(mark: str, content: bytes) -> Checked:
    from junxian.files.rulebooks import check

    if mark not in _KEPT:
        if len(_KEPT) >= 8:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[mark] = check(content)
    found: Checked = _KEPT[mark]
    return found


def versions() -> list[Version]:
    """All versions, the newest first, with who adopted them."""
    return list(Version.objects.select_related("adopted_by__person", "adopted_by__unit").defer("zip"))


def drafts() -> list[Draft]:
    """All drafts, the last changed first, without their texts."""
    related = ("based_on", "updated_by__person", "updated_by__unit", "adopted")
    return list(Draft.objects.select_related(*related).defer("files", "changed"))
