"""The demonstration: one click into an account, the day moved on — and none of it outside demo mode."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from junxian.core.errors import RuleError
from junxian.web import clock
from junxian.web.people import days
from junxian.web.people.access import Role
from junxian.web.people.models import AuditRow, DemoDay, Person
from junxian.web.people.queries import demo_accounts

ZH = {"accept-language": "zh-hans"}


def test_the_sign_in_page_lists_an_account_for_each_role(demo: Any) -> None:
    text = Client(headers=ZH).get("/account/login/").content.decode()
    assert "以此身份进入" in text
    shown = {account["role"] for account in demo_accounts()}
    assert shown == {str(role.label) for role in Role if role not in (Role.SECURITY, Role.AUDIT_ADMIN)}
    for account in demo_accounts():
        assert account["username"] in text
    assert len([account for account in demo_accounts() if account["username"].startswith("X1")]) == 3


def test_one_click_signs_in(demo: Any) -> None:
    client = Client(headers=ZH)
    assert client.post("/demo/enter/", {"username": "shizhang"}).status_code == 302
    assert client.get("/api/people/me").json()["role"] == "leader"
    client.post("/demo/enter/", {"username": "kaohe"})
    assert client.get("/api/people/me").json()["role"] == "office"


def test_a_real_account_is_not_entered_that_way(demo: Any, clerk: Person) -> None:
    assert Client().post("/demo/enter/", {"username": clerk.username}).status_code == 404


def test_outside_demo_mode_nothing_of_it_is_there(world: Any) -> None:
    client = Client(headers=ZH)
    assert "以此身份进入" not in client.get("/account/login/").content.decode()
    assert client.post("/demo/enter/", {"username": "shizhang"}).status_code == 404
    assert client.get("/api/people/me").status_code == 401
    assert world.client("kaohe").post("/demo/day/", {"to": "day"}).status_code == 404
    with pytest.raises(PermissionDenied):
        days.move("day", by=world.actor("kaohe"))
    assert not DemoDay.objects.exists()


def test_the_day_moves_on_and_is_audited(demo: Any) -> None:
    client = demo.client("kaohe")
    client.post("/demo/day/", {"to": "workday", "next": "/reminders/"})
    assert clock.today() == date(2026, 7, 16)
    client.post("/demo/day/", {"to": "day"})
    client.post("/demo/day/", {"to": "2026-08-18"})
    assert clock.today() == date(2026, 8, 18)
    row = AuditRow.objects.first()
    assert (row.action, row.before, row.after) == ("demo.day", "2026-07-17", "2026-08-18")


@pytest.mark.parametrize(("to", "code"), [("2026-07-01", "day_back"), ("tomorrow", "day_unread")])
def test_the_day_never_goes_back(demo: Any, to: str, code: str) -> None:
    with pytest.raises(RuleError) as fault:
        days.move(to, by=demo.actor("kaohe"))
    assert fault.value.code == f"web.people.{code}"
    assert demo.client("kaohe").post("/demo/day/", {"to": to}).status_code == 302
    assert clock.today() == date(2026, 7, 15)


def test_offices_stand_at_their_own_department(world: Any) -> None:
    owed = {username: world.post(username).unit.name for username in ("kaohe", "kaohe2", "kaohe3", "ducha", "caizheng")}
    assert owed == {"kaohe": "考核办", "kaohe2": "考核办", "kaohe3": "考核办", "ducha": "督查室", "caizheng": "财政局"}
    assert world.post("shizhang").unit.root
    office = world.actor("kaohe")
    other = world.post("bumen1-handle").unit_id
    assert office.covers("figure.hand_in", world.post("kaohe").unit_id)
    assert not office.covers("figure.hand_in", other), "what another department owes is not the office's to hand in"
    for permission in ("round.run", "figure.unlock", "result.preview", "notice.publish"):
        assert office.covers(permission, other), permission
