"""An edited notice (改稿核对): what the office changed in WPS, and every figure of it counted again from the run.

Sentences left as composed keep their figures. In a changed or added sentence each number must be something the run
knows of the unit named before it, with the same unit of measure, the same indicator and the same direction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from junxian.core.bulletins import Document, Finding, RunFacts, selfcheck
from junxian.core.bulletins.compare import ALIKE, Extracted, compare_table, squeezed
from junxian.core.bulletins.document import Figure, Paragraph
from junxian.core.bulletins.selfcheck import unclaimed
from junxian.files.documents.edited_numbers import Checker
from junxian.files.documents.stamp import number_pattern

Kept = Literal["same", "changed", "added"]
_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]?")
_ENGLISH = re.compile(r"(?:[^.;!?\n]|[.](?=\d))*[.;!?\n]?\s*")


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph of the edited document. `composed` is the paragraph it was, None for an added one or furniture,
    which is whatever else a notice prints; `was` its text before."""

    text: str
    kept: Kept
    composed: Paragraph | None
    figures: tuple[Figure, ...] = ()
    furniture: bool = False
    was: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence before and after; one side is empty where it was added or removed."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Recheck:
    """What came of it: the document's paragraphs, the changes side by side, and the findings that stop a release."""

    passages: tuple[Passage, ...]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


def recheck(
    document: Document, facts: RunFacts, words: Mapping[str, str], original: Extracted, edited: Extracted
) -> Recheck:
    """Compare `edited` with `original` (the composed document read back) and recount every figure from the run."""
    checker = Checker(facts, document, dict(words))
    prose = _prose(document, original)
    passages: list[Passage] = []
    changes: list[Change] = []
    findings: list[Finding] = [*selfcheck(document, facts, words)]
    for before, after in aligned(original.paragraphs, edited.paragraphs):
        composed = prose.get(before) if before is not None else None
        old = original.paragraphs[before] if before is not None else ""
        if after is None:
            changes += [Change(sentence, "") for sentence in sentences(old, document.language)]
            continue
        new = edited.paragraphs[after]
        passage, differing, found = _passage(old, new, composed, before is not None, checker)
        passages.append(passage)
        changes += differing
        findings += found
    findings += [*_tables(document, edited), *_number(document, edited)]
    return Recheck(tuple(passages), tuple(changes), tuple(findings))


def _prose(document: Document, original: Extracted) -> dict[int, Paragraph]:
    """Place of each composed paragraph among those read back, in order."""
    found: dict[int, Paragraph] = {}
    start = 0
    for paragraph in document.prose:
        due = squeezed(paragraph.text)
        for place in range(start, len(original.paragraphs)):
            if squeezed(original.paragraphs[place]) == due:
                found[place], start = paragraph, place + 1
                break
    return found


