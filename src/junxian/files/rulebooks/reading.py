"""Reading a rulebook (读规则集): folder, zip or single file → Rulebook, or every fault at once with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from junxian.core.rulebook import Finding, Rulebook, validate
from junxian.core.rulebook.schema import rulebook_schema
from junxian.files.rulebooks.fault import Fault, FaultyRulebook, Place, fault_at
from junxian.files.rulebooks.fault import Path as KeyPath
from junxian.files.rulebooks.merge import merge
from junxian.files.rulebooks.sources import Source, read_sources
from junxian.files.rulebooks.translate import place_of, translate
from junxian.files.rulebooks.write import rulebook_hash


@dataclass(frozen=True)
class Reading:
    """What was read: the rulebook where its types hold, all faults, the files, and where each key stands."""

    rulebook: Rulebook | None
    faults: tuple[Fault, ...]
    sources: tuple[Source, ...]
    places: Mapping[KeyPath, Place]

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.level == "error")

    @property
    def hash(self) -> str:
        """SHA-256 of the rules, figures left out."""
        return rulebook_hash(self.sources)

    def place(self, path: KeyPath) -> Place:
        return place_of(path, self.places)


def read(place: Path | bytes) -> Reading:
    """Read without refusing: faults are collected, the rulebook is there when its types hold."""
    try:
        sources = read_sources(place)
    except FaultyRulebook as refusal:
        return Reading(None, refusal.faults, (), {})
    return read_from(sources)


def read_from(sources: tuple[Source, ...]) -> Reading:
    merged = merge(sources)
    faults = list(merged.faults)
    if not merged.value and not faults:
        faults.append(fault_at(Place("rulebook.yaml"), "rulebooks.empty"))
    rulebook: Rulebook | None = None
    if merged.value:
        try:
            rulebook = Rulebook.model_validate(merged.value)
        except ValidationError as refusal:
            faults += translate(_errors(refusal), merged.value, merged.places, rulebook_schema())
    if rulebook is not None:
        faults += [_stated(finding, merged.places) for finding in validate(rulebook)]
    return Reading(rulebook, tuple(sorted(faults)), sources, merged.places)


def _errors(refusal: ValidationError) -> list[Any]:
    return list(refusal.errors(include_url=False))


def _stated(finding: Finding, places: Mapping[KeyPath, Place]) -> Fault:
    place = place_of(finding.path, places)
    return Fault(place.file, place.line, place.column, finding.code, finding.facts, finding.level)


def load(place: Path | bytes) -> Rulebook:
    """The rulebook of a folder, zip or file; FaultyRulebook with all its faults where there is any."""
    reading = read(place)
    if reading.errors or reading.rulebook is None:
        raise FaultyRulebook(reading.errors)
    return reading.rulebook
