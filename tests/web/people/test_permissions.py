"""Who may open what: every page × every role × own and other county, against a table written by hand.

Rooms that add pages are covered by adding them to their `pages.py`; a page whose address takes arguments says what to
call it with in `example`.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getclosurevars, isfunction
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import get_converters

from junxian.web.people.access import GRANTS, PERMISSIONS, Page, Role
from junxian.web.people.models import Person, Post
from junxian.web.units.models import Unit
from junxian.web.urls import every_page

# A: every unit, o: own unit and those under it, .: refused.
# Columns: clerk, deputy and head of a county, department, assessment office, supervision, finance, city leader,
# executive vice-mayor, auditor, system, security and audit administrator.
TABLE = """
                   clk dep hea dpt off sup fin lea vic aud sys sec aad
desk.see            o   o   o   A   A   A   A   A   A   A   A   A   A
cockpit.see         o   o   o   A   A   A   A   A   A   A   .   .   .
unit.see            o   o   o   A   A   A   A   A   A   A   .   .   .
indicator.see       o   o   o   A   A   A   A   A   A   A   .   .   .
figure.see          o   o   o   A   A   A   A   A   A   A   .   .   .
figure.hand_in      o   .   .   o   o   o   o   .   .   .   .   .   .
figure.review       .   o   .   o   o   o   o   .   .   .   .   .   .
figure.sign         .   o   o   o   o   o   o   .   .   .   .   .   .
figure.unlock       .   .   .   .   A   A   .   .   A   .   .   .   .
round.see           o   o   o   o   A   A   A   A   A   A   .   .   .
round.run           .   .   .   .   A   .   .   .   .   .   .   .   .
round.check         o   o   o   .   .   .   .   .   .   .   .   .   .
objection.see       o   o   o   .   A   A   .   A   A   A   .   .   .
objection.file      .   o   o   .   .   .   .   .   .   .   .   .   .
objection.review    .   .   .   .   A   .   .   .   .   .   .   .   .
result.preview      .   .   .   .   A   .   .   A   A   A   .   .   .
result.see          o   o   o   .   A   A   A   A   A   A   .   .   .
notice.draft        .   .   .   .   A   .   .   .   .   .   .   .   .
notice.approve      .   .   .   .   .   .   .   A   A   .   .   .   .
notice.publish      .   .   .   .   A   .   .   .   .   .   .   .   .
notice.see          A   A   A   A   A   A   A   A   A   A   .   .   .
alert.see           o   o   o   A   A   A   A   A   A   A   .   .   .
rulebook.see        A   A   A   A   A   A   A   A   A   A   .   .   .
rulebook.draft      .   .   .   .   A   .   .   .   .   .   .   .   .
rulebook.adopt      .   .   .   .   A   .   .   .   .   .   .   .   .
meeting.see         .   o   o   .   A   A   A   A   A   A   .   .   .
meeting.run         .   .   .   .   A   A   .   .   A   .   .   .   .
meeting.reply       .   o   o   o   .   .   .   .   .   .   .   .   .
audit.see           .   .   .   .   .   .   .   .   .   A   .   .   A
people.see          .   .   .   .   .   .   .   .   .   .   A   A   A
people.manage       .   .   .   .   .   .   .   .   .   .   A   .   .
people.grant        .   .   .   .   .   .   .   .   .   .   A   A   .
people.confirm      .   .   .   .   .   .   .   .   .   .   A   A   A
system.see          .   .   .   .   .   .   .   .   .   .   A   .   A
token.manage        o   o   o   o   A   A   A   A   A   A   .   .   .
"""
ACCOUNTS = {
    "clk": "X10001-jingban", "dep": "X10001-changwu", "hea": "X10001-xianzhang", "dpt": "bumen1-handle",
    "off": "kaohe", "sup": "ducha", "fin": "caizheng", "lea": "shizhang", "vic": "changwu", "aud": "shenji",
    "sys": "xitong", "sec": "anquan", "aad": "shenjiguanli",
}  # fmt: skip
ROLES = dict(zip(ACCOUNTS, Role, strict=True))
OWN, OTHER = "X10001", "X10002"
NOT_PAGES = ("account/", "i18n/", "api/", "static/", "media/")
SERVED = {200, 204, 302, 303, 304, 400, 404, 405, 409, 413, 415, 422, 503}


def table() -> dict[str, dict[str, str]]:
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return {line[0]: dict(zip(head, line[1:], strict=True)) for line in lines}


EXPECTED = table()


@pytest.fixture
def city(world: Any) -> Any:
    """The world with the two administrators the demonstration has no account for."""
    root = Unit.objects.get(root=True)
    for username, role in (("anquan", Role.SECURITY), ("shenjiguanli", Role.AUDIT_ADMIN)):
        person = Person.objects.create(username=username, name=username, demo=True)
        Post.objects.create(person=person, unit=root, role=role, starts="2025-01-01")
    return world


def test_the_table_is_the_grants() -> None:
    assert set(EXPECTED) == set(PERMISSIONS)
    marks = {"own": "o", "all": "A"}
    for short, role in ROLES.items():
        granted = {name: marks[reach] for name, reach in GRANTS[role].items()}
        assert granted == {name: row[short] for name, row in EXPECTED.items() if row[short] != "."}, role


def arguments(page: Page, world: Any) -> dict[str, Any]:
    """What the address is called with; the example of every argument but the unit's."""
    wanted = set(page.pattern().pattern.converters) - {page.unit}
    missing = wanted - set(page.example)
    if missing:
        pytest.fail(f"page {page.name} ({page.route}) says no example for {', '.join(sorted(missing))}")
    return {name: page.example[name](world) if callable(page.example[name]) else page.example[name] for name in wanted}


