"""Backups: everything comes back on both databases, damage is named, an upgrade can be undone."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from tests.web.operations.deployments import Deployment

ROWS = """
from django.db import connection
with connection.cursor() as cursor:
    names = [name for name in connection.introspection.table_names(cursor) if not name.startswith(LEFT)]
    found = {}
    for name in names:
        cursor.execute(f'SELECT COUNT(*) FROM "{name}"')
        found[name] = cursor.fetchone()[0]
print(json.dumps(found))
"""
WHOLE = ROWS.replace("LEFT", "('no table',)")
BUT_OURS = ROWS.replace("LEFT", "('operations_', 'django_migrations')")
ADD = """
from django.db import transaction
from junxian.web.people import audit
with transaction.atomic():
    audit.record("test", "backup", by=None)
"""
TRIGGERS = """
from django.db import connection, DatabaseError
from junxian.web.people.models import AuditRow
try:
    AuditRow.objects.filter(number=1).update(action="altered")
    print(json.dumps("changed"))
except DatabaseError as fault:
    print(json.dumps(str(fault)))
"""


def test_a_restored_deployment_is_what_it_was(either: Deployment, tmp_path: Path) -> None:
    before = either.python(WHOLE)
    made = either.run("backup", "--to", tmp_path)
    assert made.returncode == 0, made.stderr
    archive = next(tmp_path.glob("junxian-*-manual.zip"))
    secret = (either.home / "secret").read_text()
    either.python(ADD)
    (either.home / "secret").write_text("other")
    assert either.python(WHOLE)["people_auditrow"] == before["people_auditrow"] + 1

    done = either.run("restore", archive)
    assert done.returncode == 0, done.stdout + done.stderr
    assert either.python(WHOLE) == before
    assert (either.home / "secret").read_text() == secret
    assert stat.S_IMODE((either.home / "secret").stat().st_mode) == 0o600
    assert "append-only" in either.python(TRIGGERS)
    assert either.run("audit", "verify").returncode == 0
    saved = list((either.home / "backups").glob("*-before-restore.zip"))
    assert saved
    assert str(saved[0]) in done.stdout or len(saved) > 1


def test_a_backup_is_its_owners_only_and_names_every_part(deployment: Deployment, tmp_path: Path) -> None:
    deployment.run("backup", "--to", tmp_path / "one.zip")
    archive = tmp_path / "one.zip"
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        assert set(opened.namelist()) == {*manifest["files"], "manifest.json"}
    assert {"database.sqlite3", "home/secret"} <= set(manifest["files"])
    assert manifest["engine"] == "sqlite"
    assert "people.0001_initial" in manifest["migrations"]


def altered(archive: Path, name: str, content: bytes) -> Path:
    """The same archive with one part changed and the manifest left as it was."""
    target = archive.with_name("altered.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return target


@pytest.mark.parametrize(("part", "content", "said"), [
    ("database.sqlite3", b"nothing", "database.sqlite3"), ("home/secret", b"mine", "home/secret"),
    ("manifest.json", b"{}", "不是可用的备份"),
])  # fmt: skip
def test_a_damaged_backup_changes_nothing(
    deployment: Deployment, tmp_path: Path, part: str, content: bytes, said: str
) -> None:
    deployment.run("backup", "--to", tmp_path / "one.zip")
    before = deployment.python(WHOLE)
    refused = deployment.run("restore", altered(tmp_path / "one.zip", part, content))
    assert refused.returncode == 1
    assert said in refused.stderr
    assert deployment.python(WHOLE) == before


def test_a_part_that_would_leave_the_folder_is_refused(deployment: Deployment, tmp_path: Path) -> None:
    evil = tmp_path / "evil.zip"
    manifest = {"form": "junxian-backup/1", "files": {"home/../../evil": "0"}}
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr("home/../../evil", "x")
    assert deployment.run("restore", evil).returncode == 1
    assert not (deployment.home.parent / "evil").exists()


def test_a_backup_of_the_other_database_is_refused(
    deployment: Deployment, postgres_deployment: Deployment, tmp_path: Path
) -> None:
    postgres_deployment.run("backup", "--to", tmp_path / "pg.zip")
    refused = deployment.run("restore", tmp_path / "pg.zip")
    assert refused.returncode == 1
    assert "postgresql" in refused.stderr


UNDO = """
from django.core.management import call_command
call_command("migrate", "operations", "zero", verbosity=0)
"""


def test_an_upgrade_backs_up_first_and_can_be_undone(either: Deployment) -> None:
    either.python(UNDO)
    before = either.python(BUT_OURS)
    upgraded = either.run("migrate")
    assert upgraded.returncode == 0
    assert "before-upgrade" in upgraded.stdout
    either.python(ADD)
    back = either.run("rollback")
    assert back.returncode == 0, back.stdout + back.stderr
    assert either.python(BUT_OURS) == before
    assert "operations" not in either.python(
        "from django.db import connection\nprint(json.dumps(' '.join(connection.introspection.table_names())))"
    )
    assert either.run("migrate").returncode == 0


def test_nothing_to_upgrade_makes_no_backup(deployment: Deployment) -> None:
    shutil.rmtree(deployment.home / "backups", ignore_errors=True)
    assert deployment.run("migrate").returncode == 0
    assert not (deployment.home / "backups").exists()
    refused = deployment.run("rollback")
    assert refused.returncode == 1
    assert "没有升级前的备份" in refused.stderr
