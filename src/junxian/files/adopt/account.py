"""The account (还原结果): how many of last year's published points, totals and places the draft gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from junxian.files.adopt.compute import stale
from junxian.files.adopt.grid import Book
from junxian.files.adopt.whole import Whole, largest_difference, points_back
from junxian.files.rulebooks.speak import say


@dataclass(frozen=True)
class CriterionBack:
    """One criterion of the report: status is read, given or unread; `back` of `published` points come back."""

    name: str
    status: str
    method: str
    published: int
    back: int
    largest_difference: str


@dataclass(frozen=True)
class Adopted:
    """What came of adopting a sheet. Points count only where a method computed them, never where they are typed in."""

    folder: Path
    file: str
    units: int
    criteria: tuple[CriterionBack, ...]
    totals: int
    totals_back: int
    ranks: int
    ranks_back: int
    summary: str

    @property
    def points(self) -> int:
        """Published points of all criteria that have figures."""
        return sum(one.published for one in self.criteria if one.status != "given")

    @property
    def points_back(self) -> int:
        return sum(one.back for one in self.criteria if one.status == "read")


def tell(whole: Whole, book: Book, out: Path, language: str) -> Adopted:
    """Count what comes back; the summary is a few sentences for the terminal."""
    criteria = tuple(
        CriterionBack(
            one.named.key, one.status, one.best.made.kind if one.best and one.status == "read" else "",
            len(one.published), len(points_back(one, whole)), str(largest_difference(one, whole)),
        )
        for one in whole.draft.chosen
    )  # fmt: skip
    counts = (len(whole.totals), len(whole.totals_back), len(whole.ranks), len(whole.ranks_back))
    bare = Adopted(out, book.file, len(whole.draft.groups), criteria, *counts, "")
    return Adopted(
        out, book.file, len(whole.draft.groups), criteria, *counts, _summary(bare, language, computed=stale(book))
    )


def _summary(told: Adopted, language: str, *, computed: bool) -> str:
    facts = {
        "file": told.file, "units": told.units, "criteria": len(told.criteria), "folder": told.folder,
        "points": told.points, "back": told.points_back, "totals": told.totals, "totals_back": told.totals_back,
        "ranks": told.ranks, "ranks_back": told.ranks_back,
    }  # fmt: skip
    said = [say("adopt.summary", facts, language)]
    for status in ("unread", "given"):
        names = "、".join(one.name for one in told.criteria if one.status == status)
        if names:
            said.append(say(f"adopt.summary_{status}", {"names": names}, language))
    if computed:
        said.append(say("adopt.assumed_computed", {}, language))
    return "\n".join([*said, say("adopt.summary_next", facts, language)])
