"""The thinnest page: sign-in is asked for, then the desk is there."""

from __future__ import annotations

from django.test import Client


def test_a_stranger_is_asked_to_sign_in(world) -> None:
    answer = Client().get("/")
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]


def test_every_demo_person_has_a_desk(world) -> None:
    assert world.client("kaohe").get("/").status_code == 200
    assert world.client("X10001-jingban").get("/").status_code in (200,)
