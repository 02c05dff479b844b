"""The tree (目录树): which files belong to the repository, as git sees them or, without git, as they lie."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = {".git", ".venv", "build", "dist", "node_modules", "vendor", "__pycache__", ".hypothesis"}


@lru_cache
def tracked() -> tuple[Path, ...]:
    """Every file that is in git or would be with the next `git add`."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listing.returncode:
        return tuple(path for path in ROOT.rglob("*") if path.is_file() and not LEFT_OUT & set(path.parts))
    return tuple(path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file())


def texts() -> dict[str, str]:
    """Path from the root → content, of every tracked file that is text."""
    found = {}
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            found[str(path.relative_to(ROOT))] = content.decode("utf-8", errors="replace")
    return found


def modules(*roots: str) -> list[Path]:
    """Python files below some folders of the repository, less the migrations that Django writes."""
    own = [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]
    return [path for path in own if path.relative_to(ROOT).parts[0] in roots]
