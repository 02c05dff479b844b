"""Release: sign, publish, freeze, withdraw; what is refused, and what the database itself refuses."""

from __future__ import annotations

import hashlib
import io
import re

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from junxian.core.errors import JunxianError
from junxian.files.documents.read_edited import read_edited
from junxian.web.assessment.models import Alert, Point, Receipt, Round, Run, Score
from junxian.web.bulletins import actions, queries, seal, sealing
from junxian.web.bulletins.models import Acceptance, NoticeVersion, Publication, Signature, Withdrawal
from junxian.web.indicators.models import HandIn
from junxian.web.operations import heads
from junxian.web.people import audit
from junxian.web.people.heads import rewritten
from junxian.web.people.models import AuditRow, Message


def refused(code: str):
    return pytest.raises(JunxianError, match=code.replace(".", r"\."))


def test_a_clean_notice_is_published_with_number_hashes_and_chain(world, approved):
    before = AuditRow.objects.first()
    made = actions.publish(approved, by=world.actor("kaohe"))
    approved.refresh_from_db()
    assert approved.state == Round.State.PUBLISHED
    assert approved.published_at is not None
    assert (made.number, made.serial, made.year) == ("汐政办通〔2026〕1号", 1, 2026)
    assert (made.audit_count, made.audit_hash) == (before.number, before.hash)
    assert made.run_mark == approved.run.mark
    assert made.snapshot_hash == approved.run.snapshot_hash
    assert made.rulebook_hash == approved.run.rulebook_id
    assert made.sha256 == hashlib.sha256(bytes(made.docx.content)).hexdigest()
    texts = read_edited(bytes(made.docx.content)).paragraphs
    assert "汐政办通〔2026〕1号" in texts
    line = next(text for text in texts if text.startswith("审计链"))
    assert str(before.number) in line
    assert before.hash.rpartition(":")[2][:16] in line
    assert line == made.paper["audit"]
    assert list(audit.breaks()) == []


def test_the_notice_is_dated_when_the_leader_signed(world, this_round):
    Round.objects.filter(pk=this_round.pk).update(minutes="〔2026〕12号", approved_at="2026-07-17T02:00:00Z")
    this_round.refresh_from_db()
    made = actions.publish(this_round, by=world.actor("kaohe"))
    texts = read_edited(bytes(made.docx.content)).paragraphs
    assert "2026年7月17日" in texts
    assert not any("7月15日" in text for text in texts)
    assert any(text.endswith("2026年7月17日印发") for text in texts)


def test_serials_count_on_within_the_year(world, published):
    other = Publication(
        **{f.attname: getattr(published, f.attname) for f in Publication._meta.fields if f.name not in ("id", "serial")}
    )
    assert actions._number(other.paper | {"number": "汐政办通〔2026〕　号"}, published.at.date())["serial"] == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Publication.objects.bulk_create([other])


def test_publishing_needs_approval_and_no_trial(world, this_round):
    with refused("web.assessment.not_approved"):
        actions.publish(this_round, by=world.actor("kaohe"))
    Round.objects.filter(pk=this_round.pk).update(trial=True)
    this_round.refresh_from_db()
    with refused("web.assessment.trial_publishes_nothing"):
        actions.publish(this_round, by=world.actor("kaohe"))
    assert not Publication.objects.exists()


