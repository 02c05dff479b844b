"""Dated resolution (按期取规): one version of each entry at a time, and the words formulas may use."""

from __future__ import annotations

from typing import Any

import pytest

from junxian.core.errors import RuleError
from junxian.core.rulebook import Rulebook, at, constants, vocabulary
from junxian.core.rulebook.resolve import standing

SCHEME: dict[str, Any] = {
    "id": "m", "title": "月度", "groups": {"县": ["c1"]}, "ties": "shared", "rounding": {},
    "missing": dict.fromkeys(("late", "not_reported", "not_applicable", "undefined"), "renormalise"),
    "criteria": [{"name": "速度", "value": "growth", "method": {"hit": "limit"}}],
}  # fmt: skip


def rulebook(**more: Any) -> Rulebook:
    cards = [{"code": "growth", "name": {"zh": "增速", "en": "growth rate"}, "aliases": ["GDP增速"], "unit": "%"}]
    given = {
        "schema": "junxian/1",
        "id": "t",
        "title": "试",
        "units": [{"code": "c1", "name": "甲"}],
        "indicators": cards,
    }
    return Rulebook.model_validate(given | more)


def versions(*dates: tuple[str, str]) -> list[dict[str, Any]]:
    return [{**SCHEME, "effective": {"from": a, "to": b}, "note": str(n)} for n, (a, b) in enumerate(dates)]


@pytest.mark.parametrize(
    ("period", "note"), [("2024-12", "0"), ("2025-06", "0"), ("2025-07", "1"), ("2026", "1"), ("2024", "0")]
)
def test_the_version_in_force_is_taken(period: str, note: str) -> None:
    book = rulebook(schemes=versions(("", "2025-06"), ("2025-07", "")))
    (scheme,) = at(book, period).schemes
    assert scheme.note == note


def test_before_the_first_version_there_is_none() -> None:
    assert at(rulebook(schemes=versions(("2025-07", ""))), "2025-06").schemes == ()


def test_two_versions_in_force_at_once_are_refused() -> None:
    with pytest.raises(RuleError) as refusal:
        at(rulebook(schemes=versions(("", "2025-07"), ("2025-07", ""))), "2025-07")
    assert refusal.value.code == "rulebook.two_effective"
    assert refusal.value.facts["id"] == "m"


def test_parts_of_a_scheme_are_dated_too() -> None:
    gates = [{"id": "g", "name": "门槛", "when": "growth >= 1", "effective": {"to": "2025"}}]
    book = rulebook(schemes=[{**SCHEME, "gates": gates}])
    assert len(at(book, "2025-12").schemes[0].gates) == 1
    assert at(book, "2026-01").schemes[0].gates == ()


def test_parameters_become_constants_of_the_schemes_that_read_them() -> None:
    dated = [{"value": 6, "effective": {"to": "2025"}}, {"value": 7, "effective": {"from": "2026"}}]
    book = rulebook(schemes=[SCHEME], parameters={"limit": dated, "unused": 1})
    assert at(book, "2025-12").schemes[0].constants == {"limit": 6.0}
    assert at(book, "2026-01").schemes[0].constants == {"limit": 7.0}
    assert constants(at(book, "2026-01")) == {"limit": 7.0, "unused": 1.0}


def test_a_schemes_own_constant_wins() -> None:
    book = rulebook(schemes=[{**SCHEME, "constants": {"limit": 9}}], parameters={"limit": 6})
    assert at(book, "2026").schemes[0].constants == {"limit": 9.0}


def test_a_card_is_known_by_code_names_and_aliases() -> None:
    words = vocabulary(rulebook(parameters={"limit": {"value": 6, "unit": "%"}}))
    assert {words.cards[name].code for name in ("growth", "增速", "growth rate", "GDP增速")} == {"growth"}
    assert words.names["limit"] == "%"
    assert "limit" in words.constants


def test_a_jurisdiction_brings_its_own_units_of_measure() -> None:
    words = vocabulary(rulebook(jurisdiction={"units_of_measure": {"crore": "10000000 * 元", "lakh": "100000 * 元"}}))
    assert words.units.factor("crore", "lakh") == 100.0
    assert words.units.factor("crore", "万元") == 1000.0


def test_resolving_twice_changes_nothing() -> None:
    book = rulebook(schemes=versions(("", "2025-06"), ("2025-07", "")), parameters={"limit": 6})
    once = at(book, "2026")
    assert at(once, "2026") == once


def test_a_scheme_stands_in_the_first_period_it_holds_in() -> None:
    book = rulebook(schemes=versions(("2024-03", "2025-06"), ("2025-07", "")), parameters={"limit": 6})
    for scheme in book.schemes:
        resolved, whole = standing(book, scheme)
        assert resolved.note == scheme.note
        assert resolved.constants == {"limit": 6.0}
        assert len(whole.schemes) == 1
    undated = rulebook(schemes=[SCHEME])
    assert standing(undated, undated.schemes[0])[0].id == "m"
