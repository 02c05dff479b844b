"""The people of a month (经办人等), each in a browser window of his own, doing what an official would do by hand."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

PASSWORD = "Junxian-2026"


class Hand:
    """One signed-in person; every step is a click, a choice or a typed text on a page."""

    def __init__(self, browser: Browser, site: str, username: str) -> None:
        self.context = browser.new_context(base_url=site, locale="zh-CN", accept_downloads=True)
        self.page: Page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.username = username
        self.page.goto("/account/login/")
        self.page.fill("input[name=login]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        expect(self.page.get_by_role("heading", name="我的办公桌")).to_be_visible()

    def go(self, *menu: str) -> None:
        """Follow the menu by its words."""
        for words in menu:
            self.page.get_by_role("link", name=words, exact=True).first.click()

    def press(self, words: str, inside: Locator | None = None) -> None:
        """A button, by its words."""
        (inside or self.page).get_by_role("button", name=words, exact=True).first.click()

    def do(self, words: str) -> None:
        """Press a button and expect no complaint."""
        self.press(words)
        assert not self.problem(), self.problem()

    def sees(self, words: str) -> bool:
        return self.page.get_by_text(words).count() > 0

    def problem(self) -> str:
        """What the page complains about, or ""."""
        found = self.page.locator(".alert-danger, .alert-error, .alert-warning")
        return " ".join(found.all_inner_texts())


def hand_in_page(hand: Hand, owner: str, period: re.Pattern[str]) -> None:
    """Open the owner's hand-in of the period from the list."""
    hand.go("数据报送")
    row = hand.page.get_by_role("row").filter(has_text=owner).filter(has_text=period)
    row.get_by_role("link").first.click()


def drop(hand: Hand, files: list[Path]) -> None:
    """Drop files on the open hand-in and wait until they are read."""
    hand.page.set_input_files("input[name=files]", [str(path) for path in files])
    hand.press("上传")


def wait_until_read(hand: Hand) -> None:
    """The open upload has been read."""
    page = hand.page
    expect(page.get_by_text("正在读取").or_(page.get_by_text("等待读取"))).to_have_count(0, timeout=60_000)


def settle_upload(hand: Hand, reason: str) -> None:
    """Answer everything that blocks the open upload with a reason, then confirm it."""
    page = hand.page
    wait_until_read(hand)
    while page.get_by_role("button", name="确认，数据入库").first.is_disabled():
        opened = page.locator("details:has(form.answer-form)").first
        opened.locator("summary").click()
        opened.locator("input[name=reason]").fill(reason)
        together = opened.locator("input[name=all]")
        if together.count():
            together.check()
        opened.get_by_role("button", name="说明", exact=True).click()
    hand.press("确认，数据入库")
