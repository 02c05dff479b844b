"""My desk (我的办公桌): only what needs the acting post, the biggest surprise first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from junxian.core.assessment.round import OWNERS
from junxian.web.assessment.models import Confirmation, Objection, Round, Run
from junxian.web.indicators.models import Finding, HandIn
from junxian.web.people.actor import Actor
from junxian.web.people.models import Message

LATE, BROKEN, DECIDE, STEP, ASK, READ = 100, 90, 80, 60, 50, 10
"""What weighs most comes first: late work, then what failed, then what others wait for."""


@dataclass(frozen=True)
class Item:
    """One thing to do: what, where, by when. `weight` orders the desk."""

    weight: int
    title: str
    url: str = ""
    detail: str = ""
    due: date | None = None
    late: bool = False


def items(actor: Actor, today: date) -> list[Item]:
    """Everything that waits for this post today."""
    if actor.post is None:
        return []
    found = [
        *hand_ins(actor, today), *findings(actor), *rounds(actor, today), *checks(actor, today),
        *objections(actor, today), *reminders(actor),
    ]  # fmt: skip
    return sorted(found, key=lambda item: (-item.weight, item.due or date.max, item.title))


def address(name: str, *args: Any) -> str:
    """Where a page is; empty where this deployment has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _dated(weight: int, title: str, url: str, due: date | None, today: date) -> Item:
    late = due is not None and due < today
    days = abs((due - today).days) if due else 0
    detail = "" if due is None else _("已超期 %(days)d 天") % {"days": days} if late else _("还有 %(days)d 天") % {"days": days}
    return Item(LATE + days if late else weight, title, url, detail, due, late)


def steps_of(actor: Actor) -> list[str]:
    """States of a hand-in in which this post is the one to move it on."""
    step = actor.post.step if actor.post else ""
    table = {
        "handle": ("figure.hand_in", ["open", "received"]), "review": ("figure.review", ["confirmed"]),
        "sign": ("figure.sign", ["reviewed"]),
    }  # fmt: skip
    permission, states = table.get(step, ("figure.hand_in", []))
    return states if actor.may(permission) else []


def hand_ins(actor: Actor, today: date) -> Iterator[Item]:
    """Hand-ins of the post's unit that wait for its step."""
    states = steps_of(actor)
    if not states:
        return
    words = {
        "open": _("报送 %(period)s 数据"), "received": _("确认 %(period)s 上传的数据"),
        "confirmed": _("复核 %(period)s 数据"), "reviewed": _("签发 %(period)s 数据"),
    }  # fmt: skip
    for one in HandIn.objects.filter(owner_id__in=actor.own, state__in=states).select_related("owner"):
        title = f"{one.owner}：{words[one.state] % {'period': one.period}}"
        yield _dated(STEP, title, address("hand_in", one.pk), one.due, today)


def findings(actor: Actor) -> Iterator[Item]:
    """Open findings in what the post's unit has uploaded."""
    if "open" not in steps_of(actor):
        return
    mine = Q(upload__hand_in__owner_id__in=actor.own) & ~Q(upload__state__in=["withdrawn", "refused"])
    rows = Finding.objects.filter(mine, answer="open").exclude(severity="note").order_by()
    for row in rows.values("upload_id", "upload__name").annotate(n=Count("pk")):
        title = _("%(name)s 有 %(n)d 处待说明或更正") % {"name": row["upload__name"], "n": row["n"]}
        yield Item(ASK + min(row["n"], 20), title, address("upload", row["upload_id"]))


def rounds(actor: Actor, today: date) -> Iterator[Item]:
    """Rounds whose next step is this post's."""
    if not (actor.may("round.run") or actor.may("notice.approve")):
        return
    for one in Round.objects.exclude(state__in=["frozen", "withdrawn"]).select_related("run"):
        title = _round_title(one, actor)
        if title:
            yield _dated(STEP, title, address("round", one.pk), one.report_by, today)
    for run in Run.objects.filter(state="failed", purpose="official", post_id=actor.post.pk if actor.post else 0):
        if not run.replaced_by.exists():
            yield Item(BROKEN, _("%(period)s 的核算未能完成") % {"period": run.period}, address("run", run.pk))


def _round_title(one: Round, actor: Actor) -> str:
    """What this post should do with the round; empty where it is somebody else's turn."""
    period = {"period": one.period}
    owner = OWNERS[one.state]  # type: ignore[index]
    if owner == "leader":
        if actor.may("notice.approve") and not one.minutes:
            return _("审定 %(period)s 通报") % period
        return _("发布 %(period)s 通报") % period if one.minutes and actor.may("notice.publish") else ""
    if not actor.may("round.run"):
        return ""
    words = {
        "collecting": _("催收 %(period)s 数据，到齐后发起计算"), "computing": _("查看 %(period)s 核算结果，送县区核对"),
        "reviewing": _("复核 %(period)s 结果，提交审定"), "published": _("冻结 %(period)s 轮次"),
    }  # fmt: skip
    return words[one.state] % period if one.state in words else ""


def checks(actor: Actor, today: date) -> Iterator[Item]:
    """The county's own check of a round, until it has confirmed."""
    if not actor.may("round.check") or not actor.may("objection.file") or actor.post is None:
        return
    unit = actor.post.unit
    for one in Round.objects.filter(state="checking", run__isnull=False):
        if Confirmation.objects.filter(run_id=one.run_id, unit=unit).exists():
            continue
        title = _("核对 %(unit)s %(period)s 的数据和得分") % {"unit": unit, "period": one.period}
        yield _dated(DECIDE, title, address("county_check", one.pk, unit.code), one.check_until, today)


def objections(actor: Actor, today: date) -> Iterator[Item]:
    """Objections this post may decide: never those against its own computation."""
    if not actor.may("objection.review") or actor.post is None:
        return
    waiting = Objection.objects.filter(decision="").exclude(run__post_id=actor.post.pk).select_related("unit", "round")
    for one in waiting:
        title = _("决定 %(unit)s 对 %(period)s 的异议") % {"unit": one.unit, "period": one.round.period}
        yield _dated(DECIDE, title, address("objection", one.pk), one.decide_by, today)


def reminders(actor: Actor) -> Iterator[Item]:
    """Unread reminders, one line for all."""
    days = Message.objects.filter(person=actor.person, read_at__isnull=True).values_list("lines", flat=True)
    lines = sum(len(one) for one in days)
    if lines:
        yield Item(READ, _("%(n)d 条提醒未读") % {"n": lines}, address("reminders"))
