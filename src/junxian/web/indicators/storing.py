"""Storing figures (入库): a figure that differs from the known one is its next revision, an equal one adds nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from junxian.core.errors import DataError
from junxian.core.indicators import parse_period
from junxian.web import clock
from junxian.web.indicators.models import KEY, Observation, Upload
from junxian.web.people.actor import Actor
from junxian.web.units.models import Unit

if TYPE_CHECKING:
    import polars as pl

BATCH = 2000
Key = tuple[int, str, str, str, str, str]
Known = tuple[int, float | None, str, str]
"""Revision, value, state and day of publication of the latest revision."""


@dataclass(frozen=True)
class Appended:
    """What came of it: figures new, figures revised, figures known already."""

    added: int
    revised: int
    same: int


@transaction.atomic
def append(frame: pl.DataFrame, *, by: Actor | None, upload: Upload | None = None, key: str = "") -> Appended:
    """Add figures in canonical columns, in their order; DataError `web.indicators.unknown_unit` for a foreign code.

    A revision never carries an earlier day of publication than what it revises, so that it is the one that counts.
    """
    rows = frame.to_dicts()
    units = dict(Unit.objects.filter(code__in={row["region_code"] for row in rows}).values_list("code", "pk"))
    strangers = sorted({row["region_code"] for row in rows} - units.keys())
    if strangers:
        raise DataError("web.indicators.unknown_unit", names="、".join(strangers[:5]))
    known = latest_of(
        {units[row["region_code"]] for row in rows}, {row["indicator"] for row in rows}, {row["period"] for row in rows}
    )
    moment, post = clock.now(), by.post.pk if by and by.post else None
    made: list[Observation] = []
    fresh = 0
    for row in rows:
        new = _observation(row, units[row["region_code"]])
        before = known.get(_key(new))
        if before and before[1:3] == (new.value, new.state):
            continue
        fresh += before is None
        new.revision = before[0] + 1 if before else 0
        new.published_at = max(new.published_at, before[3] if before else "")
        new.upload, new.key, new.post_id, new.at = upload, key, post, moment
        known[_key(new)] = new.revision, new.value, new.state, new.published_at
        made.append(new)
    Observation.objects.bulk_create(made, batch_size=BATCH)
    return Appended(fresh, len(made) - fresh, len(rows) - len(made))


def _key(figure: Observation) -> Key:
    return figure.unit_id, figure.indicator, figure.period, figure.kind, figure.calibre, figure.stage


def _observation(row: dict[str, Any], unit: int) -> Observation:
    """An unsaved figure; one without a value is not reported unless its state says otherwise."""
    state, value = row["state"] or "reported", row["value"]
    if state == "reported" and value is None:
        state = "not_reported"
    texts = {
        name: _cut(row[name], size) for name, size in (
            ("raw", 200), ("source", 200), ("source_grade", 10), ("file", 200), ("sheet", 80), ("cell", 12),
            ("published_at", 10), ("reason", 400), ("calibre", 60), ("stage", 10),
        )
    }  # fmt: skip
    return Observation(
        unit_id=unit, indicator=row["indicator"], period=row["period"], period_index=parse_period(row["period"]).index,
        kind=row["kind"], value=value if state == "reported" else None, state=state, unit_text=_cut(row["unit"], 30),
        source_kind=_cut(row["source_kind"] or "file", 10), **texts,
    )  # fmt: skip


def _cut(text: str | None, size: int) -> str:
    return (text or "")[:size]


def latest_of(units: Iterable[int], indicators: Iterable[str], periods: Iterable[str]) -> dict[Key, Known]:
    """Key → latest revision known, for those units, indicators and periods."""
    rows = (
        Observation.objects.filter(indicator__in=set(indicators), period__in=set(periods), unit__in=set(units))
        .order_by("revision").values_list(*KEY, "revision", "value", "state", "published_at")
    )  # fmt: skip
    return {row[:6]: row[6:] for row in rows.iterator(chunk_size=5000)}
