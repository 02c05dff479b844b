"""Shared reads (共用查询): figures as a frame, hand-ins of a round, what is known of a cell, what changed since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import OuterRef, QuerySet, Subquery

from junxian.core.indicators import parse_period
from junxian.core.indicators.model import OBSERVATION_COLUMNS
from junxian.web.indicators import duties
from junxian.web.indicators.models import Finding, HandIn, Observation
from junxian.web.units.models import Unit

if TYPE_CHECKING:
    import polars as pl

_STORED = {
    "region_code": "unit__code", "unit": "unit_text", "entered_by": "post__title",
}  # fmt: skip


def frame(
    until_period: str,
    *,
    indicators: Iterable[str] | None = None,
    since: int | None = None,
    units: Iterable[str] | None = None,
) -> pl.DataFrame:
    """Every figure known up to a period, all revisions, in OBSERVATION_COLUMNS.

    indicators, units: only these codes. since: only periods that end in the month of that index or later.
    """
    figures = Observation.objects.filter(period_index__lte=parse_period(until_period).index)
    if indicators is not None:
        figures = figures.filter(indicator__in=list(indicators))
    if since is not None:
        figures = figures.filter(period_index__gte=since)
    if units is not None:
        figures = figures.filter(unit__in=list(Unit.objects.filter(code__in=list(units)).values_list("pk", flat=True)))
    return as_frame(figures)


def as_frame(figures: QuerySet[Observation]) -> pl.DataFrame:
    """Figures in OBSERVATION_COLUMNS, in the order they came in."""
    import polars as pl

    types = {
        name: pl.Float64 if name == "value" else pl.Int64 if name == "revision" else pl.String
        for name in OBSERVATION_COLUMNS
    }
    rows = figures.order_by("pk").values_list(*(_STORED.get(name, name) for name in OBSERVATION_COLUMNS))
    made = pl.DataFrame(list(rows.iterator(chunk_size=20_000)), schema=types, orient="row")
    return made.with_columns(pl.col("entered_by").fill_null(""))


def open_findings(scheme: str, period: str) -> int:
    """Findings nobody has answered yet, over the whole round."""
    return Finding.objects.open().filter(upload__hand_in__scheme=scheme, upload__hand_in__period=period).count()


def current_figures(figures: QuerySet[Observation]) -> QuerySet[Observation]:
    """The latest revision of each."""
    own = Observation.objects.filter(
        **{name: OuterRef(name) for name in ("unit", "indicator", "period", "kind", "calibre", "stage")}
    )
    return figures.filter(pk=Subquery(own.order_by("-published_at", "-revision").values("pk")[:1]))


def cells(hand_in: HandIn) -> dict[tuple[int, str], Observation]:
    """(unit id, indicator) → the latest figure of a hand-in's period in the card's own kind, no calibres, no stages."""
    return _by_cell(hand_in, parse_period(hand_in.period).index)


def earlier_cells(hand_in: HandIn) -> dict[tuple[int, str], Observation]:
    """(unit id, indicator) → the last figure known of a period before the hand-in's."""
    return _by_cell(hand_in, None)


def _by_cell(hand_in: HandIn, index: int | None) -> dict[tuple[int, str], Observation]:
    kinds = {card.code: card.kind for card in duties.rules_in(hand_in.period).indicators}
    rows = Observation.objects.filter(indicator__in=hand_in.indicators, calibre="", stage="")
    now = parse_period(hand_in.period).index
    rows = (
        rows.filter(period_index=now)
        if index is not None
        else rows.filter(period_index__lt=now, period_index__gte=now - 12)
    )
    ordered = rows.order_by("period_index", "published_at", "revision").select_related("post")
    return {(row.unit_id, row.indicator): row for row in ordered if row.kind == kinds.get(row.indicator)}


def units_of(hand_in: HandIn) -> list[Unit]:
    """Units a hand-in must speak about: a county about itself, a department about every judged county."""
    return [hand_in.owner] if hand_in.owner.kind == "region" and not hand_in.owner.root else list(
        Unit.objects.counties().order_by("order")
    )  # fmt: skip


def empty_cells(hand_in: HandIn) -> list[tuple[Unit, str]]:
    """Cells nobody has said anything about: neither a figure nor a state."""
    known = cells(hand_in)
    return [(unit, code) for code in hand_in.indicators for unit in units_of(hand_in) if (unit.pk, code) not in known]


def _own(hand_in: HandIn) -> QuerySet[Observation]:
    """All revisions of all figures of a hand-in."""
    figures = Observation.objects.filter(
        indicator__in=hand_in.indicators, period_index=parse_period(hand_in.period).index
    )
    return figures.filter(unit=hand_in.owner) if hand_in.owner.kind == "region" and not hand_in.owner.root else figures


def changes_since(hand_in: HandIn, moment: datetime | None) -> QuerySet[Observation]:
    """Figures of the hand-in added or revised after a moment: what changed since I reviewed."""
    changed = _own(hand_in).select_related("unit", "post")
    return changed.filter(at__gt=moment).order_by("-pk") if moment else changed.none()


def modifications(hand_in: HandIn) -> int:
    """How often figures of this hand-in were changed after they were first known."""
    return _own(hand_in).filter(revision__gt=0).count()


def about(unit: Unit, period: str) -> QuerySet[Observation]:
    """The figures others handed in about a unit that belong to a round, latest revisions."""
    index = parse_period(period).index
    return (
        current_figures(Observation.objects.filter(unit=unit, period_index=index, source_kind__in=HANDED_IN))
        .select_related("post", "upload__hand_in__owner").prefetch_related("queries").order_by("indicator")
    )  # fmt: skip


HANDED_IN = ("cell", "file", "typed", "api", "register")
