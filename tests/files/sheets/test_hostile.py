"""Files that are no workbooks, or dangerous ones: one sentence each, and the good files beside them are read."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
import xlwt

from junxian.files.sheets import guard as guard_room
from junxian.files.sheets import messages
from tests.files.sheets.city import figures, found, read, write

GOOD = {"s": [["2026年6月", ""], ["县区", "税收收入（亿元）"], ["云台县", 1.5], ["云石县", 2.5]]}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(tmp_path / "good.xlsx", GOOD)


def repacked(source: Path, target: Path, **changed: bytes) -> Path:
    """The workbook with some parts replaced (`__` stands for /)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = {name: old.read(name) for name in old.namelist()}
        for name, content in (names | {k.replace("__", "/"): v for k, v in changed.items()}).items():
            new.writestr(name, content)
    return target


def encrypted(source: Path, target: Path) -> Path:
    from msoffcrypto.format.ooxml import OOXMLFile

    with source.open("rb") as plain, target.open("wb") as out:
        OOXMLFile(plain).encrypt("secret", out)
    return target


def bomb(target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
    return target


def lying_bomb(target: Path) -> Path:
    """A part that declares ten bytes and unfolds to 200 MB."""
    name = b"xl/workbook.xml"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(b"0" * (200 * 1024 * 1024)) + packer.flush()
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(body), 10, len(name), 0) + name
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(body), 10, len(name), 0, 0, 0, 0, 0, 0)
    start = len(local) + len(body)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry) + len(name), start, 0)
    target.write_bytes(local + body + entry + name + end)
    return target


def far_cell(source: Path, target: Path, cell: bytes) -> Path:
    body = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">' + cell + b"</row></sheetData></worksheet>"
    )
    return _with_sheet(source, target, body)


def _with_sheet(source: Path, target: Path, body: bytes) -> Path:
    return repacked(source, target, **{"xl__worksheets__sheet1.xml": body})


def refusal(path: Path) -> str:
    intake = read(path)
    assert intake.observations.is_empty()
    (row,) = intake.findings.filter(severity="error").iter_rows(named=True)
    assert (row["rule"], row["cell"]) == ("file", "")
    assert intake.files[0].refused == row["code"]
    for language in ("zh", "en"):
        sentence = messages(intake.findings, language)[0]
        assert "{" not in sentence
        assert len(sentence) > 8
    return str(row["code"])


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "sheets.empty_file"),
        ("a.xlsx", b"hello", "sheets.not_a_workbook"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "sheets.is_web_page"),
        ("a.pdf", b"%PDF-1.7 ...", "sheets.is_pdf"),
        ("a.xlsx", b"%PDF-1.7 ...", "sheets.is_pdf"),
        ("a.doc", b"text", "sheets.is_document"),
        ("a.xlsx", b"PK\x03\x04 and nothing more", "sheets.truncated"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "sheets.save_as_xlsx"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sheets.truncated"),
        ("a.csv", b"", "sheets.empty_file"),
        ("a.csv", b"a,b\n1,2\n", "sheets.tidy_columns"),
        ("a.parquet", b"PAR1 not really", "sheets.parquet_unreadable"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name) == code


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx") == "sheets.no_file"


def test_a_password(tmp_path: Path, good: Path) -> None:
    assert refusal(encrypted(good, tmp_path / "secret.xlsx")) == "sheets.password"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated_anywhere(tmp_path: Path, good: Path, share: float) -> None:
    content = good.read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(content[: int(len(content) * share)])
    assert refusal(tmp_path / "cut.xlsx") == "sheets.truncated"


def test_damaged_in_the_middle_is_refused_or_read_but_never_breaks(tmp_path: Path, good: Path) -> None:
    content = bytearray(good.read_bytes())
    for place in range(40, len(content), 97):
        broken = bytearray(content)
        broken[place] ^= 0xFF
        (tmp_path / "broken.xlsx").write_bytes(broken)
        intake = read(tmp_path / "broken.xlsx")
        assert intake.observations.height in (0, 1, 2)


def test_bombs(tmp_path: Path) -> None:
    assert refusal(bomb(tmp_path / "bomb.xlsx")) == "sheets.bomb"
    assert refusal(lying_bomb(tmp_path / "lie.xlsx")) == "sheets.bomb"


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="XFD1048576"><v>1</v></c>',
        b"<c r='XFD1048576'><v>1</v></c>",
        b'<c  r = "XFD1048576"><v>1</v></c>',
        b'<c t="n" r="XFD1048576"><v>1</v></c>',
        b'<c r="XFD1048576"><v>1</v></c><!-- <c r="A1"/> -->',
        b'<c r="xfd1048576"><v>1</v></c>',
    ],
)
def test_a_far_cell_is_refused_before_it_asks_for_hundreds_of_gigabytes(
    tmp_path: Path, good: Path, cell: bytes
) -> None:
    assert refusal(far_cell(good, tmp_path / "far.xlsx", cell)) == "sheets.far_cells"


def test_a_sheet_under_another_name_is_looked_at_too(tmp_path: Path, good: Path) -> None:
    with zipfile.ZipFile(good) as package:
        relations = package.read("xl/_rels/workbook.xml.rels").replace(b"worksheets/sheet1.xml", b"media/picture.png")
        far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'  # noqa: E501
    path = repacked(
        good, tmp_path / "far.xlsx", **{"xl__media__picture.png": far, "xl___rels__workbook.xml.rels": relations}
    )
    assert refusal(path) == "sheets.far_cells"


