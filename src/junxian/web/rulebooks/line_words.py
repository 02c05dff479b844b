"""Bottom lines in plain words (底线白话): what is watched, when it lights up, what a breach costs and demands."""

from __future__ import annotations

from junxian.core.bottomlines.model import Bands, Events, LastPlaces, Limit, Line
from junxian.web.rulebooks.document import Clause, Printer
from junxian.web.rulebooks.formula_words import number


def line_clause(line: Line, printer: Printer) -> Clause:
    """One bottom line: its name and every sentence of it."""
    return Clause(
        line, printer.spoken(line.name), (*_watch(line, printer), *_running(line, printer), *_cost(line, printer))
    )


def _watch(line: Line, printer: Printer) -> list[str]:
    watch = line.watch
    if isinstance(watch, LastPlaces):
        return _last_places(watch, printer)
    if isinstance(watch, Bands):
        return [*_bands(watch, printer), printer.word(f"watch.bounds.{watch.bounds}")]
    if isinstance(watch, Events):
        return [*_events(watch, printer), printer.word(f"watch.span.{watch.span}")]
    return _limit(watch, printer) if isinstance(watch, Limit) else []


def _last_places(watch: LastPlaces, printer: Printer) -> list[str]:
    said = [printer.word("watch.last_places", places=watch.places), _breach(watch.breach, printer)]
    for name in ("orange_worse", "yellow_gap", "yellow_fall"):
        value = getattr(watch, name)
        if value is not None:
            said.append(printer.word(f"watch.{name}", number=number(value)))
    return [*said, *([printer.word("watch.min_units", number=watch.min_units)] if watch.min_units else [])]


def _bands(watch: Bands, printer: Printer) -> list[str]:
    bounds = [step.at_least for step in watch.steps] + [None]
    said = []
    for step, above in zip(watch.steps, bounds[1:], strict=True):
        level = printer.word(f"level.{step.level}")
        if step.at_least is None:
            key, facts = ("band_all", {}) if above is None else ("band_first", {"to": number(above)})
        elif above is None:
            key, facts = "band_last", {"from": number(step.at_least)}
        else:
            key, facts = "band", {"from": number(step.at_least), "to": number(above)}
        said.append(printer.word(f"watch.{key}", level=level, **facts))
    return said


def _events(watch: Events, printer: Printer) -> list[str]:
    said = []
    for rule in watch.of:
        facts = {"event": printer.events.get(rule.card, rule.card), "level": printer.word(f"level.{rule.level}")}
        if rule.at_least is None:
            text = printer.word("watch.event", **facts)
        else:
            text = printer.word("watch.event_from", number=number(rule.at_least), **facts)
        said.append(text + (printer.word("watch.event_deduct", points=number(rule.deduct)) if rule.deduct else ""))
    return said


def _limit(watch: Limit, printer: Printer) -> list[str]:
    bound = printer.reader.read(watch.at_most).phrase if isinstance(watch.at_most, str) else number(watch.at_most)
    said = [printer.word("watch.limit", bound=bound), _breach(watch.breach, printer)]
    if watch.near is not None:
        level = printer.word(f"level.{watch.near_level}")
        said.append(printer.word("watch.limit_near", number=number(watch.near), level=level))
    return said


def _breach(level: str, printer: Printer) -> str:
    return printer.word("watch.breach", level=printer.word(f"level.{level}"))


def _running(line: Line, printer: Printer) -> list[str]:
    said = [
        printer.word("watch.running", rounds=rounds, level=printer.word(f"level.{level}"))
        for rounds, level in line.months_running.items()
    ]
    return [*said, *([printer.word("watch.bridge")] if said and line.unreported == "bridge" else [])]


def _cost(line: Line, printer: Printer) -> list[str]:
    deduct, demand = line.effect.deduct, line.effect.demand
    if isinstance(deduct, dict):
        said = [
            printer.word("watch.deduct_level", level=printer.word(f"level.{level}"), points=number(points))
            for level, points in deduct.items()
        ]
    else:
        said = [printer.word("watch.deduct", points=number(deduct))] if deduct else []
    for level, demands in demand.items():
        words = printer.word("comma").join(printer.word(f"demand.{one}") for one in demands)
        said.append(printer.word("watch.demand", level=printer.word(f"level.{level}"), demands=words))
    return [*said, printer.until(line.until)]
