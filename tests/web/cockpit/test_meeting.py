"""What a meeting takes from the results: red and orange lines, and proposals of who should be named."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from junxian.web.assessment.models import Round
from junxian.web.cockpit.meeting import alert_words, proposals
from junxian.web.people.models import AuditRow
from junxian.web.supervision.models import Decision, Meeting, Named
from tests.web.cockpit.conftest import counties


@pytest.fixture
def meeting(world) -> Meeting:
    return Meeting.objects.create(title="第十次常务会议", date=date(2026, 7, 20), post=world.post("changwu"))


def test_the_meeting_and_its_paper_ask_for_the_red_lines(world, published, meeting):
    for path in (f"/meetings/{meeting.pk}/", f"/meetings/{meeting.pk}/paper/"):
        assert 'hx-get="/meetings/red-lines/"' in world.client("changwu").get(path).content.decode()
    text = world.client("changwu").get("/meetings/red-lines/").content.decode()
    red, _orange, yellow = (unit.name for unit in counties()[:3])
    assert red in text
    assert "红色" in text
    assert yellow not in text, "yellow lines are for the desk, not for the meeting"
    assert "2026年6月" in text


def test_before_publication_only_those_who_preview_see_them_and_it_is_logged(world, published):
    Round.objects.update(state="approving", published_at=None)
    red = counties()[0].name
    assert red in world.client("changwu").get("/meetings/red-lines/").content.decode()
    assert AuditRow.objects.filter(action="read", subject="run", person__username="changwu").exists()
    for username in ("ducha", f"{counties()[0].code}-changwu"):
        assert red not in world.client(username).get("/meetings/red-lines/").content.decode()
    assert world.client(f"{counties()[0].code}-jingban").get("/meetings/red-lines/").status_code == 403


def test_proposals_name_with_one_click(world, published, meeting):
    earlier = Meeting.objects.create(
        title="第九次", date=date(2026, 6, 20), post=world.post("changwu"), state="closed", minutes="纪要9",
        held_at=datetime(2026, 6, 20, tzinfo=UTC), closed_at=datetime(2026, 6, 20, tzinfo=UTC),
    )  # fmt: skip
    Decision.objects.create(
        meeting=earlier, year=2026, number=7, text="还清欠款", owner=counties()[3], due=date(2026, 7, 10),
        first_due=date(2026, 7, 10), post=world.post("changwu"), at=datetime(2026, 6, 20, tzinfo=UTC),
    )  # fmt: skip
    found = proposals(meeting, world.actor("changwu"))
    assert counties()[0] in [one.unit for one in found]
    assert (counties()[3], "逾期 5 天未办结：还清欠款") in [(one.unit, one.line) for one in found]
    client = world.client("changwu")
    page = client.get(f"/meetings/{meeting.pk}/").content.decode()
    assert f'hx-get="/meetings/{meeting.pk}/proposals/"' in page
    fragment = client.get(f"/meetings/{meeting.pk}/proposals/").content.decode()
    assert found[0].line in fragment
    client.post(f"/meetings/{meeting.pk}/name/", {"unit": found[0].unit.code, "line": found[0].line})
    assert Named.objects.get().unit == found[0].unit
    left = proposals(meeting, world.actor("changwu"))
    assert len(left) == len(found) - 1
    assert found[0] not in left
    assert world.client("shizhang").get(f"/meetings/{meeting.pk}/proposals/").status_code == 403
    Meeting.objects.filter(pk=meeting.pk).update(state="held", held_at=datetime(2026, 7, 20, tzinfo=UTC))
    assert "点名" not in client.get(f"/meetings/{meeting.pk}/proposals/").content.decode()


def test_a_line_without_a_figure_says_none(published):
    alert = published.run.alerts.filter(level="red").select_related("unit")[0]
    alert.value = None
    assert "本期" not in alert_words(alert)
