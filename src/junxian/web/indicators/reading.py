"""Reading an upload (读表): stored bytes through the files floor, checked against what is known, sorted by owner."""

from __future__ import annotations

import io
import json
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from junxian.core.errors import DataError
from junxian.core.indicators import parse_period
from junxian.core.rulebook import Rulebook, vocabulary
from junxian.core.text import spoken
from junxian.web.indicators import duties
from junxian.web.indicators.blank_form import form_of
from junxian.web.indicators.doubting import checked, finding_rows, notice, revised
from junxian.web.indicators.models import HandIn, Upload

if TYPE_CHECKING:
    import polars as pl

    from junxian.files.sheets import FileRead, Intake

LONGEST_NAME = 60
_ODD = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


@dataclass
class Reading:
    """What a file holds: the hand-in's own figures, those of other keepers, and findings as rows."""

    own: pl.DataFrame
    passed_on: dict[int, pl.DataFrame] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)


def safe_name(name: str) -> str:
    """A file name without folders and control signs, short enough for any disk, with its ending."""
    plain = _ODD.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ") or "upload"
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:LONGEST_NAME]}.{ending[:8]}" if dot and stem else plain[:LONGEST_NAME]


def read_upload(upload: Upload, hand_in: HandIn) -> Reading:
    """Read, check and sort out one upload. DataError `web.indicators.*` where nothing in it can be used."""
    import polars as pl

    rules = duties.rules_in(hand_in.period)
    own_form = form_of(hand_in, rules)
    known = rules.model_copy(update={"forms": (*rules.forms, own_form)})
    intake = intake_of(upload.name, bytes(upload.content.content), hand_in.period, known, upload.choices)
    _recognise(intake, hand_in, rules)
    frame = _without_empty(intake.observations)
    if upload.origin == "grid":
        frame = frame.with_columns(pl.lit("typed").alias("source_kind"))
    reading = sort_out(frame, hand_in, rules)
    found = pl.concat([intake.findings, checked(frame, rules, hand_in.period)]).unique(maintain_order=True)
    reading.findings = [*finding_rows(found, rules), *revised(reading.own, rules)]
    return reading


def _without_empty(frame: pl.DataFrame) -> pl.DataFrame:
    """An empty cell says nothing: that a figure is late or not reported must be chosen, it is never implied."""
    import polars as pl

    silent = pl.col("value").is_null() & (pl.col("raw").str.strip_chars() == "") & (pl.col("state") == "not_reported")
    said = (pl.col("source_kind") != "cell") | (pl.col("cell") == "")
    return frame.filter(~silent | said)


def intake_of(name: str, content: bytes, period: str, rules: Rulebook, choices: dict[str, dict[str, str]]) -> Intake:
    """The file as the files floor reads it; names answered before are further aliases."""
    from junxian.files.sheets import read_files

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / safe_name(name)
        path.write_bytes(content)
        return read_files(
            [path], forms=rules.forms, units=_also_called(rules.units, choices.get("region", {})),
            cards=_also_called(rules.indicators, choices.get("indicator", {})), period=period, root=rules.root,
            checks=rules.checks, measure=vocabulary(rules).units,
        )  # fmt: skip


def _also_called(entries: Sequence[Any], choices: dict[str, str]) -> list[Any]:
    """Units or cards with the written names somebody chose them for."""
    more: dict[str, list[str]] = {}
    for written, code in choices.items():
        more.setdefault(code, []).append(written)
    return [
        entry.model_copy(update={"aliases": (*entry.aliases, *more[entry.code])}) if entry.code in more else entry
        for entry in entries
    ]


def _recognise(intake: Intake, hand_in: HandIn, rules: Rulebook) -> None:
    """Refuse what gives no figure at all, with the reason: unreadable, another month's, another department's."""
    file = intake.files[0]
    if file.refused:
        facts = json.loads(intake.findings.row(0, named=True)["facts"])
        raise DataError(file.refused, **facts)
    said = intake.findings.filter(intake.findings.get_column("code") == "sheets.period_other")
    if intake.observations.is_empty() and said.height:
        raise DataError("web.indicators.other_period", **json.loads(said.row(0, named=True)["facts"]))
    periods = sorted(intake.observations.get_column("period").unique(), key=lambda text: parse_period(text).index)
    asked = parse_period(hand_in.period).index
    if periods and all(parse_period(text).index != asked for text in periods):
        raise DataError("web.indicators.other_period", said=periods[-1], asked=hand_in.period)
    keeper = foreign_keeper(file, hand_in, rules)
    if keeper:
        raise DataError("web.indicators.other_department", keeper=keeper, owner=hand_in.owner.name)
    if intake.observations.is_empty() and intake.findings.is_empty():
        raise DataError("web.indicators.nothing_read")


