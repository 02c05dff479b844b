"""Two closed rounds of the small city, made once for all tests of a session that only read them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from junxian.files.runs.close import close
from tests.files.runs.city import BASE, JUNE, MAY, write_city, write_figures


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """rulebook, may and june run directories; june has may as its prior."""
    place = tmp_path_factory.mktemp("city")
    rulebook = write_city(place / "rules")
    may_file = write_figures(place / "in", "may", BASE, MAY)
    june_file = write_figures(place / "in", "june", JUNE)
    may, june = place / "may", place / "june"
    close(rulebook, [may_file], period="2026-05", out=may, today="2026-06-20")
    close(rulebook, [june_file], period="2026-06", out=june, today="2026-07-20", prior=may)
    return {"rulebook": rulebook, "may": may, "june": june, "may_file": may_file, "june_file": june_file}


@pytest.fixture
def june(made: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the June run that a test may spoil."""
    return Path(shutil.copytree(made["june"], tmp_path / "june"))
