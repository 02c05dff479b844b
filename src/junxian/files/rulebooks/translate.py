"""Faults of types (类型错处): what pydantic says about the merged text, restated as one fault at each place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from junxian.core.rulebook.schema import keys_at
from junxian.core.units.select import nearest
from junxian.files.rulebooks.fault import Fault, Path, Place, fault_at

WANTS = {
    "string_type": "wants_text", "float_parsing": "wants_number", "float_type": "wants_number",
    "int_parsing": "wants_whole", "int_type": "wants_whole", "int_from_float": "wants_whole",
    "bool_parsing": "wants_yes_no", "bool_type": "wants_yes_no", "dict_type": "wants_mapping",
    "model_type": "wants_mapping", "model_attributes_type": "wants_mapping", "tuple_type": "wants_list",
    "list_type": "wants_list", "too_short": "too_short", "too_long": "too_long",
    "union_tag_not_found": "wants_kind", "union_tag_invalid": "wants_kind",
}  # fmt: skip
KEYED = ("missing", "extra_forbidden")
"""Errors whose last step is a key of the text; the last step of others may name an alternative of a union."""
BOUNDS = ("gt", "ge", "lt", "le", "multiple_of")
Error = Mapping[str, Any]


def translate(errors: Sequence[Error], value: Any, places: Mapping[Path, Place], schema: dict[str, Any]) -> list[Fault]:
    """Faults in the order of the text; of the alternatives of a union only the one the text comes nearest to."""
    located = [(*_follow(value, error), error) for error in errors if _fits(value, error["loc"])]
    above = {path[:length] for path, _, _ in located for length in range(len(path))}
    chosen: dict[Path, tuple[bool, Error]] = {}
    for path, tagged, error in located:
        if tagged and path in above:
            continue
        if path not in chosen or (chosen[path][0] and not tagged):
            chosen[path] = (tagged, error)
    return [_fault(path, error, places, (value, schema)) for path, (_, error) in chosen.items()]


def _fits(value: Any, loc: tuple[str | int, ...]) -> bool:
    """Errors of the alternative a node did not mean are dropped: a node with `of` is a group, another a criterion."""
    here = value
    for step in loc:
        if step in ("Group", "Criterion") and isinstance(here, dict) and step not in here:
            if (step == "Group") != ("of" in here):
                return False
            continue
        here = _step(here, step)[0]
    return True


def _step(here: Any, step: str | int) -> tuple[Any, tuple[str | int, ...]]:
    """One key further; through the single name of a method or watch where the key is one of its parameters."""
    if isinstance(here, dict):
        if step in here:
            return here[step], (step,)
        if len(here) == 1:
            ((name, inner),) = here.items()
            if isinstance(inner, dict) and step in inner:
                return inner[step], (name, step)
    if isinstance(here, list) and isinstance(step, int) and step < len(here):
        return here[step], (step,)
    return here, ()


def _follow(value: Any, error: Error) -> tuple[Path, bool]:
    """The path in the text, and whether the error belongs to one alternative of a union only."""
    path: Path = ()
    taken: Path = ()
    for step in error["loc"]:
        value, taken = _step(value, step)
        path += taken
    if taken or not error["loc"]:
        return path, False
    keyed = error["type"] in KEYED
    return (*path, error["loc"][-1]) if keyed else path, not keyed


def _fault(path: Path, error: Error, places: Mapping[Path, Place], text: tuple[Any, dict[str, Any]]) -> Fault:
    value, schema = text
    if stray := _stray_parameter(path, error, value, schema):
        path, error = stray, {**error, "type": "extra_forbidden"}
    code, facts = _said(path, error, schema)
    return fault_at(place_of(path, places), code, **facts)


def _stray_parameter(path: Path, error: Error, value: Any, schema: dict[str, Any]) -> Path:
    """`{rank_step: {stepp: 5%}}`: a misspelt parameter makes the mapping look like the main parameter itself."""
    given = error.get("input")
    if not path or path[-1] not in ("method", "watch") or not isinstance(given, dict):
        return ()
    for step in path:
        value = value[step]
    if not isinstance(value, dict) or given not in value.values():
        return ()
    inner = (*path, next(iter(value)))
    strays = [key for key in given if key not in keys_at(schema, inner)]
    return (*inner, strays[0]) if strays else ()


def place_of(path: Path, places: Mapping[Path, Place]) -> Place:
    """The place of the nearest key above or at the path."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return next(iter(places.values()), Place())


def _said(path: Path, error: Error, schema: dict[str, Any]) -> tuple[str, dict[str, object]]:
    kind, given, key = error["type"], error.get("input"), str(path[-1]) if path else ""
    context = error.get("ctx", {})
    if kind == "extra_forbidden":
        known = keys_at(schema, path[:-1])
        return "rulebook.unknown_key", {"key": key, "nearest": nearest(key, known) or "—", "known": "、".join(known)}
    if kind == "missing":
        return "rulebook.missing_key", {"key": key, "owner": _owner(path)}
    if kind in ("literal_error", "enum"):
        return "rulebook.not_allowed", {"key": key, "given": given, "allowed": context.get("expected", "")}
    if kind == "value_error":
        return _own(str(context.get("error", "")), key, given)
    if bound := next((name for name in BOUNDS if name in context), ""):
        return "rulebook.out_of_bounds", {"key": key, "given": given, "bound": f"{_SIGNS[bound]} {context[bound]}"}
    if kind in WANTS:
        return f"rulebook.{WANTS[kind]}", {"key": key, "given": _short(given)}
    return "rulebook.not_valid", {"key": key, "given": _short(given), "problem": error.get("msg", kind)}


_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "multiple_of": "×"}


def _own(message: str, key: str, given: Any) -> tuple[str, dict[str, object]]:
    """Our own refusals travel through pydantic as `code` or `code:detail`."""
    code, _, detail = message.partition(":")
    facts: dict[str, object] = {"key": key, "given": _short(given), "detail": detail, "name": detail}
    if code == "method_unknown":
        from junxian.core.scoring.methods import METHODS

        facts |= {"nearest": nearest(detail, METHODS) or "—", "known": "、".join(METHODS)}
    return (code if "." in code else f"rulebook.{code}"), facts


def _owner(path: Path) -> str:
    return ".".join(str(step) for step in path[:-1]) or "rulebook"


def _short(given: Any) -> str:
    text = str(given)
    return text if len(text) <= 60 else f"{text[:57]}…"
