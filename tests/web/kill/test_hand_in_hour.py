"""The deadline hour in small (截止时刻): forty counties hand in at once over HTTP; the books are right to the row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scale.hand_in_hour import expected, rehearse

COUNTIES, COMPRESS = 40, 720
"""An hour played in five seconds: eight arrivals a second over eight connections, one worker behind them."""


@pytest.fixture
def played(tmp_path: Path):
    return rehearse("sqlite", COUNTIES, compress=COMPRESS, folder=tmp_path)


def test_forty_counties_hand_in_at_once(played) -> None:
    seen, books = played
    assert not seen.errors
    assert len(seen.waits) == COUNTIES
    assert books == expected(COUNTIES)
