"""Cells typed by hand (网上填报): saved as drafts that overwrite nobody, then read and checked like any file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import transaction

from junxian.core.errors import DataError
from junxian.core.indicators import Card
from junxian.core.indicators.known import complete
from junxian.core.indicators.model import STATES
from junxian.web import clock
from junxian.web.indicators import duties
from junxian.web.indicators.handing import demand_keeper, demand_open, drop, reopen_steps
from junxian.web.indicators.models import DraftCell, HandIn, Upload
from junxian.web.indicators.queries import units_of
from junxian.web.indicators.storing import Appended, append
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.units.models import Unit

ABSENT = tuple(state for state in STATES if state != "reported")
LONGEST = 60
GRID_COLUMNS = ("region_code", "period", "indicator", "value", "unit", "kind", "state", "reason")


@dataclass(frozen=True)
class Cell:
    """One cell as typed: unit code × indicator, a number or a state, the edition it was seen in, why it changes."""

    unit: str
    indicator: str
    text: str = ""
    state: str = ""
    edition: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Saved:
    """What became of a cell. `other`: what somebody else saved meanwhile; ours is kept beside it."""

    cell: Cell
    edition: int
    other: DraftCell | None = None


@transaction.atomic
def enter(hand_in: HandIn, cells: Iterable[Cell], *, by: Actor) -> list[Saved]:
    """Save cells as drafts. A cell that changed since it was seen stays as it is, the new text is kept beside it.

    DataError `web.indicators.no_such_cell` or `.no_such_state` before anything is saved.
    """
    demand_keeper(by, "figure.hand_in", hand_in)
    hand_in = HandIn.objects.select_for_update(of=("self",)).select_related("owner").get(pk=hand_in.pk)
    demand_open(hand_in)
    given = list(cells)
    units = _known(hand_in, given)
    saved = [_save(hand_in, units[cell.unit], cell, by) for cell in given]
    HandIn.objects.filter(pk=hand_in.pk, state=HandIn.State.OPEN).update(state=HandIn.State.RECEIVED)
    after = {"cells": len(saved), "beside": sum(done.other is not None for done in saved)}
    audit.record("cells.enter", "hand_in", hand_in.pk, by=by, unit=hand_in.owner_id, after=after)
    return saved


def _known(hand_in: HandIn, cells: list[Cell]) -> dict[str, Unit]:
    """Units by code; DataError where a cell is none of this hand-in's."""
    units = {unit.code: unit for unit in units_of(hand_in)}
    if hand_in.owner.kind == "department":
        units |= {unit.code: unit for unit in Unit.objects.filter(root=True)}
    for cell in cells:
        if cell.unit not in units or cell.indicator not in hand_in.indicators:
            raise DataError("web.indicators.no_such_cell", unit=cell.unit, indicator=cell.indicator)
        if cell.state and cell.state not in STATES:
            raise DataError("web.indicators.no_such_state", state=cell.state, known="、".join(STATES))
        if len(cell.text) > LONGEST:
            raise DataError("web.indicators.text_too_long", unit=units[cell.unit].name, limit=LONGEST)
    return units


def _save(hand_in: HandIn, unit: Unit, cell: Cell, by: Actor) -> Saved:
    text, state = cell.text.strip(), cell.state if cell.state in ABSENT else ""
    fresh = {"text": text, "state": state, "reason": cell.reason, "post": by.post, "at": clock.now()}
    row, new = DraftCell.objects.select_for_update(of=("self",)).select_related("post__person").get_or_create(
        hand_in=hand_in, unit=unit, indicator=cell.indicator, defaults=fresh
    )  # fmt: skip
    if new or (row.text, row.state, row.reason) == (text, state, cell.reason):
        return Saved(cell, row.edition)
    if row.edition != cell.edition:
        row.beside = [*row.beside, {"text": text, "state": state, "by": str(by.post), "at": clock.now().isoformat()}]
        row.save(update_fields=["beside"])
        return Saved(cell, row.edition, row)
    for name, value in fresh.items():
        setattr(row, name, value)
    row.edition += 1
    row.save()
    return Saved(cell, row.edition)


