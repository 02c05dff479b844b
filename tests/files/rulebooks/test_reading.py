"""Reading a rulebook (读规则集): every fault at once, each at its own line; folder, zip and file read alike."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from junxian.files.rulebooks import FaultyRulebook, load, read, rulebook_zip

HEAD = "schema: junxian/1\nid: t\ntitle: 试\n"
UNITS = "units:\n  - {code: c1, name: 甲}\n  - {code: c2, name: 乙}\n"
SCHEME = """schemes:
  - id: m
    title: 月度
    author: 甲
    checker: 乙
    groups: {县: [c1, c2]}
    ties: shared
    rounding: {places: 2}
    missing: {late: zero, not_reported: zero, not_applicable: zero, undefined: zero}
    criteria:
      - name: 速度
        value: g
        points: 10
        method: {rank_step: 5%}
"""
CARDS = "indicators:\n  - {code: g, name: 增速, unit: '%'}\n"
SOUND = HEAD + UNITS + CARDS + SCHEME


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        place = tmp_path / name.replace("__", "/").replace("_csv", ".csv").replace("_yaml", ".yaml")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return tmp_path


def faults(tmp_path: Path, text: str) -> list[tuple[str, str]]:
    return [(fault.where, fault.code) for fault in read(folder(tmp_path, rulebook_yaml=text)).faults]


def test_a_sound_rulebook_is_read_without_a_word(tmp_path: Path) -> None:
    assert faults(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "where", "code"),
    [
        ("author: 甲", "autor: 甲", 12, "rulebook.unknown_key"),
        ("ties: shared", "ties: share", 15, "rulebook.not_allowed"),
        ("    ties: shared\n", "", 10, "rulebook.missing_key"),
        ("points: 10", "points: ten", 21, "rulebook.wants_number"),
        ("{rank_step: 5%}", "{rank_stop: 5%}", 22, "rulebook.method_unknown"),
        ("{rank_step: 5%}", "{rank_step: {stepp: 5%}}", 22, "rulebook.unknown_key"),
        ("{rank_step: 5%}", "{completion: {target: 8%}}", 22, "rulebook.amount_with_percent"),
        ("{rank_step: 5%}", "{rank_step: 5%, hit: 3}", 22, "rulebook.method_one_key"),
        ("{places: 2}", "{places: 12}", 16, "rulebook.out_of_bounds"),
        ("{places: 2}", "{places: two}", 16, "rulebook.wants_whole"),
        ("groups: {县: [c1, c2]}", "groups: [c1]", 14, "rulebook.wants_mapping"),
        ("groups: {县: [c1, c2]}", "groups: {县: [c1, c9]}", 14, "units.unknown"),
        ("groups: {县: [c1, c2]}", "groups: {县: {levell: 县}}", 14, "rulebook.unknown_key"),
        ("value: g", "value: g +", 20, "formula.syntax.unfinished"),
        ("value: g", "value: h", 20, "formula.unknown_name"),
        ("title: 月度", "title: 2026", 11, "rulebook.wants_text"),
        ("name: 速度", "name: 速度\n        of: x", 20, "rulebook.wants_list"),
        ("id: t\n", "", 1, "rulebook.missing_key"),
        ("junxian/1", "junxian/2", 1, "rulebook.not_allowed"),
        ("{code: c2, name: 乙}", "{code: c1, name: 乙}", 6, "rulebook.unit_twice"),
        ("{code: c2, name: 乙}", "{code: c2}", 6, "rulebook.missing_key"),
    ],
)
def test_a_fault_stands_at_its_line(tmp_path: Path, old: str, new: str, where: int, code: str) -> None:
    assert old in SOUND
    found = faults(tmp_path, SOUND.replace(old, new, 1))
    assert (f"rulebook.yaml:{where}", code) in found, found


def test_an_unknown_key_names_the_nearest_and_all_that_may_stand(tmp_path: Path) -> None:
    (fault, *_) = read(folder(tmp_path, rulebook_yaml=SOUND.replace("author", "autor"))).faults
    assert fault.facts["nearest"] == "author"
    assert "criteria" in str(fault.facts["known"])


def test_a_union_gives_one_fault_for_one_slip(tmp_path: Path) -> None:
    text = SOUND.replace("groups: {县: [c1, c2]}", "groups: {县: {levell: 县}}")
    found = [fault for fault in read(folder(tmp_path, rulebook_yaml=text)).faults if fault.line == 14]
    assert [fault.code for fault in found] == ["rulebook.unknown_key"]


def test_all_faults_are_told_at_once_in_the_order_of_the_text(tmp_path: Path) -> None:
    text = SOUND.replace("ties: shared", "ties: x").replace("points: 10", "points: x").replace("rank_step", "rank")
    lines = [fault.line for fault in read(folder(tmp_path, rulebook_yaml=text)).errors]
    assert lines == [15, 21, 22]


def test_load_refuses_with_every_fault(tmp_path: Path) -> None:
    with pytest.raises(FaultyRulebook) as refusal:
        load(folder(tmp_path, rulebook_yaml=SOUND.replace("value: g", "value: h").replace("乙}", "乙, x: 1}")))
    assert len(refusal.value.faults) == 1  # types first; formulas are read once the types hold
    assert refusal.value.code == "rulebooks.faulty"


def test_files_are_put_together_and_keep_their_own_lines(tmp_path: Path) -> None:
    place = folder(
        tmp_path, a_yaml=HEAD, units_yaml=UNITS, indicators__g_yaml=CARDS, indicators__h_yaml=CARDS.replace("g", "h"),
        schemes_yaml=SCHEME.replace("value: g", "value: zz"),
    )  # fmt: skip
    reading = read(place)
    assert reading.rulebook is not None
    assert [card.code for card in reading.rulebook.indicators] == ["g", "h"]
    assert [(fault.where, fault.code) for fault in reading.faults] == [
        ("indicators/h.yaml:2", "rulebook.name_twice"),
    ]


def test_a_key_given_in_two_files_is_a_fault(tmp_path: Path) -> None:
    (fault,) = read(folder(tmp_path, a_yaml=SOUND, b_yaml="id: u\n")).faults
    assert (fault.where, fault.code, fault.facts["first"]) == ("b.yaml:1", "rulebooks.given_twice", "a.yaml:2")


def test_tables_are_read_from_csv_and_faults_name_their_rows(tmp_path: Path) -> None:
    text = SOUND.replace(UNITS, "tables: {units: units.csv}\n")
    table = "code,name,aliases,tile,effective.from,successors\nc1,甲,甲县;老甲,3;4,2026,c2:0.5\nc2,乙,,,,\n"
    reading = read(folder(tmp_path, rulebook_yaml=text, units_csv=table))
    assert reading.faults == ()
    assert reading.rulebook is not None
    first = reading.rulebook.units[0]
    assert (first.aliases, first.tile, first.successors) == (("甲县", "老甲"), (3, 4), {"c2": 0.5})
    assert first.effective.from_ == "2026"
    wrong = read(folder(tmp_path, units_csv=table.replace("c2,乙", "c1,乙")))
    assert [fault.where for fault in wrong.errors if fault.code == "rulebook.unit_twice"] == ["units.csv:3"]


def test_a_table_saved_by_a_spreadsheet_in_gb18030_is_read(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(SOUND.replace(UNITS, "tables: {units: units.csv}\n"), encoding="utf-8")
    (tmp_path / "units.csv").write_bytes("code,name\r\nc1,甲县\r\nc2,乙县\r\n".encode("gb18030"))
    assert [unit.name for unit in load(tmp_path).units] == ["甲县", "乙县"]


def test_a_table_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    found = faults(tmp_path, SOUND.replace(UNITS, "tables: {units: nowhere.csv}\n"))
    assert ("rulebook.yaml:4", "rulebooks.table_not_found") in found


@pytest.mark.parametrize("content", [b'code,name\nc1,"' + b"x" * 200_000 + b'"\n', b"\xff\xfe\xff\xff,\n"])
def test_a_table_that_cannot_be_read_is_a_fault(tmp_path: Path, content: bytes) -> None:
    place = folder(tmp_path, rulebook_yaml=SOUND.replace(UNITS, "tables: {units: units.csv}\n"))
    (place / "units.csv").write_bytes(content)
    assert "rulebooks.table_unreadable" in [fault.code for fault in read(place).faults]


def test_leading_zeros_of_codes_survive(tmp_path: Path) -> None:
    text = SOUND.replace("code: c1", "code: 01001").replace("[c1, c2]", "[01001, c2]")
    assert load(folder(tmp_path, rulebook_yaml=text)).units[0].code == "01001"


def test_cases_beside_a_criterion_become_cases_of_the_rulebook(tmp_path: Path) -> None:
    text = SOUND + "        cases:\n          - when: {甲: 1}\n            then: {甲: 10.00}\n"
    reading = read(folder(tmp_path, rulebook_yaml=text, cases__whole_yaml="- {scheme: m, then: {c1: 1}}\n"))
    assert reading.rulebook is not None
    assert [(case.scheme, case.criterion) for case in reading.rulebook.cases] == [("m", ""), ("m", "速度")]
    assert str(reading.place(("cases", 1, "then", "甲"))) == "rulebook.yaml:25"


def test_folder_zip_and_file_are_one_rulebook(tmp_path: Path) -> None:
    place = folder(tmp_path, rulebook_yaml=SOUND)
    packed = rulebook_zip(place)
    (tmp_path.parent / "r.zip").write_bytes(packed)
    expected = load(place)
    assert load(packed) == expected
    assert load(tmp_path.parent / "r.zip") == expected
    assert load(place / "rulebook.yaml") == expected


@pytest.mark.parametrize("name", ["../evil.yaml", "/etc/evil.yaml", "a/../../evil.yaml"])
def test_a_zip_that_leads_outside_is_refused(name: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, SOUND)
    (fault,) = read(packed.getvalue()).faults
    assert fault.code == "rulebooks.outside"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.yaml", b"#" * 30_000_000)
    (fault,) = read(packed.getvalue()).faults
    assert fault.code == "rulebooks.too_large"


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "secret.yaml"
    outside.write_text("id: x\n", encoding="utf-8")
    inside = tmp_path / "book"
    inside.mkdir()
    (inside / "rulebook.yaml").symlink_to(outside)
    (fault,) = read(inside).faults
    assert fault.code == "rulebooks.outside"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none", None, "rulebooks.not_found"),
        ("a.txt", b"hello", "rulebooks.not_a_rulebook"),
        ("a.yaml", b"", "rulebooks.empty"),
        ("a.yaml", b"- 1\n", "rulebooks.file_not_mapping"),
        ("a.yaml", b"just words", "rulebooks.file_not_mapping"),
        ("a.zip", b"PK\x05\x06" + b"\0" * 18, "rulebooks.empty"),
    ],
)
def test_what_is_no_rulebook_gets_one_clear_sentence(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    place = tmp_path / name
    if content is not None:
        place.write_bytes(content)
    (fault,) = read(place).faults
    assert fault.code == code


def test_hidden_files_and_figures_are_no_rules(tmp_path: Path) -> None:
    place = folder(tmp_path, rulebook_yaml=SOUND, figures__notes_yaml="id: other\n")
    (place / ".draft.yaml").write_text("id: other\n", encoding="utf-8")
    assert read(place).faults == ()
