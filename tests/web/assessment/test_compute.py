"""Computing a run: the archive verifies bit by bit, the rows say what scores.csv says, and twice is once."""

from __future__ import annotations

import csv

import pytest

from junxian.core.errors import DataError, RuleError
from junxian.files.runs.verify import verify
from junxian.web.archive import lease
from junxian.web.archive.models import Blob
from junxian.web.assessment import jobs
from junxian.web.assessment.actions import open_round, start_run
from junxian.web.assessment.models import Point, Receipt, Round, Run, Score
from junxian.web.people.models import AuditRow


def test_the_stored_archive_verifies_and_rows_equal_its_tables(computed, unpacked) -> None:
    _city, this_round, run = computed
    assert (run.state, run.code, run.facts) == (Run.State.DONE, "", {})
    folder = unpacked(run)
    verdict = verify(folder)
    assert verdict.exit_code == 0, verdict
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as stream:
        told = {row["region_code"]: row for row in csv.DictReader(stream)}
    rows = {score.unit.code: score for score in Score.objects.filter(run=run).select_related("unit")}
    assert set(told) == set(rows)
    for code, row in told.items():
        assert (float(row["score"]), int(row["rank"]), row["grade"], row["gate"], row["category"]) == (
            rows[code].score, rows[code].rank, rows[code].grade, rows[code].gate, rows[code].category,
        )  # fmt: skip
    with (folder / "points.csv").open(encoding="utf-8", newline="") as stream:
        assert sum(1 for _row in csv.DictReader(stream)) == Point.objects.filter(run=run).count() > 300
    assert Receipt.objects.filter(run=run).count() == len(rows) == 9
    assert this_round.run_id == run.pk
    assert this_round.state == Round.State.COMPUTING
    assert run.trust["complete"]["there"] > 200
    assert run.done_steps == run.all_steps > 0


def test_computing_again_changes_nothing(computed) -> None:
    _city, _round, run = computed
    rows, blobs, links = Score.objects.count(), Blob.objects.count(), AuditRow.objects.count()
    jobs.compute_run.func(run.pk)
    assert (Score.objects.count(), Blob.objects.count(), AuditRow.objects.count()) == (rows, blobs, links)


def test_a_run_another_worker_holds_is_left_alone(city) -> None:
    run = start_run(city.open(), by=city.actor("kaohe"))
    assert lease.claim(run)
    jobs.compute_run.func(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.WAITING
    lease.release(run)
    jobs.compute_run.func(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE


def test_a_run_that_cannot_be_says_why_and_leaves_the_round(city) -> None:
    this_round = city.open()
    run = start_run(this_round, by=city.actor("kaohe"))
    Run.objects.filter(pk=run.pk).update(scheme="no_such_scheme")
    jobs.compute_run.func(run.pk)
    run.refresh_from_db()
    this_round.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert run.code == "judge.no_scheme"
    assert run.facts["wanted"] == "no_such_scheme"
    assert this_round.run is None
    assert not Score.objects.exists()
    assert AuditRow.objects.filter(action="run.fail", subject_id=str(run.pk)).exists()


def test_a_failure_half_way_keeps_nothing(city, monkeypatch) -> None:
    run = start_run(city.open(), by=city.actor("kaohe"))

    def full(*_args: object, **_options: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("junxian.web.assessment.keeping.keep", full)
    with pytest.raises(OSError, match="no space"):
        jobs.compute_run.func(run.pk)
    run.refresh_from_db()
    assert (run.state, run.code) == (Run.State.FAILED, "web.assessment.broke")
    assert not Score.objects.exists()


def test_two_official_runs_at_once_are_refused(city) -> None:
    this_round = city.open()
    start_run(this_round, by=city.actor("kaohe"))
    with pytest.raises(DataError, match="run_under_way"):
        start_run(this_round, by=city.actor("kaohe"))


def test_a_second_run_needs_a_reason_and_says_what_it_replaces(computed) -> None:
    city, this_round, run = computed
    with pytest.raises(DataError, match="say_why"):
        city.compute(this_round)
    second = city.compute(this_round, reason="统计局更正了一个数")
    assert second.replaces == run
    assert second.mark == run.mark, "the same figures and rules give the same run"
    assert this_round.run == second
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert Score.objects.filter(run=run).count() == 9, "nothing is replaced silently"
    assert {row["after"] - row["before"] for row in second.comparison["replaced"]["rows"]} == {0.0}


def test_a_period_of_the_wrong_form_or_open_already_is_refused(city) -> None:
    with pytest.raises(DataError, match="merged_month"):
        city.open("2026-02")
    with pytest.raises(DataError, match="other_frequency"):
        city.open("2026")
    city.open()
    with pytest.raises(DataError, match="open_already"):
        city.open()
    with pytest.raises(RuleError, match="no_scheme"):
        open_round("nobody", "2026-06", by=city.actor("kaohe"))
