"""The example rulebook: it holds together, says what RULES §2.4–§2.9 ask, and every rule has authors and a basis."""

from __future__ import annotations

from pathlib import Path

import pytest

from junxian.core.bottomlines.model import Events, LastPlaces
from junxian.core.rulebook import Rulebook, at, validate
from junxian.core.scoring.model import Criterion, Group, walk
from junxian.core.units.select import select
from junxian.files.examples.faults import FAULTS, REGISTER_FAULTS
from junxian.files.examples.registers import EVENTS
from junxian.files.examples.world import CITY, SHARES, ZONE, ZONE_HOST, nine
from junxian.files.rulebooks import read
from junxian.files.rulebooks.cases import run_cases

EXAMPLE = Path(__file__).parents[2] / "src" / "junxian" / "rulebooks" / "example"


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    reading = read(EXAMPLE)
    assert [str(fault) for fault in reading.faults] == []
    assert reading.rulebook is not None
    return reading.rulebook


def scheme(rulebook: Rulebook, name: str):  # type: ignore[no-untyped-def]
    return next(s for s in rulebook.schemes if s.id == name)


def criteria(rulebook: Rulebook) -> list[Criterion]:
    return [node for node in walk(scheme(rulebook, "monthly").criteria) if isinstance(node, Criterion)]


def test_it_contradicts_itself_nowhere(rulebook: Rulebook) -> None:
    assert validate(rulebook) == ()
    assert validate(at(rulebook, "2026-06")) == ()


def test_the_city_has_five_counties_four_districts_and_a_zone_inside_one(rulebook: Rulebook) -> None:
    assert len(select(rulebook.units, "五县", rulebook.peer_sets, "2026-06")) == 5
    assert len(select(rulebook.units, "四区", rulebook.peer_sets, "2026-06")) == 4
    zone = next(unit for unit in rulebook.units if unit.code == ZONE)
    assert (zone.within, zone.category, zone.own_code) == (ZONE_HOST, "功能区", True)
    assert rulebook.root == CITY


def test_the_generator_knows_the_same_units_as_the_rulebook(rulebook: Rulebook) -> None:
    assert set(select(rulebook.units, "九县区", rulebook.peer_sets, "2026-06")) == set(SHARES) == set(nine())


def test_every_unit_has_its_own_square_on_the_tile_map(rulebook: Rulebook) -> None:
    tiles = [unit.tile for unit in rulebook.units if unit.code in (*nine(), ZONE)]
    assert None not in tiles
    assert len(set(tiles)) == 10


def test_blocks_carry_the_points_of_the_default_tree(rulebook: Rulebook) -> None:
    blocks = {node.key: node.points for node in scheme(rulebook, "monthly").criteria}
    assert blocks == {"A": 25, "B": 35, "C": 25, "D": 10, "E": 5}


def test_every_group_is_the_sum_of_its_parts(rulebook: Rulebook) -> None:
    for node in walk(scheme(rulebook, "monthly").criteria):
        if isinstance(node, Group):
            assert sum(child.points for child in node.of) == pytest.approx(node.points), node.key


def test_many_methods_stand_in_one_table(rulebook: Rulebook) -> None:
    kinds = {criterion.method.kind for criterion in criteria(rulebook)}
    assert kinds >= {
        "hit_then_rank", "efficacy", "completion", "advance", "against_average", "ladder", "rank_step", "deduct",
        "base_plus_minus", "as_is", "between",
    }  # fmt: skip


def test_counties_and_districts_are_apart_and_all_four_absences_are_said(rulebook: Rulebook) -> None:
    monthly = scheme(rulebook, "monthly")
    assert monthly.groups == {"县": "五县", "区": "四区"}
    assert monthly.missing.late == "renormalise"
    assert monthly.missing.not_reported == "zero"


def test_every_veto_gate_bonus_and_line_names_its_basis(rulebook: Rulebook) -> None:
    monthly = scheme(rulebook, "monthly")
    for entry in (*monthly.vetoes, *monthly.gates, *monthly.bonus, *monthly.deductions, *monthly.awards):
        assert entry.basis, entry.id
        assert entry.basis.document, entry.id
    for line in rulebook.bottomlines:
        assert line.basis, line.id
        assert line.basis.document, line.id


def test_every_entry_has_an_author_and_another_checker(rulebook: Rulebook) -> None:
    entries = (*rulebook.indicators, *rulebook.schemes, *rulebook.bottomlines, *rulebook.checks, *rulebook.forms)
    for entry in (*entries, *rulebook.bulletins, *rulebook.benchmarks):
        name = getattr(entry, "id", "") or getattr(entry, "code", "")
        assert entry.author, name
        assert entry.checker, name
        assert entry.author != entry.checker, name


def test_six_lights_watch_core_spending_and_gates_name_existing_lines(rulebook: Rulebook) -> None:
    ids = {line.id for line in rulebook.bottomlines}
    assert {"core_arranged", "core_paid", "wages", "core_strength", "cash_cover", "advances"} <= ids
    for gate in scheme(rulebook, "monthly").gates:
        assert set(gate.lines) <= ids


def test_last_places_are_watched_among_the_province_and_events_by_matter(rulebook: Rulebook) -> None:
    last = [line.watch for line in rulebook.bottomlines if isinstance(line.watch, LastPlaces)]
    assert [watch.places for watch in last] == [3, 3, 3]
    cards = {rule.card for line in rulebook.bottomlines if isinstance(line.watch, Events) for rule in line.watch.of}
    events = {card.code for card in rulebook.indicators if card.event}
    assert cards <= events
    assert {event.card for event in EVENTS} <= events


def test_every_planted_fault_breaks_a_rule_the_rulebook_has(rulebook: Rulebook) -> None:
    rules = {check.id for check in rulebook.checks}
    planted = {fault.rule for fault in FAULTS} | {fault[-1] for fault in REGISTER_FAULTS}
    assert planted == rules


def test_the_annual_scheme_blends_the_rounds_and_the_year_end(rulebook: Rulebook) -> None:
    annual = scheme(rulebook, "annual")
    assert {node.key: node.points for node in annual.criteria} == {"rounds_mean": 40, "year_end": 60}
    assert annual.frequency == "year"


def test_cases_stand_beside_every_method_of_the_worked_table(rulebook: Rulebook) -> None:
    cased = {case.criterion for case in rulebook.cases if case.criterion}
    assert cased >= {"A1", "A2", "A3", "A62", "A7", "B2", "B5", "B8", "D", "E1"}
    assert all(case.constructed for case in rulebook.cases)


def test_every_case_passes_in_the_real_engine() -> None:
    results = run_cases(read(EXAMPLE))
    assert len(results) == 14
    assert [str(fault) for result in results for fault in result.faults] == []
    assert all(result.compared for result in results)
