"""The deadline hour (截止一小时): every county sends its workbook over HTTP and confirms it, while a worker reads.

Arrivals are Poisson over one simulated hour, which is played as fast as `compress` says: 1 is the hour itself. Each
county posts one workbook of 3 sheets × 100 rows × 8 columns to its hand-in page as a browser would, waits until the page
says it was read, and confirms. Printed: answers, waiting times, what is in the books at the end beside what must be.
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

from tests.scale.national_serve import BUILD, CLIENTS, TODAY, Client, Figures, Site, ended, postgres, served
from tests.scale.workbooks import HEADER, ROWS, SHEETS, make_workbooks

HOUR = 3600.0
POLL_SECONDS = 1.0
PATIENCE_SECONDS = 3600.0
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOUNDARY = "----junxian-bench"
TOKEN = "a" * 32


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


def multipart(name: str, content: bytes) -> bytes:
    """A form with its token and one file, as a browser writes it."""
    start = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: {XLSX}\r\n\r\n'
    return start.encode() + head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def hand_in(client: Client, clerk: dict[str, Any], workbook: Path, seen: Hour) -> str:
    """Post the workbook; where the upload's page is. Anything but a redirect to it is an error."""
    client.cookie = clerk["cookie"]
    sent = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    body = multipart(workbook.name, workbook.read_bytes())
    answer = client.ask("POST", f"/hand-ins/{clerk['hand_in']}/drop/", body, sent)
    seen.statuses[f"drop {answer.status}"] += 1
    seen.posts.append(answer.milliseconds)
    place = answer.headers.get("location", "")
    if answer.status != 302 or not place.startswith("/uploads/"):
        seen.errors.append(f"{clerk['code']}: drop {answer.status} {place}")
        return ""
    return place


def is_read(client: Client, place: str, clerk: dict[str, Any], seen: Hour) -> bool:
    """Whether the progress fragment says that the page is to be loaded anew."""
    client.cookie = clerk["cookie"]
    answer = client.get(f"{place}progress/")
    seen.statuses[f"progress {answer.status}"] += 1
    if answer.status != 200:
        seen.errors.append(f"{clerk['code']}: progress {answer.status}")
    return "hx-refresh" in answer.headers


def confirm(client: Client, place: str, clerk: dict[str, Any], seen: Hour) -> None:
    """Look at the upload's page as a clerk would, and confirm."""
    client.cookie = clerk["cookie"]
    shown = client.get(place)
    body = urlencode({"csrfmiddlewaretoken": TOKEN}).encode()
    answer = client.ask("POST", f"{place}confirm/", body, {"Content-Type": "application/x-www-form-urlencoded"})
    seen.statuses[f"upload page {shown.status}"] += 1
    seen.statuses[f"confirm {answer.status}"] += 1
    if shown.status != 200 or answer.status != 302:
        seen.errors.append(f"{clerk['code']}: upload page {shown.status}, confirm {answer.status}")


def play(port: int, clerks: list[dict[str, Any]], workbooks: list[Path], seconds: float, clients: int) -> Hour:
    """Counties arrive, wait for their reading and confirm, over `clients` connections. seconds: how long the hour is."""
    seen, start = Hour(), time.monotonic()
    due: queue.PriorityQueue[tuple[float, int, str]] = queue.PriorityQueue()
    came = arrivals(len(clerks), seconds)
    for place, moment in enumerate(came):
        due.put((moment, place, ""))
    left = threading.Semaphore(0)

    def serve() -> None:
        client = Client(port, "")
        while True:
            moment, number, place = due.get()
            if number < 0:
                return
            time.sleep(max(0.0, moment - (time.monotonic() - start)))
            follow(client, number, place)

    def follow(client: Client, number: int, place: str) -> None:
        clerk = clerks[number]
        try:
            at = place or hand_in(client, clerk, workbooks[number], seen)
            read = bool(at and place) and is_read(client, at, clerk, seen)
            if read:
                confirm(client, at, clerk, seen)
                seen.waits.append(time.monotonic() - start - came[number])
        except OSError as fault:
            seen.errors.append(f"{clerk['code']}: {type(fault).__name__}: {fault}")
            at, read = "", False
        if at and not read and time.monotonic() - start < PATIENCE_SECONDS:
            due.put((time.monotonic() - start + POLL_SECONDS, number, at))
        else:
            left.release()

    threads = [threading.Thread(target=serve, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for _ in clerks:
        left.acquire()
    seen.seconds = time.monotonic() - start
    for _ in threads:
        due.put((0.0, -1, ""))
    for thread in threads:
        thread.join()
    return seen


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
        "audit rows": {"rulebook.adopt": 1, "hand_in.open": counties, "upload.drop": counties, "upload.confirm": counties},
    }  # fmt: skip


def rehearse(kind: str, counties: int, *, compress: float, folder: Path, clients: int = CLIENTS) -> tuple[Hour, dict[str, Any]]:
    """Play the hour once; what the clients saw and what is in the books."""
    with deployed(kind, counties, folder) as (site, clerks, workbooks):
        with served(site) as (port, _log), working(site):
            seen = play(port, clerks, workbooks, HOUR / compress, clients)
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
