"""The folder form (文件夹形式): a rulebook's zip as path → text, and back."""

from __future__ import annotations

from junxian.core.errors import DataError


def texts_of(content: bytes) -> dict[str, str]:
    """Path → text of every file of a rulebook's zip; DataError where one is no text, FaultyRulebook for a bad zip."""
    from junxian.files.rulebooks.sources import read_sources
    from junxian.files.rulebooks.tables import decode

    found: dict[str, str] = {}
    for source in read_sources(content):
        if source.is_figures:
            continue
        try:
            found[source.path] = decode(source.content).replace("\r\n", "\n")
        except (ValueError, UnicodeError) as refusal:
            raise DataError("web.rulebooks.not_text", path=source.path) from refusal
    return found


def packed(files: dict[str, str]) -> bytes:
    """The canonical zip of path → text."""
    from junxian.files.rulebooks import rulebook_zip
    from junxian.files.rulebooks.sources import Source

    return rulebook_zip(tuple(Source(path, text.encode()) for path, text in files.items()))
