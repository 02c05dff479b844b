"""Hostile Word files are refused in one sentence, before anything of them is opened."""

from __future__ import annotations

import io
import zipfile

import pytest

from junxian.core.errors import DataError
from junxian.files.documents import docx_guard
from junxian.files.documents.read_edited import read_edited
from junxian.files.rulebooks import say

DECLARED = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w>&b;</w>'
LINK = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="http://elsewhere.example/x" TargetMode="External"/></Relationships>'  # noqa: E501


def changed(content: bytes, **parts: bytes | None) -> bytes:
    """A copy with parts replaced, added or, for None, taken out; `__` stands for `/`."""
    names = {name.replace("__", "/"): part for name, part in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
        for name, part in names.items():
            if part is not None:
                new.writestr(name, part)
    return stream.getvalue()


def body(june, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(june.notice)) as archive:
        text = archive.read("word/document.xml")
    assert old in text
    return changed(june.notice, **{"word/document.xml": text.replace(old, new, 1)})


def refused(content: bytes, code: str) -> None:
    with pytest.raises(DataError) as fault:
        read_edited(content)
    assert fault.value.code == code
    for language in ("zh", "en"):
        sentence = say(code, fault.value.facts, language)
        assert sentence
        assert code not in sentence


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "edited.empty"),
        (b"%PDF-1.7", "edited.not_word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "edited.old_or_locked"),
        (b"PK\x03\x04 and nothing", "edited.damaged"),
    ],
)
def test_what_is_no_word_file(content, code):
    refused(content, code)


def test_a_workbook_is_no_word_file(june):
    refused((june.folder / "排名表.xlsx").read_bytes(), "edited.not_word")


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/activeX/activeX1.xml", "word/embeddings/oleObject1.bin"])
def test_active_content(june, name):
    refused(changed(june.notice, **{name: b"x"}), "edited.active")


def test_entities_in_any_part(june):
    refused(changed(june.notice, **{"word/document.xml": DECLARED}), "edited.declarations")
    refused(changed(june.notice, **{"customXml/item2.xml": DECLARED}), "edited.declarations")
    wide = DECLARED.decode().encode("utf-16")
    refused(changed(june.notice, **{"customXml/item2.xml": wide}), "edited.declarations")


@pytest.mark.parametrize(("kind", "code"), [("image", "edited.fetches"), ("attachedTemplate", "edited.fetches")])
def test_links_that_fetch(june, kind, code):
    refused(changed(june.notice, **{"word/_rels/settings.xml.rels": LINK.format(kind=kind).encode()}), code)


def test_a_hyperlink_may_stay(june):
    content = changed(june.notice, **{"word/_rels/settings.xml.rels": LINK.format(kind="hyperlink").encode()})
    assert read_edited(content) == read_edited(june.notice)


def test_paths_that_leave_the_folder(june):
    refused(changed(june.notice, **{"../evil.xml": b"<a/>"}), "edited.damaged")


def test_a_bomb_is_stopped_at_the_limit(june, monkeypatch):
    monkeypatch.setattr(docx_guard, "LARGEST_CONTENT", 2 * 1024**2)
    refused(changed(june.notice, **{"word/media/image9.png": b"\0" * 3 * 1024**2}), "edited.too_large")


def test_revisions_and_comments_must_be_settled(june):
    marked = body(june, b"<w:r>", b'<w:ins w:id="1" w:author="a"><w:r><w:t>x</w:t></w:r></w:ins><w:r>')
    refused(marked, "edited.revisions")
    refused(body(june, b"<w:r>", b'<w:del w:id="1" w:author="a"/><w:r>'), "edited.revisions")
    space = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    comments = b"<w:comments %s><w:comment><w:p><w:r><w:t>why</w:t></w:r></w:p></w:comment></w:comments>" % space
    refused(changed(june.notice, **{"word/comments.xml": comments}), "edited.comments")


def test_figures_in_notes_are_read_too(june):
    space = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    note = "<w:p><w:r><w:t>望舒区实得99.99分。</w:t></w:r></w:p>".encode()
    content = changed(june.notice, **{"word/footnotes.xml": b"<w:footnotes %s>%s</w:footnotes>" % (space, note)})
    assert [finding.code for finding in june.check(content).findings] == ["edited.mismatch"]


def test_broken_xml_is_damage_and_no_crash(june):
    refused(changed(june.notice, **{"word/document.xml": b"<w:document"}), "edited.damaged")
    refused(changed(june.notice, **{"[Content_Types].xml": b"<a/>"}), "edited.damaged")
