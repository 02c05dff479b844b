"""The page (网页): one static file that opens from disk without a network: ranking first, then why, then from where.

Nothing is fetched: scripts are inlined and named by hash in the policy, drawings are inline, data are JSON in which no
`</` can end the script element.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from junxian.core.bulletins.alert_table import alert_text, alerts_table
from junxian.core.bulletins.context import Context
from junxian.core.bulletins.document import Document, PrintedTable
from junxian.core.bulletins.pictures import score_bars, tile_map
from junxian.core.bulletins.tables import ranking_table, watch_table
from junxian.core.errors import DataError
from junxian.files.charts import echarts_js
from junxian.files.documents.bars import bars_svg
from junxian.files.documents.drawing import draw, inline
from junxian.files.documents.receipt_view import receipt_view

if TYPE_CHECKING:
    from jinja2 import Template
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranking table on the page, with the number of units that have a place in it."""

    id: str
    title: str
    columns: Any
    rows: Any
    keys: Any
    note: str
    ranked: int


def page_html(document: Document, context: Context) -> str:
    """The whole page as one HTML text in the document's language."""
    w, facts = context.wording, context.ledger.facts
    library = _library()
    script = (HERE / "page.js").read_text(encoding="utf-8")
    charts = _charts(context)
    options = [bar["option"] for bar in charts] if library else []
    data = {"language": document.language, "charts": options}
    return _template().render(
        lang="zh-CN" if document.language == "zh" else document.language, policy=_policy([library, script]),
        css=(HERE / "page.css").read_text(encoding="utf-8"), script=script, echarts=library,
        has_echarts=bool(library), data=embedded(data), w=w.word, title=document.title.text,
        issuer=document.issuer, dated=document.dated_text, scheme=facts.scheme_title, period=facts.period_title,
        made=w.word("page.made", run=facts.run[:12] or NO_RUN), root=facts.root,
        rankings=[_ranking(context, category) for category in context.ledger.categories],
        count=_count(context), missing=_missing(context), unreported=facts.unreported,
        alerts=alerts_table(context), alert_cards=_alert_cards(context), map_svg=_map(document, context),
        watches=_watches(context, wide=False), wide_watches=_watches(context, wide=True), bars=charts,
        receipts=[receipt_view(receipt, context) for receipt in facts.receipts],
        receipt_codes={str(receipt["region_code"]) for receipt in facts.receipts},
        recipients=document.recipients.text if document.recipients else "", paragraphs=document.paragraphs,
        tables=document.tables, provenance=_provenance(context),
    )  # fmt: skip


NO_RUN = "—"


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("page.html.j2")


def _library() -> str:
    """ECharts, or nothing where it is not installed: the page then shows simple bars and says so."""
    try:
        return echarts_js()
    except DataError:
        return ""


def _policy(scripts: list[str]) -> str:
    """Only these scripts run and nothing is loaded from anywhere; ECharts sets styles, so styles may be inline."""
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts if script]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def embedded(data: Mapping[str, Any]) -> str:
    """JSON that may stand in a script element: no tag can begin or end inside it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _ranking(context: Context, category: str) -> Ranking:
    shown = context.ledger.facts.terms.get(category, category)
    table = ranking_table(context, category, title=shown)
    ranked = len(context.ledger.ranked(category))
    return Ranking(table.id, shown, table.columns, table.rows, table.keys, table.note, ranked)


def page_tables(context: Context) -> list[PrintedTable]:
    """The tables the page shows besides those of the document; each is recounted and read back."""
    rankings = [ranking_table(context, category) for category in context.ledger.categories]
    return [*rankings, *(watch_table(context, table) for table in context.ledger.facts.watch)]


NARROW = 4
"""Columns up to which a watch table fits beside the ranking."""


def _watches(context: Context, *, wide: bool) -> list[PrintedTable]:
    tables = context.ledger.facts.watch
    return [watch_table(context, table) for table in tables if (len(table.columns) > NARROW) is wide]


def _count(context: Context) -> str:
    """n, printed: how many units there are and how many have a place."""
    units, ranked = len(context.ledger.official()), len(context.ledger.ranked())
    return context.wording.word("page.n", units=units, ranked=ranked)


def _missing(context: Context) -> str:
    w, codes = context.wording, context.ledger.facts.unreported
    if not codes:
        return w.word("page.all_reported")
    names = w.word("word.list_separator").join(context.ledger.name(code) for code in codes)
    return w.word("page.unreported", names=names)


def _alert_cards(context: Context) -> list[dict[str, str]]:
    """Alerts worst first."""
    order = ("veto", "red", "orange", "yellow")
    rows = sorted((row for _, row in context.ledger.warnings), key=lambda row: order.index(str(row["level"])))
    keys = ("unit", "line", "value", "place", "effect", "until")
    return [
        {"level": str(row["level"]), "word": context.wording.word(f"level.{row['level']}")}
        | {key: alert_text(context, row, key) for key in keys}
        for row in rows
    ]


def _map(document: Document, context: Context) -> str:
    wanted = [picture for picture in document.pictures if picture.of == "tile_map"]
    title = wanted[0].title if wanted else context.wording.word("page.map")
    picture = tile_map(context, title)
    return inline(draw(picture)) if picture else ""


def _charts(context: Context) -> list[dict[str, Any]]:
    """Per category the ECharts option, and our own bars to stand there until or instead of it."""
    found = []
    for category in context.ledger.categories:
        picture = score_bars(context, "", category)
        if picture is None:
            continue
        svg = _bars(context, category)
        height = 110 + 30 * picture.content["rows"]
        found.append({"category": category, "option": picture.content["option"], "height": height, "svg": svg})
    return found


def _bars(context: Context, category: str) -> str:
    ledger, w = context.ledger, context.wording
    codes = ledger.ranked(category)
    scores = [float(ledger.scores[code]["score"]) for code in codes]
    texts = [w.number(score, ledger.facts.score_decimals) for score in scores]
    return bars_svg([ledger.short(code) for code in codes], scores, texts, w.word("chart.direction"))


def _provenance(context: Context) -> list[tuple[str, str]]:
    w, facts = context.wording, context.ledger.facts
    counts = {key: facts.completeness.get(key, 0) for key in ("reported", "late", "not_reported", "not_applicable")}
    rows = {
        "scheme": facts.scheme_title, "version": facts.scheme_version, "rulebook": facts.rulebook_title,
        "counts": w.word("notes.counts_text", **counts), "today": w.date(facts.today), "run": facts.run,
        "rulebook_hash": facts.rulebook_hash, "snapshot_hash": facts.snapshot_hash, "engine": facts.engine,
    }  # fmt: skip
    return [(w.word(f"notes.{key}"), text) for key, text in rows.items() if text]
