"""The composed document (成文): paragraphs, tables and pictures, every figure with the path back to its fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["title", "recipients", "text", "heading"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One claim in a text (数字与断言): `text` stands at `start:end` of the paragraph numbered `block`.

    `path` is a JSON list that names the fact in the run (`["score","410221"]`, `["minus",[…],[…]]`). `number` is the
    figure as printed, rounded to `decimals`, None where the claim is a name. A `directed` figure says its sign in words
    (下降1.2%), so its text never holds a minus.
    """

    text: str
    number: float | None
    unit: str
    decimals: int
    path: str
    start: int = 0
    end: int = 0
    block: int = 0
    directed: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `level` 1–4 for headings, whose number (一、) is part of the text."""

    block: int
    role: Role
    text: str
    figures: tuple[Figure, ...] = ()
    level: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: `name` as printed, `kind` of its cells, decimals of its numbers."""

    key: str
    name: str
    kind: Literal["text", "number"] = "text"
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: `text` as printed, `number` where it is one, `path` to the fact; an empty path claims nothing."""

    text: str
    number: float | None = None
    decimals: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table as printed. `keys` holds the unit code of each row where it has one; `root` marks the 全市 row."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    keys: tuple[str, ...] = ()
    category: str = ""
    note: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be drawn by the files floor. `content` holds the tiles, or an ECharts option."""

    of: Literal["tile_map", "score_bars"]
    title: str
    content: Mapping[str, Any]
    category: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person must see before release. `stops` refuses the release; `code` names the sentence."""

    code: str
    stops: bool
    facts: Mapping[str, object]
    block: int = 0


@dataclass(frozen=True)
class Document:
    """What the files floor writes as .docx, .xlsx and .html, in one language."""

    kind: Literal["notice", "plain"]
    language: str
    title: Paragraph
    recipients: Paragraph | None
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[PrintedTable, ...] = ()
    pictures: tuple[Picture, ...] = ()
    findings: tuple[Finding, ...] = ()
    issuer: str = ""
    mark: str = ""
    number: str = ""
    copy_to: tuple[str, ...] = ()
    printed_by: str = ""
    dated: str = ""
    dated_text: str = ""
    remark: str = ""
    draft: bool = False
    sealed: bool = True
    paper: Literal["a4", "letter"] = "a4"
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def prose(self) -> tuple[Paragraph, ...]:
        """Title, recipients and body, in reading order."""
        return (self.title, *((self.recipients,) if self.recipients else ()), *self.paragraphs)
