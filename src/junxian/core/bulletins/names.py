"""Names and counts in a sentence (名称与个数): units by place, gate or grade, titles, and how many there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from junxian.core.bulletins.context import (
    Context,
    Path,
    Piece,
    absent,
    category_of,
    counted,
    named,
    unit_of,
    units_of,
)
from junxian.core.bulletins.figures import SAYERS as FIGURE_SAYERS
from junxian.core.bulletins.placeholders import Placeholder
from junxian.core.errors import RuleError
from junxian.core.text import spoken


def _plain(field: str) -> Callable[[Placeholder, Context], list[Piece]]:
    def say(placeholder: Placeholder, context: Context) -> list[Piece]:
        return [named(_PLAIN[field](context), "text", field)]

    return say


_PLAIN: dict[str, Callable[[Context], str]] = {
    "period": lambda c: c.ledger.facts.period_title,
    "year": lambda c: c.ledger.facts.period[:4],
    "today": lambda c: c.wording.date(c.ledger.facts.today),
    "city": lambda c: c.ledger.name(c.ledger.facts.root),
    "scheme": lambda c: c.ledger.facts.scheme_title,
    "rulebook": lambda c: c.ledger.facts.rulebook_title,
    "issuer": lambda c: c.issuer,
    "serial": lambda c: "　" if c.ledger.facts.serial is None else str(c.ledger.facts.serial),
}


def _unit(placeholder: Placeholder, context: Context) -> list[Piece]:
    codes = units_of(placeholder, context)
    if "rank" not in placeholder.keys:
        return [named(context.ledger.name(codes[0]), "name", codes[0])]
    category, place = category_of(placeholder, context), placeholder.keys["rank"]
    names = [(code, ["at", category, place, i, len(codes)]) for i, code in enumerate(codes)]
    return listed(names, context)


def listed(names: Sequence[tuple[str, Path]], context: Context, extra: str = "") -> list[Piece]:
    """Unit names as an enumeration, each with its claim, each followed by a figure in brackets where asked."""
    pieces: list[Piece] = []
    separators = context.wording.joined([code for code, _ in names])
    for (code, path), separator in zip(names, separators, strict=True):
        pieces += [separator, named(context.ledger.name(code), *path)]
        if extra:
            inner = FIGURE_SAYERS[extra](
                Placeholder(extra, keys={"unit": code}, written=f"{{units:with={extra}}}"), context
            )
            opening, closing = context.wording.word("word.bracket").split("|")
            pieces += [opening, *inner, closing]
    return [piece for piece in pieces if piece != ""]


def _units(placeholder: Placeholder, context: Context) -> list[Piece]:
    category, keys, ledger = category_of(placeholder, context), placeholder.keys, context.ledger
    path: Path
    if "top" in keys:
        codes, path = ledger.top(category, int(keys["top"])), ["standing", "top", category, int(keys["top"])]
    elif "bottom" in keys:
        codes, path = (
            ledger.bottom(category, int(keys["bottom"])),
            ["standing", "bottom", category, int(keys["bottom"])],
        )
    elif "gate" in keys or "grade" in keys:
        column = "gate" if "gate" in keys else "grade"
        codes = [c for c in ledger.official(category) if ledger.scores[c][column] == keys[column]]
        path = ["having", column, keys[column], category]
    elif placeholder.argument == "unreported":
        codes, path = list(ledger.facts.unreported), ["unreported"]
    else:
        codes, path = ledger.official(category), ["official", category]
    if not codes:
        raise absent(placeholder)
    claims = [(code, [*path, i, len(codes)]) for i, code in enumerate(codes)]
    return listed(claims, context, keys.get("with", ""))


def _grade(placeholder: Placeholder, context: Context) -> list[Piece]:
    code = unit_of(placeholder, context)
    grade = context.ledger.scores.get(code, {}).get("grade")
    if not grade:
        raise absent(placeholder)
    return [named(grade, "grade", code)]


def _category(placeholder: Placeholder, context: Context) -> list[Piece]:
    category = category_of(placeholder, context)
    return [named(context.ledger.facts.terms.get(category, category), "category", category)]


def _criterion(placeholder: Placeholder, context: Context) -> list[Piece]:
    key = placeholder.argument or context.criterion
    return [named(context.ledger.label(key), "criterion", key)]


def _indicator(placeholder: Placeholder, context: Context) -> list[Piece]:
    card = context.ledger.card(placeholder.argument)
    return [named(spoken(card.name, context.ledger.facts.language), "indicator", card.code)]


def _n(placeholder: Placeholder, context: Context) -> list[Piece]:
    category = category_of(placeholder, context)
    return [counted(len(context.ledger.ranked(category)), "count", "ranked", category)]


def _how_many(placeholder: Placeholder, context: Context) -> list[Piece]:
    what, ledger, category = placeholder.argument or "units", context.ledger, category_of(placeholder, context)
    if what in {"reported", "late", "not_reported", "not_applicable"}:
        if what not in ledger.facts.completeness:
            raise absent(placeholder)
        return [counted(ledger.facts.completeness[what], "count", "state", what)]
    if what == "alerts":
        wanted = {key: placeholder.keys[key] for key in ("level", "line") if key in placeholder.keys}
        rows = (
            [row for row in ledger.alerts if all(row[k] == v for k, v in wanted.items())] if wanted else ledger.warnings
        )
        return [counted(len(rows), "count", "alerts", wanted)]
    if what in {"gate", "grade"}:
        wanted_value = placeholder.keys.get(what, "")
        codes = [c for c in ledger.official(category) if ledger.scores[c][what] == wanted_value]
        return [counted(len(codes), "count", what, wanted_value, category)]
    counts: dict[str, Callable[[], int]] = {
        "units": lambda: len(ledger.official(category)),
        "ranked": lambda: len(ledger.ranked(category)),
        "unreported": lambda: len(ledger.facts.unreported),
    }
    if what not in counts:
        raise RuleError("bulletins.count_unknown", name=what)
    return [counted(counts[what](), "count", what, category)]


SAYERS: dict[str, Callable[[Placeholder, Context], list[Piece]]] = {
    **{name: _plain(name) for name in _PLAIN},
    "unit": _unit,
    "units": _units,
    "grade": _grade,
    "category": _category,
    "criterion": _criterion,
    "indicator": _indicator,
    "n": _n,
    "count": _how_many,
}
