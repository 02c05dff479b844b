"""The grid in a browser: a block pasted from Excel fills the cells, state words become states."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "src/junxian/web/indicators/static/indicators/junxian-grid.js"
CELL = "<td><input name='text|{name}'><select><option value=''></option><option value='late'></option></select></td>"
GRID = "<form data-grid><table><tbody>{}</tbody></table></form>".format(
    "".join(f"<tr><th>{r}</th>{''.join(CELL.format(name=f'{r}|{c}') for c in range(3))}</tr>" for r in range(3))
)
PASTE = """text => {
  const field = document.querySelector("input[name='text|1|1']"), given = new DataTransfer();
  given.setData("text", text);
  field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: given, bubbles: true, cancelable: true}));
}"""
READ = """() => Array.from(document.querySelectorAll("tr"), row => Array.from(row.querySelectorAll("td"),
  cell => cell.querySelector("input").value + cell.querySelector("select").value))"""


@pytest.fixture(scope="module")
def grid():
    found = shutil.which("chromium")
    if not found and os.environ.get("CI"):
        pytest.fail("CI needs Chromium to paste into the grid: install chromium.")
    if not found:
        pytest.skip("Pasting into the grid needs Chromium: install chromium.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(GRID)
        page.add_script_tag(path=SCRIPT)
        yield page
        browser.close()


def test_a_block_fills_from_the_cell_down_and_right_and_never_beyond(grid) -> None:
    grid.evaluate(PASTE, '1.5\t"2"\t9\r\n迟报\t "4" \r\n7\t8\r\n')
    assert grid.evaluate(READ) == [["", "", ""], ["", "1.5", "2"], ["", "late", '"4"']]
