"""API of the rulebooks room (接口): versions, what they say section by section, what changed between two."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Schema
from pydantic import Field

from junxian.core.rulebook import plain
from junxian.web.people.interface import Listed, Window, acting, answers, part
from junxian.web.people.tags import spoken_language
from junxian.web.rulebooks.actions import signed_facts
from junxian.web.rulebooks.current import rulebook
from junxian.web.rulebooks.difference_words import spoken_changes
from junxian.web.rulebooks.models import Version
from junxian.web.rulebooks.queries import files_of, versions
from junxian.web.rulebooks.signature import holds

router = Router(tags=["rulebooks"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Section = Literal[
    "units", "indicators", "parameters", "forms", "checks", "schemes", "bottomlines", "benchmarks", "bulletins"
]
SEE = "rulebook.see"


class VersionOut(Schema):
    """An adopted rulebook; the one with the highest number is in force."""

    number: int
    hash: str
    title: Any
    adopted_at: datetime
    signed_as: str
    document: str


class VersionWhole(VersionOut):
    """A version with its files and whether its signature holds."""

    holds: bool
    files: list[str]


class ChangeOut(Schema):
    """One difference: a sentence, and where in the rulebook it stands."""

    section: str
    sentence: str
    kind: str
    path: str


class Since(Window):
    """The earlier version; none is the one before."""

    since: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


@router.get("/versions", response=answers(Listed[VersionOut]))
def version_list(request: HttpRequest, asked: Query[Window]) -> Any:
    """All versions, the newest first."""
    acting(request, SEE)
    return part(versions(), asked, _facts)


def _facts(row: Version) -> dict[str, Any]:
    return {name: getattr(row, name) for name in VersionOut.model_fields}


@router.get("/versions/{number}", response=answers(VersionWhole, missing=True))
def version(request: HttpRequest, number: Number) -> Any:
    """One version: its seal and its files."""
    found = _version(request, number)
    return {**_facts(found), "holds": holds(found.signature, signed_facts(found)), "files": sorted(files_of(found))}


@router.get("/versions/{number}/changes", response=answers(Listed[ChangeOut], missing=True))
def changes(request: HttpRequest, number: Number, asked: Query[Since]) -> Any:
    """What differs from an earlier version, in words."""
    new = _version(request, number)
    if asked.since is not None:
        old = _version(request, asked.since)
    else:
        old = Version.objects.filter(number__lt=number).order_by("-number").first() or new
    rows = spoken_changes(rulebook(old.hash), rulebook(new.hash), spoken_language())
    return part(rows, asked, lambda row: {name: getattr(row, name) for name in ChangeOut.model_fields})


@router.get("/versions/{number}/rules/{section}", response=answers(Listed[dict[str, Any]], missing=True))
def rules(request: HttpRequest, number: Number, section: Section, asked: Query[Window]) -> Any:
    """What a version says in one section, entries as its files write them; what is left at its default is left out."""
    entries = getattr(rulebook(_version(request, number).hash), section)
    return part(entries, asked, plain)


def _version(request: HttpRequest, number: int) -> Version:
    acting(request, SEE)
    return get_object_or_404(Version, number=number)
