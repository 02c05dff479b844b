"""The API against its own description: every operation, as four posts and a stranger, fuzzed the same way each time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from ninja import Schema
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from junxian.web.api import ROOMS_WITH_API
from junxian.web.indicators.models import ApiCall, Observation
from tests.web.api.conftest import OWN, Shelf

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection, missing_required_header,
]  # fmt: skip
FIGURE = {"unit": "X10003", "indicator": "trade"}
ANSWERED = ("Out", "Whole", "Place", "Places")
POSTS = {"clerk": f"{OWN}-jingban", "office": "kaohe", "department": "", "auditor": "shenji"}
FEW = settings(
    max_examples=6, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def schema(shelf: Shelf) -> Any:
    """The description as it is served, and the application in this process, inside the test's transaction."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


def operations(schema: Any) -> Iterator[Any]:
    return (found.ok() for found in schema.get_all_operations())


def headers(shelf: Shelf, post: str) -> dict[str, str]:
    """The token of one of POSTS; a stranger shows none."""
    if post == "stranger":
        return {}
    return shelf.token(POSTS[post] or shelf.hand_in.uploads.get().post.person.username)


def keys(shelf: Shelf, path: str) -> dict[str, Any]:
    """Keys of things there are, for the arguments of an address."""
    known = dict(shelf.keys, code=OWN, pk=shelf.keys["round"])
    if "hand-ins" in path:
        known["pk"] = shelf.keys["hand_in"]
    if "meetings" in path or "notices" in path:
        known["pk"] = shelf.keys["meeting" if "meetings" in path else "notice"]
    if "bulletins/rounds" in path:
        known["pk"] = str(shelf.published.pk)
    if "objections" in path:
        known["code"] = shelf.keys["serial"]
    if "indicators/{code}" in path:
        known["code"] = "trade"
    return {name: known[name] for name in re.findall(r"{(\w+)}", path)}


def fuzz(operation: Any, head: dict[str, str], mode: GenerationMode, given_keys: dict[str, Any] | None) -> None:
    """A few requests drawn from the description, each answer checked against it."""

    fixed = head if operation.method == "get" else None  # a token left out is another test, not a fault of these

    @FEW
    @given(operation.as_strategy(generation_mode=mode, headers=fixed))
    def run(case: Any) -> None:
        if given_keys and mode is GenerationMode.POSITIVE:
            case.path_parameters = given_keys
        case.call_and_validate(headers=head, checks=CHECKS)

    run()


@pytest.mark.parametrize("post", [*POSTS, "stranger"])
def test_every_answer_is_as_described(schema, shelf: Shelf, post: str) -> None:
    head, faults = headers(shelf, post), []
    for operation in operations(schema):
        wrong = post == "office" and operation.definition.raw.get("parameters")  # without any nothing can be wrong
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)[: 2 if wrong else 1]:
            try:
                fuzz(operation, head, mode, keys(shelf, operation.path))
            except FailureGroup as found:
                faults.append(f"{operation.label}: {found}")
    assert not faults, "\n".join(faults)


def test_without_a_token_nothing_is_answered(schema, shelf: Shelf) -> None:
    for operation in operations(schema):
        case = operation.Case(path_parameters=keys(shelf, operation.path))
        for head in ({}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic eDp5"}):
            answer = case.call(headers=head)
            assert (answer.status_code, answer.json()["code"]) == (401, "who"), operation.label


def test_what_is_not_described_is_not_there(schema, shelf: Shelf) -> None:
    described = {(found.path, found.method.upper()) for found in operations(schema)}
    head = shelf.token("kaohe")
    for operation in operations(schema):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            if (operation.path, method) not in described:
                answer = Client().generic(method, operation.path.format(**keys(shelf, operation.path)), headers=head)
                assert answer.status_code == 405, operation.label


def test_two_shapes_never_share_a_name() -> None:
    shapes: dict[str, set[str]] = {}
    for room in ROOMS_WITH_API:
        for name, shape in vars(import_module(f"junxian.web.{room}.api")).items():
            if isinstance(shape, type) and issubclass(shape, Schema) and "[" not in name:
                shapes.setdefault(name, set()).add(shape.__module__)
    assert {name: places for name, places in shapes.items() if len(places) > 1 and name.endswith(ANSWERED)} == {}


def test_figures_are_handed_in_once_for_each_key_and_every_answer_is_described(schema, shelf: Shelf) -> None:
    head = headers(shelf, "department")
    operation = schema["/api/indicators/observations"]["POST"]
    before = Observation.objects.count()

    def send(key: str, value: float, **more: Any) -> tuple[int, dict[str, Any]]:
        body = {"scheme": "monthly", "period": "2026-06", "figures": [FIGURE | {"value": value}], **more}
        case = operation.Case(body=body, headers={"Idempotency-Key": key}, media_type="application/json")
        answer = case.call(headers=head)
        case.validate_response(answer, checks=CHECKS)
        return answer.status_code, answer.json()

    assert send("a", 7.5) == send("a", 7.5) == (200, {"added": 1, "revised": 0, "same": 0})
    assert send("a", 7.6)[0] == 409
    assert send("b", 7.5) == (200, {"added": 0, "revised": 0, "same": 1})
    assert (send("c", 7.5, scheme="none")[1]["code"]) == "web.indicators.nothing_owed"
    assert (Observation.objects.count() - before, ApiCall.objects.count()) == (1, 2)
    broken = Client().post("/api/indicators/observations", "{", "application/json",
                           headers=head | {"Idempotency-Key": "d"})  # fmt: skip
    assert (broken.status_code, broken.json()["code"]) == (400, "unreadable")
