"""The schema of a rulebook (规则集模式): every key with its type, default and meaning, as JSON Schema."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from junxian.core.bottomlines.model import WATCHES
from junxian.core.rulebook.model import Rulebook
from junxian.core.scoring.methods import METHODS
from junxian.core.scoring.model import Combine

Json = dict[str, Any]
_REF = "#/$defs/{model}"


def rulebook_schema() -> Json:
    """JSON Schema (2020-12) of a rulebook; methods and watches stand under their own names, `cases` where allowed."""
    models: list[type[BaseModel]] = [Rulebook, *METHODS.values(), *WATCHES.values()]
    refs, parts = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    defs: Json = dict(parts["$defs"])
    defs["Method"] = _one_of(METHODS, refs, "A method under its own name; its main parameter may stand alone.")
    defs["Watch"] = _one_of(WATCHES, refs, "A way of watching under its own name; its main parameter may stand alone.")
    words = defs["Combine"]["properties"]["by"]["enum"]
    defs["Combine"] = {"anyOf": [{"enum": words}, defs["Combine"]], "description": Combine.__doc__ or ""}
    for owner in ("AssessedScheme", "Criterion", "Group"):
        defs[owner]["properties"]["cases"] = defs["Rulebook"]["properties"]["cases"]
    _also(defs["Rulebook"]["properties"], "parameters", {"type": "object"})
    return {"$ref": "#/$defs/Rulebook", "$defs": defs}


def _one_of(kinds: Any, refs: Any, meaning: str) -> Json:
    choices: list[Json] = []
    for name, model in kinds.items():
        whole = refs[(model, "validation")]
        field = model.model_fields.get(model.shorthand)
        short: list[Json] = [{}] if field is not None else []
        shape = {"anyOf": [whole, *short]} if short else whole
        named = {"type": "object", "properties": {name: shape}, "required": [name], "additionalProperties": False}
        choices.append(named)
    return {"anyOf": [*choices, {"enum": list(kinds)}], "description": meaning}


def _also(properties: Json, key: str, shape: Json) -> None:
    properties[key] = {"anyOf": [properties[key], shape]}


def keys_at(schema: Json, path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that may stand at a place of a rulebook, for "did you mean"."""
    places = _open(schema, [schema])
    for step in path:
        places = _open(schema, [inner for place in places for inner in _inside(place, step)])
    return tuple(dict.fromkeys(key for place in places for key in place.get("properties", {})))


def _open(schema: Json, shapes: list[Json]) -> list[Json]:
    """Shapes with references followed and alternatives laid side by side."""
    found, pending, seen = list[Json](), list(shapes), set[int]()
    while pending:
        shape = pending.pop(0)
        if id(shape) in seen:
            continue
        seen.add(id(shape))
        if "$ref" in shape:
            pending.append(schema["$defs"][shape["$ref"].rsplit("/", 1)[1]])
        pending.extend(shape.get("anyOf", []) + shape.get("oneOf", []) + shape.get("allOf", []))
        found.append(shape)
    return found


def _inside(shape: Json, step: str | int) -> list[Json]:
    if isinstance(step, int):
        items = shape.get("items")
        return [items] if isinstance(items, dict) else list(shape.get("prefixItems", []))
    if step in shape.get("properties", {}):
        return [shape["properties"][step]]
    extra = shape.get("additionalProperties")
    return [extra] if isinstance(extra, dict) else []
