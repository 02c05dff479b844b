"""My desk (我的办公桌): only what needs the acting post, the biggest surprise first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from junxian.core.assessment.round import OWNERS
from junxian.web.assessment.models import Confirmation, Objection, Receipt, Round, Run
from junxian.web.assessment.standing import own_view, seen_hash
from junxian.web.indicators.models import Finding, HandIn, Query, Unlock
from junxian.web.people.actor import Actor
from junxian.web.people.models import Approval, Message
from junxian.web.people.tags import figure, period
from junxian.web.supervision.models import Named

LATE, BROKEN, DECIDE, STEP, ASK, READ = 100, 90, 80, 60, 50, 10
"""What weighs most comes first: late work, then what failed, then what others wait for; among rounds the one whose
result surprises most."""


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
        *objections(actor, today), *replies(actor, today), *answers(actor), *unlocks(actor), *approvals(actor),
        *reminders(actor),
    ]  # fmt: skip
    return sorted(found, key=lambda item: (-item.weight, item.due or date.max, item.title))


def _dated(weight: int, title: str, url: str, due: date | None, today: date) -> Item:
    late = due is not None and due < today
    days = abs((due - today).days) if due else 0
    over = ngettext("已超期 %(days)d 天", "已超期 %(days)d 天", days)
    left = ngettext("还有 %(days)d 天", "还有 %(days)d 天", days)
    detail = "" if due is None else (over if late else left) % {"days": days}
    return Item(LATE + days if late else weight, title, url, detail, due, late)


def unit_of(actor: Actor) -> int:
    """The post's own unit: the city's office does not keep what its departments owe."""
    return actor.post.unit_id if actor.post else 0


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
    for one in HandIn.objects.filter(owner_id=unit_of(actor), state__in=states).select_related("owner"):
        work = words[one.state] % {"period": period(one.period)}
        title = _("%(owner)s：%(work)s") % {"owner": one.owner, "work": work}
        yield _dated(STEP, title, reverse("hand_in", args=[one.pk]), one.due, today)


def findings(actor: Actor) -> Iterator[Item]:
    """Open findings in what the post's unit has uploaded."""
    if "open" not in steps_of(actor):
        return
    mine = Q(upload__hand_in__owner_id=unit_of(actor)) & ~Q(upload__state__in=["withdrawn", "refused"])
    rows = Finding.objects.filter(mine, answer="open").exclude(severity="note").order_by()
    for row in rows.values("upload_id", "upload__name").annotate(n=Count("pk")):
        title = _("%(name)s 有 %(n)d 处待说明或更正") % {"name": row["upload__name"], "n": row["n"]}
        yield Item(ASK + min(row["n"], 20), title, reverse("upload", args=[row["upload_id"]]))


def rounds(actor: Actor, today: date) -> Iterator[Item]:
    """Rounds whose next step is this post's."""
    if not (actor.may("round.run") or actor.may("notice.approve")):
        return
    for one in Round.objects.exclude(state__in=["frozen", "withdrawn"]).select_related("run"):
        title = _round_title(one, actor)
        if title:
            size, words = surprise(one)
            item = _dated(STEP, title, reverse("round", args=[one.pk]), one.report_by, today)
            yield replace(item, weight=item.weight + size, detail=" · ".join(filter(None, (item.detail, words))))
    for run in Run.objects.filter(state="failed", purpose="official", post_id=actor.post.pk if actor.post else 0):
        if not run.replaced_by.exists():
            title = _("%(period)s 的核算未能完成") % {"period": period(run.period)}
            yield Item(BROKEN, title, reverse("run", args=[run.pk]))


def surprise(one: Round) -> tuple[int, str]:
    """The largest change of a score since the round before: what it adds to the weight (at most 19), and in words."""
    rows = ((one.run.comparison or {}).get("previous") or {}).get("rows", ()) if one.run else ()
    moved = [(round(row["after"] - row["before"], 9), row["region"]) for row in rows
             if row["after"] is not None and row["before"] is not None]  # fmt: skip
    change, region = max(moved, key=lambda row: abs(row[0]), default=(0, ""))
    if not change:
        return 0, ""
    sign = "+" if change > 0 else "−"
    facts = {"unit": region, "change": f"{sign}{figure(abs(change))}"}
    return min(int(abs(change)), 19), _("变动最大：%(unit)s %(change)s 分") % facts


