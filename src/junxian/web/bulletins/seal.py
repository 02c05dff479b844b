"""The seal (封存摘要): what a frozen round stands on, by hash; and whether it still does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from junxian.web.archive.hashing import digest
from junxian.web.assessment.models import Alert, Point, Receipt, Round, Run, Score
from junxian.web.bulletins.models import Publication

SCORE = ("unit__code", "category", "score", "exact", "rank", "n", "grade", "gate", "previous_rank")
POINT = ("unit__code", "criterion", "value", "state", "normalised", "points", "maximum")
ALERT = ("unit__code", "line", "level", "indicator", "value", "rank", "n", "worse", "months")


def results_of(run: Run) -> dict[str, str]:
    """A hash over the run's rows of each kind, in an order of their own."""
    return {
        "scores": _over(Score.objects.filter(run=run).order_by("unit__code").values_list(*SCORE)),
        "points": _over(Point.objects.filter(run=run).order_by("unit__code", "criterion").values_list(*POINT)),
        "alerts": _over(Alert.objects.filter(run=run).order_by("unit__code", "line", "pk").values_list(*ALERT)),
        "receipts": _over(Receipt.objects.filter(run=run).order_by("unit__code").values_list("unit__code", "content")),
    }


def _over(rows: Iterable[Any]) -> str:
    """One hash over all rows, each a line of JSON."""
    total = hashlib.sha256()
    for row in rows.iterator(chunk_size=2000) if hasattr(rows, "iterator") else rows:
        total.update(json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return digest(total.digest())


def seal_of(published: Publication) -> dict[str, Any]:
    """Everything a published round stands on: run, snapshot, rulebook, archive, rows, notice and the audit chain."""
    return {
        "run": published.run_mark, "snapshot": published.snapshot_hash, "rulebook": published.rulebook_hash,
        "archive": published.run.archive_id, **results_of(published.run), "notice": published.docx_id,
        "number": published.number, "chain": [published.audit_count, published.audit_hash],
    }  # fmt: skip


def broken_seals() -> list[tuple[Round, list[str]]]:
    """Frozen rounds whose rows or notice are no longer what their seal says, with the parts that differ.

    Rounds entered as they had ended elsewhere have no notice here, and no seal.
    """
    found = []
    for this_round in (
        Round.objects.exclude(frozen_at=None).exclude(publication=None).select_related("publication__run")
    ):
        now = seal_of(this_round.publication)
        differing = sorted(name for name, value in (this_round.seal or {}).items() if now.get(name) != value)
        if differing or not this_round.seal:
            found.append((this_round, differing))
    return found
