"""The audit chain: written with the change in two statements, searched, exported, and never rewritten unseen."""

from __future__ import annotations

import hashlib
import json
import re
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, connection, transaction

from junxian.core.errors import DataError
from junxian.files.rulebooks.speak import sentences
from junxian.web.people import audit, heads
from junxian.web.people.models import AuditHead, AuditRow

TABLE = "people_auditrow"


def note(world: Any, count: int = 3, **facts: Any) -> list[AuditRow]:
    by = world.actor("kaohe")
    given = {"action": "figures.receive", "subject": "note", **facts}
    with transaction.atomic():
        return [audit.record(given["action"], given["subject"], n, by=by, after={"n": n}) for n in range(count)]


def without_guards() -> None:
    """What somebody with the database's own password can do."""
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {TABLE}_no_{verb}{table}")


def sql(text: str, *facts: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, facts)


def codes() -> list[str]:
    return [found.code.removeprefix("web.people.chain_") for found in audit.breaks()]


def test_a_row_takes_two_statements(world: Any, django_assert_num_queries: Any) -> None:
    by = world.actor("kaohe")
    with django_assert_num_queries(2):
        audit.record("figures.receive", "note", 1, by=by, unit=by.post.unit_id, before={"a": 1}, after={"a": 2})


def test_outside_a_transaction_nothing_is_recorded(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "connection", SimpleNamespace(in_atomic_block=False))  # tests always run inside one
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record("figures.receive", "note", by=None)


def test_what_is_undone_leaves_no_row(world: Any) -> None:
    before = AuditRow.objects.count(), AuditHead.objects.get().hash
    with transaction.atomic():
        note(world)
        transaction.set_rollback(True)
    assert (AuditRow.objects.count(), AuditHead.objects.get().hash) == before
    note(world)
    assert codes() == []


def test_the_head_follows_the_rows(world: Any) -> None:
    last = note(world)[-1]
    head = AuditHead.objects.get()
    assert (head.count, head.hash) == (last.number, last.hash)
    assert AuditRow.objects.count() == last.number


def test_the_chain_agrees_with_a_plain_recomputation(world: Any) -> None:
    """The oracle: the chain's arithmetic written once more, with nothing of the room."""
    note(world)
    previous = "sha256:" + hashlib.sha256(b"junxian").hexdigest()
    for row in AuditRow.objects.order_by("number").values():
        facts = {
            name.removesuffix("_id") if name != "subject_id" else name: row[name] for name in row if name != "hash"
        }
        facts["at"] = row["at"].isoformat()
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert row["previous"] == previous
        previous = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        assert row["hash"] == previous


@pytest.mark.parametrize("statement", ["UPDATE people_auditrow SET action = 'x'", "DELETE FROM people_auditrow"])
def test_the_database_refuses_to_change_the_chain(world: Any, statement: str) -> None:
    note(world)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert codes() == []


def test_a_changed_row_is_found_with_its_guards_gone(world: Any) -> None:
    row = note(world)[1]
    without_guards()
    sql(f"UPDATE {TABLE} SET after = %s WHERE number = %s", '{"n": 9}', row.number)
    assert [(found.code, found.number) for found in audit.breaks()] == [("web.people.chain_changed", row.number)]


def test_a_removed_row_is_found(world: Any) -> None:
    row = note(world)[1]
    without_guards()
    sql(f"DELETE FROM {TABLE} WHERE number = %s", row.number)
    assert codes() == ["missing", "unlinked"]


def test_a_cut_end_is_found_by_the_head(world: Any) -> None:
    row = note(world)[2]
    without_guards()
    sql(f"DELETE FROM {TABLE} WHERE number = %s", row.number)
    assert codes() == ["head"]


def rewrite(world: Any, number: int) -> None:
    """Somebody changes a row and links everything after it anew, head included: the chain by itself is whole."""
    without_guards()
    sql(f"UPDATE {TABLE} SET address = %s WHERE number = %s", "elsewhere", number)
    previous = AuditRow.objects.get(number=number).previous
    for row in AuditRow.objects.filter(number__gte=number).order_by("number"):
        row.previous = previous
        previous = audit.link(row)
        sql(f"UPDATE {TABLE} SET previous = %s, hash = %s WHERE number = %s", row.previous, previous, row.number)
    sql("UPDATE people_audithead SET hash = %s", previous)


def test_a_chain_rewritten_whole_is_caught_by_an_earlier_head_alone(world: Any) -> None:
    first = note(world)[0]
    earlier = heads.export_head()
    note(world)
    rewrite(world, first.number)
    assert codes() == [], "the chain by itself says nothing"
    found = list(heads.rewritten([earlier]))
    assert [(one.code, one.number) for one in found] == [("web.people.chain_rewritten", earlier.count)]


