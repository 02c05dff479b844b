"""Pages of handing in (数据报送): who owes what, one hand-in, its form, its steps."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.errors import DataError
from junxian.web.indicators import actions, duties, queries
from junxian.web.indicators.access import actor_of, done, hand_in_for, hand_ins_visible, told
from junxian.web.indicators.blank_form import asked_cards, prefilled
from junxian.web.indicators.handing import OPEN_UPLOADS
from junxian.web.indicators.models import HandIn, Observation, Query, Unlock
from junxian.web.people.actor import Actor
from junxian.web.units.models import Unit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_PERIODS = 12


def hand_ins(request: HttpRequest) -> HttpResponse:
    """What I owe, newest round first; a county that owes nothing is told how many figures to check instead."""
    actor = actor_of(request)
    waiting = Q(uploads__state__in=("waiting", "reading", "read"))
    rows = (
        hand_ins_visible(actor).annotate(pending=Count("uploads", filter=waiting)).order_by("-period", "owner__order")
    )
    periods = list(dict.fromkeys(HandIn.objects.order_by("-period").values_list("period", flat=True)))[:SHOWN_PERIODS]
    period = request.GET.get("period") or (periods[0] if periods else "")
    own = [row for row in rows if row.period == period]
    return render(request, "indicators/hand_ins.html", {
        "rows": own, "period": period, "periods": periods, "check": to_check(actor, period),
        "unlocks": unlocks_to_decide(actor), "queries": queries_to_answer(actor),
    })  # fmt: skip


def to_check(actor: Actor, period: str) -> dict[str, Any] | None:
    """For a county: itself and how many figures others handed in about it."""
    unit: Unit | None = actor.post.unit if actor.post else None
    if unit is None or not period or unit.kind != "region" or unit.root:
        return None
    return {"unit": unit, "n": queries.about(unit, period).count()}


def unlocks_to_decide(actor: Actor) -> list[Unlock]:
    """Exceptions asked for that this actor may grant or refuse."""
    if not actor.may("figure.unlock"):
        return []
    return list(Unlock.objects.filter(granted_at=None).select_related("hand_in__owner", "asked_by"))


def queries_to_answer(actor: Actor) -> list[Query]:
    """Counties' doubts about figures this actor's unit handed in."""
    reach = actor.reach_of("figure.hand_in")
    found = Query.objects.filter(answered_at=None).select_related("figure__unit", "hand_in__owner", "asked_by")
    return list(found if reach is None else found.filter(hand_in__owner__in=reach))


def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """One hand-in: files, cells still empty, what changed, the three steps."""
    return _hand_in_page(request, hand_in_for(request, pk))


def _hand_in_page(request: HttpRequest, found: HandIn, *, typed: Any = None, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    rules = duties.rules_in(found.period)
    empty = queries.empty_cells(found)
    cards = {card.code: card for card in asked_cards(found, rules)}
    return render(request, "indicators/hand_in.html", {
        "hand_in": found, "cards": cards, "empty": by_card(empty, cards), "empty_count": len(empty),
        "uploads": found.uploads.select_related("post").annotate(
            open=Count("findings", filter=Q(findings__answer="open"))),
        "changes": queries.changes_since(found, found.compared_at)[:50], "modifications": queries.modifications(found),
        "mine": actor.covers("figure.hand_in", found.owner_id), "step": my_step(found, actor),
        "unlocks": found.unlocks.select_related("asked_by", "granted_by"), "typed": typed or {},
        "below": actions_below(found), "drafts": found.drafts.count(),
        "waiting": found.uploads.filter(state__in=OPEN_UPLOADS).exists(),
        "asked": Query.objects.filter(hand_in=found).select_related("figure__unit", "asked_by", "answered_by"),
    }, status=status)  # fmt: skip


def by_card(empty: list[tuple[Unit, str]], cards: dict[str, Any]) -> list[tuple[Any, list[Unit]]]:
    """Cells nobody spoke about, by card."""
    found: dict[str, list[Unit]] = {}
    for unit, code in empty:
        found.setdefault(code, []).append(unit)
    return [(cards[code], units) for code, units in found.items() if code in cards]


def my_step(found: HandIn, actor: Actor) -> str:
    """The step the acting post may take now: handle, review, sign or ""."""
    turn = {"open": "handle", "received": "handle", "confirmed": "review", "reviewed": "sign"}.get(found.state, "")
    permission = {"handle": "figure.hand_in", "review": "figure.review", "sign": "figure.sign"}.get(turn, "")
    fits = actor.post is not None and actor.post.step == turn
    return turn if permission and fits and actor.covers(permission, found.owner_id) else ""


def actions_below(found: HandIn) -> list[HandIn]:
    """What must be signed before this hand-in can be."""
    from junxian.web.indicators.steps import unsigned_below

    return unsigned_below(found) if found.state == HandIn.State.REVIEWED else []


def hand_in_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The pre-filled workbook."""
    found = hand_in_for(request, pk)
    content = prefilled(found, duties.rules_in(found.period))
    return attachment(content, f"{found.owner.name}_指标报送表_{found.period.replace('/', '-')}.xlsx")


