"""The canonical form (规范形式): one rulebook, one hash, one zip, whatever machine wrote it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from junxian.files.rulebooks.sources import Source, read_sources

EPOCH = (1980, 1, 1, 0, 0, 0)
_TEXT = (".yaml", ".yml", ".csv", ".txt", ".md")


def rulebook_hash(sources: Iterable[Source]) -> str:
    """SHA-256 over path-sorted (path, NUL, length, NUL, bytes) of all files but figures/; line ends count as LF."""
    digest = hashlib.sha256()
    for source in sorted(source for source in sources if not source.is_figures):
        content = with_lf(source)
        digest.update(f"{source.path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def with_lf(source: Source) -> bytes:
    """The bytes with Windows and old Mac line ends as LF; files that are no text stay as they are."""
    if not source.path.lower().endswith(_TEXT):
        return source.content
    return source.content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def hash_of(place: Path | bytes) -> str:
    """The hash of a rulebook folder, zip or file."""
    return rulebook_hash(read_sources(place))


def rulebook_zip(place: Path | bytes | Iterable[Source]) -> bytes:
    """The rules as a zip, figures left out, path-sorted, with fixed times, stored: equal rules give equal bytes."""
    sources = read_sources(place) if isinstance(place, (Path, bytes)) else tuple(place)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for source in sorted(source for source in sources if not source.is_figures):
            entry = zipfile.ZipInfo(source.path, EPOCH)
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            archive.writestr(entry, with_lf(source))
    return packed.getvalue()
