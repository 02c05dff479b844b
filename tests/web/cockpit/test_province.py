"""The province watch of the screens: our first, our last, and who is among the last places."""

from __future__ import annotations

from dataclasses import fields

import pytest

from junxian.web.benchmarks.standing import Block, Place
from junxian.web.cockpit.province import _row


def place(name: str, rank: int | None, last: bool | None = False, shown: bool = True) -> Place:
    value = None if rank is None else 10.0 - rank
    unsaid = {field.name: None for field in fields(Place)}
    said = {"code": name, "name": name, "shown": shown, "value": value, "rank": rank, "last": last}
    return Place(**unsaid | said)


def block(*places: Place) -> Block:
    return Block("收入增速", "x", "high", "%", 1, 18, None, places)


def test_our_first_and_last_by_rank():
    row = _row("全省可比县", block(place("丙", 17, True), place("甲", 2), place("外", 1, shown=False), place("乙", 9)))
    assert (row.first.name, row.final.name, row.n) == ("甲", "丙", 18)
    assert row.among_last == ("丙",)


def test_units_without_a_figure_have_no_place():
    row = _row("全省可比县", block(place("甲", None, None)))
    assert (row.first, row.final, row.among_last) == (None, None, ())


@pytest.mark.parametrize("username", ["shizhang", "X10001-jingban"])
def test_the_fragment_says_that_nothing_is_there(world, username):
    text = world.client(username).get("/cockpit/province/").content.decode()
    assert "<html" not in text
    assert "还没有可以排全省位次的一期" in text
