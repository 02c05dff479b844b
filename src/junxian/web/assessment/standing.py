"""Where the counties stand in the check (核对进度), and what a county may see of a receipt before publication."""

from __future__ import annotations

import json
from typing import Any

from junxian.core.assessment.round import CLOSED
from junxian.web.archive.hashing import digest
from junxian.web.assessment.models import Confirmation, Receipt, Round, Run
from junxian.web.units.models import Unit

HIDDEN = ("rank", "n", "role_models", "by_points", "grade", "awards", "alerts")
"""What compares a unit with others: not before publication (RULES §2.11)."""
HIDDEN_LINE = ("rank", "n", "tied", "above")


def root_id() -> int:
    """The deployment's city."""
    return Unit.objects.values_list("pk", flat=True).get(root=True)


def checking_units(this_round: Round) -> list[Unit]:
    """The deployment's own counties whose results the round's run holds, in official order; others are peers."""
    return (
        list(Unit.objects.counties().filter(score__run=this_round.run_id).order_by("order"))
        if this_round.run_id
        else []
    )


def unanswered(this_round: Round) -> list[Unit]:
    """Units that neither confirmed what the present run says of them nor objected to it."""
    if this_round.run_id is None:
        return []
    now = {unit_id: seen_hash(own_view(content)) for unit_id, content in _receipts(this_round.run_id)}
    said = set(Confirmation.objects.filter(round=this_round).values_list("unit_id", "hash"))
    objected = set(this_round.objections.filter(run=this_round.run_id).values_list("unit_id", flat=True))
    units = checking_units(this_round)
    return [unit for unit in units if (unit.pk, now[unit.pk]) not in said and unit.pk not in objected]


def _receipts(run_id: int) -> list[tuple[int, dict[str, Any]]]:
    return list(Receipt.objects.filter(run=run_id).values_list("unit_id", "content"))


def results_public(this_round: Round | None, run: Run) -> bool:
    """Whether the run is the published result of its round."""
    return (
        this_round is not None
        and this_round.state in CLOSED
        and this_round.run_id == run.pk
        and this_round.published_at is not None
    )


def figures_locked(this_round: Round) -> bool:
    """Whether every keeper has signed the round's figures: only then a next step may be shown (DESIGN §1)."""
    if this_round.state in CLOSED:
        return True
    from junxian.web.indicators.models import HandIn

    states = list(
        HandIn.objects.filter(scheme=this_round.scheme, period=this_round.period).values_list("state", flat=True)
    )
    return bool(states) and set(states) == {HandIn.State.SIGNED}


def own_view(content: dict[str, Any]) -> dict[str, Any]:
    """A receipt as its own unit may check it: its inputs and points, nothing that another unit set.

    Ranks, places, role models, extremes of the group and next steps that name somebody's distance are left out.
    """
    kept = {name: value for name, value in content.items() if name not in HIDDEN}
    kept["lines"] = [_own_line(line, content["region_code"]) for line in content["lines"]]
    return kept


def _own_line(line: dict[str, Any], own: str) -> dict[str, Any]:
    kept = {name: value for name, value in line.items() if name not in HIDDEN_LINE}
    if "inputs" in kept:
        kept["inputs"] = [one for one in kept["inputs"] if one["region_code"] == own]
        kept["others"] = sum(one["region_code"] != own for one in line["inputs"])
    if "references" in kept:
        kept["references"] = {
            name: value for name, value in kept["references"].items()
            if name not in ("above", "rank_above", "rank") and not value.get("set_by") and "statistic" not in value
        }  # fmt: skip
    if (kept.get("next_step") or {}).get("to") in ("place", "place_above"):
        kept["next_step"] = None
    return kept


def without_next_steps(content: dict[str, Any]) -> dict[str, Any]:
    """The receipt while figures are still open: no page suggests what figure to report."""
    lines = [{name: value for name, value in line.items() if name != "next_step"} for line in content["lines"]]
    return content | {"lines": lines}


def seen_hash(content: dict[str, Any]) -> str:
    """The hash of what a unit sees of itself: equal as long as its own figures and points are."""
    seen = {
        "region_code": content["region_code"], "period": content["period"], "score": content["score"],
        "base": content["base"], "bonus": content["bonus"], "deduction": content["deduction"],
        "lines": [
            {
                "criterion": line["criterion"], "points": line["points"], "maximum": line["maximum"],
                "value": line.get("value"), "state": line.get("state"),
                "inputs": [[i["indicator"], i["period_index"], i["value"], i["state"]] for i in line.get("inputs", ())],
            }
            for line in content["lines"]
        ],
    }  # fmt: skip
    return digest(json.dumps(seen, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
