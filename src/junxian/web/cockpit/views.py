"""Views of the cockpit room."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def desk(request: HttpRequest) -> HttpResponse:
    """Only what needs me."""
    return render(request, "cockpit/desk.html")
