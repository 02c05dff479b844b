"""The trace itself (凭据自证): every parameter the score read stands in the receipt.

Each attribute read on an entry of the scheme while it is compiled, run, settled and graded is written down, and each
must be found, with its value, at its own place in the receipt of every unit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from junxian.core.assessment.adjust import event_points
from junxian.core.indicators.model import OBSERVATION_COLUMNS
from junxian.core.rulebook.judge import judge, prepare
from junxian.core.rulebook.model import Rulebook
from junxian.core.scoring.methods import Method
from junxian.core.scoring.model import Criterion, Group, Scheme, walk
from junxian.core.text import Entry
from junxian.files.runs.results import receipts_of
from tests.core.scoring.test_methods import METHOD_TEXTS

UNITS = "甲乙丙丁戊"
Path = tuple[str | int, ...]
KEPT_APART = {"criteria", "groups", "of"}  # the tree itself is the receipt's lines; who is judged is its category


@contextmanager
def reading() -> Iterator[dict[tuple[int, str], Entry]]:
    """(identity, field) of every field read meanwhile → the entry."""
    seen: dict[tuple[int, str], Entry] = {}
    plain = Entry.__getattribute__

    def watched(self: Entry, name: str) -> Any:
        if name in type(self).__pydantic_fields__:
            seen[id(self), name] = self
        return plain(self, name)

    Entry.__getattribute__ = watched  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        del Entry.__getattribute__


def places(entry: Any, at: Path) -> Iterator[tuple[int, Path]]:
    """Where each entry inside another stands when it is written out."""
    if isinstance(entry, Entry):
        yield id(entry), at
        for name, field in type(entry).__pydantic_fields__.items():
            if name not in KEPT_APART:
                yield from places(entry.__dict__[name], (*at, field.alias or name))
    elif isinstance(entry, tuple):
        for number, part in enumerate(entry):
            yield from places(part, (*at, number))


def home_of(scheme: Scheme) -> dict[int, Path]:
    """Entry → its place in a receipt."""
    found = dict(places(scheme, ("scheme",)))
    for node in walk(scheme.criteria):
        found |= dict(places(node, ("lines", node.key, "parameters")))
    return found


def value_at(receipt: Any, path: Path) -> Any:
    for step in path:
        if isinstance(receipt, list) and isinstance(step, str):
            receipt = next(line for line in receipt if line["criterion"] == step)
        else:
            receipt = receipt[step]
    return receipt


def as_written(value: Any) -> Any:
    if isinstance(value, Method):
        return {"kind": value.kind, **value.model_dump(mode="json", by_alias=True)}
    if isinstance(value, Entry):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, tuple):
        return [as_written(part) for part in value]
    return {k: as_written(v) for k, v in value.items()} if isinstance(value, dict) else value


def rulebook() -> Rulebook:
    """One scheme with everything a scheme can hold."""
    table = [{"when": "项得分 > 1", "then": "优", "score": 2}, {"then": "平", "score": 1}]
    methods = [
        {
            "name": f"法{place}",
            "value": "数",
            "points": 5,
            "method": text,
            "ties": "average" if place % 2 else None,
            "missing": {"late": "mean"} if place % 3 else {},
        }
        for place, text in enumerate(METHOD_TEXTS)
    ]
    criteria = [
        {"name": "块", "of": methods, "at_most": 90, "at_least": 1, "round": {"places": 3}},
        {
            "name": "增",
            "value": "同比(数)",
            "points": 10,
            "method": "efficacy",
            "carry": 1,
            "lag": 1,
            "clause": "第三条",
            "growth": {
                "net_increase": 1,
                "zero_to_zero": "mean",
                "narrowed": [0.6, 1],
                "small_base": 1,
                "small_base_clip": [-50, 100],
            },
            "winsorise": {"lower": "10%", "upper": "90%"},
            "decimals": 1,
            "unit": "%",
            "applies_to": ["县"],
        },
        {
            "name": "均",
            "combine": "mean",
            "weights": "given",
            "min_available": 1,
            "zero_floor": 0.1,
            "scale": 2,
            "of": [
                {"name": "均一", "value": "数", "weight": 0.4, "method": "min_max"},
                {"name": "均二", "value": "数", "weight": {"县": 0.6}, "method": {"as_is": 1}},
            ],
        },
        {
            "name": "几",
            "combine": {"power": 0},
            "of_maximum": 10,
            "weights": "entropy",
            "of": [
                {"name": "几一", "value": "数", "method": "min_max"},
                {"name": "几二", "value": "数", "method": "efficacy"},
            ],
        },
        {
            "name": "表",
            "combine": {"table": table},
            "of": [{"name": "项", "value": "数", "method": "as_is", "points": {"县": 4}}],
        },
        {"name": "式", "combine": {"formula": "子 * 倍"}, "of": [{"name": "子", "value": "倍数", "method": "as_is"}]},
    ]
    scheme = {
        "id": "全",
        "title": {"zh": "全", "en": "All"},
        "author": "考核办",
        "checker": "统计局",
        "groups": {"县": list(UNITS)},
        "constants": {"倍": 2},
        "derive": {"倍数": "数 * 倍"},
        "criteria": criteria,
        "at_most": 500,
        "ties": "shared",
        "missing": {
            "late": "renormalise",
            "not_reported": "zero",
            "not_applicable": "own_maximum",
            "undefined": "renormalise",
        },
        "rounding": {"places": 1},
        "rank": {"tie_break": ["数"]},
        "bonus_cap": 5,
        "deduction_cap": 9,
        "floor": 0,
        "ceiling": 999,
        "bonus": [
            {"id": "表彰", "name": "表彰", "event": "表彰", "each": 2, "cap": 3, "family": "誉"},
            {"id": "超", "name": "超", "value": "数 / 100", "cap": 1},
        ],
        "deductions": [{"id": "末", "name": "末", "lines": ["末位"]}],
        "gates": [
            {"id": "速", "name": "速", "when": "数 >= 3", "effect": {"grade_at_most": "良", "no_awards": True}},
            {"id": "底", "name": "底", "lines": ["末位"], "level": "red"},
        ],
        "vetoes": [
            {
                "id": "安",
                "name": "安",
                "event": "表彰",
                "basis": {"document": "办法"},
                "effect": {"zero": ["增"], "not_ranked": True},
            }
        ],
        "grades": [{"name": "优", "at_least": 90, "quota": "30%", "needs_gates": True}, {"name": "良"}],
        "awards": [{"id": "前", "name": "前", "by_place": [0.5, 0.3]}],
        "min_peers": 2,
    }
    return Rulebook.model_validate(
        {
            "schema": "junxian/1",
            "id": "示",
            "title": "示",
            "root": "市",
            "schemes": [scheme],
            "units": [
                {"code": "市", "name": "市"},
                *({"code": u, "name": u, "level": "县", "parent": "市"} for u in UNITS),
            ],
            "indicators": [
                {"code": "数", "name": "数", "kind": "M"},
                {"code": "表彰", "name": "表彰", "kind": "M", "event": True},
            ],
            "bottomlines": [{"id": "末位", "name": "末位", "what": "数", "watch": {"last_places": 1}}],
        }
    )


def observations() -> Any:
    import polars as pl

    rows = [
        (u, "数", period, 3.0 + n + (period == "2026-06"), "")
        for n, u in enumerate(UNITS)
        for period in ("2026-06", "2026-05", "2025-05")
    ]
    rows.append(("甲", "表彰", "2026-06", 1.0, "事1"))
    frame = pl.DataFrame(rows, schema=["region_code", "indicator", "period", "value", "calibre"], orient="row")
    frame = frame.with_columns(kind=pl.lit("M"), state=pl.lit("reported"), revision=pl.lit(0, pl.Int64))
    return frame.with_columns(pl.lit("").alias(c) for c in OBSERVATION_COLUMNS if c not in frame.columns).select(
        OBSERVATION_COLUMNS
    )


@pytest.fixture(scope="module")
def traced() -> tuple[Any, list[Any], dict[tuple[int, str], Entry]]:
    from junxian.core.indicators.known import latest, with_index

    book = rulebook()
    with reading() as seen:
        compiled = prepare(book, "2026-06")
        judgement = judge(compiled, observations())
    found = receipts_of(judgement, with_index(latest(observations())), {})
    return compiled.scheme, json.loads(json.dumps(found, ensure_ascii=False)), dict(seen)


def test_every_parameter_the_score_read_is_in_every_receipt(traced):
    scheme, receipts, seen = traced
    homes = home_of(scheme)
    missing, checked = [], set()
    for (entry, name), model in seen.items():
        if entry not in homes or name in KEPT_APART:
            continue
        field = type(model).__pydantic_fields__[name]
        path = (*homes[entry], field.alias or name)
        checked.add((type(model).__name__, name))
        for receipt in receipts:
            try:
                told = value_at(receipt, path)
            except (KeyError, IndexError, StopIteration, TypeError):
                missing.append((type(model).__name__, *path))
                break
            if not _says(told, model.__dict__[name], name):
                missing.append((type(model).__name__, *path, told))
                break
    assert missing == []
    assert len(checked) > 120, len(checked)


def _says(told: Any, value: Any, name: str) -> bool:
    """The receipt has the value itself, or what a default of the scheme made of it."""
    if name in ("ties", "late", "not_reported", "not_applicable", "undefined") and value is None:
        return told is not None
    if name == "missing":
        return set(told) == {"late", "not_reported", "not_applicable", "undefined"}
    if name in ("title", "name"):
        return told == value or told in (value.values() if isinstance(value, dict) else [value])
    return bool(told == json.loads(json.dumps(as_written(value), ensure_ascii=False)))


def test_the_watch_sees_what_is_read():
    node = Criterion.model_validate({"name": "项", "value": "数", "method": "as_is"})
    with reading() as seen:
        assert node.direction == "+"
        assert node.method.scale == 1
    assert {(type(model).__name__, name) for (_, name), model in seen.items()} == {
        ("Criterion", "direction"),
        ("Criterion", "method"),
        ("AsIs", "scale"),
    }


def test_every_kind_of_entry_a_score_reads_was_read(traced):
    _, _, seen = traced
    kinds = {type(model).__name__ for model in seen.values()}
    assert {
        "Rounding",
        "GrowthCases",
        "Winsorise",
        "Row",
        "Combine",
        "Missing",
        "MissingOverride",
        "Effect",
        "Gate",
        "Veto",
        "Adjustment",
        "Grade",
        "Award",
        "Step",
        "Slope",
        "Ranking",
        "Criterion",
        "Group",
    } <= kinds
    assert issubclass(Group, Entry)
    assert callable(event_points)
