"""The picture of the README (首屏图): the page of a run as headless Chromium shows it, cut to the first screen.

python tools/readme_picture.py demo/henan-2023/index.html docs/pictures/henan-2023.png
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTH, HEIGHT = 1200, 800
MOST_BYTES = 300_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def photograph(page: Path, picture: Path) -> int:
    """Write the picture; returns its size in bytes. Refuses a picture too large for a repository."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit("没有找到 Chromium，未能截图。 / Chromium was not found; no picture was taken.")
    with tempfile.TemporaryDirectory() as profile:
        shown = [f"--window-size={WIDTH},{HEIGHT}", "--hide-scrollbars", "--virtual-time-budget=5000"]
        quiet = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        target = [f"--screenshot={picture.resolve()}", page.resolve().as_uri()]
        subprocess.run([browser, *quiet, *shown, *target], check=True, capture_output=True)
    size = picture.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"图片 {size} 字节，超过 {MOST_BYTES}。 / The picture has {size} bytes, more than {MOST_BYTES}.")
    return size


if __name__ == "__main__":
    print(photograph(Path(sys.argv[1]), Path(sys.argv[2])))
