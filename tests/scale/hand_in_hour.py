"""The deadline hour (截止一小时): every county sends its workbook over HTTP and confirms it, while a worker reads.

Arrivals are Poisson over one simulated hour, which is played as fast as `compress` says: 1 is the hour itself. Each
county posts one workbook of 3 sheets × 100 rows × 8 columns to its hand-in page as a browser would, waits until the
page says it was read, and confirms. Printed: answers, waiting times, what is in the books beside what must be.
"""

from __future__ import annotations

import json
import queue
import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.scale.national_serve import BUILD, CLIENTS, TODAY, Answer, Client, Figures, Site, ended, postgres, served
from tests.scale.workbooks import HEADER, ROWS, SHEETS, make_workbooks

HOUR = 3600.0
POLL_SECONDS = 1.0
PATIENCE_SECONDS = 3600.0
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOUNDARY = "----junxian-bench"
TOKEN = "a" * 32
STEPS = ("hand_in.open", "upload.drop", "upload.confirm")


@dataclass
class Hour:
    """What the clients saw. waits: seconds from arrival to confirmed."""

    statuses: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0


def arrivals(counties: int, seconds: float) -> list[float]:
    """Moments of a Poisson stream of `counties` arrivals within `seconds`, given their number: uniform, sorted."""
    lots = random.Random(2026)
    return sorted(lots.uniform(0, seconds) for _ in range(counties))


def multipart(path: Path) -> bytes:
    """A form with its token and one file, as a browser writes it."""
    part = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    token = f'{part}"csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
    head = f'{part}"files"; filename="{path.name}"\r\nContent-Type: {XLSX}\r\n\r\n'
    return (token + head).encode() + path.read_bytes() + f"\r\n--{BOUNDARY}--\r\n".encode()


