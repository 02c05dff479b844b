"""Texts of lines: what is read, what is refused."""

import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from junxian.core.bottomlines import Line
from junxian.core.bottomlines.model import Bands, LastPlaces, Limit, read_watch

PLAIN = {"id": "x", "name": "x", "what": "y", "watch": {"last_places": 3}}


def test_shorthands() -> None:
    assert Line.model_validate(PLAIN).watch == LastPlaces(places=3)
    assert read_watch({"limit": "债务限额"}) == Limit(at_most="债务限额")
    assert read_watch({"bands": [{"level": "green"}]}) == Bands.model_validate({"steps": [{"level": "green"}]})
    assert read_watch(LastPlaces(places=2)) == LastPlaces(places=2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"watch": "last_places"}, "watch_one_key"),
        ({"watch": {"last_places": 3, "limit": 2}}, "watch_one_key"),
        ({"watch": {"last": 3}}, "watch_unknown:last"),
        ({"watch": {"bands": []}}, "bands_first_open"),
        ({"watch": {"bands": [{"level": "red", "at_least": 1}]}}, "bands_first_open"),
        ({"watch": {"bands": [{"level": "red"}, {"level": "green", "at_least": 2}, {"level": "green", "at_least": 2}]}},
         "bands_not_ascending"),
        ({"what": ""}, "line_what_or_events"),
        ({"watch": {"events": [{"card": "a", "level": "red"}]}}, "line_what_or_events"),
        ({"what": "", "watch": {"events": [{"card": "a", "level": "veto"}]}}, "veto_needs_basis"),
        ({"watch": {"last_places": {"places": 3, "breach": "veto"}}}, "veto_needs_basis"),
        ({"watch": {"bands": [{"level": "veto"}]}}, "veto_needs_basis"),
        ({"months_running": {3: "veto"}}, "veto_needs_basis"),
        ({"what": "", "watch": {"events": [{"card": "a", "level": "red"}]}, "months_running": {2: "red"}},
         "running_needs_values"),
        ({"months_running": {1: "red"}}, "greater_than_equal"),
        ({"until": "someday"}, "until_unreadable:someday"),
        ({"watch": {"last_places": 0}}, "greater_than"),
        ({"effect": {"deduct": -1}}, "greater_than_equal"),
        ({"portfolios": "安全"}, "extra_forbidden"),
    ],
)  # fmt: skip
def test_texts_that_cannot_mean_what_they_say(change: dict[str, object], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Line.model_validate(PLAIN | change)
    assert code in str(refused.value.errors())


def test_reading_a_line_needs_no_tables() -> None:
    code = "import sys; import junxian.core.bottomlines; sys.exit('polars' in sys.modules)"
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=paths).returncode == 0


def test_the_front_door_opens_and_knows_no_other_name() -> None:
    import junxian.core.bottomlines as room

    assert all(getattr(room, name) is not None for name in room.__all__)
    with pytest.raises(AttributeError):
        room.nothing  # noqa: B018