def _round_title(one: Round, actor: Actor) -> str:
    """What this post should do with the round; empty where it is somebody else's turn."""
    when = {"period": period(one.period)}
    owner = OWNERS[one.state]  # type: ignore[index]
    if owner == "leader":
        if actor.may("notice.approve") and not one.minutes:
            return _("审定 %(period)s 通报") % when
        return _("发布 %(period)s 通报") % when if one.minutes and actor.may("notice.publish") else ""
    if not actor.may("round.run"):
        return ""
    words = {
        "collecting": _("催收 %(period)s 数据，到齐后发起计算"), "computing": _("查看 %(period)s 核算结果，送县区核对"),
        "reviewing": _("复核 %(period)s 结果，提交审定"), "published": _("冻结 %(period)s 轮次"),
    }  # fmt: skip
    return words[one.state] % when if one.state in words else ""


def checks(actor: Actor, today: date) -> Iterator[Item]:
    """The county's own check of a round, until it has confirmed."""
    if not actor.may("round.check") or not actor.may("objection.file") or actor.post is None:
        return
    unit = actor.post.unit
    for one in Round.objects.filter(state="checking", run__isnull=False):
        if answered(one, unit.pk):
            continue
        title = _("核对 %(unit)s %(period)s 的数据和得分") % {"unit": unit, "period": period(one.period)}
        yield _dated(DECIDE, title, reverse("check", args=[unit.code]), one.check_until, today)


def answered(one: Round, unit_id: int) -> bool:
    """Whether the unit confirmed what the present run says of it, or objected to it."""
    if Objection.objects.filter(run_id=one.run_id, unit_id=unit_id).exists():
        return True
    content = Receipt.objects.filter(run_id=one.run_id, unit_id=unit_id).values_list("content", flat=True).first()
    if content is None:
        return True
    said = Confirmation.objects.filter(round=one, unit_id=unit_id).values_list("hash", flat=True)
    return seen_hash(own_view(content)) in set(said)


def objections(actor: Actor, today: date) -> Iterator[Item]:
    """Objections this post may decide: never those against its own computation."""
    if not actor.may("objection.review") or actor.post is None:
        return
    waiting = Objection.objects.filter(decision="").exclude(run__post_id=actor.post.pk).select_related("unit", "round")
    for one in waiting:
        title = _("决定 %(unit)s 对 %(period)s 的异议") % {"unit": one.unit, "period": period(one.round.period)}
        yield _dated(DECIDE, title, reverse("objection", args=[one.serial]), one.decide_by, today)


def replies(actor: Actor, today: date) -> Iterator[Item]:
    """Lines of a coming meeting that name the post's unit and wait for its reply."""
    if not actor.may("meeting.reply"):
        return
    waiting = Named.objects.filter(unit_id=unit_of(actor), reply="", notified_at__isnull=False)
    for one in waiting.exclude(meeting__state="closed").select_related("meeting"):
        title = _("答复%(meeting)s点到本单位的事项") % {"meeting": one.meeting.title}
        yield _dated(DECIDE, title, reverse("meeting_lines"), one.meeting.date, today)


def answers(actor: Actor) -> Iterator[Item]:
    """Doubts of counties about figures the post's unit handed in."""
    if "open" not in steps_of(actor):
        return
    waiting = Query.objects.filter(answer="", hand_in__owner_id=unit_of(actor)).order_by()
    for row in waiting.values("hand_in_id", "hand_in__period").annotate(n=Count("pk")):
        facts = {"period": period(row["hand_in__period"]), "n": row["n"]}
        title = _("答复县区对 %(period)s 数据的 %(n)d 处疑问") % facts
        yield Item(ASK + min(row["n"], 20), title, reverse("hand_in", args=[row["hand_in_id"]]))


def unlocks(actor: Actor) -> Iterator[Item]:
    """Requests to reopen what is locked, never one's own."""
    if not actor.may("figure.unlock") or actor.post is None:
        return
    asked = Unlock.objects.filter(granted_at__isnull=True, refused="").exclude(asked_by=actor.post.pk)
    for one in asked.select_related("hand_in__owner"):
        facts = {"owner": one.hand_in.owner, "period": period(one.hand_in.period)}
        title = _("%(owner)s 申请解锁 %(period)s 数据") % facts
        yield Item(DECIDE, title, reverse("hand_in", args=[one.hand_in_id]), one.reason)


def approvals(actor: Actor) -> Iterator[Item]:
    """Changes of posts that need a second administrator."""
    if not actor.may("people.confirm"):
        return
    waiting = Approval.objects.filter(decided_at=None).exclude(asked_by=actor.person).count()
    if waiting:
        yield Item(DECIDE, _("%(n)d 件岗位变更等待会签") % {"n": waiting}, reverse("people_approvals"))


def reminders(actor: Actor) -> Iterator[Item]:
    """Unread reminders, one line for all."""
    days = Message.objects.filter(person=actor.person, read_at__isnull=True).values_list("lines", flat=True)
    lines = sum(len(one) for one in days)
    if lines:
        yield Item(READ, _("%(n)d 条提醒未读") % {"n": lines}, reverse("reminders"))
