"""Supervision of subprocesses (进程看护): started together, restarted when they die, stopped without an orphan."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from junxian.core.errors import JunxianError

DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG: Linux ends the child when its supervisor is killed."""
GRACE_SECONDS = 12.0
SHORT_LIFE = 5.0
TRIES = 5


@dataclass
class Child:
    """One supervised process; what it prints goes to `log`."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        self.started = time.monotonic()


def die_with_parent() -> None:
    """Run in the child before it begins: where Linux can see to it, it does not outlive its supervisor."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGTERM)


@dataclass
class Supervisor:
    """Children and what to say when one of them dies: `tell(code, **facts)`."""

    tell: Callable[..., None]
    children: list[Child] = field(default_factory=list)

    def start(self, *children: Child) -> None:
        """Start them now."""
        for child in children:
            child.start()
            self.children.append(child)

    def look(self) -> None:
        """Start again what died; JunxianError for one that cannot stay up."""
        for child in self.children:
            code = child.process.poll() if child.process else None
            if child.process is None or code is None:
                continue
            _end_group(child, signal.SIGKILL)
            child.failures = child.failures + 1 if time.monotonic() - child.started < SHORT_LIFE else 1
            if child.failures > TRIES:
                raise JunxianError(
                    "web.operations.child_gave_up", name=child.name, times=TRIES, path=str(child.log)
                )  # fmt: skip
            self.tell("web.operations.child_died", name=child.name, status=code)
            child.start()

    def stop(self) -> None:
        """Ask all to end, wait, and end by force what is left with its own children."""
        for child in self.children:
            _end(child, signal.SIGTERM)
        until = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, until - time.monotonic()))
                _end_group(child, signal.SIGKILL)
                child.process.wait()
        self.children.clear()


def _end(child: Child, how: signal.Signals) -> None:
    if child.process is not None and child.process.poll() is None:
        child.process.send_signal(how)


def _end_group(child: Child, how: signal.Signals) -> None:
    """Whatever still lives in the child's session."""
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, how)