@transaction.atomic
def settle_beside(draft: DraftCell, text: str, *, by: Actor) -> None:
    """Of two clerks' texts one is chosen; the other stays in the audit trail."""
    demand_keeper(by, "figure.hand_in", draft.hand_in)
    demand_open(draft.hand_in)
    before = {"text": draft.text, "state": draft.state, "beside": draft.beside}
    chosen = next((item for item in draft.beside if item["text"] == text), None)
    if chosen is None and text != draft.text:
        raise DataError("web.indicators.no_such_text", text=text)
    if chosen:
        draft.text, draft.state = chosen["text"], chosen["state"]
    draft.beside, draft.edition, draft.post, draft.at = [], draft.edition + 1, by.post, clock.now()
    draft.save()
    after = {"text": draft.text, "state": draft.state}
    unit = draft.hand_in.owner_id
    audit.record("cells.settle", "hand_in", draft.hand_in_id, by=by, unit=unit, before=before, after=after)


def submit(hand_in: HandIn, *, by: Actor) -> Upload:
    """Everything typed, read and checked as a file of its own; DataError where two texts still stand side by side."""
    drafts = list(hand_in.drafts.select_related("unit").order_by("indicator", "unit__order"))
    filled = [draft for draft in drafts if draft.text or draft.state]
    if not filled:
        raise DataError("web.indicators.nothing_typed")
    torn = [draft for draft in filled if draft.beside]
    if torn:
        names = "、".join(f"{draft.unit.name}" for draft in torn[:5])
        raise DataError("web.indicators.two_texts", n=len(torn), names=names)
    content = as_csv(hand_in, filled)
    for upload in hand_in.uploads.filter(origin="grid", state__in=(Upload.State.WAITING, Upload.State.READ)):
        Upload.objects.filter(pk=upload.pk).update(state=Upload.State.WITHDRAWN)
    return drop(hand_in, f"{duties.GRID_NAME}_{hand_in.period}.csv", content, by=by, origin="grid")


def as_csv(hand_in: HandIn, drafts: list[DraftCell]) -> bytes:
    """Drafts as a tidy table in the cards' own units of measure."""
    cards = {card.code: card for card in duties.rules_in(hand_in.period).indicators}
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(GRID_COLUMNS)
    for draft in drafts:
        card = cards[draft.indicator]
        period = duties.cell_period(card, hand_in.period)
        text = "" if draft.state else draft.text
        writer.writerow(
            [draft.unit.code, period, card.code, text, card.unit, card.kind, draft.state or "reported", draft.reason]
        )
    return target.getvalue().encode()


@transaction.atomic
def declare(hand_in: HandIn, cells: Iterable[tuple[str, str]], state: str, *, by: Actor, reason: str = "") -> Appended:
    """Say of (unit code, indicator) cells that they are late, not reported or not applicable: chosen, never implied."""
    demand_keeper(by, "figure.hand_in", hand_in)
    hand_in = HandIn.objects.select_for_update(of=("self",)).select_related("owner").get(pk=hand_in.pk)
    demand_open(hand_in)
    if state not in ABSENT:
        raise DataError("web.indicators.no_such_state", state=state, known="、".join(ABSENT))
    given = [Cell(unit, indicator, state=state) for unit, indicator in cells]
    _known(hand_in, given)
    cards = {card.code: card for card in duties.rules_in(hand_in.period).indicators}
    rows = [_declared(cell, cards[cell.indicator], hand_in, reason) for cell in given]
    if not rows:
        return Appended(0, 0, 0)
    done = append(complete(pl.DataFrame(rows, schema_overrides={"value": pl.Float64})), by=by)
    if done.added or done.revised:
        reopen_steps(hand_in, by=by)
    after = {"state": state, "cells": [f"{cell.unit} {cell.indicator}" for cell in given], "reason": reason}
    audit.record("cells.declare", "hand_in", hand_in.pk, by=by, unit=hand_in.owner_id, after=after)
    return done


def _declared(cell: Cell, card: Card, hand_in: HandIn, reason: str) -> dict[str, Any]:
    return {
        "region_code": cell.unit,
        "indicator": card.code,
        "period": duties.cell_period(card, hand_in.period),
        "kind": card.kind,
        "value": None,
        "state": cell.state,
        "unit": card.unit,
        "source_kind": "typed",
        "reason": reason,
    }
