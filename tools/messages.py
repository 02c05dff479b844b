"""Messages (译文): the web floor's catalogues, Chinese msgids in code and templates, English beside them.

`python tools/messages.py` compiles every stale .po to the .mo that Django reads; `python tools/messages.py update ROOM`
brings the room's catalogue up to date first, and `frame` is the shared templates'.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = Path("src/junxian/web")
CATALOGUES = "src/junxian/web/**/locale/*/LC_MESSAGES/django.po"
FRAME = "frame"
KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
}  # fmt: skip
_CALL = re.compile(
    r"""(?:\bgettext|\bngettext|(?<![\w.])_)\(\s*u?((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))(?:\s*,\s*u?('(?:[^'\\]|\\.)*'))?"""
)
_HEADER = """msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""
Message = str | tuple[str, str]
"""A msgid, or a singular with its plural."""


def catalogues(root: Path = ROOT) -> list[Path]:
    """Every translation of the web floor's rooms."""
    return sorted(root.glob(CATALOGUES))


def is_stale(source: Path) -> bool:
    """Whether the compiled catalogue is missing or older than its source."""
    made = source.with_suffix(".mo")
    return not made.is_file() or made.stat().st_mtime < source.stat().st_mtime


def compile_all(root: Path = ROOT) -> list[Path]:
    """Compile what is stale and return it; a reader never sees half a file."""
    stale = [source for source in catalogues(root) if is_stale(source)]
    for source in stale:
        compile_one(source)
    return stale


def compile_one(source: Path) -> None:
    """One catalogue, written beside itself and then put in place."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open(encoding="utf-8") as text:
        catalogue = read_po(text)
    fresh = source.with_suffix(f".{os.getpid()}.mo")
    with fresh.open("wb") as made:
        write_mo(made, catalogue)
    fresh.replace(source.with_suffix(".mo"))


def home(room: str, root: Path = ROOT) -> Path:
    """The folder whose `locale` holds the room's catalogue."""
    return root / WEB if room == FRAME else root / WEB / room


def sources(room: str, root: Path = ROOT) -> list[Path]:
    """The room's Python modules and templates; the frame's are the shared templates and the web floor's own modules."""
    place = home(room, root)
    if room == FRAME:
        return [*sorted(place.glob("*.py")), *sorted((place / "templates").rglob("*.html"))]
    found = [path for path in sorted(place.rglob("*")) if path.suffix in (".py", ".html", ".txt")]
    return [path for path in found if "migrations" not in path.parts]


def messages_of(path: Path) -> Iterator[Message]:
    """Every message a module or template asks to be translated."""
    return _of_python(path) if path.suffix == ".py" else _of_template(path.read_text(encoding="utf-8"))


def _of_python(path: Path) -> Iterator[Message]:
    from babel.messages.extract import extract

    with path.open("rb") as code:
        found = extract("python", code, keywords=KEYWORDS, options={"encoding": "utf-8"})
        for _line, text, _comments, _context in found:
            yield (text[0], text[1]) if isinstance(text, tuple) else text


def _of_template(text: str) -> Iterator[Message]:
    from django.utils.translation.template import templatize

    for single, plural in _CALL.findall(templatize(text)):
        yield (ast.literal_eval(single), ast.literal_eval(plural)) if plural else ast.literal_eval(single)


def update(room: str, root: Path = ROOT) -> Path:
    """Add what is new, drop what nothing asks for any more, keep every translation; returns the catalogue."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po, write_po

    path = home(room, root) / "locale/en/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = Catalog(locale="en")
    if path.is_file():
        with path.open(encoding="utf-8") as text:
            kept = read_po(text, locale="en")
    fresh = Catalog(locale="en")
    for message in sorted({m for source in sources(room, root) for m in messages_of(source)}, key=str):
        known = kept.get(message[0] if isinstance(message, tuple) else message)
        fresh.add(message, string=known.string if known and type(known.id) is type(message) else None)
    made = io.BytesIO()
    write_po(made, fresh, width=0, omit_header=True, ignore_obsolete=True)
    path.write_text(f"{_HEADER}\n{made.getvalue().decode()}", encoding="utf-8")
    return path


if __name__ == "__main__":
    if sys.argv[1:2] == ["update"]:
        sys.stdout.write("".join(f"{update(room)}\n" for room in sys.argv[2:]))
    for compiled in compile_all():
        sys.stdout.write(f"{compiled.relative_to(ROOT)}\n")
