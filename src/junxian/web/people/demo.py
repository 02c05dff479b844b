"""Demonstration accounts (演示账号): one for each role, in demo mode only, with titles and no names."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from junxian.web.people import audit
from junxian.web.people.access import Role
from junxian.web.people.models import Person, Post
from junxian.web.units.models import Unit

PASSWORD = "Junxian-2026"  # shown on the first page of the demonstration; accounts with it exist in demo mode only
DEPARTMENT_STEPS = (("handle", "经办人"), ("review", "复核人"), ("sign", "签发人"))
OWN_DEPARTMENT = {Role.OFFICE: "考核办", Role.SUPERVISION: "督查室", Role.FINANCE: "财政局"}
"""Where a city office has a department of its own in the rulebook its people stand there, and owe its figures alone."""
CITY_POSTS = (
    ("kaohe", Role.OFFICE, "handle", "考核办 经办"), ("kaohe2", Role.OFFICE, "review", "考核办 复核"),
    ("kaohe3", Role.OFFICE, "sign", "考核办 主任"), ("ducha", Role.SUPERVISION, "handle", "督查室 督查员"),
    ("caizheng", Role.FINANCE, "handle", "财政局 预算科"), ("shizhang", Role.LEADER, "sign", "市领导"),
    ("changwu", Role.VICE_MAYOR, "sign", "常务副市长"), ("shenji", Role.AUDITOR, "handle", "审计局 审计员"),
    ("xitong", Role.SYSTEM, "handle", "系统管理员"),
)  # fmt: skip
COUNTY_POSTS = (
    ("jingban", Role.COUNTY_CLERK, "handle", "经办"), ("changwu", Role.COUNTY_DEPUTY, "review", "常务副县区长"),
    ("xianzhang", Role.COUNTY_HEAD, "sign", "县区长"),
)  # fmt: skip


@transaction.atomic
def make_accounts(since: date) -> list[Post]:
    """Accounts for the city's offices, three for each department and three for each judged county of the root."""
    root = Unit.objects.get(root=True)
    departments = list(Unit.objects.filter(kind="department").order_by("name"))
    own = {department.name: department for department in departments}
    made = [
        _post(name, role, step, title, unit=own.get(OWN_DEPARTMENT.get(role, ""), root), since=since)
        for name, role, step, title in CITY_POSTS
    ]
    for place, department in enumerate(departments, start=1):
        for step, word in DEPARTMENT_STEPS:
            title = f"{department.name} {word}"
            made.append(_post(f"bumen{place}-{step}", Role.DEPARTMENT, step, title, unit=department, since=since))
    for county in Unit.objects.counties().order_by("order"):
        for name, role, step, word in COUNTY_POSTS:
            title = f"{county.short or county.name} {word}"
            made.append(_post(f"{county.code}-{name}", role, step, title, unit=county, since=since))
    audit.record("demo.accounts", "person", "", by=None, after=[post.person.username for post in made])
    return made


_HASHES: dict[str, str] = {}


def _post(username: str, role: str, step: str, title: str, *, unit: Unit, since: date) -> Post:
    """One person with one post; the hash of the shared demo password is made once."""
    hashed = _HASHES.get(PASSWORD) or _HASHES.setdefault(PASSWORD, make_password(PASSWORD))
    person, _ = Person.objects.get_or_create(
        username=username,
        defaults={"name": title, "password": hashed, "demo": True, "password_set_at": timezone.now()},
    )
    return Post.objects.get_or_create(
        person=person, unit=unit, role=role, starts=since, defaults={"step": step, "title": title}
    )[0]