def test_a_long_sheet_of_ordinary_width_is_not_refused(tmp_path: Path) -> None:
    rows = [
        ["2026年6月", "", ""],
        ["县区", "税收收入（亿元）", "x"],
        *([["云台县", 1.5, ""]] + [["", "", ""]] * 12000),
        ["云石县", 2, ""],
    ]
    assert read(write(tmp_path / "long.xlsx", {"s": rows})).files[0].refused == ""


def old_workbook(path: Path) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    for r, row in enumerate(GOOD["s"]):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    book.save(str(path))
    return path.read_bytes()


def test_a_sector_chain_that_runs_in_a_circle_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    content = bytearray(old_workbook(tmp_path / "a.xls"))
    assert len(figures(read(tmp_path / "a.xls"))) == 2
    fat = 512 + int.from_bytes(content[76:80], "little") * 512
    content[fat + 4 : fat + 8] = (0).to_bytes(4, "little")
    content[fat : fat + 4] = (1).to_bytes(4, "little")
    (tmp_path / "b.xls").write_bytes(content)
    assert refusal(tmp_path / "b.xls") == "sheets.truncated"


@pytest.mark.parametrize(
    ("record", "place", "value"),
    [
        (b"\x00\x02\x0e\x00", 4, b"\xff\xff\xff\x00"),
        (b"\x00\x02\x0e\x00", 0, b"\xff\x00\x00\x00"),
        (b"\xfd\x00\x0a\x00", 0, b"\xff\xff\xff\xff"),
    ],
)
def test_counts_of_an_old_workbook_are_not_believed(tmp_path: Path, record: bytes, place: int, value: bytes) -> None:
    """Dimensions of 16 million rows, dimensions that end before they begin, a text in row 65536, column 65536."""
    content = bytearray(old_workbook(tmp_path / "a.xls"))
    at = content.index(record) + 4 + place
    content[at : at + 4] = value
    (tmp_path / "b.xls").write_bytes(content)
    assert refusal(tmp_path / "b.xls") in {"sheets.far_cells", "sheets.truncated"}


def test_an_old_workbook_cut_or_spoilt_anywhere_never_breaks(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    content = old_workbook(tmp_path / "a.xls")
    chance = random.Random(11)
    for _ in range(150):
        broken = bytearray(content[: chance.randrange(600, len(content) + 1)])
        for _ in range(chance.choice((1, 3, 20))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        (tmp_path / "b.xls").write_bytes(broken)
        assert read(tmp_path / "b.xls").observations.height in (0, 1, 2)
    assert "panicked" not in capfd.readouterr().err


def test_paths_that_lead_outside(tmp_path: Path, good: Path) -> None:
    assert refusal(repacked(good, tmp_path / "a.xlsx", **{"..__..__evil.xml": b"x"})) == "sheets.paths_inside"


def test_too_large(tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_room, "LARGEST_FILE", 1000)
    assert refusal(good) == "sheets.too_large"


def test_word_documents_and_other_packages(tmp_path: Path) -> None:
    for inside, name, code in (
        ("word/document.xml", "a.docx", "sheets.is_document"),
        ("word/document.xml", "a.xlsx", "sheets.is_document"),
        ("content.xml", "a.ods", "sheets.save_as_xlsx"),
        ("xl/workbook.bin", "a.xlsb", "sheets.save_as_xlsx"),
        ("readme.txt", "a.zip", "sheets.not_a_workbook"),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as package:
            package.writestr(inside, "x")
        assert refusal(tmp_path / name) == code


def test_macros_are_said_and_cells_are_read(tmp_path: Path, good: Path) -> None:
    intake = read(repacked(good, tmp_path / "a.xlsm", **{"xl__vbaProject.bin": b"macro"}))
    assert len(figures(intake)) == 2
    assert found(intake) == {("", "file", "sheets.macros_ignored")}


def test_an_empty_workbook(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", {"一": [], "二": [["说明"]]})
    assert found(read(path)) == {("", "file", "sheets.no_figures")}


def test_errors_and_formulas_without_results_are_findings_and_no_zeros(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["2026年6月", ""],
        ["县区", "税收收入（亿元）"],
        ["云台县", "=1+1"],
        ["云石县", 2.5],
        ["柏溪区", "#DIV/0!"],
    ):
        sheet.append(row)
    sheet["B5"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    intake = read(tmp_path / "a.xlsx")
    assert found(intake) == {("B3", "type", "sheets.formula_without_value"), ("B5", "type", "sheets.error_value")}
    assert list(figures(intake).values()) == [None, 2.5, None]


def test_one_bad_file_costs_the_others_nothing(tmp_path: Path, good: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"nonsense")
    intake = read(tmp_path / "bad.xlsx", good, encrypted(good, tmp_path / "secret.xlsx"))
    assert len(figures(intake)) == 2
    assert [f.refused for f in intake.files] == ["sheets.not_a_workbook", "", "sheets.password"]


def test_random_bytes_never_raise(tmp_path: Path) -> None:
    chance = random.Random(7)
    heads = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", b"\x09\x08")
    for number in range(40):
        body = heads[number % 4] + chance.randbytes(chance.randrange(1, 4000))
        for suffix in (".xlsx", ".xls", ".et", ".csv"):
            (tmp_path / f"r{suffix}").write_bytes(body)
            assert read(tmp_path / f"r{suffix}").observations.is_empty()


def test_the_guard_alone_looks_at_bytes_only(good: Path) -> None:
    opened = guard_room.open_workbook_bytes(good)
    assert opened.packed
    assert not opened.macros
    assert zipfile.is_zipfile(io.BytesIO(opened.content))