class Day:
    """The counties on their way: who arrives when, where each one's upload is, what all of them saw."""

    def __init__(self, port: int, clerks: list[dict[str, Any]], workbooks: list[Path], seconds: float) -> None:
        self.port, self.clerks, self.workbooks = port, clerks, workbooks
        self.seen, self.came = Hour(), arrivals(len(clerks), seconds)
        self.due: queue.PriorityQueue[tuple[float, int, str]] = queue.PriorityQueue()
        self.left = threading.Semaphore(0)
        self.start = time.monotonic()
        for number, moment in enumerate(self.came):
            self.due.put((moment, number, ""))

    def now(self) -> float:
        return time.monotonic() - self.start

    def play(self, clients: int) -> Hour:
        """Over `clients` connections, until every county has confirmed or met an error."""
        threads = [threading.Thread(target=self.serve, daemon=True) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for _ in self.clerks:
            self.left.acquire()
        self.seen.seconds = self.now()
        for _ in threads:
            self.due.put((0.0, -1, ""))
        for thread in threads:
            thread.join()
        return self.seen

    def serve(self) -> None:
        """One connection: whoever is due next, until the day is over."""
        with Client(self.port, "") as client:
            while (due := self.due.get())[1] >= 0:
                time.sleep(max(0.0, due[0] - self.now()))
                self.follow(client, *due[1:])

    def follow(self, client: Client, number: int, place: str) -> None:
        """One turn of one county, and when its next one is due."""
        try:
            place, done = self.turn(client, number, place)
        except OSError as fault:
            place, done = self.fault(number, f"{type(fault).__name__}: {fault}"), True
        if done or self.now() > PATIENCE_SECONDS:
            self.left.release()
        else:
            self.due.put((self.now() + POLL_SECONDS, number, place))

    def turn(self, client: Client, number: int, place: str) -> tuple[str, bool]:
        """One step of one county: hand in, or look whether it was read and confirm. Its upload's page; whether over."""
        client.cookie = self.clerks[number]["cookie"]
        if not place:
            place = self.hand_in(client, number)
            return place, not place
        shown = self.asked("progress", number, client.get(f"{place}progress/"), 200)
        if "hx-refresh" not in shown.headers:
            return place, shown.status != 200
        self.asked("upload page", number, client.get(place), 200)
        token = urlencode({"csrfmiddlewaretoken": TOKEN}).encode()
        sent = {"Content-Type": "application/x-www-form-urlencoded"}
        self.asked("confirm", number, client.ask("POST", f"{place}confirm/", token, sent), 302)
        self.seen.waits.append(self.now() - self.came[number])
        return place, True

    def hand_in(self, client: Client, number: int) -> str:
        """Post the workbook; where the upload's page is, or "" for an error."""
        path = self.workbooks[number]
        sent = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        address = f"/hand-ins/{self.clerks[number]['hand_in']}/drop/"
        answer = self.asked("drop", number, client.ask("POST", address, multipart(path), sent), 302)
        self.seen.posts.append(answer.milliseconds)
        place = answer.headers.get("location", "")
        return place if place.startswith("/uploads/") else self.fault(number, f"drop led to {place}")

    def asked(self, what: str, number: int, answer: Answer, wanted: int) -> Answer:
        """Count the answer; another status than the one wanted is an error."""
        self.seen.statuses[f"{what} {answer.status}"] += 1
        if answer.status != wanted:
            self.fault(number, f"{what} {answer.status}")
        return answer

    def fault(self, number: int, what: str) -> str:
        self.seen.errors.append(f"{self.clerks[number]['code']}: {what}")
        return ""


@contextmanager
def deployed(kind: str, counties: int, folder: Path) -> Iterator[tuple[Site, list[dict[str, Any]], list[Path]]]:
    """A fresh deployment on the evening before, and the counties' workbooks."""
    home = folder / kind
    shutil.rmtree(home, ignore_errors=True)
    (home / "workbooks").mkdir(parents=True)
    with ExitStack() as stack:
        url = stack.enter_context(postgres(home / "pg")) if kind == "postgres" else ""
        site = Site(kind, home, url)
        clerks = json.loads(site.python("-m", "tests.scale.national_deadline", str(counties)))
        yield site, clerks, make_workbooks(home / "workbooks", counties)


@contextmanager
def working(site: Site) -> Iterator[None]:
    """`junxian worker` beside the server."""
    process = site.start(site.home / "worker.log", "worker")
    try:
        yield
    finally:
        ended(process)


def expected(counties: int) -> dict[str, Any]:
    """What must be in the books when every county has confirmed: four figures a row."""
    figures = SHEETS * ROWS * len(("当月", "累计", "上年同期累计", "累计增速"))
    assert {"当月", "累计", "上年同期累计", "累计增速"} <= set(HEADER)
    return {
        "uploads": {"confirmed": counties}, "hand-ins": {"received": counties}, "observations": counties * figures,
        "counties with figures": counties, "findings": 0, "broken links": 0,
        "audit rows": {"rulebook.adopt": 1} | dict.fromkeys(STEPS, counties),
    }  # fmt: skip


def rehearse(
    kind: str, counties: int, *, compress: float, folder: Path, clients: int = CLIENTS
) -> tuple[Hour, dict[str, Any]]:
    """Play the hour once; what the clients saw and what is in the books."""
    with deployed(kind, counties, folder) as (site, clerks, workbooks):
        with served(site) as (port, _log), working(site):
            seen = Day(port, clerks, workbooks, HOUR / compress).play(clients)
        seen.errors += complaints(site)
        return seen, json.loads(site.python("-m", "tests.scale.national_deadline", "tally"))


def complaints(site: Site) -> list[str]:
    """Lines of the server's and the worker's log that tell of an error."""
    found = []
    for name in ("serve.log", "worker.log"):
        for line in (site.home / name).read_text(encoding="utf-8", errors="replace").splitlines():
            if "Traceback" in line or "database is locked" in line or '"level": "error"' in line:
                found.append(f"{name}: {line[:200]}")
    return found


def deadline(counties: int, compress: float, kinds: tuple[str, ...] = ("sqlite", "postgres")) -> None:
    """Both databases, printed."""
    for kind in kinds:
        seen, books = rehearse(kind, counties, compress=compress, folder=BUILD.parent / "deadline")
        minutes = seen.seconds / 60
        print(f"{kind}: {counties} counties hand in over one hour played {compress:g} times as fast; {TODAY}")
        print(f"  all confirmed after {minutes:.1f} min ({minutes * compress:.1f} min of the simulated hour's scale), "
              f"post {Figures(tuple(seen.posts))} ms, arrival to confirmed {Figures(tuple(seen.waits))} s")  # fmt: skip
        print(f"  answers {dict(sorted(seen.statuses.items()))}, errors {len(seen.errors)}")
        for error in seen.errors[:10]:
            print(f"    {error}")
        for name, wanted in expected(counties).items():
            verdict = "as expected" if books[name] == wanted else f"expected {wanted}"
            print(f"  {name:<24} {books[name]}  {verdict}", flush=True)


if __name__ == "__main__":
    import sys

    deadline(int(sys.argv[1]), float(sys.argv[2]), tuple(sys.argv[3:]) or ("sqlite", "postgres"))
