"""The night before the deadline (截止前夜): every county owes figures that only it has and has a clerk to send them.

Run as `python -m tests.scale.national_deadline COUNTIES` in the environment of the deployment. Prints, as JSON,
for each county its code, its clerk's cookie and its hand-in.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import django

from tests.scale.workbooks import reading_city

SCHEME, PERIOD = "monthly", "2026-06"


def rulebook(folder: Path, counties: int) -> Path:
    """The reading bench's rules, every card a fact that only the county has."""
    rules = reading_city(counties).model_dump(mode="json", by_alias=True, exclude_unset=True)
    rules["schema"] = "junxian/1"
    for card in rules["indicators"]:
        card |= {
            "only_county_has": True,
            "note": "规模测试：按虚构文件由县区填报，至2026年底",
            "effective": {"to": "2026-12"},
        }
    codes = [card["code"] for card in rules["indicators"]]
    rules["checks"].append({"id": "全部", "type": "range", "low": -1e12, "high": 1e12, "indicators": codes})
    rules["schemes"] = [{
        "id": SCHEME, "title": "月度考核（虚构）", "basis": {"document": "规模测试说明"},
        "author": "考核办", "checker": "统计局", "frequency": "month", "groups": {"县": {"level": "县"}}, "full": 100,
        "ties": "shared", "rounding": {"places": 2},
        "missing": dict.fromkeys(("late", "not_reported", "not_applicable", "undefined"), "renormalise"),
        "criteria": [{"name": "首项", "value": "表0第0项收入.累计", "points": 100, "method": "min_max"}],
    }]  # fmt: skip
    (folder / "rulebook.yaml").write_text(json.dumps(rules, ensure_ascii=False), encoding="utf-8")
    return folder


def clerks(counties: list[Any]) -> None:
    """One clerk for each county."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from junxian.web.people.access import Role
    from junxian.web.people.models import Person, Post

    closed, moment = make_password(None), timezone.now()
    made = Person.objects.bulk_create(
        [Person(username=f"{u.code}-jingban", name=u.code, password=closed, password_set_at=moment) for u in counties],
        batch_size=2000,
    )
    begun = {"role": Role.COUNTY_CLERK, "step": "handle", "starts": date(2025, 1, 1)}
    posts = [
        Post(person=person, unit=unit, title=unit.code, **begun) for person, unit in zip(made, counties, strict=True)
    ]
    Post.objects.bulk_create(posts, batch_size=2000)


def main(counties: int) -> list[dict[str, Any]]:
    """Tables, rules, people, hand-ins, sessions."""
    django.setup()
    from django.core.management import call_command

    from junxian.web.indicators.actions import open_hand_ins
    from junxian.web.indicators.models import HandIn
    from junxian.web.rulebooks.actions import adopt
    from junxian.web.units.models import Unit
    from tests.scale.national_facts import cookies

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        adopt(rulebook(Path(folder), counties), by=None)
    units = list(Unit.objects.counties().order_by("code"))
    clerks(units)
    open_hand_ins(SCHEME, PERIOD, date(2026, 7, 20), by=None)
    keys = dict(HandIn.objects.values_list("owner_id", "pk"))
    signed_in = cookies([f"{unit.code}-jingban" for unit in units])
    return [
        {"code": unit.code, "cookie": signed_in[f"{unit.code}-jingban"], "hand_in": keys[unit.pk]} for unit in units
    ]  # fmt: skip


def tally() -> dict[str, Any]:
    """What is in the books: uploads by state, figures, findings, audit rows, links of the chain that do not hold."""
    django.setup()
    from collections import Counter

    from junxian.web.indicators.models import Finding, HandIn, Observation, Upload
    from junxian.web.people import audit
    from junxian.web.people.models import AuditRow

    return {
        "uploads": dict(Counter(Upload.objects.values_list("state", flat=True))),
        "hand-ins": dict(Counter(HandIn.objects.values_list("state", flat=True))),
        "observations": Observation.objects.count(),
        "counties with figures": Observation.objects.values("unit").distinct().count(),
        "findings": Finding.objects.count(),
        "audit rows": dict(Counter(AuditRow.objects.values_list("action", flat=True))),
        "broken links": len(list(audit.breaks())),
    }


if __name__ == "__main__":
    print(json.dumps(tally() if sys.argv[1] == "tally" else main(int(sys.argv[1]))))
