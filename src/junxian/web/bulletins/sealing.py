"""Sealed results (封存): of a frozen round the database refuses every change to scores, points, alerts and receipts."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.migrations.operations.base import Operation

RESULTS = ("assessment_score", "assessment_point", "assessment_alert", "assessment_receipt")
RUN = ("archive_id", "mark", "snapshot_hash", "rulebook_id", "scheme", "period", "purpose", "state", "round_id")
ROUND = (
    "scheme", "period", "trial", "run_id", "minutes", "approved_by_id", "approved_at", "published_at", "frozen_at",
    "seal",
)  # fmt: skip
VERBS = ("INSERT", "UPDATE", "DELETE")
_FROZEN = "EXISTS (SELECT 1 FROM assessment_round r WHERE r.frozen_at IS NOT NULL AND r.run_id IN ({runs}))"
_RUNS = {"INSERT": "NEW.run_id", "UPDATE": "OLD.run_id, NEW.run_id", "DELETE": "OLD.run_id"}
_SQLITE = (
    "CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{table} is sealed'); END"
)
_POSTGRES = "CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}_refuse()"
_FUNCTION = """CREATE OR REPLACE FUNCTION {name}_refuse() RETURNS trigger AS $$
BEGIN
  IF {when} THEN RAISE EXCEPTION '{table} is sealed'; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql"""


def triggers(postgres: bool) -> dict[str, tuple[str, str, str]]:
    """Trigger name → (table, verb, condition)."""
    found = {
        f"{table}_sealed_{verb.lower()}": (table, verb, _FROZEN.format(runs=_RUNS[verb]))
        for table in RESULTS
        for verb in VERBS
    }
    differ = "IS DISTINCT FROM" if postgres else "IS NOT"
    for table, columns, frozen in (
        ("assessment_run", RUN, _FROZEN.format(runs="OLD.id")),
        ("assessment_round", ROUND, "OLD.frozen_at IS NOT NULL"),
    ):
        changed = " OR ".join(f"NEW.{column} {differ} OLD.{column}" for column in columns)
        found[f"{table}_sealed_update"] = (table, "UPDATE", f"{frozen} AND ({changed})")
        found[f"{table}_sealed_delete"] = (table, "DELETE", frozen)
    return found


def missing() -> list[str]:
    """Triggers this database lacks: a table that was rebuilt has lost them."""
    postgres = connection.vendor == "postgresql"
    text = "SELECT tgname FROM pg_trigger" if postgres else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(text)
        there = {row[0] for row in cursor.fetchall()}
    return sorted(set(triggers(postgres)) - there)


class Sealed(Operation):
    """A migration step: results, run and round of a frozen round stay as they are."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models stay as they are."""

    def database_forwards(self, app_label: str, editor: Any, from_state: Any, to_state: Any) -> None:
        """The triggers, each with its condition."""
        postgres = editor.connection.vendor == "postgresql"
        for name, (table, verb, when) in triggers(postgres).items():
            facts = {"name": name, "table": table, "verb": verb, "when": when}
            if postgres:
                editor.execute(_FUNCTION.format(**facts), params=None)
            editor.execute((_POSTGRES if postgres else _SQLITE).format(**facts), params=None)

    def database_backwards(self, app_label: str, editor: Any, from_state: Any, to_state: Any) -> None:
        """The triggers go."""
        postgres = editor.connection.vendor == "postgresql"
        for name, (table, _, _) in triggers(postgres).items():
            editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgres else ""), params=None)

    def describe(self) -> str:
        """What the step does."""
        return "Results of frozen rounds are sealed"
