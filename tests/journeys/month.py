"""One month of the example city, hand by hand: from an empty round to a frozen notice, with browsers alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import docx
from playwright.sync_api import Browser, expect

from tests.journeys.hands import Hand, drop, hand_in_page, settle_upload, wait_until_read

PERIOD = "2026-06"
SPOKEN = re.compile("2026年6月|2026-06")
"""The period as pages print it."""
FILES = {
    "统计局": "统计局_*.xlsx",
    "财政局": "财政局_*.xls",
    "商务局": "商务局_*.xlsx",
    "人行": "人行_*.xlsx",
    "督查室": "台账_*.csv",
}
WHY = "已与报送科室核实，以报送数为准"
MINUTES = "市政府常务会议纪要〔2026〕14号"


@dataclass
class Month:
    """The people of the month on one site; each signs in once. accounts: unit's name → step → user name."""

    browser: Browser
    site: str
    accounts: dict[str, dict[str, str]]
    books: Path
    round: str = ""
    hands: dict[str, Hand] = field(default_factory=dict)
    pictures: Path | None = None

    def enter(self, username: str) -> Hand:
        if username not in self.hands:
            self.hands[username] = Hand(self.browser, self.site, username)
        return self.hands[username]

    def photograph(self, hand: Hand, name: str, width: int = 1280, height: int = 800) -> None:
        """A picture for the docs, where a folder for them was given (`make pictures`)."""
        if self.pictures is None:
            return
        hand.page.wait_for_load_state("networkidle")
        before = hand.page.viewport_size
        hand.page.set_viewport_size({"width": width, "height": height})
        hand.page.wait_for_timeout(1200)
        hand.page.screenshot(path=self.pictures / f"{name}.png", animations="disabled")
        assert before is not None
        hand.page.set_viewport_size(before)

    def at_round(self, username: str) -> Hand:
        hand = self.enter(username)
        hand.page.goto(self.round)
        return hand

    def open_the_round(self) -> None:
        """The office opens the month."""
        office = self.enter("kaohe")
        office.go("考核轮次")
        office.page.select_option("#scheme", "monthly")
        office.page.fill("#period", PERIOD)
        office.press("开启")
        expect(office.page.get_by_role("heading", name=re.compile(f"({SPOKEN.pattern}) *考核轮次"))).to_be_visible()
        self.round = office.page.url

    def owners(self) -> list[str]:
        """Who owes something this month; the register's keeper first, as his file holds parts of others."""
        office = self.enter("kaohe")
        office.go("数据报送")
        rows = office.page.locator("table tbody tr").filter(has_text=SPOKEN)
        names = [text.strip() for text in rows.locator("th, td:first-child").all_inner_texts()]
        return sorted(names, key=lambda name: (name not in FILES, name != "督查室"))

    def hand_in(self, owner: str) -> None:
        """One owner's month: files dropped and answered, gaps named, then handled, reviewed and signed by three."""
        accounts = self.accounts[owner]
        clerk = self.enter(accounts["handle"])
        hand_in_page(clerk, owner, SPOKEN)
        start = clerk.page.url
        files = sorted(self.books.glob(FILES[owner])) if owner in FILES else []
        if files:
            drop(clerk, files)
            if owner == "统计局":
                wait_until_read(clerk)
                self.photograph(clerk, "upload")
            settle_upload(clerk, WHY)
            clerk.page.goto(start)
        waiting = clerk.page.locator("table tr").filter(has_text="待确认").get_by_role("link")
        while waiting.count():
            waiting.first.click()
            settle_upload(clerk, WHY)
            clerk.page.goto(start)
        name_the_gaps(clerk)
        clerk.do("经手完毕，送复核")
        for step, words in (("review", "复核无误，送签发"), ("sign", "签发并锁定")):
            other = self.enter(accounts[step])
            other.page.goto(start)
            other.do(words)

    def compute(self) -> None:
        """The office computes, waits, and sends the result to the counties."""
        office = self.at_round("kaohe")
        office.press("开始计算")
        for _ in range(180):
            office.page.goto(self.round)
            if not office.page.get_by_text("正在计算").or_(office.page.get_by_text("等待计算")).count():
                break
            office.page.wait_for_timeout(500)
        office.do("送县区核对")
        self.stands_at("县区核对")

    def stands_at(self, state: str) -> None:
        office = self.at_round("kaohe")
        expect(office.page.locator("[aria-current=step]")).to_contain_text(state)

    def confirm_check(self, account: str, code: str) -> str:
        """A county confirms its figures and points; the serial number of its slip."""
        county = self.enter(account)
        county.page.goto(f"/units/{code}/check/")
        county.do("数据和得分无误，确认")
        county.page.get_by_role("link", name="打印核对确认单").click()
        return county.page.url.rstrip("/").rsplit("/", 1)[-1]

    def object(self, account: str, code: str, evidence: Path) -> str:
        """A county objects to one line of its receipt; the objection's address."""
        county = self.enter(account)
        county.page.goto(f"/units/{code}/check/")
        county.page.get_by_role("link", name="提出异议").first.click()
        county.page.check("#ground-data_error")
        county.page.fill("#text", "本县入库数与部门报送数不一致，请核对。")
        county.page.set_input_files("#evidence", str(evidence))
        county.do("提交异议")
        return county.page.url

    def decide(self, account: str, objection: str) -> None:
        """The score is upheld by somebody else than the one who computed it."""
        reviewer = self.enter(account)
        reviewer.page.goto(objection)
        reviewer.page.check("#decision-uphold")
        reviewer.page.fill("#reason", "经核对，入库数与部门报送表一致，维持原计分。")
        reviewer.do("作出决定")

    def days_pass(self, count: int) -> None:
        """The demonstration moves on by working days."""
        office = self.enter("kaohe")
        for _ in range(count):
            office.press("到下一个工作日")

    def step(self, account: str, words: str, state: str) -> None:
        """One step of the round by the person whose step it is."""
        self.at_round(account).do(words)
        self.stands_at(state)

    def draft_page(self, account: str) -> Hand:
        hand = self.enter(account)
        hand.page.goto(self.round.replace("/rounds/", "/notices/drafts/"))
        return hand

    def edited(self, scratch: Path, change: Callable[[str], str]) -> Hand:
        """The office downloads the notice, edits it in a word processor and drops it back."""
        office = self.draft_page("kaohe")
        if office.page.get_by_role("button", name="生成通报稿").count():
            office.press("生成通报稿")
        with office.page.expect_download() as coming:
            office.page.locator("a[href*='/file/']").first.click()
        path = scratch / "通报.docx"
        coming.value.save_as(path)
        document = docx.Document(str(path))
        for paragraph in document.paragraphs:
            for run in paragraph.runs:
                run.text = change(run.text)
        document.save(str(path))
        office.page.set_input_files("#file", str(path))
        office.press("上传并核对")
        return office

    def approve(self, account: str) -> None:
        leader = self.draft_page(account)
        leader.page.fill("#minutes", MINUTES)
        leader.do("同意签发")

    def publish(self) -> str:
        """The office publishes; the notice's address."""
        office = self.draft_page("kaohe")
        office.do("发布通报")
        return office.page.url

    def freeze(self, notice: str) -> None:
        office = self.enter("kaohe")
        office.page.goto(notice)
        office.do("冻结")


def name_the_gaps(clerk: Hand) -> None:
    """Cells nobody filled are declared not reported, with a reason; nothing is implied."""
    if clerk.page.locator("#state").count():
        clerk.page.select_option("#state", "not_reported")
        clerk.page.fill("#declare-reason", "本月未出数")
        clerk.press("记下")
