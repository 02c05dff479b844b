"""A deployment that can be put back (部署): its stages are copies of the whole database, its process can be killed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


class Deployment:
    """One database with the process that forks the victims. `url` empty: SQLite in the folder."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("JUNXIAN_")},
            "DJANGO_SETTINGS_MODULE": "junxian.web.settings", "JUNXIAN_SECRET_KEY": "for tests alone",
            "JUNXIAN_HOME": str(home), "JUNXIAN_TODAY": "2026-07-15", "JUNXIAN_LOG": "WARNING",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]), "POLARS_MAX_THREADS": "1",
            **({"JUNXIAN_DATABASE_URL": url} if url else {}),
        }  # fmt: skip
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Deployment:
        self.log = (self.home / "victim.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.web.kill.victim"], cwd=ROOT, env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
        )  # fmt: skip
        assert self._line() == {"ready": True}
        return self

    def __exit__(self, *_fault: object) -> None:
        assert self.process is not None
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait(20)
        self.process.stdout.close()  # type: ignore[union-attr]
        self.log.close()

    def _line(self) -> Any:
        assert self.process is not None
        line = self.process.stdout.readline()  # type: ignore[union-attr]
        assert line, (self.home / "victim.log").read_text()[-3000:]
        return json.loads(line)

    def ask(self, verb: str, kill_after: float | None = None) -> dict[str, Any]:
        """How it ended, after how long, with what answer."""
        assert self.process is not None
        self.process.stdin.write(json.dumps({"do": verb, "kill_after": kill_after}) + "\n")  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        return self._line()

    def do(self, verb: str) -> Any:
        """The answer of a verb that must succeed."""
        told = self.ask(verb)
        assert told["ended"] == "finished", (told, (self.home / "victim.log").read_text()[-3000:])
        return told["answer"]

    def save(self, stage: str) -> None:
        """Keep the database as it is now."""
        self._checkpoint()
        shutil.copyfile(self.home / "junxian.sqlite3", self.home / f"{stage}.stage")

    def load(self, stage: str) -> None:
        """Put the database back, as if the machine had been set up so."""
        for name in ("junxian.sqlite3-wal", "junxian.sqlite3-shm"):
            (self.home / name).unlink(missing_ok=True)
        shutil.copyfile(self.home / f"{stage}.stage", self.home / "junxian.sqlite3")

    def _checkpoint(self) -> None:
        import sqlite3

        connection = sqlite3.connect(self.home / "junxian.sqlite3")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


class PostgresDeployment(Deployment):
    """The same on PostgreSQL: a stage is a database made from a template. `server`: the address of its `postgres`."""

    def __init__(self, home: Path, server: str) -> None:
        super().__init__(home, server.replace("/postgres?", "/junxian?"))
        self.server = server

    def _run(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    def create(self) -> None:
        """An empty database. The server itself is never killed here: it need not wait for the disk."""
        self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", "CREATE DATABASE junxian")

    def save(self, stage: str) -> None:
        self._run(f"CREATE DATABASE {stage}_stage TEMPLATE junxian")

    def load(self, stage: str) -> None:
        self._run("DROP DATABASE junxian WITH (FORCE)", f"CREATE DATABASE junxian TEMPLATE {stage}_stage")
