"""Differences (版本差异): places and values, entries matched by name."""

from __future__ import annotations

from typing import Any

from junxian.core.rulebook import Rulebook, difference, plain
from tests.core.rulebook.test_resolve import SCHEME, rulebook


def changes(old: Rulebook, new: Rulebook) -> dict[str, tuple[Any, Any]]:
    return {change.path: (change.old, change.new) for change in difference(old, new)}


def criterion(**more: Any) -> dict[str, Any]:
    return {**SCHEME, "criteria": [{**SCHEME["criteria"][0], **more}]}


def test_equal_rulebooks_do_not_differ() -> None:
    assert difference(rulebook(schemes=[SCHEME]), rulebook(schemes=[SCHEME])) == ()


def test_a_parameter_of_a_method_is_named_with_its_place() -> None:
    old = rulebook(schemes=[criterion(method={"rank_step": "5%"})])
    new = rulebook(schemes=[criterion(method={"rank_step": "10%"})])
    assert changes(old, new) == {"schemes[m].criteria[速度].method.rank_step.step": (0.05, 0.1)}


def test_another_method_shows_both() -> None:
    old = rulebook(schemes=[criterion(method={"rank_step": "5%"})])
    new = rulebook(schemes=[criterion(method="as_is")])
    found = changes(old, new)
    assert found["schemes[m].criteria[速度].method.rank_step"] == ({"step": 0.05}, None)
    assert found["schemes[m].criteria[速度].method.as_is"] == (None, {})


def test_what_is_new_and_what_is_gone_has_an_empty_other_side() -> None:
    extra = {"code": "x", "name": "新"}
    more = rulebook().model_copy(
        update={"indicators": (*rulebook().indicators, type(rulebook().indicators[0])(**extra))}
    )
    (added,) = difference(rulebook(), more)
    (removed,) = difference(more, rulebook())
    assert (added.path, added.kind, removed.kind) == ("indicators[x]", "added", "removed")


def test_moving_an_entry_is_no_change() -> None:
    units = [{"code": "a", "name": "甲"}, {"code": "b", "name": "乙"}]
    assert difference(rulebook(units=units), rulebook(units=units[::-1])) == ()


def test_versions_of_one_entry_are_told_apart_by_their_dates() -> None:
    first, second = {"value": 1, "effective": {"to": "2025"}}, {"value": 2, "effective": {"from": "2026"}}
    old = rulebook(parameters={"p": [first, second]})
    new = rulebook(parameters={"p": [first, {**second, "value": 3}]})
    assert list(changes(old, new).values()) == [(2.0, 3.0)]


def test_plain_values_read_back_as_the_same_rulebook() -> None:
    book = rulebook(schemes=[criterion(method={"ladder": [{"points": 1}, {"at_least": 5, "points": 2}]})])
    assert Rulebook.model_validate(plain(book)) == book
