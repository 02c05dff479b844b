"""The report (接管报告): what was read from where, what comes back and what not, what else fits, what was assumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from junxian.files.adopt.account import Adopted
from junxian.files.adopt.choose import Chosen, Judged
from junxian.files.adopt.compute import stale
from junxian.files.adopt.emit import escaped, flow, table_row
from junxian.files.adopt.evidence import Candidate
from junxian.files.adopt.grid import Book
from junxian.files.adopt.whole import Whole, largest_difference, points_back
from junxian.files.adopt.written import difference, spots, why
from junxian.files.rulebooks.speak import say

Word = Callable[..., str]


def report(whole: Whole, told: Adopted, book: Book, language: str) -> str:
    """The whole report as Markdown in one language."""

    def word(code: str, **facts: object) -> str:
        return say(f"adopt.{code}", facts, language)

    parts = (_opening, _cells, _methods, _differences, _alternatives, _unread, _assumed, _next)
    lines = [line for part in parts for line in part(whole, told, book, word)]
    return "\n".join(lines) + "\n"


def _opening(whole: Whole, told: Adopted, book: Book, word: Word) -> Iterator[str]:
    yield f"# {word('report_title', title=escaped(whole.draft.title))}"
    yield ""
    facts = {"points": told.points, "back": told.points_back, "totals": told.totals, "totals_back": told.totals_back}
    yield word(
        "report_lead", file=escaped(book.file), period=whole.draft.period, units=told.units, criteria=len(told.criteria)
    )
    yield ""
    yield "**" + word("report_counts", **facts, ranks=told.ranks, ranks_back=told.ranks_back) + "**"
    yield ""
    if stale(book):
        yield from (word("assumed_computed"), "")


def _cells(whole: Whole, told: Adopted, book: Book, word: Word) -> Iterator[str]:
    yield f"## {word('part_cells')}"
    yield ""
    yield table_row(word("head_cells").split("|"))
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in whole.draft.chosen:
        item = one.named.item
        figures = "、".join(f"{spots(c.series)}{f'（{c.unit}）' if c.unit else ''}" for c in one.named.figures) or word(
            "none"
        )
        target = spots(item.target) if item.target else word("none")
        full = f"{item.weight if item.weight is not None else item.full:g}" + (
            "" if item.stated else word("full_assumed")
        )
        text = f"{item.text_spot}：{item.text[:80]}" if item.text_spot else word("none")
        yield table_row([item.name, figures, target, spots(item.points), full, text])  # type: ignore[arg-type]
    old = whole.draft.old
    for code, series in (("total", old.total), ("place", old.place)):
        yield table_row([word(f"column_{code}"), "", "", spots(series) if series else word("none"), "", ""])
    yield ""


def _methods(whole: Whole, told: Adopted, book: Book, word: Word) -> Iterator[str]:
    yield f"## {word('part_methods')}"
    yield ""
    yield table_row(word("head_methods").split("|"))
    yield "| --- | --- | --- | --- | --- |"
    for one in whole.draft.chosen:
        back, n = len(points_back(one, whole)), len(one.published)
        if one.status != "read" or one.best is None:
            yield table_row([one.named.key, word(f"status_{one.status}"), "", word("not_counted", n=n), ""])
            continue
        gap = str(largest_difference(one, whole)) if back < n else "0"
        share = word("of", back=back, n=n)
        yield table_row(
            [one.named.key, told_method(one.best.made, word), _reason(one, one.best, word, whole), share, gap]
        )
    yield ""
    for code, n, back in (("total", told.totals, told.totals_back), ("place", told.ranks, told.ranks_back)):
        yield "- " + word(f"back_{code}", n=n, back=back)
    yield ""


def told_method(made: Candidate, word: Word) -> str:
    """The method's name and how the rulebook writes it."""
    direction = word("smaller_is_better") if made.direction == "-" else ""
    value = f" · value: {made.value}" if " * " in made.value else ""
    return f"{word(f'method_{made.kind}')} {flow(made.text)}{value}{direction}"


def _reason(one: Chosen, best: Judged, word: Word, whole: Whole) -> str:
    said = [why(one, whole.draft.language)]
    if best.asked:
        said.append(word("trials", agreed=best.agreed, asked=best.asked))
    if one.says_little:
        said.append(word("says_little"))
    return word("separator").join(said)


