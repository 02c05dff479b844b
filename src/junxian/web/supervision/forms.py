"""What people type in a meeting (会议录入): texts become units, days and numbers, or a sentence says what is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import QueryDict

from junxian.core.errors import DataError
from junxian.web.units.models import Unit


def day_of(text: str) -> date | None:
    """An ISO day; None where nothing was typed, DataError where it is no day."""
    text = text.strip().replace("/", "-").replace(".", "-")
    if not text:
        return None
    try:
        return date.fromisoformat("-".join(part.zfill(2) for part in text.split("-")))
    except ValueError as fault:
        raise DataError("web.supervision.day_unread", text=text) from fault


def unit_of(text: str) -> Unit | None:
    """A unit by code, name or short name; None where nothing was typed, DataError where there is none such."""
    text = text.strip()
    if not text:
        return None
    found = Unit.objects.filter(code=text).first() or _named(text)
    if found is None:
        raise DataError("web.supervision.unit_unknown", text=text)
    return found


def _named(text: str) -> Unit | None:
    rows = owners().filter(name=text) | owners().filter(short=text) | owners().filter(name_en=text)
    return rows.first()


def owners() -> Any:
    """Units that may be named or carry a decision: the city, its counties and its departments."""
    counties = Unit.objects.filter(kind="region", judged=True, parent__root=True)
    return (Unit.objects.filter(root=True) | counties | Unit.objects.filter(kind="department")).order_by(
        "order", "code"
    )


def threshold_of(text: str) -> float | None:
    """A number; None where nothing was typed."""
    if not text.strip():
        return None
    try:
        return float(text.replace(",", "").replace("，", "").replace("%", ""))
    except ValueError as fault:
        raise DataError("web.supervision.number_unread", text=text) from fault


def decision_facts(typed: QueryDict) -> dict[str, Any]:
    """The arguments of `decide` from the quick form."""
    return {
        "text": typed.get("text", ""), "owner": unit_of(typed.get("owner", "")), "due": day_of(typed.get("due", "")),
        "person": typed.get("person", ""),
        "linked": (typed.get("indicator", "").strip(), threshold_of(typed.get("threshold", ""))),
    }  # fmt: skip
