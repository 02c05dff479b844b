"""Reminders: one a day for each person, each line once, whoever stands in included."""

from __future__ import annotations

from typing import Any

from django.test import Client

from junxian.web.people import reminders
from junxian.web.people.models import Message, Post


def test_lines_of_a_day_come_as_one_message(world: Any) -> None:
    office, person = world.actor("kaohe"), world.person("ducha")
    for line in ("请报 6 月数据", "请核对 3 项", "请报 6 月数据"):
        reminders.remind(person, line, by=office)
    message = Message.objects.get(person=person)
    assert [line["text"] for line in message.lines] == ["请报 6 月数据", "请核对 3 项"]
    assert message.day.isoformat() == "2026-07-15"


def test_the_next_day_is_another_message(world: Any, settings: Any) -> None:
    person = world.person("ducha")
    reminders.remind(person, "一", by=None)
    settings.TODAY = "2026-07-16"
    reminders.remind(person, "一", by=None)
    assert Message.objects.filter(person=person).count() == 2


def test_a_post_is_reminded_with_whoever_stands_in(world: Any) -> None:
    post, other = world.post("X10001-jingban"), world.person("ducha")
    Post.objects.create(
        person=other, unit=post.unit, role=post.role, starts="2026-07-10", ends="2026-07-15", stands_in_for=post
    )
    told = reminders.remind(post, "请报 6 月数据", by=None)
    assert {message.person for message in told} == {post.person, other}


def test_a_new_line_makes_it_unread_again(world: Any) -> None:
    actor = world.actor("ducha")
    message = reminders.remind(actor.person, "一", by=None)[0]
    reminders.mark_read(message, by=actor)
    assert reminders.unread(actor.person) == 0
    reminders.remind(actor.person, "一", by=None)
    assert reminders.unread(actor.person) == 0, "the same line again is no news"
    reminders.remind(actor.person, "二", by=None)
    assert reminders.unread(actor.person) == 1


def test_the_page_shows_mine_and_marks_mine(world: Any) -> None:
    message = reminders.remind(world.person("ducha"), "<b>请核对</b>", by=None, address="/reminders/")[0]
    reminders.remind(world.person("kaohe"), "别人的", by=None, address="//elsewhere.example")
    client: Client = world.client("ducha")
    text = client.get("/reminders/").content.decode()
    assert '<a href="/reminders/">&lt;b&gt;请核对&lt;/b&gt;</a>' in text
    assert "别人的" not in text
    assert "elsewhere" not in world.client("kaohe").get("/reminders/").content.decode()
    assert world.client("kaohe").post(f"/reminders/{message.pk}/").status_code == 404
    assert client.post(f"/reminders/{message.pk}/").status_code == 302
    message.refresh_from_db()
    assert message.read_at is not None


def test_a_code_is_said_in_the_readers_language(world: Any) -> None:
    reminders.remind(world.person("ducha"), ("web.people.inactive", {"name": "李雷"}), by=None)
    assert "李雷 的账号已停用" in world.client("ducha").get("/reminders/").content.decode()
    assert "The account of 李雷 is stopped" in world.client("ducha", "en").get("/reminders/").content.decode()
