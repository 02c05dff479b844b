"""Reading YAML (文本解析): what was written is what is meant, places are kept, hostile texts are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.files.rulebooks.compose import MOST_BYTES, compose


def test_codes_dates_and_words_stay_as_written() -> None:
    text = "a: 01001\nb: 2026-02-01\nc: no\nd: 0x1f\ne: 2026-06\nf: 1_000\ng: .inf\nh: 5%\n"
    value = compose(text.encode(), "f.yaml").value
    assert value == {
        "a": "01001",
        "b": "2026-02-01",
        "c": "no",
        "d": "0x1f",
        "e": "2026-06",
        "f": "1_000",
        "g": ".inf",
        "h": "5%",
    }


def test_numbers_remember_their_decimals() -> None:
    value = compose(b"[6.00, 6.0, 6, -1.50, 1e3, true, ~]", "f").value
    assert [str(number) for number in value[:5]] == ["6.00", "6.0", "6", "-1.50", "1e3"]
    assert value == [6.0, 6.0, 6, -1.5, 1000.0, True, None]


def test_every_key_and_item_has_its_place() -> None:
    places = compose(b"a:\n  - x: 1\n    y: 2\n", "f.yaml").places
    assert str(places[("a",)]) == "f.yaml:1"
    assert (places[("a", 0, "y")].line, places[("a", 0, "y")].column) == (3, 5)


def test_an_alias_repeats_what_it_names() -> None:
    assert compose(b"a: &x [1, 2]\nb: *x\n", "f").value == {"a": [1, 2], "b": [1, 2]}


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (b"a: 1\na: 2\n", "rulebooks.key_twice", 2),
        (b"a: 1\nb: !!python/object/apply:os.system [ls]\n", "rulebooks.tag", 2),
        (b"a: !secret x\n", "rulebooks.tag", 1),
        (b"a: [1\nb: 2\n", "rulebooks.yaml", 2),
        (b"a: 1\n\tb: 2\n", "rulebooks.yaml", 2),
        (b"a: 1\n---\nb: 2\n", "rulebooks.yaml", 2),
        (b"? [1]\n: 2\n", "rulebooks.key_not_text", 1),
        (b"a: *nobody\n", "rulebooks.yaml", 1),
        (b"[" * 5000, "rulebooks.too_deep", 0),
        (BOMB.encode(), "rulebooks.too_many", 0),
        ("a: 甲".encode("gb18030"), "rulebooks.not_utf8", 1),
        (b"#" * (MOST_BYTES + 1), "rulebooks.too_large", 0),
        (b"a: 1\n\x00b: 2\n", "rulebooks.yaml", 1),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: bytes, code: str, line: int) -> None:
    faults = compose(text, "f.yaml").faults
    assert (faults[0].code, faults[0].file) == (code, "f.yaml")
    assert faults[0].line == line


def test_an_alias_into_itself_is_refused() -> None:
    (fault,) = compose(b"a: &a\n  b: *a\n", "f").faults
    assert fault.code in ("rulebooks.yaml", "rulebooks.too_deep")


@given(st.binary(max_size=300))
def test_no_bytes_end_in_a_traceback(text: bytes) -> None:
    compose(text, "f.yaml")


@given(st.text(alphabet="ab:-[]{},&*!?|>#'\" \n\t1.", max_size=80))
def test_no_text_ends_in_a_traceback(text: str) -> None:
    compose(text.encode(), "f.yaml")