def test_a_chain_cut_back_and_its_head_with_it_is_caught(world: Any) -> None:
    rows = note(world)
    earlier = heads.export_head()
    without_guards()
    sql(f"DELETE FROM {TABLE} WHERE number = %s", rows[2].number)
    sql("UPDATE people_audithead SET count = %s, hash = %s", rows[1].number, rows[1].hash)
    assert codes() == []
    assert [one.code for one in heads.rewritten([earlier])] == ["web.people.chain_short"]


def test_an_honest_chain_agrees_with_its_heads(world: Any) -> None:
    note(world)
    earlier = heads.export_head()
    note(world)
    kept = heads.read_heads(
        [f"Nov 23 20:00:00 host junxian: audit head {earlier.line()}", "", heads.export_head().line()]
    )
    assert kept[0] == earlier
    assert len(kept) == 2
    assert list(heads.rewritten(kept)) == []


@pytest.mark.parametrize("text", ["", "nothing here", '{"count": 3}', "{broken"])
def test_a_line_that_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="head_unread"):
        heads.read_heads([text])


def test_the_auditor_finds_rows_by_everything(world: Any) -> None:
    client = world.client("shenji")
    county = world.post("X10001-jingban")
    with transaction.atomic():
        audit.record("trial.class", "trial", "row-77", by=world.actor("X10001-jingban"), unit=county.unit_id,
                     before={"value": 1}, after={"value": 2})  # fmt: skip
    username, unit = county.person.username, county.unit_id
    for words in (f"who={username}", "action=trial.class", "subject=trial", "subject_id=row-77", f"unit={unit}"):
        assert "试运行 row-77" in client.get(f"/audit/?{words}").content.decode(), words
    for words in ("who=nobody", "action=remind", "subject_id=78", "until=2020-01-01", "since=2099-01-01", "unit=x"):
        assert "试运行 row-77" not in client.get(f"/audit/?{words}").content.decode(), words
    text = client.get("/audit/?action=trial.class").content.decode()
    assert '<th scope="row">value</th><td class="text-break">1</td><td class="text-break">2</td>' in text


def test_pages_of_fifty_in_few_queries(world: Any, django_assert_max_num_queries: Any) -> None:
    note(world, 120)
    client = world.client("shenji")
    client.get("/audit/")
    with django_assert_max_num_queries(14):
        text = client.get("/audit/?action=figures.receive&page=2").content.decode()
    assert text.count('title="figures.receive"') == 50
    assert "第 2 页，共 3 页 120 条" in text


def test_the_export_holds_what_was_found_and_no_formula(world: Any) -> None:
    with transaction.atomic():
        audit.record("trial.class", "=cmd|'/c calc'!A1", "+1", by=world.actor("kaohe"), after="@SUM(1)")
    answer = world.client("shenji").get("/audit/export/?action=trial.class")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert str(rows[1][6]).startswith("'=cmd")
    row = AuditRow.objects.first()
    assert (row.action, row.after) == ("audit.export", {"action": "trial.class"})


def test_the_page_says_whether_the_chain_holds(world: Any) -> None:
    client = world.client("shenji")
    note(world)
    earlier = heads.export_head()
    assert "审计链完整" in client.post("/audit/check/", headers={"HX-Request": "true"}).content.decode()
    whole = client.post("/audit/check/", {"lines": earlier.line()}).content.decode()
    assert "1 个链首一致" in whole
    assert "<html" in whole
    assert "不是审计链首" in client.post("/audit/check/", {"lines": "x"}).content.decode()
    rewrite(world, 2)
    told = client.post("/audit/check/", {"lines": earlier.line()}, headers={"HX-Request": "true"}).content.decode()
    assert "整体改写" in told
    assert "<html" not in told


def written(pattern: str) -> set[str]:
    """What the pattern finds in the sources of the web floor."""
    sources = Path(audit.__file__).parents[1].rglob("*.py")
    return {word for source in sources for word in re.findall(pattern, source.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_action_and_subject_has_a_word_for_the_auditor(language: str) -> None:
    deeds = written(r'\b(?:audit\.record|_note)\(\s*"([a-z_.]+)"')
    subjects = written(r'\baudit\.read\(\s*"([a-z_.]+)"') | written(r'\baudit\.record\(\s*"[a-z_.]+", "([a-z_]+)"')
    known = sentences(language)
    wanted = {f"web.people.deed.{word}" for word in deeds} | {f"web.people.subject.{word}" for word in subjects}
    missing = wanted - set(known)
    assert len(wanted) > 30
    assert not missing, f"add to web_people.{language}.yaml: {', '.join(sorted(missing))}"


def test_the_auditor_reads_words(world: Any) -> None:
    note(world)
    assert "接口报送数据" in world.client("shenji").get("/audit/?action=figures.receive").content.decode()
    assert "figures received by API" in world.client("shenji", "en").get("/audit/").content.decode()
