"""Stamping (编号用印前的落款): number, date and the audit chain's head go into the notice that is released."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from junxian.core.bulletins.compare import squeezed
from junxian.core.errors import DataError
from junxian.files.documents.oxml import FANGSONG, element, set_paragraph, spacing, write_run

BLANK = "\u3000"
"""Stands in a number where the serial is not given yet."""
SMALL = 7.5
SMALL_LINE = 190
SLACK = 140
"""Twips of the small line, and those the blank lines above an imprint of two lines have to spare."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is written at release. number_was, dated_was: as composed; a date the office changed itself stays."""

    number_was: str
    number: str
    dated_was: str
    dated: str
    audit: str


def stamped(content: bytes, stamp: Stamp) -> bytes:
    """The document with its stamp; DataError `edited.number_place` where the line of the number is gone."""
    from docx import Document

    word = Document(io.BytesIO(content))
    paragraphs = list(_paragraphs(word))
    if stamp.number_was:
        places = [p for p in paragraphs if re.fullmatch(number_pattern(stamp.number_was), squeezed(_text(p)))]
        if len(places) != 1:
            raise DataError("edited.number_place", number=stamp.number_was)
        _write(places[0], stamp.number)
    for paragraph in paragraphs:
        if squeezed(_text(paragraph)) == squeezed(stamp.dated_was):
            _write(paragraph, stamp.dated)
        elif _boxed(paragraph):
            _replace(paragraph, stamp.dated_was, stamp.dated)
    _add_audit(word, stamp.audit)
    return _saved(word)


def traced(content: bytes, text: str) -> bytes:
    """The document with who took it, and when, in its properties."""
    from docx import Document

    word = Document(io.BytesIO(content))
    word.core_properties.comments = text
    return _saved(word)


def number_pattern(number: str) -> str:
    """A document number whose year and serial may be anything; for texts without white space."""
    parts = [re.escape(squeezed(part)) for part in number.split(BLANK)]
    return re.sub(r"〔\d{4}〕", lambda _: r"〔\d{4}〕", r"\d*".join(parts))


def _saved(word: Any) -> bytes:
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def _paragraphs(word: Any) -> Iterator[Any]:
    from docx.oxml.ns import qn

    yield from word.element.body.iter(qn("w:p"))


def _nodes(paragraph: Any) -> list[Any]:
    """Text nodes of the paragraph itself, not of a box anchored in it."""
    from docx.oxml.ns import qn

    return [node for node in paragraph.iter(qn("w:t")) if next(node.iterancestors(qn("w:p"))) is paragraph]


def _text(paragraph: Any) -> str:
    return "".join(node.text or "" for node in _nodes(paragraph))


def _write(paragraph: Any, text: str) -> None:
    """The text in the paragraph's first run, so that its look stays."""
    first, *others = _nodes(paragraph)
    first.text = text
    for node in others:
        node.text = ""


def _replace(paragraph: Any, old: str, new: str) -> None:
    for node in _nodes(paragraph):
        if node.text and old in node.text:
            node.text = node.text.replace(old, new)


def _boxed(paragraph: Any) -> bool:
    from docx.oxml.ns import qn

    return next(paragraph.iterancestors(qn("w:txbxContent")), None) is not None


def _add_audit(word: Any, text: str) -> None:
    """One small line below the text and above the imprint, whose blank lines stay in front of it."""
    from docx.oxml.ns import qn

    body = word.element.body
    made = word.add_paragraph()
    set_paragraph(made, spacing(line=SMALL_LINE), element("w:snapToGrid", val=0), element("w:jc", val="left"))
    write_run(made, text, font=FANGSONG, size=SMALL)
    before = [child for child in body.iterchildren() if child is not made._p and child.tag != qn("w:sectPr")]
    last = next((child for child in reversed(before) if not _is_blank(child)), None)
    if last is not None:
        last.addnext(made._p)
        _give_way(made._p)


def _give_way(line: Any) -> None:
    """The first blank line below gets lower by what it can spare, so that the imprint keeps its page."""
    from docx.oxml.ns import qn

    below = line.getnext()
    place = None if below is None else below.find(f"{qn('w:pPr')}/{qn('w:spacing')}")
    if place is not None and _is_blank(below) and int(place.get(qn("w:line"), "0")) > 2 * SLACK:
        place.set(qn("w:line"), str(int(place.get(qn("w:line"))) - SLACK))


def _is_blank(child: Any) -> bool:
    """A paragraph that shows nothing of its own: no text, no page break, no section, no picture."""
    from docx.oxml.ns import qn

    if child.tag != qn("w:p") or _text(child):
        return False
    return not list(child.iter(qn("w:br"), qn("w:sectPr"), qn("pic:pic")))
