"""The other engine: PySpark gives the same bytes; where Java is missing one sentence says what to install."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from junxian.core.errors import DataError
from junxian.files.runs.close import close
from junxian.files.runs.engine import engine_named
from junxian.files.runs.verify import verify
from tests.files.runs.city import BASE, MAY, write_city, write_figures

# py4j leaves its socket to the garbage collector when a session stops; nothing of ours can close it.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
RESULTS = ("scores.csv", "points.csv", "alerts.csv", "receipts.json")


@pytest.mark.skipif(shutil.which("java") is None, reason="Java 17 is not installed, so Spark cannot run here")
@pytest.mark.skipif(find_spec("pyspark") is None, reason="the spark extra is not installed")
def test_spark_gives_the_same_bytes(tmp_path: Path) -> None:
    rules, figures = write_city(tmp_path / "rules"), write_figures(tmp_path / "in", "may", BASE, MAY)
    close(rules, [figures], period="2026-05", out=tmp_path / "polars", today="")
    close(rules, [figures], period="2026-05", out=tmp_path / "spark", today="", engine="spark")
    for name in RESULTS:
        assert (tmp_path / "spark" / name).read_bytes() == (tmp_path / "polars" / name).read_bytes(), name
    assert verify(tmp_path / "spark").exit_code == 0


def test_without_java_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("pyspark") is None:
        pytest.skip("the spark extra is not installed")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(DataError, match="java_missing"), engine_named("spark"):
        pass


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DataError, match="unknown_engine"), engine_named("abacus"):
        pass
