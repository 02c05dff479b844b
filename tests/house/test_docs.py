"""Documents (文档): links lead somewhere, both languages are equals, commands exist, blocks of guides are sound."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from junxian.files.rulebooks import check, lines
from tests.house.recipe_blocks import Block, assembled, blocks, write
from tests.house.tree import ROOT
from tests.prove import promises

DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "GLOSSARY.md", *DOCS.rglob("*.md")])
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
GUIDES = sorted(DOCS.glob("*/how-to/*.md"))
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
COMMAND = re.compile(r"\bjunxian ([a-z]+)\b(?=[ `\n])")
BRACKETED = re.compile(r"\(([^()]*[\u4e00-\u9fff][^()]*)\)")
HAN = re.compile(r"[\u4e00-\u9fff]")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(document: Path) -> str:
    """The document without its code blocks."""
    return FENCED.sub("", document.read_text(encoding="utf-8"))


def anchors(document: Path) -> set[str]:
    """Where a link with # may lead: headings as a hosting site names them, and anchors written out."""
    text = prose(document)
    headings = re.findall(r"^#+ (.+?)(?: <a .*)?$", text, re.MULTILINE)
    slugs = {
        re.sub(r"[^\w\- ]", "", CODE.sub(lambda m: m[0].strip("`"), h)).lower().replace(" ", "-") for h in headings
    }
    return slugs | set(re.findall(r'id="([^"]+)"', text))


@pytest.mark.parametrize("document", PAGES, ids=name)
def test_links_resolve(document):
    lost = []
    for target in LINK.findall(CODE.sub("", prose(document))):
        path, _, anchor = target.partition("#")
        there = (document.parent / path).resolve() if path else document
        if "://" in target or not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    assert lost == []


def shape(document: Path) -> list[int]:
    """The levels of a document's headings, in order."""
    return [len(marks) for marks in re.findall(r"^(#+) ", prose(document), re.MULTILINE)]


def test_both_languages_have_the_same_pages_and_headings():
    pages = {lang: {p.relative_to(DOCS / lang): p for p in (DOCS / lang).rglob("*.md")} for lang in ("zh", "en")}
    assert set(pages["zh"]) == set(pages["en"])
    differing = [str(p) for p in pages["zh"] if shape(pages["zh"][p]) != shape(pages["en"][p])]
    assert differing == []
    assert shape(ROOT / "README.md") == shape(ROOT / "README.zh-CN.md")


def test_both_languages_show_the_same_blocks():
    for document in (DOCS / "en" / "how-to").glob("*.md"):
        twin = DOCS / "zh" / "how-to" / document.name
        assert [b.kind for b in blocks(document)] == [b.kind for b in blocks(twin)], document.name


def commands() -> set[str]:
    import typer

    from junxian.cli import app

    return set(typer.main.get_command(app).commands)


@pytest.mark.parametrize("document", PAGES, ids=name)
def test_commands_that_are_mentioned_exist(document):
    said = set(COMMAND.findall(document.read_text(encoding="utf-8")))
    assert said <= commands(), said - commands()


@pytest.mark.parametrize("document", READMES, ids=name)
def test_a_readme_names_every_command_and_its_first_screen_is_complete(document):
    text = document.read_text(encoding="utf-8")
    assert set(COMMAND.findall(text)) == commands()
    first = "\n".join(text.splitlines()[:40])
    assert all(
        part in first for part in ("make demo", "make test", "](docs/pictures/", "82.04", "counties_2023.csv D142")
    )


def test_pictures_are_small_enough_for_a_repository():
    pictures = [path for path in (DOCS / "pictures").iterdir() if path.suffix == ".png"]
    assert pictures
    assert all(path.stat().st_size <= 300_000 for path in pictures)


def guide_blocks() -> list[tuple[Path, Block]]:
    return [(document, block) for document in GUIDES for block in blocks(document) if block.kind != "base"]


def block_name(value: Path | Block) -> str:
    return name(value) if isinstance(value, Path) else f"{value.kind}-{value.line}"


@pytest.mark.parametrize(("document", "block"), guide_blocks(), ids=block_name)
def test_every_block_of_a_guide_is_sound(document, block, tmp_path):
    base = next((b.text for b in blocks(document) if b.kind == "base"), "")
    found = check(write(assembled(block, base), tmp_path))
    assert lines(found.faults, "en") == []
    if "cases:" in block.text:
        assert found.cases
        assert all(case.compared for case in found.cases)


def test_the_scheme_guide_proves_every_block_by_a_case():
    for language in ("zh", "en"):
        document = DOCS / language / "how-to" / "write-a-scheme.md"
        assert all("cases:" in block.text for block in blocks(document) if block.kind != "base")
        assert len(blocks(document)) > 20


