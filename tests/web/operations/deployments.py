"""Real deployments (部署) for the tests: a folder, a database, the command line in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

SRC = Path(__file__).parents[3] / "src"
EXAMPLE = Path(str(files("junxian") / "rulebooks")) / "example"


@dataclass
class Deployment:
    """A deployment of its own; `database` is empty for SQLite."""

    home: Path
    database: str = ""
    given: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUNXIAN_", "DJANGO_"))}
        own = {"JUNXIAN_HOME": str(self.home), "PYTHONPATH": str(SRC), "JUNXIAN_LOG": "ERROR", "PYTHONUNBUFFERED": "1"}
        if self.database:
            own["JUNXIAN_DATABASE_URL"] = self.database
        return kept | own | self.given

    def run(self, *arguments: str | Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """The command line, as a person would use it."""
        return subprocess.run(
            [sys.executable, "-m", "junxian.cli", *map(str, arguments)], env=self.environment | environment,
            input=given, capture_output=True, text=True, timeout=180,
        )  # fmt: skip

    def python(self, code: str, **environment: str) -> Any:
        """What a piece of Python inside the deployment prints as JSON."""
        start = "from junxian.web.operations import home; home.django()\nimport json\n"
        own = self.environment | {"DJANGO_SETTINGS_MODULE": "junxian.web.settings"} | environment
        ran = subprocess.run(
            [sys.executable, "-c", start + code], env=own, capture_output=True, text=True, timeout=300
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr[-2000:]
        return json.loads(ran.stdout.splitlines()[-1]) if ran.stdout.strip() else None

    @contextmanager
    def started(self, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process that stays up; what it prints goes to `printed`, and nothing of it is left at the end."""
        with self.printed.open("ab") as stream, subprocess.Popen(
            [sys.executable, "-m", "junxian.cli", *arguments], env=self.environment | environment,
            stdout=stream, stderr=stream, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    @property
    def printed(self) -> Path:
        """What processes that stay up printed."""
        return self.home.parent / f"{self.home.name}.printed.log"


def made(home: Path, database: str = "", **given: str) -> Deployment:
    """A migrated deployment with the example city adopted."""
    deployment = Deployment(home, database, given)
    for command in (("migrate",), ("setup", EXAMPLE)):
        ran = deployment.run(*command)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    return deployment
