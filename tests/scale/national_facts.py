"""What a site holds and whom to ask as (库内事实): row counts, session cookies, addresses of pages; printed as JSON.

Run as `python -m tests.scale.national_facts USERNAME…` in the environment of the site.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django


def counts() -> dict[str, int]:
    """Rows of every table of ours that has any."""
    from django.apps import apps

    ours = [model for model in apps.get_models() if model.__module__.startswith("junxian.")]
    return {model._meta.db_table: n for model in ours if (n := model._default_manager.count())}


def cookies(usernames: list[str]) -> dict[str, str]:
    """A signed-in session for each, as the Cookie header; a CSRF token stands beside it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from junxian.web.people.models import Person

    found = {}
    for person in Person.objects.filter(username__in=usernames):
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        pairs = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: "a" * 32}
        found[person.username] = "; ".join(f"{name}={value}" for name, value in pairs.items())
    return found


def size() -> int:
    """Bytes of the database."""
    from pathlib import Path

    from django.db import connection

    if connection.vendor == "sqlite":
        return sum(Path(f"{connection.settings_dict['NAME']}{end}").stat().st_size for end in ("",))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def main(usernames: list[str]) -> dict[str, Any]:
    django.setup()
    return {"counts": counts(), "cookies": cookies(usernames), "size": size()}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
