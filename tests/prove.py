"""Promises (make prove): every promise of the README, what shows it, and whether it holds; an unproved one says so.

Read from docs/promises.yaml, from which the README's list is made too: `id`, `zh`, `en`, and `shown_by`, a list of
pytest nodes or of commands beginning with `junxian`.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def promises() -> list[dict[str, object]]:
    """The list as written."""
    found = YAML(typ="safe", pure=True).load((ROOT / "docs" / "promises.yaml").read_text(encoding="utf-8"))
    return list(found["promises"])


def command(shown_by: str, scratch: str) -> list[str]:
    """What runs: pytest for a node, our own command for `junxian …`; `{out}` is a scratch directory."""
    if shown_by.startswith("tests/"):
        return [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", shown_by]
    words = shlex.split(shown_by.replace("{out}", scratch))
    return [str(BIN / words[0]), *words[1:]]


def holds(shown_by: str, scratch: str) -> str:
    """holds · fails · skipped: a test that skips for want of a tool proves nothing here."""
    ran = subprocess.run(command(shown_by, scratch), cwd=ROOT, capture_output=True, text=True)
    if ran.returncode:
        return "FAILS"
    last = ran.stdout.strip().splitlines()[-1] if ran.stdout.strip() else ""
    return "skipped" if "skipped" in last and "passed" not in last else "holds"


def main() -> int:
    broken = 0
    with tempfile.TemporaryDirectory() as scratch:
        for promise in promises():
            print(f"{promise['id']} {promise['zh']}\n    {promise['en']}")
            shown = promise.get("shown_by") or []
            if not shown:
                print("    UNPROVED: nothing shows it yet")
            for one in shown if isinstance(shown, list) else [shown]:
                verdict = holds(str(one), scratch)
                broken += verdict == "FAILS"
                print(f"    {verdict:<8} {one}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
