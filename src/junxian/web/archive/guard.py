"""Append-only tables (只增不改): the database itself refuses changes and deletions, whoever asks."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

SQLITE = """CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
POSTGRES = """CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION junxian_append_only()"""
FUNCTION = """CREATE OR REPLACE FUNCTION junxian_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"""


class AppendOnly(Operation):
    """A migration step: rows of these tables can be added and read, nothing else."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, *tables: str) -> None:
        self.tables = tables

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models stay as they are."""

    def database_forwards(self, app_label: str, editor: Any, from_state: Any, to_state: Any) -> None:
        """Triggers for UPDATE and DELETE."""
        postgres = editor.connection.vendor == "postgresql"
        if postgres:
            editor.execute(FUNCTION, params=None)
        for table, verb in ((t, v) for t in self.tables for v in ("UPDATE", "DELETE")):
            text = POSTGRES if postgres else SQLITE
            editor.execute(text.format(name=f"{table}_no_{verb.lower()}", verb=verb, table=table), params=None)

    def database_backwards(self, app_label: str, editor: Any, from_state: Any, to_state: Any) -> None:
        """The triggers go."""
        on = " ON {table}" if editor.connection.vendor == "postgresql" else ""
        for table, verb in ((t, v) for t in self.tables for v in ("UPDATE", "DELETE")):
            editor.execute(f"DROP TRIGGER {table}_no_{verb.lower()}" + on.format(table=table), params=None)

    def describe(self) -> str:
        """What the step does."""
        return f"Append-only: {', '.join(self.tables)}"
