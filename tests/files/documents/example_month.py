"""A closed month of the fictional city: 2026-05 as history, 2026-06 with its papers."""

from __future__ import annotations

from pathlib import Path

from junxian.files.examples import SEED, generate
from junxian.files.runs.close import Closed, close
from junxian.files.runs.papers import write_papers

BOOK = Path(__file__).parents[3] / "src/junxian/rulebooks/example"
PERIOD = "2026-06"


def close_june(place: Path) -> tuple[Closed, Path]:
    """The closed month and its run directory."""
    made = generate(place / "workbooks", SEED)

    def own(period: str) -> list[Path]:
        return [path for path in made if path.parent.name == period]

    may, june = place / "may", place / "june"
    close(BOOK, own("2026-05"), period="2026-05", out=may, today="2026-06-20", scheme="monthly")
    closed = close(
        BOOK, own(PERIOD), period=PERIOD, out=june, today="2026-07-15", scheme="monthly", prior=may, papers=write_papers
    )
    return closed, june