def test_a_wrong_case_in_a_block_would_be_found(tmp_path):
    document = DOCS / "en" / "how-to" / "write-a-scheme.md"
    whole = next(block for block in blocks(document) if block.kind == "rulebook")
    wrong = Block(whole.kind, whole.text.replace("score: 90.9", "score: 90.8"), whole.line)
    assert wrong.text != whole.text
    assert not check(write(assembled(wrong, ""), tmp_path)).is_sound


def source_modules() -> list[Path]:
    return sorted((ROOT / "src" / "junxian").rglob("*.py"))


def chinese_terms(path: Path) -> list[str]:
    """The Chinese terms in brackets in the first line of a module's docstring."""
    first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
    return [part for group in BRACKETED.findall(first) for part in group.split(", ") if HAN.search(part)]


def test_every_term_of_a_module_stands_in_the_glossary():
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    terms = {name(path): chinese_terms(path) for path in source_modules()}
    assert {path: t for path, said in terms.items() if (t := [x for x in said if x not in glossary])} == {}
    assert sum(map(len, terms.values())) > 100


def test_every_promise_names_what_exists():
    listed = promises()
    assert [p["id"] for p in listed] == [f"P{place:02}" for place in range(1, len(listed) + 1)]
    for promise in listed:
        assert HAN.search(str(promise["zh"]))
        assert promise["en"]
        for shown in promise["shown_by"]:
            assert exists(str(shown)), shown


def exists(shown_by: str) -> bool:
    """Whether a command or a pytest node is there."""
    if shown_by.startswith("junxian "):
        return shown_by.split()[1] in commands()
    path, _, test = shown_by.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    return not test or re.search(rf"^def {re.escape(test)}\(", text, re.MULTILINE) is not None


@pytest.mark.parametrize("document", READMES, ids=name)
def test_a_readme_lists_every_promise(document):
    text = document.read_text(encoding="utf-8")
    language = "zh" if "zh" in document.name else "en"
    assert all(f"{place}. **{p['id']}** {p[language]}" in text for place, p in enumerate(promises(), start=1))


@pytest.mark.parametrize("document", DECISIONS, ids=name)
def test_a_decision_is_short_and_says_why(document):
    text = document.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert re.match(r"# \d{4} ", text)
    assert text.startswith(f"# {document.name[:4]} ")
    assert all(f"\n## {part}\n" in text for part in ("Context", "Decision", "Consequences"))
    assert "\n摘要：" in text


def test_the_number_of_methods_in_the_readme_is_right():
    from junxian.core.scoring.methods import METHODS

    words = {22: ("Twenty-two scoring methods", "二十二种计分方法")}
    assert words[len(METHODS)][0] in (ROOT / "README.md").read_text(encoding="utf-8")
    assert words[len(METHODS)][1] in (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def henan(tmp_path_factory):
    """Henan's counties of 2023 closed anew, without papers."""
    import junxian

    book = ROOT / "src" / "junxian" / "rulebooks" / "kaifeng"
    out = tmp_path_factory.mktemp("readme") / "henan-2023"
    figures = sorted((book / "figures").glob("*.csv"))
    junxian.close(book, figures, period="2023", scheme="annual", out=out, today="2026-11-23")
    return out


@pytest.mark.parametrize("document", READMES, ids=name)
def test_the_worked_result_of_a_readme_is_what_the_run_says(document, henan):
    import junxian

    one = junxian.receipt(henan, "兰考县")
    line = next(line for line in one["lines"] if line["criterion"] == "财政自给率")
    cells = {figure["source"]["file"] + " " + figure["source"]["cell"] for figure in line["inputs"]}
    text = document.read_text(encoding="utf-8")
    assert (one["score"], one["rank"], one["n"]) == (82.04, 25, 103)
    assert (line["points"], line["maximum"], line["rank"], line["n"]) == (9.5, 12, 36, 103)
    assert cells == {"counties_2023.csv D141", "counties_2023.csv D142"}
    shown = (f"{line['value']:.8f}", f"{line['next_step']['distance']:.9f}", *cells, "82.04", "103", "25", "36")
    assert [part for part in shown if part not in text] == []


@pytest.mark.parametrize("document", READMES, ids=name)
def test_the_library_of_a_readme_runs_as_written(document, henan, monkeypatch):
    import polars as pl

    block = re.search(r"^```python\n(.*?)^```$", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    known = {"observations": pl.read_parquet(henan / "snapshot.parquet")}
    monkeypatch.chdir(ROOT)
    exec(block[1], known)
    assert known["judgement"].scores.filter(pl.col("region") == "兰考县").item(0, "score") == 82.04
