"""Pages of how it runs (运行状况): two for machines, one for the system administrator."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from junxian.web.operations import doctor, health


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """503 until database, tables and worker are there; nothing else is told to strangers."""
    found = health.readiness()
    return JsonResponse(found, status=200 if all(found.values()) else 503)


@never_cache
def system(request: HttpRequest) -> HttpResponse:
    """What `junxian doctor` says, on a page."""
    found = doctor.examine()
    faults = sum(finding.level == "fault" for finding in found)
    return render(request, "operations/system.html", {"found": found, "faults": faults})