def _differences(whole: Whole, told: Adopted, book: Book, word: Word) -> Iterator[str]:
    lines = []
    for one in whole.draft.chosen:
        if one.status == "read":
            back = set(points_back(one, whole))
            lines += [
                f"- {escaped(unit)} {escaped(difference(one, whole, unit, whole.draft.language))}"
                for unit in one.published
                if unit not in back
            ]
    for code, published, held, found in (
        ("total", whole.totals, whole.totals_back, whole.score), ("place", whole.ranks, whole.ranks_back, whole.rank),
    ):  # fmt: skip
        for unit in [u for u in published if u not in held]:
            lines.append(
                "- " + word(f"difference_{code}", unit=escaped(unit), published=published[unit], found=found(unit))
            )
    if lines:
        yield from (f"## {word('part_differences')}", "", word("differences_lead"), "", *lines, "")


def _alternatives(whole: Whole, told: Adopted, book: Book, word: Word) -> Iterator[str]:
    found = [one for one in whole.draft.chosen if one.alternatives]
    if not found:
        return
    yield from (f"## {word('part_alternatives')}", "", word("alternatives_lead"), "")
    for one in found:
        others = "；".join(escaped(told_method(made, word)) for made in one.alternatives)
        yield f"- {escaped(one.named.key)}：{others}"
    yield ""


def _unread(whole: Whole, told: Adopted, book: Book, word: Word) -> Iterator[str]:
    lines = []
    for one in whole.draft.chosen:
        if one.status == "unread":
            lines.append("- " + word("unread_criterion", name=escaped(one.named.key), nearest=_nearest(one, word)))
        if one.formula_unread:
            lines.append("- " + word("unread_formula", name=escaped(one.named.key), what=escaped(one.formula_unread)))
    lines += [
        f"- {word('unread_cell', cell=escaped(str(spot)), what=escaped(what))}" for spot, what in whole.draft.old.unread
    ]
    lines += [
        f"- {word('unread_row', cell=escaped(str(spot)), text=escaped(text) or '—')}"
        for spot, text in whole.draft.old.left_out
    ]
    lines += [f"- {word('unread_sheet', sheet=escaped(grid.sheet))}" for grid in book.grids if grid.hidden]
    yield from (f"## {word('part_unread')}", "", *(lines or [word("unread_nothing")]), "")


def _nearest(one: Chosen, word: Word) -> str:
    if one.nearest is None or not one.nearest.matched:
        return word("nearest_none")
    return word(
        "nearest",
        method=escaped(told_method(one.nearest.made, word)),
        back=len(one.nearest.matched),
        n=len(one.published),
    )


def _assumed(whole: Whole, told: Adopted, book: Book, word: Word) -> Iterator[str]:
    draft, terms = whole.draft, whole.terms
    groups = {group: list(draft.groups.values()).count(group) for group in draft.groups.values()}
    yield from (f"## {word('part_assumed')}", "")
    yield "- " + word("assumed_period", period=draft.period)
    yield "- " + word("assumed_groups", groups="、".join(f"{escaped(g)}（{n}）" for g, n in groups.items()))
    yield "- " + word("assumed_codes", known=len(draft.places.known), own=len(draft.groups) - len(draft.places.known))
    yield "- " + word("assumed_sum_weighted" if draft.old.weighted else "assumed_sum")
    yield "- " + word("assumed_rounding", places=terms.places, mode=word(f"mode_{terms.mode}"))
    if terms.each:
        yield "- " + word("assumed_each")
    yield "- " + word("assumed_missing", action=word(f"missing_{terms.missing}"))
    yield "- " + word("assumed_rank", ties=word(f"ties_{terms.ties}"))
    for one in draft.chosen:
        if not one.named.item.stated:
            yield "- " + word("assumed_full", name=escaped(one.named.key), full=f"{one.named.item.full:g}")
    yield ""


def _next(whole: Whole, told: Adopted, book: Book, word: Word) -> Iterator[str]:
    yield f"## {word('part_next')}"
    yield ""
    yield from (f"{number}. {line}" for number, line in enumerate(word("next").split("|"), start=1))
