"""Recipe blocks (示例文本块): the YAML blocks of a how-to page put together into rulebooks that can be checked.

A fence says what its block is: `yaml rulebook` stands alone, `yaml base` is the frame of the page, `yaml criteria`
takes the place of the frame's criteria, `yaml scheme` of the scheme keys it names, `yaml parts` adds top-level keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```yaml[ \t]*(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCHEME_KEY = re.compile(r"^    (\w+):", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One YAML block of a page: what it is, its text, the line its fence stands on."""

    kind: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    """Every YAML block of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(m[1], m[2], text[: m.start()].count("\n") + 1) for m in FENCE.finditer(text)]


def assembled(block: Block, base: str) -> dict[str, str]:
    """File name → text of the rulebook a block makes."""
    if block.kind == "rulebook":
        return {"rulebook.yaml": block.text}
    if block.kind == "criteria":
        return {"rulebook.yaml": f"{base}    criteria:\n{block.text}"}
    if block.kind == "scheme":
        return {"rulebook.yaml": without(base, set(SCHEME_KEY.findall(block.text))) + block.text}
    if block.kind == "parts":
        return {"rulebook.yaml": base.split("\nschemes:\n")[0] + "\n", "parts.yaml": block.text}
    raise AssertionError(f"line {block.line}: no such kind of block: {block.kind!r}")


def without(base: str, keys: set[str]) -> str:
    """The frame without the scheme keys a block writes itself."""
    kept = [line for line in base.splitlines() if not ((m := SCHEME_KEY.match(line)) and m[1] in keys)]
    return "\n".join(kept) + "\n"


def write(files: dict[str, str], folder: Path) -> Path:
    """The rulebook as a folder."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
