"""The monthly scheme of the example city in plain arithmetic: one function a clause, no frames, no formulas, no engine.

Shapes: a figure is a float or a state word; a part is (full points, share earned or None where it does not count).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

Figure = float | str
Figures = Mapping[tuple[str, str], Figure]
"""(unit, indicator) → figure or state; `indicator@-12` is a year earlier."""
Part = tuple[float, float | None]
Peers = Sequence[str]


class Missing(Exception):
    """A figure that is not there; `zero` when its absence costs the points."""

    def __init__(self, zero: bool) -> None:
        super().__init__(zero)
        self.zero = zero


def figure(f: Figures, unit: str, code: str) -> float:
    found = f.get((unit, code), "not_reported")
    if isinstance(found, str):
        raise Missing(found == "not_reported")
    return found


def known(f: Figures, peers: Peers, value: Callable[[str], float]) -> list[float]:
    found = []
    for unit in peers:
        try:
            found.append(value(unit))
        except Missing:
            continue
    return found


def part(full: float, share: Callable[[], float | None], *, absent_is_zero: bool = True) -> Part:
    try:
        return full, share()
    except Missing as gone:
        return full, 0.0 if gone.zero and absent_is_zero else None


def joined(parts: Sequence[Part]) -> Part:
    """Points of a group: what counts carries the weight of what does not."""
    full = sum(points for points, _ in parts)
    counted = [(points, share) for points, share in parts if share is not None]
    if not counted:
        return full, None
    return full, sum(points * share for points, share in counted) / sum(points for points, _ in counted)


def efficacy(x: float, group: Sequence[float]) -> float:
    low, high = min(group), max(group)
    return 1.0 if high == low else 0.6 + 0.4 * (x - low) / (high - low)


def place(x: float, group: Sequence[float]) -> int:
    return 1 + sum(other > x for other in group)


def hit_then_rank(x: float, group: Sequence[float]) -> float:
    above = [other for other in group if other > 5.0]
    return 0.0 if x < 5.0 else (2.0 if x == 5.0 else 2.0 + 3.0 * (1 - 0.05 * (place(x, above) - 1))) / 5.0


def growth_of_profit(f: Figures, unit: str) -> float | None:
    """Share of the points by RULES §1.5; None: the peers' mean."""
    now, then = figure(f, unit, "soe_profit"), figure(f, unit, "soe_profit@-12")
    if then == 0:
        return None if now == 0 else 1.0
    if then < 0:
        narrowed = 1 - now / then
        return 1.0 if now > 0 else 0.6 + 0.4 * narrowed if narrowed > 0 else 0.0
    if now < 0:
        return 0.0
    percent = (now / then - 1) * 100
    percent = max(-50.0, min(100.0, percent)) if then < 0.001 else percent
    return max(0.0, min(1.0, (percent + 20) / 40))


def completed(x: float, target: float, zero_below: float = 0.0) -> float:
    share = max(0.0, min(1.0, x / target))
    return 0.0 if share < zero_below else share


def paced(f: Figures, unit: str, code: str, target: str, month: int) -> float:
    return figure(f, unit, code) / (figure(f, unit, target) * month / 12) * 100


def economy(f: Figures, unit: str, peers: Peers, month: int) -> Part:
    def by_efficacy(full: float, code: str, *, absent_is_zero: bool = True) -> Part:
        group = known(f, peers, lambda u: figure(f, u, code))
        return part(full, lambda: efficacy(figure(f, unit, code), group), absent_is_zero=absent_is_zero)

    gdp = known(f, peers, lambda u: figure(f, u, "gdp_growth"))
    incomes = [by_efficacy(1.5, f"{kind}_income_growth", absent_is_zero=False) for kind in ("urban", "rural")]

    def trade() -> float:
        ahead = figure(f, unit, "trade_growth") - figure(f, "X10000", "trade_growth")
        return 0.5 + max(-0.5, min(0.5, ahead * 0.05))

    return joined([
        part(5, lambda: hit_then_rank(figure(f, unit, "gdp_growth"), gdp), absent_is_zero=False),
        by_efficacy(4, "industry_growth"),
        part(4, lambda: max(0.4, min(1.0, 0.6 + 0.4 * figure(f, unit, "investment_growth") / 12))),
        by_efficacy(3, "retail_growth"),
        joined(incomes),
        joined([part(1, trade),
                part(2, lambda: completed(paced(f, unit, "inward", "inward_target", month), 100, 0.6))]),
        part(3, lambda: max(0.0, min(1.0, 0.6 + 0.1 * (
            figure(f, unit, "province_place@-12") - figure(f, unit, "province_place"))))),
    ])  # fmt: skip


