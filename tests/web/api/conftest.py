"""The fictional city with one of everything the API shows: two published rounds and one in the check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from junxian.core.indicators.period import parse_period
from junxian.web.archive.actions import keep
from junxian.web.assessment.models import Evidence, Objection, Receipt, Round, Settlement
from junxian.web.benchmarks.standing import indicators_of, watched
from junxian.web.bulletins.models import NoticeVersion, Publication
from junxian.web.indicators.actions import open_hand_ins
from junxian.web.indicators.models import Finding, HandIn, Observation, Query, Upload
from junxian.web.people.models import Message, Post
from junxian.web.people.tokens import issue
from junxian.web.rulebooks.current import current, current_version
from junxian.web.supervision import actions, decisions
from junxian.web.supervision.models import Item, Promise
from junxian.web.units.models import Unit
from tests.web.cockpit.conftest import fill, make_round, two_rounds
from tests.web.conftest import World

OWN, OTHER = "X10001", "X10002"
NOW = datetime(2026, 7, 10, 9, tzinfo=UTC)
PERIOD, EARLIER = "2026-06", "2026-05"


@dataclass
class Shelf:
    """What is there: keys as addresses name them."""

    world: World
    published: Round
    checking: Round
    hand_in: HandIn
    keys: dict[str, str]

    def token(self, username: str) -> dict[str, str]:
        post = self.world.post(username)
        return {"Authorization": f"Bearer {issue(post, 'test', by=self.world.actor(username))}"}

    def client(self, username: str) -> Client:
        return Client(headers={**self.token(username), "accept-language": "zh-hans"})


@pytest.fixture
def shelf(world: World) -> Shelf:
    published = two_rounds()
    checking = make_round("2026-07", 2026 * 12 + 6, "checking")
    Round.objects.filter(pk=checking.pk).update(published_at=None)
    fill(checking, {unit.code: 1 for unit in Unit.objects.counties()}, {})
    for row in Receipt.objects.all():
        row.content |= {"region_code": row.unit.code}
        row.save()
    hand_in = _collected(world)
    _province()
    notice = _notice(world, published)
    meeting = _meeting(world)
    serial = _objected(world, checking)
    Message.objects.create(person=world.person(f"{OWN}-jingban"), day=date(2026, 7, 14), lines=[
        {"text": "", "code": "web.api.missing", "facts": {}, "address": "/rounds/"}])  # fmt: skip
    keys = {"number": "1", "section": "schemes", "round": str(checking.pk), "hand_in": str(hand_in.pk),
            "meeting": str(meeting), "notice": str(notice.pk), "serial": serial}  # fmt: skip
    return Shelf(world, published, checking, hand_in, keys)


def _collected(world: World) -> HandIn:
    """The hand-ins of June; a figure for two counties, one revised, and a file with a finding."""
    made = {one.owner.name: one for one in open_hand_ins("monthly", PERIOD, by=world.actor("kaohe"))}
    hand_in = made["商务局"]
    index = parse_period(PERIOD).index
    post = Post.objects.get(unit=hand_in.owner, role="department", step="handle")
    upload = Upload.objects.create(
        hand_in=hand_in, period=PERIOD, name="六月.xlsx", content=keep(b"book"), state="read", post=post, at=NOW
    )
    for code, value, revision in ((OWN, 12.0, 0), (OWN, 12.5, 1), (OTHER, 8.0, 0)):
        Observation.objects.create(
            unit=Unit.objects.get(code=code), indicator="trade", period=PERIOD, period_index=index, kind="YTD",
            revision=revision, value=value, state="reported", upload=upload, file=upload.name, sheet="表1", cell="C5",
            post=post, at=NOW,
        )  # fmt: skip
    Query.objects.create(
        figure=Observation.objects.get(unit__code=OWN, indicator="trade", revision=1), hand_in=hand_in,
        text="应为 13", asked_by=world.post(f"{OWN}-jingban"), asked_at=NOW,
    )  # fmt: skip
    Finding.objects.create(
        upload=upload, period=PERIOD, file=upload.name, sheet="表1", cell="C5", severity="ask", rule="jump",
        code="checks.jump", unit=Unit.objects.get(code=OWN), indicator="trade", facts={"unit": OWN, "value": 12.5},
    )  # fmt: skip
    return hand_in


def _province() -> None:
    """Figures of every unit for what the rank tables read, in the month before anybody owes anything."""
    cards = {card.code: card for card in current().indicators}
    codes = indicators_of(current_version().hash, [r.value for t in watched(current()) for r in t.indicators])
    Observation.objects.bulk_create(
        Observation(unit=unit, indicator=code, period=EARLIER, period_index=parse_period(EARLIER).index,
                    kind=cards[code].kind, value=100.0 + place, state="reported", at=NOW)
        for code in sorted(codes - {"trade"}) for place, unit in enumerate(Unit.objects.filter(kind="region"))
    )  # fmt: skip


def _notice(world: World, published: Round) -> Publication:
    post = world.post("kaohe")
    paper = {"title": {"pieces": [{"text": "通报"}]}, "body": []}
    sources = [{"of": "figure", "code": code, "file": "六月.xlsx", "sheet": "表1", "cell": "C5", "document": ""}
               for code in (OWN, OTHER)]  # fmt: skip
    checks = [{"text": "12.5", "holds": True, "sources": sources}]
    version = NoticeVersion.objects.create(
        round=published, run=published.run, number=1, kind="composed", name="稿", docx=keep(b"docx"), paper=paper,
        clean=True, post=post, at=NOW,
    )  # fmt: skip
    return Publication.objects.create(
        round=published, run=published.run, version=version, title="六月通报", number="〔2026〕6号", series="通报",
        year=2026, serial=6, run_mark="m", snapshot_hash="s", rulebook_hash="r", docx=keep(b"docx"), sha256="0" * 64,
        paper=paper, checks=checks, audit_count=1, audit_hash="h", post=post, at=NOW,
    )  # fmt: skip


def _meeting(world: World) -> int:
    """A meeting that named two counties and gave each a decision; the minutes closed it."""
    by = world.actor("ducha")
    made = actions.plan(day=date(2026, 7, 13), title="第十二次常务会议", by=by)
    Item.objects.create(meeting=made, place=1, title="六月考核")
    for code in (OWN, OTHER):
        unit = Unit.objects.get(code=code)
        actions.name(made, unit, line=f"{code} 外贸下滑", by=by)
        Promise.objects.create(
            unit=unit, what="奖励", basis="办法", due=date(2026, 8, 1), body=unit, post=by.post, at=NOW
        )
    actions.tell(made, by=by)
    actions.hold(made, reason="当日补告", by=by)
    for code in (OWN, OTHER):
        unit = Unit.objects.get(code=code)
        decisions.decide(
            made, text=f"{code} 七月整改", owner=unit, due=date(2026, 7, 31), linked=("trade", None), by=by
        )
    actions.close(made, minutes="〔2026〕13号", by=by)
    return int(made.pk)


def _objected(world: World, checking: Round) -> str:
    post, unit = world.post(f"{OWN}-changwu"), Unit.objects.get(code=OWN)
    made = Objection.objects.create(
        serial="YY-2026-07-1", round=checking, run=checking.run, unit=unit, criterion="A1", ground="data_error",
        text="收入应为 13", filed_by=post, filed_at=NOW, decide_by=date(2026, 7, 20),
    )  # fmt: skip
    Evidence.objects.create(objection=made, name="证明.pdf", content=keep(b"pdf"), size=3, post=post, at=NOW)
    Settlement.objects.create(
        round=checking, unit=unit, objection=made, criterion="A1", year=2026, text="年底结算", post=post, at=NOW
    )
    return made.serial


@pytest.fixture
def reader(shelf: Shelf) -> Callable[[str], Client]:
    return shelf.client
