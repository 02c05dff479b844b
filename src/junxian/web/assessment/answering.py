"""Answering a form (表单回应): a refusal becomes a kind sentence on the page it came from, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from junxian.core.errors import JunxianError
from junxian.files.rulebooks import say


def told(fault: JunxianError) -> str:
    """The sentence of a refusal in the reader's language."""
    return say(fault.code, fault.facts, "en" if (get_language() or "").startswith("en") else "zh")


def kindly(back: Callable[..., str]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For views that write: on a refusal go back to the page `back(**arguments)` names, with the sentence on it."""

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, **arguments: Any) -> HttpResponse:
            try:
                return view(request, **arguments)
            except JunxianError as fault:
                messages.error(request, told(fault))
                return redirect(back(**arguments))

        return answered

    return around