def addresses(page: Page, world: Any) -> Iterator[tuple[str, str]]:
    """(unit code, address): own and other county where the page is of a unit, else one with no unit."""
    given = arguments(page, world)
    for code in (OWN, OTHER) if page.unit else ("",):
        yield code, reverse(page.name, kwargs={**given, **({page.unit: code} if page.unit else {})})


def covers(post: Post, code: str) -> bool:
    """Whether the unit is the post's or under it, walked up one by one."""
    unit: Unit | None = Unit.objects.get(code=code)
    while unit is not None and unit.pk != post.unit_id:
        unit = unit.parent
    return unit is not None


def verdict(page: Page, short: str, post: Post, code: str) -> str:
    """`open`, `refused`, or `object`: the page is open, the object shown may be somebody else's."""
    if page.permission in ("", "signed_in"):
        return "object"
    mark = EXPECTED[page.permission][short]
    if mark == "." or (mark == "o" and code and not covers(post, code)):
        return "refused"
    return "object" if mark == "o" and not code and page.example else "open"


@pytest.mark.parametrize("place", every_page(), ids=lambda place: place.name)
def test_page_for_every_role(place: Page, city: Any) -> None:
    wrong = []
    for short, username in ACCOUNTS.items():
        client, post = city.client(username), city.post(username)
        for code, address in addresses(place, city):
            wanted = verdict(place, short, post, code)
            status = client.get(address).status_code
            fine = status == 403 if wanted == "refused" else status in SERVED or (wanted == "object" and status == 403)
            if wanted == "refused":
                fine = fine and client.post(address).status_code == 403
            if not fine:
                wrong.append(f"{ROLES[short]} at {address}: {status}, wanted {wanted}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("place", every_page(), ids=lambda place: place.name)
def test_page_for_strangers(place: Page, city: Any) -> None:
    for _code, address in addresses(place, city):
        for answer in (Client().get(address), Client().post(address)):
            if place.permission:
                assert answer.status_code == 302, address
                assert "/account/login/" in answer["Location"], address
            else:
                assert answer.status_code in SERVED, address


def test_names_and_addresses_of_pages_are_one_each() -> None:
    pages = every_page()
    assert len({page.name for page in pages}) == len(pages)
    assert len({page.route for page in pages}) == len(pages)
    assert all(not page.pattern().pattern.converters for page in pages if page.menu), "a menu page takes no arguments"
    assert all(page.title for page in pages if page.menu), "a menu page has a title"
    assert all(page.unit in page.pattern().pattern.converters for page in pages if page.unit)
    assert get_converters()


def walk(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern


def test_every_address_is_a_page_or_named_here() -> None:
    pages = {page.route for page in every_page()}
    for route, _pattern in walk(get_resolver().url_patterns):
        assert route in pages or route.startswith(NOT_PAGES), f"{route} is neither a page nor on the list"


def operations() -> Iterator[tuple[str, Any]]:
    """Every operation of the API with its address, as it is really served."""
    for route, pattern in walk(get_resolver().url_patterns):
        served = getclosurevars(pattern.callback).nonlocals.get("self") if isfunction(pattern.callback) else None
        for operation in getattr(served, "operations", []):
            yield route, operation


def test_every_operation_of_the_api_asks_who_it_is(world: Any) -> None:
    found = list(operations())
    assert found
    for route, operation in found:
        assert operation.auth_callbacks, f"{route} {operation.methods} asks nobody who he is"
    assert Client().get("/api/people/me").status_code == 401
