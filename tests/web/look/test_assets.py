"""Assets for browsers as old as Chromium 86: neither our own nor the fetched ones need anything younger."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from junxian.web import settings

ROOT = Path(__file__).parents[3]
WEB = ROOT / "src/junxian/web"
VENDOR = WEB / "static/vendor"
OWN = sorted(path for path in WEB.rglob("static/**/*") if path.suffix in (".js", ".css") and "vendor" not in path.parts)
FETCHED = sorted(path for path in VENDOR.glob("*") if path.suffix in (".js", ".css"))

# `text-wrap` is younger too, but a browser that does not know it loses nothing but a nicer line break.
YOUNGER_CSS = {
    r":has\(": 105, r":is\(": 88, r":where\(": 88, r"@layer": 99, r"@container": 105, r"color-mix\(": 111,
    r"[;{\s]accent-color\s*:": 93, r"[;{\s]aspect-ratio\s*:": 88, r"[;{\s]inset\s*:": 87, r"\ddvh\b": 108,
    r"oklch\(": 111, r"\bsubgrid\b": 117, r"overflow\s*:\s*clip": 90, r"@scope\b": 118,
}  # fmt: skip
KNOWN_CSS = {"bootstrap.min.css": {r"[;{\s]inset\s*:"}}
UNUSED_CLASSES = ("form-floating",)
"""Bootstrap's one property that is too young stands in a class that no template may use."""
YOUNGER_JS = {
    r"\.at\(-?\d": "Array.at, 92", r"structuredClone": "98",
    r"Object\.hasOwn\b": "93", r"\bstatic\s*\{": "static blocks, 94", r"\.findLast\(": "97", r"\.toSorted\(": "110",
    r"^\s*await\s": "top-level await, 89", r"#\w+\s+in\s": "91",
    r"\.showModal\(.*closedby": "134", r"\bimport\s*\(": "modules from elsewhere",
}  # fmt: skip


def younger_css(text: str) -> set[str]:
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = {pattern for pattern in YOUNGER_CSS if re.search(pattern, bare)}
    return found | ({"nesting"} if re.search(r"\{[^{}]*&[^{}]*\{", bare) else set())


def younger_js(text: str) -> set[str]:
    bare = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    return {why for pattern, why in YOUNGER_JS.items() if re.search(pattern, bare, re.MULTILINE)}


@pytest.mark.parametrize("path", [*OWN, *FETCHED], ids=lambda path: path.name)
def test_nothing_younger_than_chromium_86(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        assert younger_css(text) - KNOWN_CSS.get(path.name, set()) == set()
    elif path.name != "echarts.min.js":
        assert younger_js(text) == set()


def test_the_lint_can_fail() -> None:
    assert younger_css("a:has(b) { inset: 0 }") == {r":has\(", r"[;{\s]inset\s*:"}
    assert younger_css("a { &:hover { color: red } }") == {"nesting"}
    assert younger_js("structuredClone(x); y.at(-1)") == {"98", "Array.at, 92"}


def test_the_drawing_library_is_written_in_es5() -> None:
    if not (VENDOR / "echarts.min.js").is_file():
        pytest.skip("npm could not be reached when this copy was installed")
    text = (VENDOR / "echarts.min.js").read_text(encoding="utf-8")
    bare = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", "", text[:200_000])
    assert not re.search(r"=>|\bconst\s|\blet\s|\bclass\s+\w+\s*\{|`", bare)


TEMPLATES = sorted(WEB.rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(WEB).as_posix())
def test_templates_need_no_inline_script_and_no_missing_class(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<[^>{%]*\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*(?:\ssrc=|type=\"application/json\"))", text)
    assert not re.search(r"javascript:|hx-on|hx-vals=['\"]?js:|\bdata-bs-", text)
    classes = " ".join(re.findall(r'class="([^"]*)"', text)).split()
    assert not set(classes) & set(UNUSED_CLASSES)


@pytest.mark.parametrize("path", [*TEMPLATES, *OWN], ids=lambda path: path.relative_to(WEB).as_posix())
def test_nothing_is_fetched_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
    assert not re.search(r"(?:src|href|url\(|fetch\()\s*=?\s*[\"']?(?:https?:)?//", text)


def test_scripts_are_allowed_from_here_alone() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["script-src"] == ["'self'"]
    page = (WEB / "templates/page.html").read_text(encoding="utf-8")
    assert '"allowEval":false' in page
    assert '"includeIndicatorStyles":false' in page