def foreign_keeper(file: FileRead, hand_in: HandIn, rules: Rulebook) -> str:
    """The department all forms of a workbook belong to, where that is another one; else ""."""
    keepers = {form.id: form.keeper for form in rules.forms}
    found = {keepers.get(sheet.form, "") for sheet in file.sheets if sheet.figures}
    if hand_in.owner.kind != "department" or not found or "" in found:
        return ""
    return "" if hand_in.owner.code.removeprefix(duties.DEPARTMENT) in found else "、".join(sorted(found))


def sort_out(frame: pl.DataFrame, hand_in: HandIn, rules: Rulebook) -> Reading:
    """Figures by owner: other keepers' go to their own hand-in while that is open; a locked one's are set aside."""
    keepers = duties.deliverers(rules)
    possible = {*keepers.values(), *frame.get_column("region_code").unique()}
    others = {
        other.owner.code: other
        for other in HandIn.objects.filter(scheme=hand_in.scheme, period=hand_in.period, owner__code__in=possible)
        .exclude(pk=hand_in.pk)
        .select_related("owner")
        .defer("indicators")
    }
    only_county = {card.code for card in rules.indicators if card.only_county_has}
    mine = set(hand_in.indicators)
    parts: dict[int, list[int]] = {}
    for place, (unit, indicator) in enumerate(frame.select("region_code", "indicator").iter_rows()):
        owner = unit if indicator in only_county else keepers.get(indicator, "")
        taker = None if indicator in mine and indicator not in only_county else others.get(owner)
        parts.setdefault(taker.pk if taker else 0, []).append(place)
    locked = {other.pk: other.owner.name for other in others.values() if other.locked}
    reading = Reading(_picked(frame, parts.pop(0, [])))
    for pk, places in parts.items():
        if pk in locked:
            reading.findings.append(notice("web.indicators.set_aside", keeper=locked[pk], n=len(places)))
        else:
            reading.passed_on[pk] = _picked(frame, places)
    return reading


def _picked(frame: pl.DataFrame, places: list[int]) -> pl.DataFrame:
    import polars as pl

    return frame.select(pl.all().gather(pl.Series(places, dtype=pl.UInt32)))


def staged_bytes(frame: pl.DataFrame) -> bytes:
    """Figures as the Parquet file that waits for confirmation."""
    target = io.BytesIO()
    frame.write_parquet(target)
    return target.getvalue()


def staged_frame(upload: Upload) -> pl.DataFrame:
    """The figures that wait."""
    import polars as pl

    if upload.staged is None:
        raise DataError("web.indicators.not_read")
    return pl.read_parquet(io.BytesIO(bytes(upload.staged.content)))


def marked_copy(name: str, content: bytes, findings: Iterable[dict[str, Any]], language: str = "zh") -> bytes:
    """The same workbook with its doubtful cells filled and commented (.xlsx)."""
    import polars as pl

    from junxian.core.indicators.rules import FINDING_COLUMNS
    from junxian.files.sheets import mark_workbook

    rows = [
        tuple(
            json.dumps(row["facts"], ensure_ascii=False) if c == "facts" else str(row.get(c) or "")
            for c in FINDING_COLUMNS
        )
        for row in findings
    ]
    told = pl.DataFrame(rows, schema=dict.fromkeys(FINDING_COLUMNS, pl.String), orient="row")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / safe_name(name)
        path.write_bytes(content)
        return mark_workbook(path, told, Path(folder), language).read_bytes()


def title(entry: Any, language: str) -> str:
    """The name of a card or unit of the rulebook in a language."""
    return spoken(entry.name, language)
