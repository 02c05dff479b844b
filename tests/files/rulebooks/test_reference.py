"""The reference page (规则集参考): complete in both languages, in step with the models, its examples true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from junxian.core.rulebook.schema import rulebook_schema
from junxian.core.scoring.methods import METHODS
from junxian.files.rulebooks import check
from junxian.files.rulebooks.reference import reachable, reference, shown

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_key_of_every_model_is_on_the_page(language: str) -> None:
    page, schema = reference(language), rulebook_schema()
    for name in reachable(schema):
        section = page.split(f"## {shown(name)} <a")[1].split("\n## ")[0]
        for key in schema["$defs"][name].get("properties", {}):
            assert f"`{key}`" in section, (name, key)
    assert all(f"- `{kind}` → " in page for kind in METHODS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_link_of_the_page_leads_to_a_section(language: str) -> None:
    page = reference(language)
    assert set(re.findall(r"\]\(#(\w+)\)", page)) <= set(re.findall(r'<a id="(\w+)">', page))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_printed_page_is_in_step_with_the_models(language: str) -> None:
    printed = (DOCS / language / "reference" / "rulebook.md").read_text(encoding="utf-8")
    assert reference(language) in printed, "run `make docs`"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_example_of_the_page_passes_check(language: str, tmp_path: Path) -> None:
    printed = (DOCS / language / "reference" / "rulebook.md").read_text(encoding="utf-8")
    (tmp_path / "rulebook.yaml").write_text(printed.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    checked = check(tmp_path)
    assert checked.faults == ()
    assert sum(case.compared for case in checked.cases) >= 4
