"""The web demonstration (网页演示): two cities as two deployments with their own servers and workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from junxian.core.errors import DataError, JunxianError
from junxian.web.operations.serve import address, free_port
from junxian.web.operations.supervise import Child, Supervisor, die_with_parent

HOST = "127.0.0.1"
FIRST_PORT = 8000
READY_SECONDS = 60
MARK = "demonstration"
"""A file in the folder of a deployment the demonstration may throw away."""
TOURED = ("kaohe", "shizhang", "shenji", "xitong", "ducha", "bumen1-handle")
Tell = Callable[..., None]


@dataclass
class Site:
    """One deployment: its folder, its port, and what was loaded into it."""

    key: str
    home: Path
    port: int = 0
    seeded: dict[str, Any] | None = None

    @property
    def title(self) -> str:
        """The city's name, once it is loaded."""
        return str(self.seeded["city"]) if self.seeded else self.key

    @property
    def log(self) -> Path:
        """What its processes printed."""
        return self.home / "log"

    @property
    def environment(self) -> dict[str, str]:
        """Settings of its processes: nothing of the caller's own deployment comes in."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("JUNXIAN_")}
        language = {k: v for k, v in os.environ.items() if k == "JUNXIAN_LANGUAGE"}
        return inherited | language | {
            "JUNXIAN_HOME": str(self.home), "JUNXIAN_DEMO": "1", "JUNXIAN_COOKIE": f"junxian_{self.key}",
            "JUNXIAN_LOG": "WARNING", "DJANGO_SETTINGS_MODULE": "junxian.web.settings", "PYTHONUNBUFFERED": "1",
        }  # fmt: skip

    def command(self, *arguments: str) -> list[str]:
        """Our command line in the same Python."""
        return [sys.executable, "-m", "junxian.cli", *arguments]

    def children(self) -> tuple[Child, Child]:
        """Its server and its worker."""
        serve = self.command("serve", "--host", HOST, "--port", str(self.port))
        return (
            Child(f"{self.title} serve", serve, self.environment, self.log / "serve.log"),
            Child(f"{self.title} worker", self.command("worker"), self.environment, self.log / "worker.log"),
        )


def show(out: Path, *, tell: Tell, stay: bool, cities: Sequence[str] = ("kaifeng", "example")) -> None:
    """Make the deployments from what `run_demo` wrote to `out` and start them.

    stay: until Ctrl-C or SIGTERM, printing where and as whom to look; else fetch every page once and end.
    JunxianError `web.operations.demo_failed` where a page did not open.
    """
    tell("web.operations.demo_title")
    sites = prepare(out, cities, tell)
    with running(sites, tell) as supervisor:
        _announce(sites, out, tell)
        if stay:
            tell("web.operations.demo_running")
            _watch(supervisor)
        else:
            look_at(sites, tell)
    tell("web.operations.demo_stopped", path=out)


@contextmanager
def running(sites: Sequence[Site], tell: Tell) -> Iterator[Supervisor]:
    """Servers and workers of all sites, ended without an orphan whatever happens; SIGTERM ends like Ctrl-C."""
    supervisor = Supervisor(tell)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        start(supervisor, sites)
        yield supervisor
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        supervisor.stop()
        signal.signal(signal.SIGTERM, before)


def _watch(supervisor: Supervisor) -> None:
    """Until somebody ends it."""
    with suppress(KeyboardInterrupt):
        while True:
            supervisor.look()
            time.sleep(0.5)


def prepare(out: Path, cities: Sequence[str], tell: Tell) -> list[Site]:
    """Empty deployments, loaded side by side."""
    sites = [Site(key, (out / f"web-{key}").resolve()) for key in cities]
    running = []
    for site in sites:
        tell("web.operations.demo_preparing", city=site.key, path=site.home)
        _clear(site.home)
        running.append((site, _spawn(site, "seed", site.key, str(out.resolve()))))
    for site, process in running:
        site.seeded = _answer(process)
        facts = {name: site.seeded[name] for name in ("figures", "rounds", "accounts", "day")}
        tell("web.operations.demo_seeded", **facts)
    return sites


def _clear(home: Path) -> None:
    """Throw away an earlier demonstration; DataError for a folder that is something else."""
    if home.exists():
        if any(home.iterdir()) and not (home / MARK).is_file():
            raise DataError("runs.not_ours", where=str(home))
        shutil.rmtree(home)
    home.mkdir(mode=0o700, parents=True)
    (home / MARK).write_text("", encoding="utf-8")


def _spawn(site: Site, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "junxian.web.operations", *arguments], env=site.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent,
    )  # fmt: skip


def _answer(process: subprocess.Popen[str]) -> Any:
    """The JSON a helper printed; JunxianError with the last line of its complaint."""
    said, complained = process.communicate()
    if process.returncode:
        raise JunxianError("web.operations.helper_failed", reason=(complained.strip().splitlines() or [""])[-1])
    return json.loads(said.splitlines()[-1])


def start(supervisor: Supervisor, sites: Sequence[Site]) -> None:
    """Servers and workers up and ready; JunxianError names the log of one that is not in time."""
    taken = FIRST_PORT
    for site in sites:
        site.port = free_port(HOST, taken)
        taken = site.port + 1
        supervisor.start(*site.children())
    until = time.monotonic() + READY_SECONDS
    for site in sites:
        while not _ready(site):
            supervisor.look()
            if time.monotonic() > until:
                raise JunxianError(
                    "web.operations.demo_not_up", city=site.title, seconds=READY_SECONDS, path=str(site.log)
                )  # fmt: skip
            time.sleep(0.2)


def _ready(site: Site) -> bool:
    try:
        with urlopen(f"{address(HOST, site.port)}readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _announce(sites: Sequence[Site], out: Path, tell: Tell) -> None:
    for site in sites:
        loaded = site.seeded or {}
        tell("web.operations.demo_address", city=site.title, address=address(HOST, site.port))
        tell("web.operations.demo_password", password=loaded["password"])
        for username, title in loaded["shown"]:
            tell("web.operations.demo_account", username=username, title=title)
    tell("web.operations.demo_more")
    workbooks = out / "example-workbooks" / "2026-06"
    if workbooks.is_dir():
        tell("web.operations.demo_try", path=workbooks)


def look_at(sites: Sequence[Site], tell: Tell) -> None:
    """Fetch every page of every site; JunxianError where one did not open."""
    failed = 0
    for site in sites:
        shown = [username for username, _title in (site.seeded or {}).get("shown", ())]
        accounts = [*(name for name in TOURED if name in shown), *(name for name in shown if "-" in name)]
        accounts = list(dict.fromkeys(accounts))
        opened = _answer(_spawn(site, "tour", address(HOST, site.port), *accounts))
        wrong = [page for page in opened if page["status"] >= 400]
        tell(
            "web.operations.demo_fetched", city=site.title, pages=len({page["path"] for page in opened}),
            accounts=len(accounts), failed=len(wrong),
        )  # fmt: skip
        for page in wrong:
            tell("web.operations.demo_failed_page", **page)
        failed += len(wrong)
    if failed:
        raise JunxianError(
            "web.operations.demo_failed", failed=failed, path=", ".join(str(site.log) for site in sites)
        )  # fmt: skip
