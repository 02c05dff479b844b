"""Pages that read a rulebook (规则集页面): overview, cards, schemes, bottom lines, benchmarks, calendar, cases."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from junxian.core.benchmarks import NamedList, Peers, RankTable
from junxian.core.text import spoken
from junxian.web.people.tags import spoken_language
from junxian.web.rulebooks.line_words import line_clause
from junxian.web.rulebooks.queries import Shown, checked, shown


def _page(request: HttpRequest, name: str, book: Shown, **facts: Any) -> HttpResponse:
    facts |= {"book": book, "rules": book.rules, "q": book.query, "section": name}
    return render(request, f"rulebooks/{name}.html", facts)


def overview(request: HttpRequest) -> HttpResponse:
    """What the rulebook is, on what it rests, what is in it."""
    book = shown(request.GET.get("version"))
    schemes = [(scheme, book.printer.spoken(scheme.title)) for scheme in book.rules.schemes]
    return _page(request, "overview", book, schemes=schemes, judged=_judged(book))


def _judged(book: Shown) -> list[tuple[str, int]]:
    from junxian.core.units.select import select

    groups = {name: wanted for scheme in book.rules.schemes for name, wanted in scheme.groups.items()}
    return [(name, len(select(book.rules.units, wanted, book.rules.peer_sets))) for name, wanted in groups.items()]


def cards(request: HttpRequest) -> HttpResponse:
    """All indicator cards."""
    book = shown(request.GET.get("version"))
    return _page(request, "cards", book, cards=book.rules.indicators)


def card(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator card with its dated versions and what reads it."""
    book = shown(request.GET.get("version"))
    entries = [entry for entry in book.rules.indicators if entry.code == code]
    if not entries:
        raise Http404(code)
    return _page(request, "card", book, entries=entries, card=entries[-1], read_by=_read_by(book, code))


def _read_by(book: Shown, code: str) -> list[tuple[str, str, str]]:
    """(scheme id, scheme title, criterion) for every criterion whose formula reads the card."""
    found = []
    for scheme in book.rules.schemes:
        document = book.printer.document(scheme)
        for line in document.lines:
            if line.formula and any(card.code == code for card in line.formula.cards):
                found.append((scheme.id, document.title, line.name))
    return found


def scheme(request: HttpRequest, scheme: str) -> HttpResponse:
    """A scheme as a document; each dated version of it below the other."""
    book = shown(request.GET.get("version"))
    documents = [book.printer.document(entry) for entry in book.rules.schemes if entry.id == scheme]
    if not documents:
        raise Http404(scheme)
    return _page(request, "scheme", book, documents=documents, document=documents[-1])


def bottomlines(request: HttpRequest) -> HttpResponse:
    """Every bottom line in plain words."""
    book = shown(request.GET.get("version"))
    lines = [
        (line_clause(line, book.printer), book.printer.reader.read(line.what) if line.what else None)
        for line in book.rules.bottomlines
    ]
    return _page(request, "bottomlines", book, lines=lines)


def benchmarks(request: HttpRequest) -> HttpResponse:
    """Rank tables, lists and rules of role models."""
    book = shown(request.GET.get("version"))
    read = book.printer.reader.read
    kinds: dict[str, list[Any]] = {"tables": [], "lists": [], "peers": []}
    for entry in book.rules.benchmarks:
        if isinstance(entry, RankTable):
            rows = [(spoken(row.name, spoken_language()), read(row.value), row) for row in entry.indicators]
            kinds["tables"].append((entry, rows))
        elif isinstance(entry, NamedList):
            kinds["lists"].append(entry)
        elif isinstance(entry, Peers):
            means = [(read(text), weight) for text, weight in entry.means.items()]
            kinds["peers"].append((entry, means, read(entry.target)))
    return _page(request, "benchmarks", book, **kinds)


def settings(request: HttpRequest) -> HttpResponse:
    """Calendar, catalogues and parameters."""
    book = shown(request.GET.get("version"))
    cycle = [(book.printer.word(f"cycle.{name}"), day) for name, day in book.rules.calendar.cycle.items()]
    return _page(request, "settings", book, cycle=cycle)


def cases(request: HttpRequest) -> HttpResponse:
    """The cases; their verdicts come as a fragment while they are computed."""
    return _page(request, "cases", shown(request.GET.get("version")))


def case_verdicts(request: HttpRequest) -> HttpResponse:
    """Every case run through the engine: how many figures were compared, and where they differ."""
    book = shown(request.GET.get("version"))
    found = checked(book.version.hash)
    passed = sum(case.passed for case in found.cases)
    results = list(zip(book.rules.cases, found.cases, strict=True))
    return _page(request, "_verdicts", book, results=results, passed=passed)
