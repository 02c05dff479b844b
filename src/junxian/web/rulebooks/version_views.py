"""Pages of versions (规则版本页面): who adopted what when, whether the signature holds, what differs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from junxian.web.people.tags import spoken_language
from junxian.web.rulebooks.actions import signed_facts
from junxian.web.rulebooks.current import rulebook
from junxian.web.rulebooks.difference_words import file_changes, spoken_changes
from junxian.web.rulebooks.models import Version
from junxian.web.rulebooks.queries import files_of, versions
from junxian.web.rulebooks.signature import holds, is_ours


def version_list(request: HttpRequest) -> HttpResponse:
    """All versions."""
    found = versions()
    return render(request, "rulebooks/versions.html", {"versions": found, "section": "versions"})


def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: its seal, and its files."""
    found = get_object_or_404(Version, number=number)
    seal = {"holds": holds(found.signature, signed_facts(found)), "ours": is_ours(found.signature)}
    before = Version.objects.filter(number__lt=number).order_by("-number").first()
    facts = {"version": found, "seal": seal, "files": sorted(files_of(found)), "before": before, "section": "versions"}
    return render(request, "rulebooks/version.html", facts)


def version_file(request: HttpRequest, number: int) -> HttpResponse:
    """One file of a version with line numbers."""
    found = get_object_or_404(Version, number=number)
    files = files_of(found)
    path = request.GET.get("path") or min(files)
    text = files.get(path)
    lines = list(enumerate((text or "").splitlines(), start=1))
    facts = {"version": found, "path": path, "lines": lines, "known": text is not None, "section": "versions"}
    return render(request, "rulebooks/version_file.html", facts, status=200 if text is not None else 404)


def version_zip(request: HttpRequest, number: int) -> HttpResponse:
    """The version in folder form; its SHA-256 over path-sorted files is the version's hash."""
    found = get_object_or_404(Version.objects.select_related("zip"), number=number)
    answer = HttpResponse(bytes(found.zip.content), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="rulebook-{found.number}-{found.hash[:12]}.zip"'
    return answer


def difference(request: HttpRequest) -> HttpResponse:
    """What changed between two versions: in words, then file by file."""
    found = versions()
    new = _chosen(request.GET.get("new")) or found[0]
    old = _chosen(request.GET.get("old")) or next((v for v in found if v.number < new.number), new)
    changes = spoken_changes(rulebook(old.hash), rulebook(new.hash), spoken_language())
    by_file = file_changes(files_of(old), files_of(new))
    facts = {"versions": found, "old": old, "new": new, "changes": changes, "files": by_file, "section": "versions"}
    return render(request, "rulebooks/difference.html", facts)


def _chosen(number: str | None) -> Version | None:
    """The version with that number; None where none was asked for."""
    return get_object_or_404(Version, number=int(number)) if number and number.isdigit() else None
