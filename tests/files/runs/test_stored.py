"""Stored runs: figures from a frame close as figures from files do, and an archive is the directory again."""

from __future__ import annotations

import io
import zipfile
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from junxian.core.errors import DataError
from junxian.core.rulebook import at
from junxian.files.examples import SEED, generate
from junxian.files.rulebooks import load
from junxian.files.runs.close import Asked, close
from junxian.files.runs.intake import take_in
from junxian.files.runs.stored import close_frame, member_of, members_of, packed, unpacked
from junxian.files.runs.verify import verify

BOOK = Path(str(files("junxian") / "rulebooks")) / "example"
MONTHS = ("2026-05", "2026-06")


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pl.DataFrame]:
    """The folder with runs closed from files, and the figures of both months as one frame."""
    folder = tmp_path_factory.mktemp("months")
    made = generate(folder / "workbooks", SEED)
    frames, before = [], None
    for period in MONTHS:
        own = [path for path in made if path.parent.name == period]
        frames.append(take_in(at(load(BOOK), period), own, period).observations)
        close(BOOK, own, period=period, out=folder / period, today="2026-07-15", scheme="monthly", prior=before)
        before = folder / period
    return folder, pl.concat(frames).unique(maintain_order=True, keep="last")


def test_a_frame_closes_as_files_do(months: tuple[Path, pl.DataFrame], tmp_path: Path) -> None:
    folder, frame = months
    asked = Asked("2026-06", "monthly", "2026-07-15")
    close_frame(
        BOOK, frame.sample(fraction=1.0, shuffle=True, seed=7), asked, out=tmp_path / "run", priors=[folder / "2026-05"]
    )
    for name in ("scores.csv", "points.csv", "alerts.csv", "register.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (folder / "2026-06" / name).read_bytes(), name
    assert verify(tmp_path / "run").exit_code == 0


def test_checks_speak_of_the_period_asked_for(months: tuple[Path, pl.DataFrame], tmp_path: Path) -> None:
    _folder, frame = months
    fallen = frame.with_columns(
        pl.when((pl.col("indicator") == "revenue") & (pl.col("period") == "2026-06")).then(pl.col("value") / 10)
        .otherwise(pl.col("value")).alias("value")
    )  # fmt: skip
    asked = Asked("2026-06", "monthly", "2026-07-15")
    calm = close_frame(BOOK, frame, asked, out=tmp_path / "calm").taken.findings
    loud = close_frame(BOOK, fallen, asked, out=tmp_path / "loud").taken.findings
    assert loud.height > calm.height


def test_nothing_at_all_still_closes(tmp_path: Path) -> None:
    nothing = pl.DataFrame(
        schema={"region_code": pl.String, "indicator": pl.String, "period": pl.String, "value": pl.Float64}
    )
    closed = close_frame(BOOK, nothing, Asked("2026-06", "monthly", "2026-07-15"), out=tmp_path / "run")
    assert closed.observations.height == 0
    assert verify(tmp_path / "run").exit_code == 0


def test_an_archive_is_the_directory_again(months: tuple[Path, pl.DataFrame], tmp_path: Path) -> None:
    folder, _frame = months
    content = packed(folder / "2026-06")
    assert content == packed(folder / "2026-06")
    back = unpacked(content, tmp_path / "back")
    assert verify(back).exit_code == 0
    assert packed(back) == content
    assert member_of(content, "scores.csv") == (folder / "2026-06" / "scores.csv").read_bytes()
    assert "run.json" in members_of(content)
    some = unpacked(content, tmp_path / "some", ("run.json",))
    assert [path.name for path in some.iterdir()] == ["run.json"]
    with pytest.raises(DataError, match="no_member"):
        member_of(content, "nothing")


def test_an_archive_that_would_write_elsewhere_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../outside.txt", "x")
    with pytest.raises(DataError, match="unreadable"):
        unpacked(stream.getvalue(), tmp_path / "in")
    assert not (tmp_path / "outside.txt").exists()
    with pytest.raises(DataError, match="unreadable"):
        unpacked(b"no zip", tmp_path / "in")