def strength(f: Figures, unit: str, peers: Peers, group: str, month: int) -> Part:
    def ranked(full: float, code: str) -> Part:
        values = known(f, peers, lambda u: figure(f, u, code))
        return part(full, lambda: 1 - 0.05 * (place(figure(f, unit, code), values) - 1))

    def by_efficacy(full: float, code: str) -> Part:
        values = known(f, peers, lambda u: figure(f, u, code))
        return part(full, lambda: efficacy(figure(f, unit, code), values))

    def rung(x: float, *rungs: tuple[float, float]) -> float:
        return [points for bound, points in rungs if x >= bound][-1]

    def profit() -> float:
        own = growth_of_profit(f, unit)
        others = [share for share in (growth_of_profit(f, u) for u in peers) if share is not None]
        return sum(others) / len(others) if own is None else own

    anything = float("-inf")
    return joined([
        joined([by_efficacy(2.4, "revenue"), by_efficacy(3.6, "revenue_growth")]),
        part(4, lambda: rung(100 * figure(f, unit, "tax") / figure(f, unit, "revenue"),
                             (anything, 0.25), (60, 0.5), (65, 0.75), (70, 1.0))),
        part(4, lambda: completed(paced(f, unit, "new_firms", "new_firms_target", month), 100, 0.6)),
        part(3, lambda: completed(figure(f, unit, "demonstration"), 100)),
        part(4, lambda: completed(figure(f, unit, "idle_land"), {"县": 60, "区": 70}[group])),
        joined([ranked(2, "state_capital"), part(2, profit)]),
        part(4, lambda: completed(paced(f, unit, "upper_funds", "upper_funds_target", month), 100)),
        ranked(2, "loans_growth"),
        part(2, lambda: rung(paced(f, unit, "core_paid", "core_need", month), (anything, 0.0), (85, 0.5), (95, 1.0))),
        part(2, lambda: completed(figure(f, unit, "debt_plan_done"), 100)),
    ])  # fmt: skip


def majors(f: Figures, unit: str) -> Part:
    points = {"major_tasks": 6, "major_livelihood": 6, "major_projects": 6, "major_reforms": 4, "major_specials": 3}
    return joined([part(full, lambda code=code: figure(f, unit, code) / 100) for code, full in points.items()])  # type: ignore[misc]


def models(f: Figures, unit: str) -> Part:
    def gap() -> float:
        ahead = figure(f, unit, "gap_closed") - 4
        return max(0.0, 2.4 + (min(0.6, 0.2 * ahead) if ahead >= 0 else 0.3 * ahead)) / 3

    return joined([part(3, gap), part(2, lambda: completed(figure(f, unit, "study_done"), 100))])


def base_points(f: Figures, unit: str, peers: Peers, *, group: str, month: int, lost: float) -> dict[str, float]:
    """Points of the five blocks and of the whole, of 100; `lost` are the points of this round's bottom-line events."""
    blocks = {
        "A": economy(f, unit, peers, month),
        "B": strength(f, unit, peers, group, month),
        "C": majors(f, unit),
        "D": (10.0, max(0.0, 10.0 - lost) / 10),
        "E": models(f, unit),
    }
    full, share = joined(list(blocks.values()))
    found = {name: points * share for name, (points, share) in blocks.items() if share is not None}
    return {**found, "whole": full * (share or 0.0)}