@pytest.mark.parametrize("username", ["X10001-jingban", "X10001-changwu", "shizhang", "shenji", "bumen1-handle"])
def test_only_the_office_publishes_freezes_and_withdraws(world, approved, username):
    actor = world.actor(username)
    for attempt in (
        lambda: actions.publish(approved, by=actor),
        lambda: actions.freeze(approved, by=actor),
        lambda: actions.withdraw(approved, "说明", by=actor),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_an_item_without_basis_is_named(world, approved, monkeypatch):
    from junxian.web.rulebooks import current

    rules = current.rulebook(approved.run.rulebook_id)
    bare = rules.model_copy(update={"schemes": tuple(s.model_copy(update={"basis": None}) for s in rules.schemes)})
    monkeypatch.setattr(current, "rulebook", lambda mark: bare)
    with pytest.raises(JunxianError) as fault:
        actions.publish(approved, by=world.actor("kaohe"))
    assert fault.value.code == "web.bulletins.no_basis"
    assert "考核" in fault.value.facts["item"]
    approved.refresh_from_db()
    assert approved.state == Round.State.APPROVING


def test_a_failure_half_way_leaves_nothing_behind(world, approved, monkeypatch):
    def fail(*given, **named):
        raise RuntimeError("stopped")

    rows = AuditRow.objects.count()
    monkeypatch.setattr(actions, "_tell", fail)
    with pytest.raises(RuntimeError):
        actions.publish(approved, by=world.actor("kaohe"))
    approved.refresh_from_db()
    assert approved.state == Round.State.APPROVING
    assert not Publication.objects.exists()
    assert AuditRow.objects.count() == rows


def test_the_units_are_told(world, published):
    for username in ("X10001-jingban", "X10001-changwu", "X10001-xianzhang"):
        lines = Message.objects.get(person=world.person(username)).lines
        assert [line["code"] for line in lines] == ["web.bulletins.told_published"]
        assert lines[0]["address"] == reverse("notice", args=[published.pk])
    assert not Message.objects.filter(person=world.person("bumen1-handle")).exists()


def test_publishing_opens_the_figures_and_freezing_closes_exceptions(world, approved):
    owner = world.post("bumen11-handle").unit
    due = approved.hand_in_by
    one = HandIn.objects.create(scheme=approved.scheme, period=approved.period, owner=owner, due=due)
    made = actions.publish(approved, by=world.actor("kaohe"))
    one.refresh_from_db()
    assert (one.released_at is not None, one.closed_at) == (True, None)
    actions.freeze(made.round, by=world.actor("kaohe"))
    one.refresh_from_db()
    assert one.closed_at is not None


def test_freezing_seals_everything(world, published):
    this_round = actions.freeze(published.round, by=world.actor("kaohe"))
    assert this_round.state == Round.State.FROZEN
    assert this_round.frozen_at is not None
    assert this_round.seal["scores"] == seal.results_of(this_round.run)["scores"]
    assert {"run", "snapshot", "rulebook", "archive", "notice", "points", "alerts", "receipts"} <= set(this_round.seal)
    assert seal.broken_seals() == []


@pytest.mark.parametrize("model", [Score, Point, Alert, Receipt])
def test_results_can_be_changed_before_freezing_and_not_after(world, published, model):
    rows = model.objects.filter(run=published.run)
    assert rows.exists()
    column = {"Score": "category", "Point": "state", "Alert": "level", "Receipt": "checksum"}[model.__name__]
    with transaction.atomic():
        assert rows.update(**{column: "x"}) > 0
        transaction.set_rollback(True)
    actions.freeze(published.round, by=world.actor("kaohe"))
    first = rows.first()
    for change in (
        lambda: rows.update(**{column: "x"}),
        lambda: rows.filter(pk=first.pk).delete(),
        lambda: model.objects.bulk_create([model(**{f.attname: getattr(first, f.attname) for f in model._meta.fields
                                                    if f.name not in ("id", "unit", "unit_id")}, unit_id=1)]),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
            change()
    assert seal.broken_seals() == []


def test_run_and_round_of_a_frozen_round_keep_what_counts(world, published):
    actions.freeze(published.round, by=world.actor("kaohe"))
    for change in (
        lambda: Run.objects.filter(pk=published.run_id).update(mark="x"),
        lambda: Round.objects.filter(pk=published.round_id).update(seal={}),
        lambda: Round.objects.filter(pk=published.round_id).update(minutes="x"),
        lambda: Round.objects.filter(pk=published.round_id).update(frozen_at=None),
    ):
        with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
            change()


@pytest.mark.parametrize("model", [NoticeVersion, Acceptance, Signature, Publication, Withdrawal])
def test_notices_are_append_only(world, published, model):
    actions.withdraw(published.round, "数据有误", by=world.actor("kaohe"))
    table = model._meta.db_table
    for text in (f"UPDATE {table} SET post_id = post_id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text)


def test_the_database_has_all_its_triggers(db):
    assert sealing.missing() == []
    with transaction.atomic(), connection.cursor() as cursor:
        on = " ON assessment_score" if connection.vendor == "postgresql" else ""
        cursor.execute("DROP TRIGGER assessment_score_sealed_update" + on)
        assert sealing.missing() == ["assessment_score_sealed_update"]
        transaction.set_rollback(True)


def test_a_withdrawn_notice_leaves_its_trace(world, published):
    with refused("web.assessment.say_why"):
        actions.withdraw(published.round, " ", by=world.actor("kaohe"))
    actions.freeze(published.round, by=world.actor("kaohe"))
    made = actions.withdraw(published.round, "财政数据有误", by=world.actor("kaohe"))
    published.round.refresh_from_db()
    assert published.round.state == Round.State.WITHDRAWN
    assert made.reason == "财政数据有误"
    page = world.client("X10001-jingban").get(reverse("notice", args=[published.pk])).content.decode()
    assert "已撤回" in page
    assert "财政数据有误" in page
    assert "考核办" in page
    assert "望舒区得93.66分" in re.sub(r"<[^>]+>", "", page)
    assert 'data-withdrawn="已撤回"' in page


def test_a_notice_cannot_be_withdrawn_before_it_is_published(world, approved):
    with refused("web.bulletins.not_published"):
        actions.withdraw(approved, "说明", by=world.actor("kaohe"))


def test_verify_names_a_trigger_that_is_gone_and_a_seal_that_is_broken(world, published):
    actions.freeze(published.round, by=world.actor("kaohe"))
    assert list(heads.published()) == []
    gone = next(name for name in sealing.triggers(False) if "score" in name and "update" in name)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {gone}")
    Score.objects.filter(run=published.run).update(score=1)
    codes = {found.code for found in heads.published()}
    assert codes == {"web.operations.seal_broken", "web.operations.trigger_missing"}


def test_printed_heads_catch_a_rewritten_chain(world, published):
    heads = queries.printed_heads()
    assert [(head.count, head.hash) for head in heads] == [(published.audit_count, published.audit_hash)]
    assert list(rewritten(heads)) == []
    forged = [type(heads[0])(heads[0].count, "sha256:" + "0" * 64, heads[0].at)]
    assert [fault.code for fault in rewritten(forged)] == ["web.people.chain_rewritten"]


def test_the_number_line_must_stand(world, this_round, edit):
    version = actions.prepare(this_round, by=world.actor("kaohe"))
    without = docx.Document(io.BytesIO(bytes(version.docx.content)))
    line = next(p for p in without.paragraphs if "汐政办通" in p.text)
    line._p.getparent().remove(line._p)
    stream = io.BytesIO()
    without.save(stream)
    dropped = actions.drop(this_round, "改.docx", stream.getvalue(), by=world.actor("kaohe"))
    assert [code for code, _ in dropped.findings] == ["edited.number_place"]
    with refused("web.bulletins.not_clean"):
        actions.accept(dropped, by=world.actor("kaohe"))
