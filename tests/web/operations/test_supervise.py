"""Supervision: what dies is started again, what cannot stay up is said, nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from junxian.core.errors import JunxianError
from junxian.web.operations import supervise
from junxian.web.operations.supervise import Child, Supervisor

SLEEP = "import time; time.sleep(60)"
FAMILY = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); time.sleep(60)"


def child(tmp_path: Path, code: str) -> Child:
    return Child("one", [sys.executable, "-c", code], dict(os.environ), tmp_path / "log" / "one.log")


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return true()


def session(pid: int) -> list[int]:
    """Living processes of a session."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[3] == str(pid) and fields[0] != "Z":
            found.append(int(place.name))
    return found


def test_what_dies_is_started_again_and_said(tmp_path: Path) -> None:
    said: list[tuple[str, dict[str, object]]] = []
    watch = Supervisor(lambda code, **facts: said.append((code, facts)))
    one = child(tmp_path, SLEEP)
    watch.start(one)
    try:
        assert one.process
        first = one.process.pid
        one.process.kill()
        one.process.wait()
        watch.look()
        assert one.process.pid != first
        assert one.process.poll() is None
        assert said == [("web.operations.child_died", {"name": "one", "status": -9})]
        watch.look()
        assert len(said) == 1
    finally:
        watch.stop()


def test_what_cannot_stay_up_is_given_up(tmp_path: Path) -> None:
    watch = Supervisor(lambda code, **facts: None)
    one = child(tmp_path, "raise SystemExit(3)")
    watch.start(one)

    def keep_looking() -> None:
        for _ in range(200):
            watch.look()
            time.sleep(0.1)

    with pytest.raises(JunxianError) as refused:
        keep_looking()
    watch.stop()
    assert refused.value.code == "web.operations.child_gave_up"
    assert one.failures == supervise.TRIES + 1


def test_stopping_ends_children_and_their_children(tmp_path: Path) -> None:
    watch = Supervisor(lambda code, **facts: None)
    one = child(tmp_path, FAMILY)
    watch.start(one)
    assert one.process
    leader = one.process.pid
    assert until(lambda: len(session(leader)) == 2)
    watch.stop()
    assert until(lambda: session(leader) == [])


def test_one_that_does_not_listen_is_ended_by_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "GRACE_SECONDS", 0.5)
    watch = Supervisor(lambda code, **facts: None)
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    one = child(tmp_path, stubborn)
    watch.start(one)
    assert one.process
    leader = one.process.pid
    assert until(lambda: one.log.read_text() == "up\n")
    watch.stop()
    assert session(leader) == []


KILLED = """
import os, sys, time
from pathlib import Path
from junxian.web.operations.supervise import Child, Supervisor
one = Child("one", [sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ), Path(sys.argv[1]))
Supervisor(print).start(one)
print(one.process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with a killed parent")
def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, tmp_path / "one.log"], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(Path(supervise.__file__).parents[3])},
    ) as watch:  # fmt: skip
        assert watch.stdout
        leader = int(watch.stdout.readline())
        assert session(leader) == [leader]
        watch.send_signal(signal.SIGKILL)
    assert until(lambda: session(leader) == [])
