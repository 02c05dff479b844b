"""Rounds (轮次): 归集 → 计算 → 县区核对 → 复核 → 审定 → 通报 → 冻结; who owns a state, what follows (RULES §2.10).

The table is total and disjoint: every state but the last two has exactly one owner and at least one way on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal[
    "collecting", "computing", "checking", "reviewing", "approving", "published", "frozen", "withdrawn"
]  # fmt: skip
Owner = Literal["department", "office", "county", "reviewer", "leader", "nobody"]


@dataclass(frozen=True)
class Step:
    """One way from a state to the next: its name, who may take it, where it leads."""

    name: str
    owner: Owner
    leads_to: State


OWNERS: dict[State, Owner] = {
    "collecting": "department", "computing": "office", "checking": "county", "reviewing": "reviewer",
    "approving": "leader", "published": "office", "frozen": "nobody", "withdrawn": "nobody",
}  # fmt: skip
STEPS: dict[State, tuple[Step, ...]] = {
    "collecting": (Step("compute", "office", "computing"),),
    "computing": (Step("send_to_counties", "office", "checking"), Step("collect_again", "office", "collecting")),
    "checking": (Step("end_check", "office", "reviewing"), Step("compute_again", "office", "computing")),
    "reviewing": (Step("submit", "reviewer", "approving"), Step("compute_again", "office", "computing")),
    "approving": (Step("approve", "leader", "approving"), Step("publish", "office", "published"),
                  Step("send_back", "leader", "reviewing")),
    "published": (Step("freeze", "office", "frozen"), Step("withdraw", "office", "withdrawn")),
    "frozen": (Step("withdraw", "office", "withdrawn"),),
    "withdrawn": (),
}  # fmt: skip


def step_from(state: State, name: str) -> Step | None:
    """The step of that name out of the state, or None where there is none."""
    return next((step for step in STEPS[state] if step.name == name), None)
