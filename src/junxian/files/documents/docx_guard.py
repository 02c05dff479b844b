"""Hostile documents (公文安检): a dropped .docx is looked at before it is opened, and refused in one sentence."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from junxian.core.errors import DataError

LARGEST_FILE = 30 * 1024**2
LARGEST_PART = 60 * 1024**2
LARGEST_CONTENT = 120 * 1024**2
MOST_PARTS = 2_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ACTIVE = re.compile(r"(?:vbaProject|vbaData|activeX|embeddings/|oleObject|\.bin$|afchunk|altChunk)", re.IGNORECASE)
_WIDE = ("utf-16", "utf_16", "utf-32", "utf_32", "ucs-2", "ucs-4", "utf-7")


def look_at(content: bytes) -> dict[str, bytes]:
    """The parts of a Word document that is safe to open; DataError `edited.*` says in one sentence why it is not."""
    _refuse_other_kinds(content)
    parts = _unfolded(content)
    if "word/document.xml" not in parts:
        raise DataError("edited.not_word")
    if any(_ACTIVE.search(name) for name in parts):
        raise DataError("edited.active")
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            _refuse_declarations(part)
        if name.endswith(".rels"):
            _refuse_links(part)
    return parts


def _refuse_other_kinds(content: bytes) -> None:
    if not content:
        raise DataError("edited.empty")
    if len(content) > LARGEST_FILE:
        raise DataError("edited.too_large", limit=LARGEST_FILE // 1024**2)
    if content[:8] == _OLE:
        raise DataError("edited.old_or_locked")
    if content[:4] != b"PK\x03\x04":
        raise DataError("edited.not_word")


def _unfolded(content: bytes) -> dict[str, bytes]:
    """Every part, read no further than the limits whatever sizes the file declares."""
    parts: dict[str, bytes] = {}
    left = LARGEST_CONTENT
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_PARTS:
                raise DataError("edited.too_large", limit=LARGEST_FILE // 1024**2)
            for member in members:
                if member.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", member.filename):
                    raise DataError("edited.damaged")
                if member.filename in parts:
                    raise DataError("edited.damaged")
                with archive.open(member) as stream:
                    part = stream.read(min(left, LARGEST_PART) + 1)
                left -= len(part)
                if left < 0 or len(part) > LARGEST_PART:
                    raise DataError("edited.too_large", limit=LARGEST_FILE // 1024**2)
                parts[member.filename] = part
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as fault:
        raise DataError("edited.damaged") from fault
    return parts


def _refuse_declarations(part: bytes) -> None:
    """A document type may hold entities that grow or fetch; in another encoding it would not be seen here."""
    head = part[:200].lower()
    odd = part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in part[:64]
    if odd or any(name.encode() in head for name in _WIDE) or _DECLARATION.search(part):
        raise DataError("edited.declarations")


def _refuse_links(part: bytes) -> None:
    """Nothing may be fetched when the document is opened; a hyperlink waits for a click."""
    for relation in _RELATION.findall(part):
        outside = re.search(rb"""TargetMode\s*=\s*["']External""", relation)
        if outside and not re.search(rb"""Type\s*=\s*["'][^"']*/hyperlink["']""", relation):
            raise DataError("edited.fetches")
        if re.search(rb"""Type\s*=\s*["'][^"']*/aFChunk["']""", relation):
            raise DataError("edited.active")
