"""A closed month of the fictional city: 2026-05 as history, 2026-06 with its papers."""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.text.paragraph import Paragraph

from junxian.core.bulletins import Document, compose
from junxian.files.documents.edited import Recheck, recheck
from junxian.files.documents.read_edited import read_edited
from junxian.files.documents.words import bulletin_words
from junxian.files.examples import SEED, generate
from junxian.files.runs.close import Closed, close
from junxian.files.runs.papers import write_papers
from junxian.files.runs.reopen import Reopened, reopen
from junxian.files.runs.stored import packed

BOOK = Path(__file__).parents[3] / "src/junxian/rulebooks/example"
PERIOD = "2026-06"


def close_june(place: Path) -> tuple[Closed, Path]:
    """The closed month and its run directory."""
    made = generate(place / "workbooks", SEED)

    def own(period: str) -> list[Path]:
        return [path for path in made if path.parent.name == period]

    may, june = place / "may", place / "june"
    close(BOOK, own("2026-05"), period="2026-05", out=may, today="2026-06-20", scheme="monthly")
    closed = close(
        BOOK, own(PERIOD), period=PERIOD, out=june, today="2026-07-15", scheme="monthly", prior=may, papers=write_papers
    )
    return closed, june


@dataclass(frozen=True)
class Month:
    """A closed month, its archive, and the document composed from the archive alone."""

    closed: Closed
    folder: Path
    archive: bytes
    run: Reopened
    document: Document
    words: dict[str, str]

    @property
    def notice(self) -> bytes:
        return (self.folder / "通报.docx").read_bytes()

    def check(self, content: bytes) -> Recheck:
        """The recheck of an edited notice."""
        original = read_edited(self.notice)
        return recheck(self.document, self.run.facts, self.words, original, read_edited(content))

    def edit(self, *pairs: tuple[str, str], add: tuple[str, str] | None = None) -> bytes:
        """The notice with texts replaced, or a paragraph added behind another."""
        return edited_docx(self.notice, *pairs, add=add)


def edited_docx(content: bytes, *pairs: tuple[str, str], add: tuple[str, str] | None = None) -> bytes:
    """A Word file with texts replaced, or a paragraph added behind another."""
    word = docx.Document(io.BytesIO(content))
    for old, new in pairs:
        paragraph = next(p for p in word.paragraphs if old in p.text)
        say(paragraph, paragraph.text.replace(old, new))
    if add:
        paragraph = next(p for p in word.paragraphs if add[0] in p.text)
        twin = copy.deepcopy(paragraph._p)
        paragraph._p.addnext(twin)
        say(Paragraph(twin, paragraph._parent), add[1])
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def say(paragraph: Paragraph, text: str) -> None:
    """The text in the paragraph's first run."""
    paragraph.runs[0].text = text
    for run in paragraph.runs[1:]:
        run.text = ""


def month_of(place: Path) -> Month:
    closed, folder = close_june(place)
    archive = packed(folder)
    run = reopen(archive)
    assert run.bulletin is not None
    words = bulletin_words("zh")
    return Month(closed, folder, archive, run, compose(run.facts, run.bulletin, words), words)
