"""The permissions table of the docs is made from what is enforced, in both languages."""

from __future__ import annotations

import re

import pytest

from junxian.web.people.access import GRANTS, PERMISSIONS, Role
from junxian.web.people.reference import permissions_table

HAN = re.compile(r"[一-鿿]")


@pytest.mark.parametrize(
    ("language", "words"), [("zh", {"all": "全部", "own": "本单位"}), ("en", {"all": "all", "own": "own unit"})]
)
def test_every_grant_stands_in_the_table(language: str, words: dict[str, str]) -> None:
    head, rule, *lines = [
        [c.strip() for c in line.strip("|").split("|")] for line in permissions_table(language).splitlines()
    ]
    assert len(head) == len(rule) == len(Role) + 1
    assert len(lines) == len(PERMISSIONS)
    for name, line in zip(PERMISSIONS, lines, strict=True):
        assert line[0].endswith(f"`{name}`")
        assert line[1:] == [words.get(GRANTS[role].get(name, ""), "") for role in Role]


def test_the_english_table_is_english_throughout() -> None:
    assert not HAN.search(permissions_table("en"))
    assert HAN.search(permissions_table("zh"))


def test_sentences_of_the_room_are_in_both_languages() -> None:
    from junxian.files.rulebooks.speak import sentences

    zh, en = ({k: v for k, v in sentences(one).items() if k.startswith("web.people.")} for one in ("zh", "en"))
    assert set(zh) == set(en)
    for code, text in zh.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", en[code])), code
        assert not HAN.search(en[code]), code
