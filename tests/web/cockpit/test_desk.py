"""The desk: only what needs the acting post, what is late first, nothing of other units."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from junxian.web.assessment.models import Objection, Round
from junxian.web.cockpit.desk import LATE, items
from junxian.web.indicators.models import Finding, HandIn, Upload
from junxian.web.people.models import Message
from tests.web.cockpit.conftest import make_round

TODAY = date(2026, 7, 15)
NOW = datetime(2026, 7, 15, 1, tzinfo=UTC)


def titles(world, username: str) -> list[str]:
    return [item.title for item in items(world.actor(username), TODAY)]


def hand_in(world, username: str = "bumen1-handle", state: str = "open", due: date = date(2026, 7, 20)) -> HandIn:
    return HandIn.objects.create(
        period="2026-06", scheme="monthly", owner=world.post(username).unit, indicators=[], due=due, state=state
    )


def test_an_empty_desk_says_so(world):
    for username in ("kaohe", "shizhang", "shenji", "xitong", "X10001-jingban"):
        assert "本月无需办理。" in world.client(username).get("/").content.decode()
    assert "Nothing needs you this month." in world.client("kaohe", "en").get("/").content.decode()


@pytest.mark.parametrize(
    ("state", "username", "word"),
    [
        ("open", "bumen1-handle", "报送"), ("received", "bumen1-handle", "确认"),
        ("confirmed", "bumen1-review", "复核"), ("reviewed", "bumen1-sign", "签发"),
    ],
)  # fmt: skip
def test_a_hand_in_lies_on_one_desk_alone(world, state, username, word):
    made = hand_in(world, state=state)
    (item,) = items(world.actor(username), TODAY)
    assert word in item.title
    assert item.url == f"/hand-ins/{made.pk}/"
    assert item.detail == "还有 5 天"
    others = {"bumen1-handle", "bumen1-review", "bumen1-sign", "bumen2-handle", "kaohe", "X10001-jingban"} - {username}
    assert all(titles(world, other) == [] for other in others)


def test_a_signed_hand_in_is_on_no_desk(world):
    names = {"handled": "handle", "reviewed": "review", "signed": "sign"}
    steps = {f"{step}_by": world.post(f"bumen1-{name}") for step, name in names.items()}
    steps |= {f"{step}_at": NOW for step in names}
    HandIn.objects.filter(pk=hand_in(world).pk).update(state="signed", **steps)
    assert titles(world, "bumen1-handle") == titles(world, "bumen1-sign") == []


def test_what_is_late_comes_first(world):
    hand_in(world)
    HandIn.objects.create(
        period="2026-05", scheme="monthly", owner=world.post("bumen1-handle").unit, due=date(2026, 7, 12)
    )
    first, second = items(world.actor("bumen1-handle"), TODAY)
    assert (first.late, first.weight, first.detail) == (True, LATE + 3, "已超期 3 天")
    assert "2026年5月" in first.title
    assert not second.late
    assert "已超期" in world.client("bumen1-handle").get("/").content.decode()


def test_open_findings_count_for_the_keeper(world):
    post = world.post("bumen1-handle")
    from junxian.web.archive.actions import keep

    upload = Upload.objects.create(
        hand_in=hand_in(world, state="received"), period="2026-06", name="6月主要指标.xlsx", content=keep(b"x"),
        state="read", post=post, at=NOW,
    )  # fmt: skip
    for answer in ("open", "open", "explained"):
        Finding.objects.create(
            upload=upload, period="2026-06", severity="warning", rule="jump", code="x", answer=answer
        )
    assert "6月主要指标.xlsx 有 2 处待说明或更正" in titles(world, "bumen1-handle")
    assert titles(world, "bumen1-review") == []
    Upload.objects.update(state="withdrawn")
    assert "6月主要指标.xlsx 有 2 处待说明或更正" not in titles(world, "bumen1-handle")


def test_every_state_of_a_round_lies_with_its_owner(world):
    made = make_round("2026-06", 24317, "collecting")
    said = {}
    for state in ("collecting", "computing", "reviewing", "approving", "published", "frozen", "withdrawn"):
        Round.objects.update(state=state, minutes="" if state == "approving" else made.minutes)
        said[state] = [name for name in ("kaohe", "shizhang", "shenji", "X10001-jingban") if titles(world, name)]
    assert said == {
        "collecting": ["kaohe"], "computing": ["kaohe"], "reviewing": ["kaohe"], "approving": ["shizhang"],
        "published": ["kaohe"], "frozen": [], "withdrawn": [],
    }  # fmt: skip


def test_an_approved_round_goes_back_to_the_office(world):
    make_round("2026-06", 24317, "approving")
    assert titles(world, "shizhang") == []
    assert "发布 2026年6月 通报" in titles(world, "kaohe")


def test_a_county_is_asked_to_check_until_it_objects(world, published):
    Round.objects.filter(pk=published.pk).update(state="checking", check_until=date(2026, 7, 16))
    receipt = published.run.receipts.get(unit__code="X10001")
    receipt.content = {
        "region_code": "X10001", "period": "2026-06", "score": 85.0, "base": 85.0, "bonus": 0.0, "deduction": 0.0,
        "lines": [],
    }  # fmt: skip
    receipt.save()
    (item,) = (i for i in items(world.actor("X10001-changwu"), TODAY) if i.url == "/units/X10001/check/")
    assert item.due == date(2026, 7, 16)
    file_objection(world, published)
    assert not [i for i in items(world.actor("X10001-changwu"), TODAY) if i.url == "/units/X10001/check/"]


def file_objection(world, made: Round) -> Objection:
    post = world.post("X10001-changwu")
    return Objection.objects.create(
        serial="Y-1", round=made, run=made.run, unit=post.unit, criterion="A1", ground="data_error", text="有误",
        filed_by=post, filed_at=NOW, decide_by=date(2026, 7, 14),
    )  # fmt: skip


def test_an_objection_waits_for_a_reviewer_who_did_not_compute(world, published):
    file_objection(world, published)
    published.run.post = world.post("kaohe")
    published.run.save()
    assert not [title for title in titles(world, "kaohe") if "异议" in title]
    first = items(world.actor("kaohe2"), TODAY)[0]
    assert "异议" in first.title
    assert first.late


def test_unread_reminders_are_one_line_at_the_end(world):
    hand_in(world)
    Message.objects.create(person=world.person("bumen1-handle"), day=TODAY, lines=["一", "二"])
    assert titles(world, "bumen1-handle")[-1] == "2 条提醒未读"


def test_among_rounds_the_biggest_surprise_comes_first(world):
    rounds = [make_round("2026-05", 24316, "reviewing"), make_round("2026-06", 24317, "reviewing")]
    for one, change in zip(rounds, (0.5, -12.345), strict=True):
        rows = [{"region_code": "X10001", "region": "望潮区", "before": 80.0, "after": 80.0 + change},
                {"region_code": "X10002", "region": "其他", "before": 80.0, "after": None}]  # fmt: skip
        one.run.comparison = {"previous": {"rows": rows}}
        one.run.save()
    found = [item for item in items(world.actor("kaohe"), date(2026, 1, 1)) if item.url.startswith("/rounds/")]
    assert [item.url for item in found] == [f"/rounds/{rounds[1].pk}/", f"/rounds/{rounds[0].pk}/"]
    assert "变动最大：望潮区 −12.35 分" in found[0].detail
    assert "+0.50" in found[1].detail


def test_constant_queries(world, django_assert_max_num_queries):
    for month in range(1, 10):
        HandIn.objects.create(
            period=f"2025-{month:02}", scheme="monthly", owner=world.post("bumen1-handle").unit, due=TODAY
        )
    client = world.client("bumen1-handle")
    client.get("/")
    with django_assert_max_num_queries(20):
        client.get("/")
