"""Several writers at once on a database of their own: the chain never forks, no row is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

WRITERS = """
import threading
import django
django.setup()
from django.core.management import call_command
from django.db import connections, transaction
call_command("migrate", verbosity=0)
from junxian.web.people import audit
from junxian.web.people.models import AuditHead, AuditRow

def write(writer):
    for number in range(25):
        with transaction.atomic():
            audit.record("remind", "person", f"{writer}-{number}", by=None, after={"n": number})
    connections.close_all()

threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(AuditRow.objects.count(), AuditHead.objects.get().count, list(audit.breaks()))
"""


def test_the_chain_never_forks(tmp_path: Path) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "junxian.web.settings", "JUNXIAN_SECRET_KEY": "x"}
    place = {"JUNXIAN_HOME": str(tmp_path), "JUNXIAN_DATABASE_URL": f"sqlite:///{tmp_path / 'chain.sqlite3'}"}
    done = subprocess.run(
        [sys.executable, "-c", WRITERS], env={**os.environ, **settings, **place}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["100", "100", "[]"], done.stderr
