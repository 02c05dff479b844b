"""Reading YAML 1.2 (文本解析) into plain values with the place of every key; hostile texts are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from junxian.files.rulebooks.fault import Fault, Path, Place, fault_at

MOST_BYTES = 2_000_000
MOST_NODES = 400_000
DEEPEST = 60
_CANONICAL = re.compile(r"-?(0|[1-9]\d*)")
_KINDS = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in _KINDS}


class WrittenInt(int):
    """A whole number that remembers how it was written, so that codes and decimals stay as they are in the text."""

    text: str

    def __str__(self) -> str:
        return self.text


class WrittenFloat(float):
    """A number that remembers how it was written: 6.00 says two decimals, 6.0 one."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass
class Composed:
    """One text read: its value, the place of every key and item, and what was wrong with it."""

    value: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def compose(text: bytes, file: str) -> Composed:
    """Plain dicts, lists, texts and numbers. Aliases are allowed within MOST_NODES; tags of programs are not."""
    if len(text) > MOST_BYTES:
        return Composed(faults=[fault_at(Place(file), "rulebooks.too_large", size=len(text), most=MOST_BYTES)])
    try:
        written = text.decode("utf-8-sig")
    except UnicodeDecodeError as refusal:
        line = text[: refusal.start].count(b"\n") + 1
        return Composed(faults=[fault_at(Place(file, line, 1), "rulebooks.not_utf8")])
    return _Composer(file).run(written)


class _Composer:
    def __init__(self, file: str) -> None:
        self.file = file
        self.nodes = 0
        self.result = Composed()

    def run(self, text: str) -> Composed:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        try:
            node = YAML(typ="safe", pure=True).compose(text)
            self.result.value = None if node is None else self.value(node, ())
        except MarkedYAMLError as refusal:
            mark = refusal.problem_mark or refusal.context_mark
            place = Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file)
            self.fault(place, "rulebooks.yaml", problem=refusal.problem or refusal.context or "")
        except YAMLError as refusal:
            self.fault(Place(self.file, 1, 1), "rulebooks.yaml", problem=str(refusal).splitlines()[0])
        except RecursionError:
            self.fault(Place(self.file), "rulebooks.too_deep", most=DEEPEST)
        except _TooMuch:
            self.fault(Place(self.file), "rulebooks.too_many", most=MOST_NODES)
        if self.result.faults:
            fatal = {"rulebooks.yaml", "rulebooks.too_deep", "rulebooks.too_many"}
            if any(fault.code in fatal for fault in self.result.faults):
                self.result.value = None
        return self.result

    def fault(self, place: Place, code: str, **facts: object) -> None:
        self.result.faults.append(fault_at(place, code, **facts))

    def place(self, node: Any) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def value(self, node: Any, path: Path) -> Any:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _TooMuch
        if len(path) > DEEPEST:
            raise RecursionError
        tag = str(node.tag)
        if tag not in _PLAIN_TAGS:
            self.fault(self.place(node), "rulebooks.tag", tag=tag.removeprefix("tag:yaml.org,2002:"))
            return None
        if node.id == "mapping":
            return {key: self.value(inner, (*path, key)) for key, inner in self.entries(node, path)}
        if node.id == "sequence":
            return [self.item(inner, (*path, place)) for place, inner in enumerate(node.value)]
        return _scalar(node.value, tag)

    def item(self, node: Any, path: Path) -> Any:
        self.result.places[path] = self.place(node)
        return self.value(node, path)

    def entries(self, node: Any, path: Path) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key, inner in node.value:
            name = key.value if key.id == "scalar" else None
            if name is None:
                self.fault(self.place(key), "rulebooks.key_not_text")
            elif name in seen:
                self.fault(self.place(key), "rulebooks.key_twice", key=name)
            else:
                seen.add(name)
                self.result.places[(*path, name)] = self.place(key)
                yield name, inner


class _TooMuch(Exception):
    """More nodes than any honest rulebook has, after aliases are followed."""


def _scalar(text: str, tag: str) -> Any:
    kind = tag.rsplit(":", 1)[1]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int" and _CANONICAL.fullmatch(text):
        whole = WrittenInt(text)
        whole.text = text
        return whole
    if kind == "float" and "_" not in text and text.lstrip("+-")[:2].lower() not in (".i", ".n"):
        number = WrittenFloat(text)
        number.text = text
        return number
    return text  # dates, codes with leading zeros, 0x…: what was written is what is meant
