"""The reference page (规则集参考): every key with its type, default and meaning, generated from the models."""

from __future__ import annotations

import json
from typing import Any

from junxian.core.bottomlines.model import LEVELS
from junxian.core.indicators.model import KINDS, STAGES, STATES
from junxian.core.rulebook.schema import rulebook_schema
from junxian.files.rulebooks.speak import sentences

GATES = ("pass", "fail", "veto", "not_assessed")
NAMES = {"junxian__core__benchmarks__model__RankTable": "ProvinceRankTable"}
Json = dict[str, Any]


class MeaningMissing(KeyError):
    """A key without a meaning in the word catalogue; the page is never printed with a gap."""


def reference(language: str) -> str:
    """Every model a rulebook may hold, in Markdown. MeaningMissing where a key has no meaning in that language."""
    schema = rulebook_schema()
    words = sentences(language)
    return "\n\n".join([*(_section(name, schema, words) for name in reachable(schema)), _closed(words)]) + "\n"


def reachable(schema: Json) -> list[str]:
    """Models in the order a reader meets them, from the rulebook down."""
    found: list[str] = []
    pending = ["Rulebook"]
    while pending:
        name = pending.pop(0)
        if name not in found:
            found.append(name)
            pending = [ref for ref in _references(schema["$defs"][name]) if ref not in found] + pending
    return found


def _references(shape: Any) -> list[str]:
    text = json.dumps(shape)
    refs = [part.split('"')[0] for part in text.split('"#/$defs/')[1:]]
    return list(dict.fromkeys(refs))


def shown(name: str) -> str:
    """The name of a model on the page."""
    return NAMES.get(name, name.rsplit("__", 1)[-1])


def _meaning(words: Any, model: str, key: str = "") -> str:
    for name in (f"reference.{model}.{key}", f"reference.{key}") if key else (f"reference.model.{model}",):
        if name in words:
            return str(words[name]).replace("{{", "{").replace("}}", "}")
    raise MeaningMissing(f"{model}.{key}")


def _section(name: str, schema: Json, words: Any) -> str:
    shape, model = schema["$defs"][name], shown(name)
    whole = next((part for part in shape.get("anyOf", []) if "properties" in part), shape)
    head = f'## {model} <a id="{model.lower()}"></a>\n\n{_meaning(words, model)}'
    if name in ("Method", "Watch"):
        kinds = [next(iter(part["properties"].items())) for part in shape["anyOf"] if "properties" in part]
        lines = [f"- `{kind}` → {_type(inner.get('anyOf', [inner])[0], words)}" for kind, inner in kinds]
        return head + "\n\n" + "\n".join(lines)
    required = set(whole.get("required", ()))
    titles = [words[f"reference.page.{column}"] for column in ("key", "type", "default", "meaning")]
    rows = [f"| {' | '.join(titles)} |", "| --- | --- | --- | --- |"]
    for key, inner in whole.get("properties", {}).items():
        default = words["reference.page.required"] if key in required else _default(inner)
        rows.append(f"| `{key}` | {_type(inner, words)} | {default} | {_cell(_meaning(words, model, key))} |")
    return head + "\n\n" + "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(shape: Json) -> str:
    """Plain defaults only; those of a nested model stand in its own table."""
    if not shape.get("default") or isinstance(shape["default"], dict | list):
        return ""
    return f"`{_cell(json.dumps(shape['default'], ensure_ascii=False))}`" if "default" in shape else ""


def _type(shape: Json, words: Any) -> str:
    if "$ref" in shape:
        name = shown(shape["$ref"].rsplit("/", 1)[1])
        return f"[{name}](#{name.lower()})"
    if "enum" in shape or "const" in shape:
        choices = shape.get("enum") or [shape["const"]]
        return " ".join(f"`{choice}`" for choice in choices if choice != "")
    if alternatives := shape.get("anyOf") or shape.get("oneOf"):
        kinds = dict.fromkeys(_type(part, words) for part in alternatives if part.get("type") != "null")
        return str(words["reference.page.or"]).join(kinds)
    return _plain(shape, words)


def _plain(shape: Json, words: Any) -> str:
    kind = shape.get("type", "any")
    if kind == "array":
        inner: Json = shape.get("items") or next(iter(shape.get("prefixItems", [])), {})
        return f"{words['reference.page.array']} [{_type(inner, words)}]"
    if kind == "object":
        extra = shape.get("additionalProperties")
        return f"{words['reference.page.object']} {{{_type(extra, words) if isinstance(extra, dict) else ''}}}"
    return str(words[f"reference.page.{'text' if kind == 'string' else kind}"])


def _closed(words: Any) -> str:
    lists = {"state": STATES, "kind": KINDS, "stage": STAGES[1:], "gate": GATES, "level": LEVELS}
    lines = [f"- {name}: " + " ".join(f"`{word}`" for word in lists[name]) for name in lists]
    return f"## {words['reference.page.closed']}\n\n" + "\n".join(lines)
