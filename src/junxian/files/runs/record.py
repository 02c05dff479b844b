"""The run directory (核算档案): written whole or not at all, every file named with its hash in run.json."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from junxian.core.errors import DataError

FORM = "junxian-run/1"
OURS = ("run.json", "import.json")


@contextmanager
def whole_directory(out: Path) -> Iterator[Path]:
    """A folder to write into that becomes `out` only when everything is written; interrupted, nothing is left.

    DataError `runs.not_ours` where `out` holds anything but an earlier run or import.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not any((out / name).is_file() for name in OURS))):
        raise DataError("runs.not_ours", where=str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield partial
        partial.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def file_hash(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal text."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def canonical_json(content: Any) -> str:
    """JSON with sorted keys and no spare space: what checksums are taken over."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def checksum(content: Any) -> str:
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


RESULTS = ("scores.csv", "points.csv", "alerts.csv", "register.csv", "receipts.json")


def run_id(folder: Path, stamps: Mapping[str, str]) -> str:
    """The run's own hash over rulebook, snapshot and results; a notice prints it, so it cannot depend on the notice."""
    return checksum({**stamps, **{name: file_hash(folder / name) for name in RESULTS}})


def write_record(folder: Path, record: Mapping[str, Any], name: str = "run.json") -> None:
    """Write run.json with the hash of every other file, sealed by a checksum over itself."""
    files = {
        path.relative_to(folder).as_posix(): file_hash(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in OURS
    }
    content = {"form": FORM, **record, "files": files}
    text = json.dumps(content | {"seal": checksum(content)}, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def read_record(folder: Path, name: str = "run.json") -> dict[str, Any]:
    """run.json of a directory; DataError `runs.no_record` where there is none that can be read."""
    path = folder / name
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise DataError("runs.no_record", where=str(path)) from fault
    if not isinstance(record, dict) or not str(record.get("form", "")).startswith("junxian-run/"):
        raise DataError("runs.no_record", where=str(path))
    return record
