"""Trial months: nothing is published, and every difference from the office's workbook has a cell and a cause."""

from __future__ import annotations

import io

import openpyxl
import pytest

from junxian.core.errors import DataError
from junxian.web.assessment import trial
from junxian.web.assessment.actions import take_step
from junxian.web.assessment.models import OfficeLine, Point, Round, Score


@pytest.fixture
def tried(city):
    this_round = city.open(trial=True)
    return city, this_round, city.compute(this_round)


def workbook(run, change) -> bytes:
    """The run's own result as an office would keep it, with changes to single cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["汐岚市6月考核得分"])
    sheet.append(["单位", "总分", "规上工业增加值增速", "B"])
    for score in Score.objects.filter(run=run).select_related("unit").order_by("unit__order"):
        own = dict(Point.objects.filter(run=run, unit=score.unit).values_list("criterion", "points"))
        row = {"total": score.score, "A2": round(own["A2"], 2), "B": round(own["B"], 2)}
        row |= change.get(score.unit.code, {})
        sheet.append([score.unit.name, row["total"], row["A2"], row["B"]])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_differences_are_listed_by_unit_and_criterion_with_a_cause(tried) -> None:
    city, this_round, run = tried
    content = workbook(run, {"X10001": {"total": 91.0}, "X10002": {"A2": None}})
    result = trial.hand_in_result(this_round, "六月.xlsx", content, by=city.actor("kaohe"))
    lines = {(line.unit.code, line.criterion): line for line in result.lines.select_related("unit")}
    assert result.compared == 27
    assert lines["X10001", ""].proposed == ""
    assert (lines["X10001", ""].theirs, lines["X10001", ""].cell) == (91.0, "B3")
    assert lines["X10002", "A2"].proposed == OfficeLine.Cause.DATA
    others = [line for key, line in lines.items() if key not in {("X10001", ""), ("X10002", "A2")}]
    assert others, "points of nine places meet a workbook of two"
    assert {line.proposed for line in others} == {OfficeLine.Cause.ROUNDING}
    assert all(abs(line.theirs - line.ours) <= 0.005 + 1e-9 for line in others)
    trial.class_difference(lines["X10001", ""], "theirs", by=city.actor("kaohe"), note="公式漏了一行")
    counts = {row["cause"]: row["count"] for row in trial.tally(result)}
    assert counts["theirs"] == 1
    assert counts[""] == 0
    assert sum(counts.values()) == len(lines)
    with pytest.raises(DataError, match="cause_unknown"):
        trial.class_difference(lines["X10001", ""], "weather", by=city.actor("kaohe"))


@pytest.mark.parametrize(
    ("theirs", "ours", "places", "cause"),
    [(2.35, 2.349, 2, "rounding"), (2.35, 2.345, 2, "rounding"), (2.35, 2.3449, 2, ""), (2.0, None, 0, "data"),
     (3.0, 2.4, 0, ""), (2.3449, 2.34491, 4, "rounding")],
)  # fmt: skip
def test_rounding_is_half_a_unit_of_the_last_place(theirs, ours, places, cause) -> None:
    assert trial.proposed_cause(theirs, ours, places) == cause


def test_a_trial_round_publishes_nothing(tried) -> None:
    city, this_round, _run = tried
    Round.objects.filter(pk=this_round.pk).update(
        state="approving", minutes="〔2026〕1号", approved_at=this_round.opened_at
    )
    with pytest.raises(DataError, match="trial_publishes_nothing"):
        take_step(this_round, "publish", by=city.actor("kaohe"))
    assert not city.world.client("X10001-jingban").get("/rounds/").context["rows"]
    assert city.world.client("X10001-jingban").get(f"/rounds/{this_round.pk}/").status_code == 403


def test_trials_end_after_the_months_set(city) -> None:
    city.open("2026-04", trial=True)
    city.open("2026-05", trial=True)
    with pytest.raises(DataError, match="trial_over"):
        city.open("2026-06", trial=True)
    assert city.open("2026-06").trial is False


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.pdf", b"%PDF", "office_result_kind"), ("a.xlsx", b"PK broken", "office_result_kind"),
     ("a.xls", b"", "office_result_kind")],
)  # fmt: skip
def test_other_files_are_refused_in_one_sentence(tried, name, content, code) -> None:
    city, this_round, _run = tried
    with pytest.raises(DataError, match=code):
        trial.hand_in_result(this_round, name, content, by=city.actor("kaohe"))


def test_a_workbook_without_the_table_says_what_is_wanted(tried) -> None:
    city, this_round, _run = tried
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["甲", "乙"])
    book.save(stream)
    with pytest.raises(DataError, match="office_result_unreadable"):
        trial.hand_in_result(this_round, "a.xlsx", stream.getvalue(), by=city.actor("kaohe"))
