"""The API: reading within one's reach, handing in once for each key, the rule of states."""

from __future__ import annotations

import json

import pytest

from junxian.web.indicators.models import HandIn, Observation
from junxian.web.people.models import Post
from junxian.web.people.tokens import issue

PLACE = "/api/indicators/observations"


def token(world, name: str, step: str = "handle") -> dict[str, str]:
    post = Post.objects.select_related("person", "unit").get(unit__name=name, role="department", step=step)
    return {"Authorization": f"Bearer {issue(post, 'test', by=world.actor(post.person.username))}"}


@pytest.fixture
def send(world, client, round_open):
    head = token(world, "商务局")

    def go(key: str, *figures: dict, period: str = "2026-06", **more):
        body = {"scheme": "monthly", "period": period, "figures": list(figures)}
        return client.post(
            PLACE, json.dumps(body), "application/json", headers={**head, "Idempotency-Key": key}, **more
        )

    return go


TRADE = {"unit": "X10001", "indicator": "trade", "value": 12.5}


def test_the_same_key_and_body_is_answered_the_same_and_added_once(send) -> None:
    first, again = send("a-1", TRADE), send("a-1", TRADE)
    assert first.status_code == again.status_code == 200, first.content
    assert first.json() == again.json() == {"added": 1, "revised": 0, "same": 0}
    assert Observation.objects.count() == 1
    assert Observation.objects.get().source_kind == "api"


def test_the_same_key_with_another_body_is_refused(send) -> None:
    send("a-1", TRADE)
    other = send("a-1", {**TRADE, "value": 13})
    assert (other.status_code, other.json()["code"]) == (409, "web.indicators.key_used")
    assert Observation.objects.get().value == 12.5


def test_without_a_key_nothing_is_taken(world, client, round_open) -> None:
    body = {"scheme": "monthly", "period": "2026-06", "figures": [TRADE]}
    answer = client.post(PLACE, json.dumps(body), "application/json", headers=token(world, "商务局"))
    assert answer.status_code == 422
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("figure", "code"),
    [
        ({**TRADE, "state": "late"}, "web.indicators.state_and_value"),
        ({**TRADE, "value": None}, "web.indicators.state_and_value"),
        ({**TRADE, "indicator": "revenue"}, "web.indicators.not_asked"),
        ({**TRADE, "unit": "X19999"}, "web.indicators.not_asked"),
        ({**TRADE, "value": 5000.0}, "web.indicators.doubtful"),
    ],
)
def test_one_bad_figure_and_none_is_taken(send, figure, code) -> None:
    answer = send("b", {**TRADE, "unit": "X10002"}, figure)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Observation.objects.exists()


def test_states_are_taken_and_a_revision_needs_its_reason(send) -> None:
    assert send("1", {"unit": "X10001", "indicator": "trade", "state": "late"}).json()["added"] == 1
    assert send("2", TRADE).json()["revised"] == 1
    assert send("3", {**TRADE, "value": 13.0}).json()["code"] == "web.indicators.doubtful"
    assert send("4", {**TRADE, "value": 13.0, "reason": "海关修订"}).json()["revised"] == 1
    assert [row.value for row in Observation.objects.order_by("revision")] == [None, 12.5, 13.0]


def test_locked_figures_stay(send, round_open) -> None:
    posts = [
        Post.objects.get(unit__name="商务局", unit__kind="department", step=s) for s in ("handle", "review", "sign")
    ]
    HandIn.objects.filter(pk=round_open["商务局"].pk).update(
        state="signed", handled_by=posts[0], reviewed_by=posts[1], signed_by=posts[2]
    )
    assert send("c", TRADE).json()["code"] == "web.indicators.locked"


def test_a_county_reads_its_own_figures_only(world, send) -> None:
    send("d", TRADE, {**TRADE, "unit": "X10002"})
    mine = world.client("X10001-jingban").get(PLACE).json()
    assert (mine["count"], mine["items"][0]["unit"]) == (1, "X10001")
    assert world.client("kaohe").get(PLACE, {"limit": 1}).json()["count"] == 2
    assert [u["code"] for u in world.client("X10001-jingban").get("/api/indicators/units").json()["items"]] == [
        "X10001"
    ]
    assert len(world.client("kaohe").get("/api/indicators/indicators").json()["items"]) > 50


def test_a_county_hands_in_nothing_it_is_not_asked(world, client, round_open) -> None:
    post = world.post("X10001-jingban")
    head = {"Authorization": f"Bearer {issue(post, 't', by=world.actor('X10001-jingban'))}", "Idempotency-Key": "x"}
    body = {"scheme": "monthly", "period": "2026-06", "figures": [TRADE]}
    answer = client.post(PLACE, json.dumps(body), "application/json", headers=head)
    assert answer.json()["code"] == "web.indicators.nothing_owed"


def test_an_unreadable_period_is_said(send, world) -> None:
    assert send("e", TRADE, period="2026-13").status_code == 422
    assert world.client("kaohe").get(PLACE, {"since": "x"}).status_code == 422
