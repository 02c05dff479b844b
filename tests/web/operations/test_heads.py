"""Audit heads outside the database: written daily, and a chain written anew is caught."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from junxian.core.errors import DataError
from junxian.web.operations import heads
from junxian.web.people import audit
from junxian.web.people.models import AuditRow
from tests.web.conftest import World
from tests.web.operations.deployments import Deployment


@pytest.fixture
def kept(world: World, settings: Settings, tmp_path: Path) -> Path:
    """A deployment folder and a medium that is taken away."""
    settings.HOME, settings.HEADS = tmp_path / "home", str(tmp_path / "medium")
    (tmp_path / "medium").mkdir()
    return tmp_path


def test_the_head_goes_out_once_a_day_to_every_place(kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="junxian.audit"):
        assert len(heads.export_daily()) == 2
        assert heads.export_daily() == []
    assert len(heads.kept_heads()) == 2
    said = [record for record in caplog.records if record.message == "audit head"]
    assert [record.count for record in said] == [AuditRow.objects.count()]


def test_a_medium_that_comes_back_gets_the_head_then(kept: Path) -> None:
    (kept / "medium").rmdir()
    assert [path.parent.name for path in heads.export_daily()] == ["heads"]
    (kept / "medium").mkdir()
    assert [path.parent.name for path in heads.export_daily()] == ["medium"]


def rewrite_chain() -> None:
    """What somebody with the database's password could do: other rows, linked and hashed as they should be."""
    rows = list(AuditRow.objects.order_by("number"))
    before = audit.digest(audit.START.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'people_auditrow'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
        for row in rows:
            row.action, row.previous = f"{row.action}!", before
            row.hash = before = audit.link(row)
            cursor.execute(
                "UPDATE people_auditrow SET action = %s, previous = %s, hash = %s WHERE number = %s",
                [row.action, row.previous, row.hash, row.number],
            )
        cursor.execute("UPDATE people_audithead SET hash = %s", [before])


def test_a_chain_written_anew_holds_in_itself_but_not_against_a_kept_head(kept: Path) -> None:
    heads.export_daily()
    assert list(heads.mismatches(heads.kept_heads())) == []
    rewrite_chain()
    assert list(audit.breaks()) == []
    found = list(heads.mismatches(heads.kept_heads()))
    assert {one.code for one in found} == {"web.operations.head_rewritten"}
    assert len(found) == 2


def test_a_chain_cut_short_is_caught(kept: Path) -> None:
    file = heads.write_head(kept / "later.json")
    content = json.loads(file.read_text())
    file.write_text(json.dumps(content | {"count": content["count"] + 5}))
    assert [one.code for one in heads.mismatches([file])] == ["web.operations.head_short"]


def test_rows_added_since_are_no_mismatch(kept: Path) -> None:
    file = heads.write_head(kept / "now.json")
    with transaction.atomic():
        audit.record("test", "heads", by=None)
    assert list(heads.mismatches([file])) == []


@pytest.mark.parametrize("content", ["", "nothing", "{}", '{"count": "x"}'])
def test_a_file_that_is_no_head_is_refused(kept: Path, content: str) -> None:
    (kept / "wrong.json").write_text(content)
    with pytest.raises(DataError) as refused:
        list(heads.mismatches([kept / "wrong.json"]))
    assert refused.value.code == "web.operations.head_unreadable"


def test_a_head_that_cannot_be_written_is_said(kept: Path) -> None:
    with pytest.raises(DataError) as refused:
        heads.write_head(kept / "nowhere" / "head.json")
    assert refused.value.code == "web.operations.head_unwritten"


def test_the_command_line_exports_and_compares(deployment: Deployment, tmp_path: Path) -> None:
    out = deployment.run("audit", "head", "--to", tmp_path / "head.json")
    assert out.returncode == 0, out.stderr
    good = deployment.run("audit", "verify", "--against", tmp_path / "head.json")
    assert good.returncode == 0
    assert "审计链完好" in good.stdout
    content = json.loads((tmp_path / "head.json").read_text())
    (tmp_path / "head.json").write_text(json.dumps(content | {"hash": "sha256:0"}))
    bad = deployment.run("audit", "verify", "--against", tmp_path / "head.json")
    assert bad.returncode == 1
    assert "审计链被改写" in bad.stdout
