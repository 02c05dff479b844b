"""Explaining a score (得分说明): one unit's receipt as text, from the figure's cell to the points and the next step."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from junxian.core.errors import DataError
from junxian.core.indicators.period import at_index
from junxian.files.rulebooks import say
from junxian.files.runs.record import checksum

Receipt = dict[str, Any]
STYLE = (
    "body{font:16px/1.6 sans-serif;margin:1rem auto;max-width:60rem;padding:0 1rem;color:#111}"
    "summary{cursor:pointer;padding:.3rem 0;border-top:1px solid #ccc}pre{white-space:pre-wrap;font:inherit}"
    "@media print{details{break-inside:avoid}}"
)


def receipt(folder: Path, region: str) -> Receipt:
    """The receipt of a unit by code or name; DataError where there is none, or its checksum is wrong."""
    path = folder / "receipts.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise DataError("runs.no_record", where=str(path)) from fault
    for one in found:
        if region in (one["region_code"], one["region"]):
            body = {name: value for name, value in one.items() if name != "checksum"}
            if checksum(body) != one["checksum"]:
                raise DataError("explain.forged", where=str(path), region=one["region"])
            return dict(one)
    known = "、".join(f"{one['region']} {one['region_code']}" for one in found)
    raise DataError("explain.unknown_region", where=str(path), region=region, known=known)


def receipt_text(one: Receipt, language: str) -> str:
    """The receipt as lines of plain text."""
    return "\n".join(_lines(one, lambda code, **facts: say(f"receipt.{code}", facts, language)))


def _lines(one: Receipt, word: Any) -> Iterator[str]:
    yield word("title", region=one["region"], period=one["period"], scheme=one["scheme"]["title"])
    if one["score"] is None:
        yield word("no_score")
    else:
        yield word("score", score=one["score"], category=one["category"], rank=one["rank"] or "—", n=one["n"])
    yield word("grade", grade=one["grade"] or "—", gate=word(f"gate_{one['gate']}"))
    yield word("sum", base=_number(one["base"]), bonus=_number(one["bonus"]), deduction=_number(one["deduction"]))
    yield ""
    depth = {line["criterion"]: 0 for line in one["lines"]}
    for line in reversed(one["lines"]):
        depth[line["criterion"]] = 0 if line["parent"] is None else depth[line["parent"]] + 1
    for line in _top_down(one["lines"]):
        indent = "  " * max(depth[line["criterion"]] - 1, 0)
        yield from (indent + text for text in _node(line, word))
    for rule in one["adjustments"]:
        yield word(
            "adjustment", name=_title(rule["name"]), points=_number(rule["points"]), basis=_basis(rule.get("basis"))
        )
    for alert in one["alerts"]:
        if alert["level"] != "green":
            yield word(
                "alert", line=alert["name"], level=word(f"level_{alert['level']}"), until=alert.get("until", "—")
            )
    for model in one.get("role_models", ()):
        facts = {name: _number(model[name]) for name in ("distance", "target", "own", "gap")}
        yield word("role_model", name=model["name"], region=model["region"], **facts)
    yield ""
    yield word("stamps", rulebook=one["rulebook_hash"], snapshot=one["snapshot_hash"], checksum=one["checksum"])


def receipts_page(receipts: Sequence[Receipt], language: str) -> str:
    """All receipts as one page that opens from disk without a network; texts are escaped, nothing runs."""
    title = say("receipt.page", {"period": receipts[0]["period"] if receipts else ""}, language)
    blocks = [
        f"<details id={quoteattr(one['region_code'])}>"
        f"<summary>{escape(one['region'])} {_number(one['score'])}</summary>"
        f"<pre>{escape(receipt_text(one, language))}</pre></details>"
        for one in receipts
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{''.join(blocks)}</body></html>\n"
    )


def _top_down(lines: list[Receipt]) -> Iterator[Receipt]:
    """Parents before their children; the root line is the sum already told."""
    by_parent: dict[str | None, list[Receipt]] = {}
    for line in lines:
        by_parent.setdefault(line["parent"], []).append(line)

    def below(key: str | None) -> Iterator[Receipt]:
        for line in by_parent.get(key, ()):
            if key is not None:
                yield line
            yield from below(line["criterion"])

    yield from below(None)


def _node(line: Receipt, word: Any) -> Iterator[str]:
    points = "—" if line["points"] is None else _number(line["points"])
    yield word(
        "node", name=line["name"], points=points, maximum=_number(line["maximum"]), role=word(f"role_{line['role']}")
    )
    if "formula" not in line:
        return
    state = word(f"state_{line['state']}")
    yield "  " + word("value", formula=line["formula"], value=_number(line["value"]), unit=line["unit"], state=state)
    for item in line["inputs"]:
        yield "    " + word("input", source=_source(item, word), value=_number(item["value"]), **_leaf(item))
    method = line["parameters"]["method"]
    said = "; ".join(f"{n}={_parameter(v)}" for n, v in method.items() if n != "kind" and v not in (None, [], False))
    yield "    " + word("method", method=method["kind"], parameters=said, clause=line["clause"] or "—")
    for name, reference in line["references"].items():
        by = "、".join(reference.get("set_by", ()))
        yield "    " + word("reference", name=name, value=_number(reference["value"]), by=f"（{by}）" if by else "")
    if "rank" in line:
        yield "    " + word("place", rank=line["rank"], n=line["n"], tied=word("tied") if line["tied"] else "")
    if line["next_step"]:
        facts = {name: _number(value) for name, value in line["next_step"].items() if name != "to"}
        yield "    " + word(f"next_{line['next_step']['to']}", **facts)


def _leaf(item: Receipt) -> Mapping[str, str]:
    return {
        "indicator": item.get("name", item["indicator"]), "kind": item["kind"],
        "calibre": f"[{item['calibre']}]" if item["calibre"] else "",
        "period": item["source"].get("period") or at_index(item["period_index"]).text, "region": item["region_code"],
    }  # fmt: skip


def _source(item: Receipt, word: Any) -> str:
    source = item["source"]
    if not source:
        return str(word("source_none"))
    place = " ".join(str(source[key]) for key in ("file", "sheet", "cell") if key in source)
    parts = [
        place,
        str(source.get("source", "")),
        str(source.get("source_grade", "")),
        str(source.get("entered_by", "")),
    ]
    return " · ".join(part for part in parts if part)


def _parameter(value: Any) -> str:
    """A method's parameter as text; rungs as bound→points (name)."""
    if isinstance(value, list):
        return "[" + "; ".join(_parameter(part) for part in value) + "]"
    if isinstance(value, dict) and "at_least" in value:
        bound = "" if value["at_least"] is None else f"≥{_number(value['at_least'])}"
        name = f" {value['name']}" if value.get("name") else ""
        return f"{bound}→{_number(value.get('points'))}{name}"
    if isinstance(value, dict):
        return "{" + "; ".join(f"{n}={_parameter(v)}" for n, v in value.items() if v not in (None, False)) + "}"
    return _number(value)


def _number(value: Any) -> str:
    return "—" if value is None else f"{value:.10g}" if isinstance(value, int | float) else str(value)


def _title(text: Any) -> str:
    return text if isinstance(text, str) else str(next(iter(text.values())))


def _basis(basis: Any) -> str:
    return (
        "—"
        if not basis
        else " ".join(_title(basis[key]) for key in ("document", "number", "article") if basis.get(key))
    )
