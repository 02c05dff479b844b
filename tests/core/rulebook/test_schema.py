"""The schema (规则集模式): complete, valid for real rulebooks, and able to say which keys may stand where."""

from __future__ import annotations

import json

import pytest

from junxian.core.rulebook.schema import keys_at, rulebook_schema
from junxian.core.scoring.methods import METHODS


def test_the_schema_is_json_and_every_reference_resolves() -> None:
    schema = rulebook_schema()
    text = json.dumps(schema)
    for part in text.split('"$ref": "')[1:]:
        name = part.split('"')[0].removeprefix("#/$defs/")
        assert name in schema["$defs"]


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ((), {"schema", "units", "schemes", "cases"}),
        (("schemes", 0), {"criteria", "gates", "cases"}),
        (("schemes", 0, "criteria", 3), {"value", "of", "method", "cases"}),
        (("schemes", 0, "criteria", 3, "of", 1, "method"), set(METHODS)),
        (("schemes", 0, "criteria", 0, "method", "rank_step"), {"step", "floor", "scale"}),
        (("schemes", 0, "missing"), {"late", "not_reported", "not_applicable", "undefined"}),
        (("peer_sets", "any"), {"level", "kind", "under"}),
        (("bottomlines", 0, "watch"), {"last_places", "bands", "events", "limit"}),
        (("jurisdiction", "number_style"), {"group", "decimal"}),
        (("units", 0, "effective"), {"from", "to"}),
    ],
)
def test_the_keys_of_a_place_are_known(path: tuple[str | int, ...], keys: set[str]) -> None:
    assert keys <= set(keys_at(rulebook_schema(), path))


def test_nowhere_leads_nowhere() -> None:
    assert keys_at(rulebook_schema(), ("nothing", 0)) == ()
