"""Texts of benchmarks: one list of three kinds, told apart by `kind`."""

import pytest
from pydantic import TypeAdapter, ValidationError

import junxian.core.benchmarks as room
from junxian.core.benchmarks import Benchmark, NamedList, Peers, RankTable


def test_kinds_are_told_apart() -> None:
    read = TypeAdapter(list[Benchmark]).validate_python([
        {"kind": "rank_table", "id": "a", "title": "a", "peers": "全省", "indicators": [{"value": "GDP增速"}]},
        {"kind": "list", "id": "b", "name": "b", "publisher": "p"},
        {"kind": "peers", "id": "c", "name": "c", "among": "县", "means": {"人口": 1}, "target": "收入", "k": 3},
    ])  # fmt: skip
    assert [type(one) for one in read] == [RankTable, NamedList, Peers]


@pytest.mark.parametrize(
    "text",
    [
        {"kind": "rank_table", "id": "a", "title": "a", "peers": "全省", "indicators": []},
        {"kind": "list", "id": "b", "name": "b"},
        {"kind": "list", "id": "b", "name": "b", "publisher": "p", "entries": [{"year": 2025, "unit": "x", "rank": 0}]},
        {"kind": "peers", "id": "c", "name": "c", "among": "县", "means": {"人口": 0}, "target": "收入", "k": 3},
        {"kind": "peers", "id": "c", "name": "c", "among": "县", "means": {}, "target": "收入", "k": 3},
        {"kind": "friends"},
    ],
)
def test_texts_that_cannot_mean_what_they_say(text: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Benchmark).validate_python(text)


def test_the_front_door_opens_and_knows_no_other_name() -> None:
    assert all(getattr(room, name) is not None for name in room.__all__)
    with pytest.raises(AttributeError):
        room.nothing  # noqa: B018
