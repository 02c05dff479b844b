"""API of the benchmarks room (接口): places in the province by every rank table of the rulebook, at an open period."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from junxian.web.benchmarks import queries
from junxian.web.people.interface import Listed, PeriodText, Window, acting, answers, part
from junxian.web.people.tags import spoken_language

router = Router(tags=["benchmarks"])


class ProvincePlace(Schema):
    """A unit's place by one indicator of a table; changes only where as many units had figures then."""

    period: str
    table: str
    indicator: str
    better: str
    unit_of_measure: str
    unit: str
    name: str
    value: float | None
    gap: float | None
    rank: int | None
    n: int
    change: int | None
    change_last_year: int | None
    worse: int | None
    tied: bool
    last: bool | None


class Asked(Window):
    """Which period; the newest open one where none is named."""

    period: PeriodText = ""


@router.get("/periods", response=answers(Listed[str]))
def periods(request: HttpRequest, asked: Query[Window]) -> Any:
    """Periods whose places the post may see, the newest first."""
    return part(queries.open_periods(acting(request, "indicator.see")), asked, str)


@router.get("/places", response=answers(Listed[ProvincePlace], missing=True))
def places(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Places of every unit by every indicator of every table."""
    open_ = queries.open_periods(acting(request, "indicator.see"))
    if asked.period and asked.period not in open_:
        raise Http404(asked.period)
    chosen = asked.period or (open_[0] if open_ else "")
    tables = queries.table_at(chosen, spoken_language()).values() if chosen else ()
    rows = [(table, block, place) for table in tables for block in table.blocks for place in block.places]

    def said(row: tuple[Any, Any, Any]) -> dict[str, Any]:
        table, block, place = row
        about = {"table": table.id, "indicator": block.name, "better": block.better, "unit_of_measure": block.unit}
        return {**asdict(place), "period": chosen, "unit": place.code, **about}

    return part(rows, asked, said)
