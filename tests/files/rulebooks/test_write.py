"""The canonical form (规范形式): one rulebook has one hash and one zip."""

from __future__ import annotations

import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from junxian.files.rulebooks import hash_of, rulebook_zip
from junxian.files.rulebooks.sources import Source, read_sources
from junxian.files.rulebooks.write import rulebook_hash

TEXTS = st.dictionaries(
    st.sampled_from(["a.yaml", "b/c.yaml", "units.csv", "figures/x.csv"]), st.binary(max_size=20), min_size=1
)


def oracle(files: dict[str, bytes]) -> str:
    """Written down as the canonical-form page says it."""
    parts = b""
    for path in sorted(files):
        if not path.startswith("figures/"):
            content = files[path].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            parts += path.encode() + b"\0" + str(len(content)).encode() + b"\0" + content
    return hashlib.sha256(parts).hexdigest()


@given(TEXTS)
def test_the_hash_is_what_the_form_says(files: dict[str, bytes]) -> None:
    assert rulebook_hash(Source(path, content) for path, content in files.items()) == oracle(files)


@given(TEXTS)
def test_zip_and_back_keeps_the_hash(files: dict[str, bytes]) -> None:
    sources = tuple(Source(path, content) for path, content in files.items())
    packed = rulebook_zip(sources)
    assert rulebook_hash(read_sources(packed)) == rulebook_hash(sources)
    assert rulebook_zip(packed) == packed


def test_line_ends_figures_and_hidden_files_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_bytes(b"id: x\ntitle: y\n")
    before = hash_of(tmp_path)
    (tmp_path / "r.yaml").write_bytes(b"id: x\r\ntitle: y\r\n")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "data.csv").write_text("1", encoding="utf-8")
    (tmp_path / ".notes").write_text("x", encoding="utf-8")
    assert hash_of(tmp_path) == before


def test_any_other_byte_and_any_name_counts(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_bytes(b"id: x\n")
    before = hash_of(tmp_path)
    (tmp_path / "r.yaml").write_bytes(b"id: z\n")
    changed = hash_of(tmp_path)
    (tmp_path / "r.yaml").rename(tmp_path / "s.yaml")
    assert len({before, changed, hash_of(tmp_path)}) == 3