def attachment(content: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """A download that no browser shows as a page."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
def hand_in_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Files dropped, many at once: each is taken or refused for itself."""
    found = hand_in_for(request, pk)
    files = request.FILES.getlist("files")
    taken = []
    for file in files:
        with told(request):
            taken.append(actions.drop(found, file.name or "upload", file.read(), by=actor_of(request)))
    if not files:
        with told(request):
            raise DataError("web.indicators.no_file")
    return redirect("upload", pk=taken[0].pk) if len(taken) == 1 else redirect("hand_in", pk=pk)


@require_POST
def hand_in_declare(request: HttpRequest, pk: int) -> HttpResponse:
    """Cells said to be late, not reported or not applicable."""
    found = hand_in_for(request, pk)
    cells = [tuple(text.split("|", 1)) for text in request.POST.getlist("cell") if "|" in text]
    with told(request) as outcome:
        if not cells:
            raise DataError("web.indicators.no_cells_chosen")
        actions.declare(
            found, cells, request.POST.get("state", ""), by=actor_of(request), reason=request.POST.get("reason", "")
        )
        done(request, _("已记下 %(n)s 个格子的状态。") % {"n": len(cells)})
    if outcome["refused"]:
        return _hand_in_page(request, found, typed=request.POST, status=422)
    return redirect("hand_in", pk=pk)


@require_POST
def hand_in_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """经手, 复核, 签发, sending back, asking for an exception."""
    found, by, reason = hand_in_for(request, pk), actor_of(request), request.POST.get("reason", "")
    with told(request) as outcome:
        if step in ("handle", "review", "sign"):
            {"handle": actions.handle, "review": actions.review, "sign": actions.sign}[step](found, by=by)
        elif step == "send_back":
            actions.send_back(found, reason, by=by)
        elif step == "unlock":
            actions.unlock(found, reason, by=by)
        else:
            raise DataError("web.indicators.no_such_step", step=step)
        done(request, _("已办理。"))
    if outcome["refused"]:
        found.refresh_from_db()
        return _hand_in_page(request, found, typed=request.POST, status=422)
    return redirect("hand_in", pk=pk)


@require_POST
def unlock_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant or refuse an exception to the lock."""
    asked = get_object_or_404(Unlock.objects.select_related("hand_in"), pk=pk)
    refused = request.POST.get("refused", "") if request.POST.get("decision") == "refuse" else ""
    with told(request):
        if request.POST.get("decision") == "refuse" and not refused.strip():
            raise DataError("web.indicators.reason_missing")
        actions.decide_unlock(asked, by=actor_of(request), refused=refused)
        done(request, _("已不予同意。") if refused else _("已同意例外修改，锁定已解除一次。"))
    return redirect("hand_ins")


@require_POST
def query_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """The keeper's answer to a county's doubt."""
    query = get_object_or_404(Query.objects.select_related("figure", "hand_in__owner"), pk=pk)
    with told(request):
        actions.reply(query, request.POST.get("answer", ""), by=actor_of(request))
        done(request, _("已答复。"))
    return redirect("hand_in", pk=query.hand_in_id) if query.hand_in_id else redirect("hand_ins")


def figure_of(pk: int) -> Observation:
    """The figure, or 404."""
    return get_object_or_404(Observation.objects.select_related("unit", "upload__hand_in"), pk=pk)
