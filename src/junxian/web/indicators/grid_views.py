"""The grid (网上填报): units × indicators typed or pasted from Excel, one save for all, nobody overwritten."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.web.indicators import actions, duties, queries
from junxian.web.indicators.access import actor_of, done, hand_in_for, told
from junxian.web.indicators.blank_form import asked_cards
from junxian.web.indicators.cells import ABSENT, Cell
from junxian.web.indicators.models import DraftCell, HandIn
from junxian.web.units.models import Unit


def grid(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid; POST saves it as a draft, and reads it like a file when `submit` was pressed."""
    found = hand_in_for(request, pk)
    if request.method != "POST":
        return _page(request, found)
    saved: list[actions.Saved] = []
    with told(request) as outcome:
        saved = actions.enter(found, changed(request, found), by=actor_of(request))
        others = [item for item in saved if item.other]
        if not others and request.POST.get("then") == "submit":
            return redirect("upload", pk=actions.submit(found, by=actor_of(request)).pk)
        if not others:
            done(request, _("已保存 %(n)s 个格子。") % {"n": len(saved)})
    if outcome["refused"] or any(item.other for item in saved):
        return _page(request, found, typed=request.POST, status=409 if not outcome["refused"] else 422)
    return redirect("grid", pk=pk)


def changed(request: HttpRequest, found: HandIn) -> list[Cell]:
    """Cells sent with a text, a state or a reason that differ from what was shown."""
    cells = []
    for unit in shown_units(found):
        for code in found.indicators:
            name = f"{unit.code}|{code}"
            if f"text|{name}" not in request.POST:
                continue
            text, state = request.POST[f"text|{name}"].strip(), request.POST.get(f"state|{name}", "")
            edition = request.POST.get(f"edition|{name}", "0")
            if (text, state) != (request.POST.get(f"was|{name}", ""), request.POST.get(f"was_state|{name}", "")):
                reason = request.POST.get("reason", "")
                cells.append(Cell(unit.code, code, text, state, int(edition) if edition.isdigit() else 0, reason))
    return cells


def shown_units(found: HandIn) -> list[Unit]:
    """The units of the grid; a department may state the city's own figure too."""
    units = queries.units_of(found)
    return [*Unit.objects.filter(root=True), *units] if found.owner.kind == "department" else units


def _page(request: HttpRequest, found: HandIn, *, typed: Any = None, status: int = 200) -> HttpResponse:
    cards = asked_cards(found, duties.rules_in(found.period))
    known, earlier = queries.cells(found), queries.earlier_cells(found)
    drafts = {(d.unit_id, d.indicator): d for d in found.drafts.select_related("post", "unit")}
    rows = []
    for unit in shown_units(found):
        line = [_box(unit, card.code, drafts, known, earlier) for card in cards]
        rows.append((unit, line))
    return render(request, "indicators/grid.html", {
        "hand_in": found, "cards": cards, "rows": rows, "states": ABSENT, "typed": typed or {},
        "beside": [draft for draft in drafts.values() if draft.beside], "drafts": len(drafts),
        "names": {card.code: card for card in cards},
        "mine": actor_of(request).covers("figure.hand_in", found.owner_id) and not found.locked,
    }, status=status)  # fmt: skip


def _box(unit: Unit, code: str, drafts: Any, known: Any, earlier: Any) -> dict[str, Any]:
    """One cell as shown: the draft, else the figure known, and the last figure before."""
    key = (unit.pk, code)
    draft, figure = drafts.get(key), known.get(key)
    text = draft.text if draft else f"{figure.value:.15g}" if figure and figure.value is not None else ""
    state = draft.state if draft else figure.state if figure and figure.state in ABSENT else ""
    return {
        "name": f"{unit.code}|{code}", "text": text, "state": state, "edition": draft.edition if draft else 0,
        "draft": draft, "figure": figure, "earlier": earlier.get(key), "code": code,
    }  # fmt: skip


@require_POST
def grid_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose between two clerks' texts of one cell."""
    draft = get_object_or_404(DraftCell.objects.select_related("hand_in__owner"), pk=pk)
    hand_in_for(request, draft.hand_in_id)
    with told(request):
        actions.settle_beside(draft, request.POST.get("text", ""), by=actor_of(request))
        done(request, _("已选定。"))
    return redirect("grid", pk=draft.hand_in_id)


@require_POST
def grid_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Have everything typed read and checked."""
    found = hand_in_for(request, pk)
    with told(request) as outcome:
        upload = actions.submit(found, by=actor_of(request))
    return redirect("grid", pk=pk) if outcome["refused"] else redirect("upload", pk=upload.pk)
