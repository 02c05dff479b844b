"""Serving: a busy port moves on, a sub-path works either way, the end leaves nobody behind."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from junxian.core.errors import DataError
from junxian.web.operations.serve import address, free_port
from tests.web.operations.deployments import Deployment


@contextmanager
def busy() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


def test_a_busy_port_moves_on() -> None:
    with busy() as port:
        assert port < free_port("127.0.0.1", port) <= port + 50


def test_no_free_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("junxian.web.operations.serve.TRIED_PORTS", 1)
    with busy() as port, pytest.raises(DataError) as refused:
        free_port("127.0.0.1", port)
    assert refused.value.code == "web.operations.no_port"


@pytest.mark.parametrize(("host", "prefix", "shown"), [
    ("127.0.0.1", "", "http://127.0.0.1:8000/"), ("0.0.0.0", "", "http://127.0.0.1:8000/"),
    ("::1", "", "http://[::1]:8000/"), ("localhost", "kaohe", "http://localhost:8000/kaohe/"),
])  # fmt: skip
def test_the_address_a_browser_needs(host: str, prefix: str, shown: str) -> None:
    assert address(host, 8000, prefix) == shown


def fetch(url: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    try:
        with urlopen(Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.headers.items()}
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode(errors="replace"), {}


@contextmanager
def served(deployment: Deployment, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address it printed, once it answers."""
    begin = deployment.printed.stat().st_size if deployment.printed.exists() else 0
    with busy() as wanted, deployment.started("serve", "--port", str(wanted), **environment) as process:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            said = deployment.printed.read_bytes()[begin:].decode()
            found = re.search(r"http://\S+/", said)
            if found and answers(found[0]):
                assert f"{wanted} 已被占用" in said
                yield found[0], process
                return
            time.sleep(0.1)
        raise AssertionError(said)


def answers(site: str) -> bool:
    try:
        return fetch(f"{site}healthz")[0] == 200
    except (URLError, OSError):
        return False


def children(pid: int) -> list[int]:
    return [int(line) for line in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_it_serves_pages_and_styles_and_ends_without_an_orphan(deployment: Deployment) -> None:
    with served(deployment) as (site, process):
        status, text, headers = fetch(f"{site}account/login/")
        assert status == 200
        assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"])
        style = re.search(r'href="([^"]+junxian\.css[^"]*)"', text)
        assert style
        assert fetch(site.rstrip("/") + style[1])[0] == 200
        ready = fetch(f"{site}readyz")
        assert (ready[0], ready[1].replace(" ", "")) == (503, '{"database":true,"tables":true,"worker":false}')
        below = children(process.pid)
        assert below
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert [pid for pid in below if Path(f"/proc/{pid}").exists()] == []


@pytest.mark.parametrize("cut", [False, True], ids=["passed on", "cut off"])
def test_below_a_sub_path(deployment: Deployment, cut: bool) -> None:
    """A gateway may pass the sub-path on or cut it off; addresses in pages always carry it."""
    with served(deployment, JUNXIAN_PREFIX="city/kaohe") as (site, _process):
        assert site.endswith("/city/kaohe/")
        root = site.removesuffix("city/kaohe/") if cut else site
        status, text, headers = fetch(f"{root}account/login/")
        assert status == 200
        links = re.findall(r'(?:href|src|action)="(/[^"]*)"', text)
        assert links
        assert [link for link in links if not link.startswith("/city/kaohe/")] == []
        styles = [link for link in links if link.endswith(".css")]
        host = site.removesuffix("/city/kaohe/")
        path = (lambda link: link.removeprefix("/city/kaohe")) if cut else (lambda link: link)
        assert [fetch(host + path(link))[0] for link in styles] == [200] * len(styles)
        assert "path=/city/kaohe/" in headers.get("set-cookie", "").lower()
        status, _text, _headers = fetch(f"{root}")
        assert status == 200


def test_a_stranger_host_and_a_huge_form_are_refused(deployment: Deployment) -> None:
    with served(deployment) as (site, _process):
        assert fetch(f"{site}account/login/", Host="evil.example")[0] == 400
        request = Request(f"{site}account/login/", b"login=" + b"x" * (9 * 1024**2))
        with pytest.raises(URLError) as refused:  # an answer, or the connection is cut while it is still being sent
            urlopen(request, timeout=20)
        if isinstance(refused.value, HTTPError):
            assert refused.value.code in (400, 403, 413)
            refused.value.close()
        assert fetch(f"{site}healthz")[0] == 200
