"""Files of a rulebook (规则文件): a folder, a zip or a single YAML file becomes path-sorted texts."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from junxian.files.rulebooks.fault import FaultyRulebook, Place, fault_at

MOST_FILES = 2_000
MOST_BYTES = 20_000_000
FIGURES = "figures"
TEXTS = (".yaml", ".yml")


@dataclass(frozen=True, order=True)
class Source:
    """One file: its path inside the rulebook with forward slashes, and its bytes."""

    path: str
    content: bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", unicodedata.normalize("NFC", self.path))

    @property
    def is_figures(self) -> bool:
        return PurePosixPath(self.path).parts[0] == FIGURES

    @property
    def is_text(self) -> bool:
        return self.path.lower().endswith(TEXTS) and not self.is_figures


def read_sources(place: Path | bytes) -> tuple[Source, ...]:
    """All files that are not hidden, sorted by path. FaultyRulebook where there is nothing to read or far too much."""
    if isinstance(place, bytes):
        return _from_zip(place, "rulebook.zip")
    if place.is_dir():
        return _from_folder(place)
    if not place.is_file():
        raise FaultyRulebook([fault_at(Place(place.name), "rulebooks.not_found")])
    if place.stat().st_size > MOST_BYTES:
        raise _too_large(place.name, place.stat().st_size)
    content = place.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(content)):
        return _from_zip(content, place.name)
    if place.suffix.lower() not in TEXTS:
        raise FaultyRulebook([fault_at(Place(place.name), "rulebooks.not_a_rulebook")])
    beside = _beside(place)
    return tuple(sorted((Source(place.name, content), *beside)))


def _beside(place: Path) -> list[Source]:
    """A single file brings the tables and figures that stand beside it, but no other YAML."""
    found = [s for s in _from_folder(place.parent) if not s.is_text] if place.name == "rulebook.yaml" else []
    return [source for source in found if source.path != place.name]


def _from_folder(folder: Path) -> tuple[Source, ...]:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not _hidden(p.relative_to(folder).parts))
    if len(files) > MOST_FILES:
        raise FaultyRulebook([fault_at(Place(folder.name), "rulebooks.too_many_files", most=MOST_FILES)])
    size = sum(file.stat().st_size for file in files)
    if size > MOST_BYTES:
        raise _too_large(folder.name, size)
    outside = [file for file in files if not file.resolve().is_relative_to(folder.resolve())]
    if outside:
        raise FaultyRulebook([fault_at(Place(file.name), "rulebooks.outside") for file in outside])
    return tuple(sorted(Source(file.relative_to(folder).as_posix(), file.read_bytes()) for file in files))


def _from_zip(content: bytes, name: str) -> tuple[Source, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            size = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_FILES:
                raise FaultyRulebook([fault_at(Place(name), "rulebooks.too_many_files", most=MOST_FILES)])
            if size > MOST_BYTES:
                raise _too_large(name, size)
            return tuple(sorted(_entry(archive, entry) for entry in entries if not _hidden(_parts(entry.filename))))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as refusal:
        raise FaultyRulebook([fault_at(Place(name), "rulebooks.zip_unreadable")]) from refusal


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Source:
    parts = _parts(entry.filename)
    if entry.filename.startswith("/") or ".." in parts:
        raise FaultyRulebook([fault_at(Place(entry.filename), "rulebooks.outside")])
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise zipfile.BadZipFile(entry.filename)
    return Source("/".join(parts), content)


def _parts(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts


def _hidden(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") and part != ".." for part in parts) or parts[-1].startswith(("~$", "Thumbs"))


def _too_large(name: str, size: int) -> FaultyRulebook:
    return FaultyRulebook([fault_at(Place(name), "rulebooks.too_large", size=size, most=MOST_BYTES)])
