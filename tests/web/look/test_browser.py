"""Pages as a person meets them: headless Chromium, three widths, two languages, axe, no error in the console."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from junxian.web.urls import every_page

ROOT = Path(__file__).parents[3]
AXE = ROOT / "tests/vendor/axe.min.js"
VENDOR = ROOT / "src/junxian/web/static/vendor/bootstrap.min.css"
PAGES = (
    "/", "/cockpit/", "/city/", "/brief/", "/ranking/", "/units/X10001/", "/units/X10025/", "/alerts/",
    "/alerts/register/", "/alerts/X10001/wages/",
)  # fmt: skip
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDTHS = {1920: 1080, 1280: 900, 360: 740}
SEED = """
import django; django.setup()
from datetime import date
from pathlib import Path
from junxian.web.people.demo import make_accounts
from junxian.web.rulebooks.actions import adopt
from tests.web.cockpit.conftest import two_rounds
adopt(Path("src/junxian/rulebooks/example"), by=None)
make_accounts(date(2025, 1, 1))
two_rounds()
"""


def chromium() -> str:
    """Debian's Chromium; CI must have it."""
    found = shutil.which("chromium")
    if not found and os.environ.get("CI"):
        pytest.fail("CI needs Chromium to look at the pages: install chromium.")
    if not found or not AXE.is_file() or not VENDOR.is_file():
        pytest.skip("Looking at the pages needs Chromium and the assets: install chromium, run make assets.")
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, unused_port: int) -> Iterator[str]:
    """The application on a database of its own, served as in production."""
    chromium()
    home = tmp_path_factory.mktemp("home")
    given = {
        "JUNXIAN_HOME": str(home), "JUNXIAN_SECRET_KEY": "for looking alone", "JUNXIAN_DEMO": "1",
        "JUNXIAN_TODAY": "2026-07-15", "JUNXIAN_LOG": "ERROR", "DJANGO_SETTINGS_MODULE": "junxian.web.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }  # fmt: skip
    env = {**os.environ, **given}
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    subprocess.run([sys.executable, "-c", SEED], cwd=ROOT, env=env, check=True)
    command = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--port", str(unused_port)]
    server = subprocess.Popen([*command, "junxian.web.wsgi:application"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{unused_port}"
    try:
        wait_for(f"{address}/account/login/")
        yield address
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str) -> None:
    for _turn in range(120):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"{address} did not answer")


@pytest.fixture(scope="module")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": chromium(), "args": ["--no-sandbox"]}


@pytest.fixture(scope="module")
def chrome(browser_type_launch_args):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(**browser_type_launch_args)
        yield browser
        browser.close()


def sign_in(page, site: str, account: str) -> None:
    """Through the sign-in page, as a person does."""
    page.goto("/account/login/")
    page.fill("input[name=login]", account)
    page.fill("input[name=password]", "Junxian-2026")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{site}/")


@pytest.fixture(scope="module", params=["zh-CN", "en-US"])
def signed_in(chrome, site, request):
    """A leader's browser in one language."""
    context = chrome.new_context(locale=request.param, base_url=site)
    sign_in(context.new_page(), site, "shizhang")
    yield context
    context.close()


@pytest.fixture
def page(signed_in):
    """A fresh page that gathers whatever the console complains of."""
    page = signed_in.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: page.complaints.append(str(fault)))
    yield page
    page.close()


def serious_faults(page) -> list[tuple[str, str]]:
    """What axe calls serious or critical: the rule and the element."""
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    return [(one["id"], node["html"][:160]) for one in grave for node in one["nodes"]]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_and_has_nothing_serious(page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    assert page.goto(path).status == 200
    page.wait_for_load_state("networkidle")
    assert page.evaluate(OVERFLOW) <= 0
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert serious_faults(page) == []
    assert page.complaints == []


OTHERS = [page.route for page in every_page() if page.menu and f"/{page.route}" not in PAGES]


@pytest.mark.parametrize("route", OTHERS)
def test_every_other_menu_page_fits_and_has_nothing_serious(chrome, site: str, route: str) -> None:
    for account in ("kaohe", "xitong", "shenji", "X10001-changwu"):
        context = chrome.new_context(base_url=site, storage_state=entered(chrome, site, account))
        page = context.new_page()
        answer = page.goto(f"/{route}")
        if answer.status == 200:
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": WIDTHS[width]})
                assert page.evaluate(OVERFLOW) <= 0
            page.evaluate(AXE.read_text(encoding="utf-8"))
            assert serious_faults(page) == []
        else:
            assert answer.status == 403
        context.close()
        if answer.status == 200:
            return
    pytest.fail(f"nobody may open {route}")


_STATES: dict[tuple[str, str], Any] = {}


def entered(chrome, site: str, account: str) -> Any:
    """The cookies of a signed-in demo account, asked for once."""
    if (site, account) not in _STATES:
        context = chrome.new_context(locale="zh-CN", base_url=site)
        sign_in(context.new_page(), site, account)
        _STATES[site, account] = context.storage_state()
        context.close()
    return _STATES[site, account]


def test_a_table_sorts_filters_and_exports(page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/ranking/")
    head = page.locator("th", has=page.locator("button")).filter(has_text=page.locator("th button").nth(3).inner_text())
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    cells = [c.strip() for c in page.locator("tbody td:nth-child(4)").all_inner_texts()]
    numbers = [float(c) for c in cells if c != "—"]
    assert numbers == sorted(numbers)
    assert cells[-1] == "—"
    page.locator(".table-tools input[type=search]").fill("95.00")
    assert page.locator("tbody tr:visible").count() == 2
    with page.expect_download() as coming:
        page.locator(".table-tools button").click()
    coming.value.save_as(tmp_path / "table.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx").active
    assert sheet.max_row == 3
    assert {sheet.cell(2, 4).value, sheet.cell(3, 4).value} == {95}


def test_the_drill_comes_as_a_fragment(page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/cockpit/")
    name = page.locator("section table tbody a").nth(1)
    name.click()
    page.wait_for_function("text => document.querySelector('#drill h2')?.textContent === text", arg=name.inner_text())
    assert page.locator("#drill progress").count() >= 1
    assert page.url.endswith("/cockpit/")


def test_a_chart_is_drawn(page) -> None:
    page.goto("/city/")
    page.wait_for_selector(".chart svg")


def test_the_language_switch_stays_on_the_page(page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/alerts/?level=all")
    before = page.locator("h1").inner_text()
    page.locator("button[name=language]").click()
    assert page.url.endswith("/alerts/?level=all")
    assert page.locator("h1").inner_text() != before
    page.locator("button[name=language]").click()
    assert page.locator("h1").inner_text() == before


@pytest.mark.parametrize("width", [1920, 3840])
def test_the_cockpit_is_one_screen(page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": width * 9 // 16})
    page.goto("/cockpit/")
    page.wait_for_selector("#drill table")
    assert page.evaluate("document.documentElement.scrollHeight") <= width * 9 // 16


def test_the_brief_is_one_phone_screen(page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/brief/")
    assert page.evaluate("document.querySelector('main').getBoundingClientRect().bottom") <= 740


def test_pages_work_without_scripts(chrome, site: str, signed_in) -> None:
    context = chrome.new_context(java_script_enabled=False, base_url=site, storage_state=signed_in.storage_state())
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/city/")
    assert page.locator("table tbody tr").count() >= 9
    page.locator(".phone-menu summary").click()
    page.locator(".phone-menu a[href='/alerts/']").click()
    assert page.url.endswith("/alerts/")
    context.close()
