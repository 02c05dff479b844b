"""A new city's rulebook (新建规则集): a commented start with fictional names that passes its own check."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from junxian.core.errors import DataError


def init(folder: Path) -> list[Path]:
    """Write the start into a new or empty folder; DataError `rulebooks.folder_not_empty` rather than overwrite."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError("rulebooks.folder_not_empty", folder=str(folder))
    return sorted(_copied(files("junxian.files.rulebooks").joinpath("start"), folder))


def _copied(source: Traversable, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for entry in source.iterdir():
        target = folder / entry.name
        if entry.is_dir():
            written += _copied(entry, target)
        else:
            target.write_bytes(entry.read_bytes())
            written.append(target)
    return written
