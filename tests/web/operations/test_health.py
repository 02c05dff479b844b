"""Health: two addresses for machines, and one JSON line for each request."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from junxian.web.operations import logs, worker
from tests.web.conftest import World


def test_the_process_answers_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert "no-store" in answer.headers["Cache-Control"]


def test_ready_needs_a_worker(world: World, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    stranger = Client()
    assert stranger.get("/readyz").json() == {"database": True, "tables": True, "worker": False}
    worker.beat("one")
    with django_assert_max_num_queries(6):
        answer = stranger.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "tables": True, "worker": True})


def test_missing_tables_are_not_ready(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    worker.beat("one")
    monkeypatch.setattr("junxian.web.operations.health.pending", lambda: ["people.0009"])
    assert Client().get("/readyz").status_code == 503


@pytest.fixture
def lines() -> io.StringIO:
    """What the log would print, in its real form."""
    stream = io.StringIO()
    told = logging.StreamHandler(stream)
    told.setFormatter(logs.formatter())
    logger = logging.getLogger("junxian")
    before = logger.level
    logger.addHandler(told)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(told)
    logger.setLevel(before)


def test_a_request_is_one_line_with_person_and_post_and_no_query(world: World, lines: io.StringIO) -> None:
    post = world.post("kaohe")
    answer = world.client("kaohe").get("/", {"q": "secret search"}, headers={"x-request-id": "abc-12345678"})
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    mine = [line for line in said if line["logger"] == "junxian.request"]
    assert len(mine) == 1
    assert mine[0] | {"milliseconds": 0, "timestamp": ""} == {
        "event": "request", "level": "info", "logger": "junxian.request", "method": "GET", "path": "/",
        "status": 200, "milliseconds": 0, "timestamp": "", "request": "abc-12345678",
        "person": post.person_id, "post": post.pk,
    }  # fmt: skip
    assert answer.headers["X-Request-ID"] == "abc-12345678"
    assert "secret" not in lines.getvalue()


@pytest.mark.parametrize("given", ["short", "with space here", "a" * 65, "line\nfeed-12345"])
def test_a_strange_request_id_is_replaced(db: None, given: str) -> None:
    answer = Client().get("/healthz", headers={"x-request-id": given})
    assert len(answer.headers["X-Request-ID"]) == 32


def test_a_fault_is_one_line_too(lines: io.StringIO) -> None:
    try:
        raise ValueError("broken\nin two lines")
    except ValueError:
        logging.getLogger("junxian.test").exception("失败")
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert len(told) == 1
    assert "ValueError" in told[0]["exception"]
    assert told[0]["event"] == "失败"