def aligned(before: Sequence[str], after: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Pairs of places of two lists of paragraphs, in reading order: equal, altered (ALIKE or more), gone, new."""
    matcher = SequenceMatcher(None, [squeezed(t) for t in before], [squeezed(t) for t in after], autojunk=False)
    pairs: list[tuple[int | None, int | None]] = []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(range(i, i_end), range(j, j_end), strict=True)
        else:
            pairs += _altered(before, after, range(i, i_end), range(j, j_end))
    return pairs


def _altered(
    before: Sequence[str], after: Sequence[str], old: range, new: range
) -> list[tuple[int | None, int | None]]:
    """Each new paragraph with the most similar old one left; what has no partner is gone or new."""
    left = list(old)
    pairs: list[tuple[int | None, int | None]] = []
    for j in new:
        ratios = {i: SequenceMatcher(None, squeezed(before[i]), squeezed(after[j])).ratio() for i in left}
        best = max(ratios, key=lambda i: ratios[i], default=None)
        if best is None or ratios[best] < ALIKE:
            pairs.append((None, j))
            continue
        left.remove(best)
        pairs.append((best, j))
    return [*((i, None) for i in left), *pairs]


def sentences(text: str, language: str) -> list[str]:
    """The text cut behind each full stop and semicolon; joined again they are the text."""
    pattern = _SENTENCE if language == "zh" else _ENGLISH
    return [found for found in pattern.findall(text) if found]


def _passage(
    old: str, new: str, composed: Paragraph | None, paired: bool, checker: Checker
) -> tuple[Passage, list[Change], list[Finding]]:
    """One paragraph of the edited document against the one it was."""
    if paired and squeezed(old) == squeezed(new):
        figures = composed.figures if composed else ()
        moved = figures if new == old or not figures else _moved(figures, old, new)
        return Passage(new, "same", composed, moved, composed is None, old), [], []
    changes, known, findings = _sentences(old, new, composed, checker)
    furniture = paired and composed is None
    passage = Passage(new, "changed" if paired else "added", composed, tuple(known), furniture, old)
    return passage, changes, [*findings, *checker.names(new, composed)]


def _moved(figures: Sequence[Figure], old: str, new: str) -> tuple[Figure, ...]:
    """Figures of a paragraph in which only white space differs."""
    places = [i for i, letter in enumerate(new) if not letter.isspace()]
    gone = [sum(not letter.isspace() for letter in old[:end]) for end in range(len(old) + 1)]
    return tuple(
        replace(f, start=places[gone[f.start]], end=places[gone[f.end] - 1] + 1) for f in figures if gone[f.end]
    )


def _sentences(
    old: str, new: str, composed: Paragraph | None, checker: Checker
) -> tuple[list[Change], list[Figure], list[Finding]]:
    """Sentence by sentence: those that stayed keep their figures, the numbers of the others are looked up."""
    language = checker.claims.document.language
    before, after = sentences(old, language), sentences(new, language)
    starts = [len("".join(before[:i])) for i in range(len(before))]
    changes: list[Change] = []
    figures: list[Figure] = []
    findings: list[Finding] = []
    place, context = 0, ""
    for i, j in aligned(before, after):
        if j is None:
            changes.append(Change(before[i or 0], ""))
            continue
        own = _within(composed, starts[i], before[i]) if composed and i is not None else []
        if i is not None and before[i] == after[j]:
            figures += [replace(f, start=f.start - starts[i] + place, end=f.end - starts[i] + place) for f in own]
        else:
            changes.append(Change(before[i] if i is not None else "", after[j]))
            known, found = checker.check(after[j], own, context, composed.text if composed else "")
            figures += [replace(f, start=f.start + place, end=f.end + place) for f in known]
            findings += found
        context = checker.last_unit(after[j]) or context
        place += len(after[j])
    return changes, figures, findings


def _within(composed: Paragraph, start: int, sentence: str) -> list[Figure]:
    """Figures of the composed paragraph that stand in the sentence."""
    return [f for f in composed.figures if start <= f.start and f.end <= start + len(sentence)]


def _tables(document: Document, edited: Extracted) -> list[Finding]:
    """Every table cell by cell; numbers in a table nobody composed are unknown."""
    found = [finding for table in document.tables for finding in compare_table(table, edited)]
    heads = [[squeezed(column.name) for column in table.columns] for table in document.tables]
    for rows in edited.tables:
        texts = [[squeezed(str(cell)) for cell in row] for row in rows]
        if any(row[: len(head)] == head for row in texts for head in heads):
            continue
        for text in (cell for row in texts for cell in row):
            numbers = unclaimed(unicodedata.normalize("NFKC", text), [], document.language)
            found += [_unknown(text, number) for number in numbers]
    return found


def _number(document: Document, edited: Extracted) -> list[Finding]:
    """The line of the document number must stand, once: the number is written there at release."""
    pattern = number_pattern(document.number)
    lines = [text for text in edited.paragraphs if re.fullmatch(pattern, squeezed(text))]
    if not document.number or len(lines) == 1:
        return []
    return [Finding("edited.number_place", True, {"number": document.number})]


def _unknown(sentence: str, printed: str) -> Finding:
    return Finding("edited.unknown", True, {"sentence": sentence, "printed": printed})
