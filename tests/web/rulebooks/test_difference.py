"""Differences in words: paths become names, files are compared line by line."""

from __future__ import annotations

from pathlib import Path

from junxian.files.rulebooks import load, rulebook_zip
from junxian.web.rulebooks.difference_words import file_changes, segments, spoken_changes
from junxian.web.rulebooks.folder import packed, texts_of
from tests.web.conftest import EXAMPLE


def test_a_path_is_taken_apart_with_brackets_and_points_in_names() -> None:
    assert list(segments("schemes[monthly].criteria[B].of[收入.累计[含兰考]].points")) == [
        ("key", "schemes"), ("entry", "monthly"), ("key", "criteria"), ("entry", "B"), ("key", "of"),
        ("entry", "收入.累计[含兰考]"), ("key", "points"),
    ]  # fmt: skip


def test_a_changed_weight_is_said_with_the_names_of_its_place() -> None:
    files = texts_of(rulebook_zip(Path(EXAMPLE)))
    text = files["schemes.yaml"]
    before = "id: B2, clause: 第四条第二项, value: 税收占比, points: 4"
    assert before in text
    new = load(packed(files | {"schemes.yaml": text.replace("{at_least: 65, points: 3}", "{at_least: 66, points: 3}")}))
    changes = spoken_changes(load(packed(files)), new, "zh")
    assert changes
    assert all(change.section == "考核方案" for change in changes)
    assert any("县区经济高质量发展月度考核办法" in c.sentence and "税收占比" in c.sentence for c in changes)
    english = spoken_changes(load(packed(files)), new, "en")
    assert not any("web.rulebooks" in change.sentence for change in english)


def test_equal_rulebooks_have_no_changes() -> None:
    rules = load(EXAMPLE)
    assert spoken_changes(rules, rules, "zh") == []


def test_files_are_compared_by_line() -> None:
    old = {"a.yaml": "1\n2\n3\n4\n5\n6\n7\n8\n", "gone.md": "x\n", "same.md": "s"}
    new = {"a.yaml": "1\n2\n3\nfour\n5\n6\n7\n8\n", "new.md": "y\n", "same.md": "s"}
    found = {change.path: change for change in file_changes(old, new)}
    assert {path: change.state for path, change in found.items()} == {
        "a.yaml": "changed", "gone.md": "removed", "new.md": "added",
    }  # fmt: skip
    assert ("-", 4, None, "4") in found["a.yaml"].lines
    assert ("+", None, 4, "four") in found["a.yaml"].lines
    assert (" ", 1, 1, "1") not in found["a.yaml"].lines
