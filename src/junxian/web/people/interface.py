"""Manners of the API (接口规矩): parts of lists, refusals as JSON with a code and a sentence, keys in addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Path, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from junxian.core.errors import JunxianError
from junxian.web.people.access import PERMISSIONS
from junxian.web.people.actor import Actor

LARGEST = 1000
"""Rows of one answer at most."""
Key = Annotated[int, Path(ge=1, le=2**63 - 1)]
Code = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f/]+$")]
Word = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f]*$")]
PeriodText = Annotated[str, Field(max_length=12, pattern=r"^[0-9QH/-]*$")]
Row = TypeVar("Row")


class Fault(Schema):
    """One place of a request that does not hold."""

    where: str
    problem: str


class Refusal(Schema):
    """Why not: a code, a sentence in the caller's language, the missing permission, the places that do not hold."""

    code: str
    message: str = ""
    permission: str = ""
    faults: list[Fault] = Field(default_factory=list)


class Window(Schema):
    """Which part of a list."""

    offset: Annotated[int, Field(ge=0, le=10**9)] = 0
    limit: Annotated[int, Field(ge=1, le=LARGEST)] = 100


class Listed(Schema, Generic[Row]):
    """Part of a list: `count` is how many there are in all."""

    count: int
    items: list[Row]


def answers(response: Any, *, missing: bool = False, body: bool = False) -> dict[int, Any]:
    """The declared answers of an operation; `missing`: it names something; `body`: it takes one, once for each key."""
    found = {200: response, 401: Refusal, 403: Refusal, 422: Refusal}
    found |= {404: Refusal} if missing else {}
    return found | ({400: Refusal, 409: Refusal} if body else {})


def part(rows: QuerySet[Any] | Sequence[Any], window: Window, out: Callable[[Any], Any]) -> dict[str, Any]:
    """The rows of the window as `Listed`, each said by `out`."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    return {"count": count, "items": [out(row) for row in rows[window.offset : window.offset + window.limit]]}


def acting(request: HttpRequest, permission: str) -> Actor:
    """The acting post; PermissionDenied where it lacks the permission for every unit."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.may(permission):
        raise PermissionDenied(permission)
    return actor


def refusals(api: NinjaAPI) -> None:
    """Every refusal in the one shape; the status says what kind it is."""

    def refuse(request: HttpRequest, status: int, code: str, **more: Any) -> Any:
        body = {"code": code, "message": _said(f"web.api.{code}"), **more}
        return api.create_response(request, Refusal(**body).model_dump(), status=status)

    @api.exception_handler(PermissionDenied)
    def denied(request: HttpRequest, fault: PermissionDenied) -> Any:
        wanted = str(fault)
        message = _said("web.api.refused", what=PERMISSIONS.get(wanted, wanted))
        return refuse(request, 403, "refused", permission=wanted, message=message)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, fault: AuthenticationError) -> Any:
        return refuse(request, 401, "who")

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, fault: Http404) -> Any:
        return refuse(request, 404, "missing")

    @api.exception_handler(ValidationError)
    def malformed(request: HttpRequest, fault: ValidationError) -> Any:
        faults = [Fault(where=".".join(map(str, one["loc"])), problem=one["msg"]) for one in fault.errors]
        return refuse(request, 422, "malformed", faults=faults)

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, fault: HttpError) -> Any:
        return refuse(request, fault.status_code, "unreadable")

    @api.exception_handler(JunxianError)
    def faulty(request: HttpRequest, fault: JunxianError) -> Any:
        return refuse(request, 422, fault.code, message=_said(fault.code, **fault.facts))


def _said(code: str, **facts: object) -> str:
    from junxian.web.people.tags import sentence

    return sentence((code, facts))
