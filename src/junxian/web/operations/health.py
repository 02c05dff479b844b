"""Health (健康检查): the process answers; the deployment is ready when database, tables and worker are."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from junxian.web.operations.models import Heartbeat


def pending() -> list[str]:
    """Steps of the tables that have not been taken: `room.name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label}.{step.name}" for step, _backwards in plan]


def is_empty() -> bool:
    """Whether no table of ours was ever made."""
    return not MigrationExecutor(connection).loader.applied_migrations


def workers() -> int:
    """How many workers live."""
    from junxian.web.operations.worker import alive

    return sum(alive(row) for row in Heartbeat.objects.all())


def readiness() -> dict[str, bool]:
    """database, tables, worker: each True where it is as it should be."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        tables = not pending()
        return {"database": True, "tables": tables, "worker": tables and workers() > 0}
    except DatabaseError:
        return {"database": False, "tables": False, "worker": False}
