"""The demonstration and its tour: real servers and workers, every page over HTTP, a clean end, no orphan."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from junxian.core.errors import DataError, JunxianError
from junxian.web.operations import demo
from junxian.web.operations.demo import MARK, Site
from junxian.web.operations.tour import Reader, Visitor
from tests.web.operations.deployments import SRC

FEW = """
import sys
from pathlib import Path
from junxian.web.operations import demo
from junxian.web.operations.speech import tell
demo.show(Path(sys.argv[1]), tell=tell, stay=sys.argv[2] == "stay", cities=("kaifeng",))
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command-line demonstration leaves behind, of Kaifeng alone."""
    from junxian.files.rulebooks import say
    from junxian.files.runs.demo import Stage, henan
    from junxian.web.operations.seed import CITIES

    place = tmp_path_factory.mktemp("visit")
    henan(
        Stage(place, "2026-07-15", lambda text: None, lambda code, **facts: say(code, facts)),
        CITIES["kaifeng"]().rulebook,
    )
    return place


def command(out: Path, how: str) -> list[str]:
    return [sys.executable, "-c", FEW, str(out), how]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUNXIAN_", "DJANGO_"))}
    return kept | {"PYTHONPATH": str(SRC), "PYTHONUNBUFFERED": "1"}


def living(home: Path) -> list[str]:
    """Processes that run on the deployment's folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"JUNXIAN_HOME={home}".encode() in (place / "environ").read_bytes().split(b"\0"):
                found.append((place / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_without_staying_every_page_is_fetched_and_nothing_is_left(out: Path) -> None:
    ran = subprocess.run(command(out, "once"), env=environment(), capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-2000:]
    assert "开封市县区与全省位次规则集：http://127.0.0.1:" in ran.stdout
    assert "kaohe" in ran.stdout
    assert "个没有打开" in ran.stdout
    assert living(out / "web-kaifeng") == []
    again = subprocess.run(command(out, "once"), env=environment(), capture_output=True, text=True, timeout=300)
    assert again.returncode == 0, again.stderr[-2000:]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stays_up_until_told_and_ends_cleanly(out: Path, how: signal.Signals, tmp_path: Path) -> None:
    log = tmp_path / "said.log"
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            command(out, "stay"), env=environment(), stdout=stream, stderr=stream, start_new_session=True
        ) as shown,
    ):
        until = time.monotonic() + 90
        while "Ctrl-C" not in log.read_text() and shown.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        assert "按 Ctrl-C 停止" in log.read_text(), log.read_text()
        assert len(living(out / "web-kaifeng")) >= 3
        shown.send_signal(how)
        assert shown.wait(30) == 0
    assert living(out / "web-kaifeng") == []
    assert "没有留下进程" in log.read_text()


def test_a_folder_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "web-kaifeng").mkdir()
    (tmp_path / "web-kaifeng" / "precious").write_text("mine")
    with pytest.raises(DataError):
        demo.prepare(tmp_path, ("kaifeng",), lambda code, **facts: None)
    assert (tmp_path / "web-kaifeng" / "precious").read_text() == "mine"


def test_an_earlier_demonstration_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / MARK).write_text("")
    (tmp_path / "web" / "old").write_text("")
    demo._clear(tmp_path / "web")
    assert [path.name for path in (tmp_path / "web").iterdir()] == [MARK]


def test_nothing_of_the_callers_deployment_comes_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUNXIAN_DATABASE_URL", "postgresql://real")
    monkeypatch.setenv("JUNXIAN_LANGUAGE", "en")
    own = Site("example", tmp_path).environment
    assert "JUNXIAN_DATABASE_URL" not in own
    assert (own["JUNXIAN_LANGUAGE"], own["JUNXIAN_DEMO"], own["JUNXIAN_HOME"]) == ("en", "1", str(tmp_path))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What the tour found, for the account of it."""
    found: list[dict[str, object]] = []
    monkeypatch.setattr(demo, "_spawn", lambda site, *arguments: None)
    monkeypatch.setattr(demo, "_answer", lambda process: found)
    return found


def test_a_page_that_fails_is_named_and_fails_the_whole(answers: list[dict[str, object]], tmp_path: Path) -> None:
    said: list[tuple[str, dict[str, object]]] = []
    site = Site("example", tmp_path, 8000, {"city": "汐岚市", "shown": [["kaohe", "考核办"]]})
    answers.append({"path": "/", "username": "kaohe", "status": 200})
    demo.look_at([site], lambda code, **facts: said.append((code, facts)))
    answers.append({"path": "/broken/", "username": "kaohe", "status": 500})
    with pytest.raises(JunxianError) as failed:
        demo.look_at([site], lambda code, **facts: said.append((code, facts)))
    assert failed.value.facts["failed"] == 1
    assert said[-1] == ("web.operations.demo_failed_page", {"path": "/broken/", "username": "kaohe", "status": 500})


@pytest.mark.parametrize("path", ["/县区/汐岚/", "/ranking/?category=城区&q=望潮", "/alerts/?level=红"])
def test_an_address_in_chinese_breaks_no_header(path: str) -> None:
    """Nobody listens there: the visit is a page that did not open, not a fault of the visitor."""
    assert Visitor("http://127.0.0.1:9/", "kaohe").open(path, {"名": "值"}) == (599, "", path)


def test_the_reader_sees_links_fragments_and_the_token() -> None:
    page = Reader()
    page.feed('<a href="/a/">x</a><div hx-get="/b/"></div><a href="/c.xlsx" download>y</a>'
              '<input name="csrfmiddlewaretoken" value="t">')  # fmt: skip
    assert (page.links, page.token) == (["/a/", "/b/"], "t")
