"""Lock files (锁定文件): names and versions only; `make lock` runs this in a clean environment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OURSELVES = ("junxian", "pip", "setuptools")


def frozen(listing: str) -> str:
    """The lines `name==version` of `pip list --format=freeze`, ours and the installer's left out, in order of name."""
    lines = [line for line in listing.splitlines() if line and line.split("==")[0].lower() not in OURSELVES]
    return "".join(f"{line}\n" for line in sorted(lines, key=_name))


def _name(line: str) -> str:
    return re.sub(r"[-_.]+", "-", line.split("==")[0]).lower()


def without_addresses(entry: Any) -> Any:
    """An npm lock file without any address: npm ci finds the packages by name, version and integrity alone."""
    if isinstance(entry, dict):
        return {key: without_addresses(value) for key, value in entry.items() if not _tells_address(key, value)}
    if isinstance(entry, list):
        return [without_addresses(value) for value in entry]
    return entry


def _tells_address(key: str, value: Any) -> bool:
    return key in {"resolved", "funding"} or (isinstance(value, str) and value.startswith(("http:", "https:")))


def write() -> None:
    """Rewrite constraints.txt from this environment and strip package-lock.json."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    (ROOT / "constraints.txt").write_text(frozen(listing), encoding="utf-8")
    path = ROOT / "package-lock.json"
    lock = without_addresses(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(lock, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
