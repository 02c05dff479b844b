"""榜单: publishers apart, ties that make a list of 100 hold 101, movement that does not read silence as absence."""

import pytest

from junxian.core.benchmarks import NamedList, count_entries, movement
from junxian.core.benchmarks.lists import entries
from junxian.core.errors import DataError, RuleError


def named(identity: str, publisher: str, rows: list[tuple[int, str, int]], **more: object) -> NamedList:
    listed = [{"year": year, "unit": unit, "rank": rank} for year, unit, rank in rows]
    return NamedList.model_validate(
        {"id": identity, "name": identity, "publisher": publisher, "entries": listed, **more}
    )


HUNDRED = [(2025, f"U{i:03d}", i) for i in range(1, 100)] + [(2025, "U100", 99), (2025, "U101", 101)]


def test_a_list_of_a_hundred_may_hold_a_hundred_and_one() -> None:
    found = count_entries([named("百强", "某研究院", HUNDRED, places=100)], ["U007", "U100", "U999"]).row(0, named=True)
    assert (found["entries"], found["nominal"], found["ours"], found["best"]) == (101, 100, 2, 7)
    tied = entries([named("百强", "某研究院", HUNDRED)]).filter("tied").get_column("region_code").to_list()
    assert tied == ["U099", "U100"]


def test_publishers_are_counted_apart() -> None:
    lists = [named("甲榜", "甲", [(2025, "U1", 3), (2024, "U1", 5)]), named("乙榜", "乙", [(2025, "U1", 40)])]
    found = count_entries(lists, ["U1"]).select("list", "publisher", "year", "ours", "best", "nominal")
    assert found.rows() == [
        ("乙榜", "乙", 2025, 1, 40, None),
        ("甲榜", "甲", 2024, 1, 5, None),
        ("甲榜", "甲", 2025, 1, 3, None),
    ]


def test_none_of_ours_on_a_list_has_no_best_place() -> None:
    assert count_entries([named("甲榜", "甲", [(2025, "U1", 3)])], []).select("ours", "best").rows() == [(0, None)]


def test_the_source_of_an_entry_travels_with_it() -> None:
    rows = [
        {
            "year": 2025,
            "unit": 410225,
            "rank": 9,
            "source": {"document": {"zh": "公报", "en": "Gazette"}, "number": "7"},
        }
    ]
    one = NamedList.model_validate({"id": "a", "name": "a", "publisher": "p", "entries": rows})
    assert entries([one]).select("region_code", "source").rows() == [("410225", "公报 7")]
    assert entries([one], "en").get_column("source").to_list() == ["Gazette 7"]


def test_a_unit_twice_on_one_list_is_refused() -> None:
    with pytest.raises(DataError, match="entry_twice"):
        entries([named("甲榜", "甲", [(2025, "U1", 3), (2025, "U1", 4)])])


def test_movement_between_two_years_of_a_whole_list() -> None:
    rows = [(2024, "A", 5), (2024, "B", 6), (2024, "C", 7), (2024, "D", 8)]
    rows += [(2025, "A", 3), (2025, "B", 6), (2025, "C", 9), (2025, "E", 1), (2025, "X", 2)]
    one = named("百强", "甲", rows, whole=True)
    found = movement(one, one, (2024, 2025), list("ABCDE"))
    assert found.select("region_code", "state", "change").rows() == [
        ("E", "entered", None), ("A", "up", 2), ("B", "same", 0), ("C", "down", -2), ("D", "left", None),
    ]  # fmt: skip


def test_where_only_some_entries_are_on_file_absence_says_nothing() -> None:
    one = named("百强", "甲", [(2024, "A", 5), (2025, "B", 4)])
    assert set(movement(one, one, (2024, 2025), "AB").get_column("state")) == {"unknown"}


@pytest.mark.parametrize("other", [("百强", "乙"), ("县城榜", "甲")])
def test_two_publishers_or_two_lists_are_never_compared(other: tuple[str, str]) -> None:
    with pytest.raises(RuleError, match="publishers_mixed"):
        movement(named("百强", "甲", []), named(*other, []), (2024, 2025), [])
