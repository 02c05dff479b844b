"""The whole month with a browser alone, on both databases: collect, compute, check, hear, approve, publish, freeze."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.month import PERIOD, Month
from tests.web.operations.conftest import postgres  # noqa: F401 - a fixture
from tests.web.operations.deployments import Deployment

EXAMPLE = Path(str(files("junxian") / "rulebooks")) / "example"
CHROMIUM = shutil.which("chromium")
SEED = """
from datetime import date
from pathlib import Path
from junxian.web.operations.seed import City, seed
runs = ("example-2025-06", "example-2026-05")
seed(City("example", date(2026, 7, 15), date(2024, 1, 1), runs), Path({runs!r}))
from junxian.web.people.models import Post
accounts = {{}}
for post in Post.objects.select_related("person", "unit"):
    accounts.setdefault(post.unit.name, {{}}).setdefault(post.step, post.person.username)
print(json.dumps(accounts))
"""
CHAIN = "from junxian.web.people.audit import breaks; print(json.dumps([b.code for b in breaks()]))"


@pytest.fixture(scope="module")
def closed_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbooks of three months, two of them closed."""
    from junxian.files.examples import SEED as NUMBER
    from junxian.files.examples import generate
    from junxian.files.runs.close import close
    from junxian.files.runs.papers import write_papers

    out = tmp_path_factory.mktemp("months")
    made = generate(out / "books", NUMBER, ("2025-06", "2026-05", PERIOD))
    prior = None
    for period in ("2025-06", "2026-05"):
        own = [path for path in made if path.parent.name == period]
        where = out / f"example-{period}"
        close(
            EXAMPLE, own, period=period, out=where, scheme="monthly", prior=prior, today="2026-07-15",
            papers=write_papers,
        )  # fmt: skip
        prior = where
    return out


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, never a downloaded one."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Debian's chromium for the journeys")
        pytest.skip("没有 Chromium，浏览器全程未走 / Chromium is not installed; the journey was not walked")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def month(
    request: pytest.FixtureRequest, chromium: Browser, closed_months: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Month, Deployment]]:
    """A deployment of the example city with two months of history, served, its worker running, nobody signed in."""
    database = request.getfixturevalue("postgres")[0] if request.param == "postgresql" else ""
    deployment = Deployment(tmp_path_factory.mktemp("month") / "home", database, {"JUNXIAN_DEMO": "1"})
    assert deployment.run("migrate").returncode == 0
    accounts = deployment.python(SEED.format(runs=str(closed_months)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ExitStack() as stack:
        stack.enter_context(deployment.started("serve", "--port", str(port)))
        stack.enter_context(deployment.started("worker"))
        wait_for(port)
        books = closed_months / "books" / PERIOD
        pictures = Path(found) if (found := os.environ.get("JUNXIAN_PICTURES")) else None
        yield Month(chromium, f"http://127.0.0.1:{port}", accounts, books, pictures=pictures), deployment


def wait_for(port: int) -> None:
    import time
    import urllib.request

    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").close()
            return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the site did not come up")


def test_a_month_from_an_empty_round_to_a_frozen_notice(month: tuple[Month, Deployment], tmp_path: Path) -> None:
    walk, deployment = month
    walk.open_the_round()
    owners = walk.owners()
    assert {"统计局", "财政局", "商务局", "人行", "督查室"} <= set(owners)
    for owner in owners:
        walk.hand_in(owner)
    walk.compute()

    walk.photograph(walk.at_round("kaohe"), "round", height=1100)
    slip = walk.confirm_check("X10021-changwu", "X10021")
    assert PERIOD in slip
    paper = tmp_path / "证据.txt"
    paper.write_text("入库单扫描件编号 2026-0613\n", encoding="utf-8")
    objection = walk.object("X10022-changwu", "X10022", paper)
    walk.decide("kaohe2", objection)
    walk.days_pass(3)
    walk.step("kaohe", "结束核对，转复核", "复核")
    walk.step("kaohe2", "提交审定", "审定")

    altered = walk.edited(tmp_path, lambda text: text.replace("94.92", "95.92"))
    assert "95.92" in altered.page.locator("main").inner_text()
    assert not altered.page.get_by_role("button", name="采用").count(), "an altered figure must not be accepted"
    walk.approve("shizhang")
    notice = walk.publish()
    county = walk.enter("X10022-jingban")
    county.page.goto(notice)
    expect(county.page.get_by_text("审计链").first).to_be_visible()
    walk.photograph(county, "notice", height=1100)
    walk.freeze(notice)
    walk.stands_at("冻结")
    look(walk)

    auditor = walk.enter("shenji")
    auditor.go("审计记录")
    expect(auditor.page.locator("main")).to_contain_text("发布通报")
    assert deployment.python(CHAIN) == []
    assert deployment.run("audit", "verify").returncode == 0
    assert [problem for problem in deployment.printed.read_text().splitlines() if "Traceback" in problem] == []


def look(walk: Month) -> None:
    """What people look at afterwards: the receipt, the cockpit, the brief."""
    county, leader = walk.enter("X10021-changwu"), walk.enter("shizhang")
    county.page.goto("/units/X10021/")
    county.page.locator("a[href*='/receipt/']").first.click()
    expect(county.page.locator("main")).to_contain_text("一般公共预算收入")
    walk.photograph(county, "receipt", height=1000)
    for name, width, height in (("cockpit", 1600, 900), ("brief", 360, 740)):
        leader.page.goto(f"/{name}/")
        expect(leader.page.locator("body")).to_contain_text("望舒区")
        walk.photograph(leader, name, width, height)
