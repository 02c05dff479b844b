"""Reading an edited notice (读回改稿): text and tables of a dropped .docx, with its notes and headers."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from junxian.core.bulletins.compare import Extracted
from junxian.core.errors import DataError
from junxian.files.documents.docx_guard import look_at
from junxian.files.documents.extract import extract

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
BODY = "word/document.xml"
BESIDE = ("word/footnotes", "word/endnotes", "word/header", "word/footer")
REVISIONS = ("ins", "del", "moveFrom", "moveTo")


def read_edited(content: bytes) -> Extracted:
    """Paragraphs and tables of a .docx anybody may have made; DataError `edited.*` in one sentence."""
    parts = look_at(content)
    body = _tree(parts[BODY])
    if next(body.iter(*(WORD + name for name in REVISIONS)), None) is not None:
        raise DataError("edited.revisions")
    if "".join(_texts(parts, ("word/comments",))).strip():
        raise DataError("edited.comments")
    for copy in list(body.iter(FALLBACK)):
        # The same text box once more for programs of before 2010.
        parent = copy.getparent()
        if parent is not None:
            parent.remove(copy)
    from docx.opc.oxml import serialize_part_xml

    main = _extracted({**parts, BODY: serialize_part_xml(body)})
    beside = tuple(text for text in _texts(parts, BESIDE) if text.strip())
    return Extracted(main.file, (*main.paragraphs, *beside), main.tables)


def pictures_in(content: bytes) -> int:
    """How many pictures a document carries; their figures nobody can check."""
    return sum(name.startswith("word/media/") for name in look_at(content))


def _tree(part: bytes) -> Any:
    """Parsed without entities and without any look outside."""
    from docx.oxml.parser import parse_xml

    try:
        return parse_xml(part)
    except SyntaxError as fault:
        raise DataError("edited.damaged") from fault


def _texts(parts: Mapping[str, bytes], names: tuple[str, ...]) -> list[str]:
    """Paragraphs of the parts beside the body; one that holds the page number is the page's own."""
    found = []
    for name in sorted(parts):
        if name.startswith(names) and name.endswith(".xml"):
            for paragraph in _tree(parts[name]).iter(WORD + "p"):
                if not any("PAGE" in (code.text or "") for code in paragraph.iter(WORD + "instrText")):
                    found.append("".join(node.text or "" for node in paragraph.iter(WORD + "t")))
    return found


def _extracted(parts: Mapping[str, bytes]) -> Extracted:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "notice.docx"
        path.write_bytes(stream.getvalue())
        try:
            return extract(path)
        except (KeyError, ValueError, AttributeError, TypeError, SyntaxError) as fault:
            raise DataError("edited.damaged") from fault
