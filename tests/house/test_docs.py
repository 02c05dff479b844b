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


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Where a link with # may lead: headings as a hosting site names them, and anchors written out."""
    text = prose(page)
    headings = re.findall(r"^#+ (.+?)(?: <a .*)?$", text, re.MULTILINE)
    slugs = {
        re.sub(r"[^\w\- ]", "", CODE.sub(lambda m: m[0].strip("`"), h)).lower().replace(" ", "-") for h in headings
    }
    return slugs | set(re.findall(r'id="([^"]+)"', text))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_resolve(page):
    lost = []
    for target in LINK.findall(CODE.sub("", prose(page))):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if "://" in target or not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    assert lost == []


def shape(page: Path) -> list[int]:
    """The levels of a page's headings, in order."""
    return [len(marks) for marks in re.findall(r"^(#+) ", prose(page), re.MULTILINE)]


def test_both_languages_have_the_same_pages_and_headings():
    pages = {lang: {p.relative_to(DOCS / lang): p for p in (DOCS / lang).rglob("*.md")} for lang in ("zh", "en")}
    assert set(pages["zh"]) == set(pages["en"])
    differing = [str(p) for p in pages["zh"] if shape(pages["zh"][p]) != shape(pages["en"][p])]
    assert differing == []
    assert shape(ROOT / "README.md") == shape(ROOT / "README.zh-CN.md")


def test_both_languages_show_the_same_blocks():
    for page in (DOCS / "en" / "how-to").glob("*.md"):
        twin = DOCS / "zh" / "how-to" / page.name
        assert [b.kind for b in blocks(page)] == [b.kind for b in blocks(twin)], page.name


def commands() -> set[str]:
    import typer

    from junxian.cli import app

    return set(typer.main.get_command(app).commands)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_that_are_mentioned_exist(page):
    said = set(COMMAND.findall(page.read_text(encoding="utf-8")))
    assert said <= commands(), said - commands()


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "README.zh-CN.md"], ids=name)
def test_a_readme_names_every_command_and_its_first_screen_is_complete(page):
    text = page.read_text(encoding="utf-8")
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
    return [(page, block) for page in GUIDES for block in blocks(page) if block.kind != "base"]


def block_name(value: Path | Block) -> str:
    return name(value) if isinstance(value, Path) else f"{value.kind}-{value.line}"


@pytest.mark.parametrize(("page", "block"), guide_blocks(), ids=block_name)
def test_every_block_of_a_guide_is_sound(page, block, tmp_path):
    base = next((b.text for b in blocks(page) if b.kind == "base"), "")
    found = check(write(assembled(block, base), tmp_path))
    assert lines(found.faults, "en") == []
    if "cases:" in block.text:
        assert found.cases
        assert all(case.compared for case in found.cases)


def test_the_scheme_guide_proves_every_block_by_a_case():
    for language in ("zh", "en"):
        page = DOCS / language / "how-to" / "write-a-scheme.md"
        assert all("cases:" in block.text for block in blocks(page) if block.kind != "base")
        assert len(blocks(page)) > 20


def test_a_wrong_case_in_a_block_would_be_found(tmp_path):
    page = DOCS / "en" / "how-to" / "write-a-scheme.md"
    whole = next(block for block in blocks(page) if block.kind == "rulebook")
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


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "README.zh-CN.md"], ids=name)
def test_a_readme_lists_every_promise(page):
    text = page.read_text(encoding="utf-8")
    language = "zh" if "zh" in page.name else "en"
    assert all(f"{place}. **{p['id']}** {p[language]}" in text for place, p in enumerate(promises(), start=1))


@pytest.mark.parametrize("page", DECISIONS, ids=name)
def test_a_decision_is_short_and_says_why(page):
    text = page.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert re.match(r"# \d{4} ", text)
    assert text.startswith(f"# {page.name[:4]} ")
    assert all(f"\n## {part}\n" in text for part in ("Context", "Decision", "Consequences"))
    assert "\n摘要：" in text


def test_the_number_of_methods_in_the_readme_is_right():
    from junxian.core.scoring.methods import METHODS

    words = {22: ("Twenty-two scoring methods", "二十二种计分方法")}
    assert words[len(METHODS)][0] in (ROOT / "README.md").read_text(encoding="utf-8")
    assert words[len(METHODS)][1] in (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
