"""Oracles for rulebooks (规则集对照算法): published and constructed schemes calculated plainly, without the engine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

Columns = Mapping[str, Sequence[float]]


def half_up(value: float, places: int) -> Decimal:
    """Round half up the way a person does, from the shortest decimal that means the float."""
    return Decimal(repr(round(value, 12))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def human_development(life: float, expected: float, mean: float, income: float) -> float:
    """Geometric mean of three indices between fixed goalposts, each at most 1."""
    health = min((life - 20) / 65, 1.0)
    schooling = (min(expected / 18, 1.0) + min(mean / 15, 1.0)) / 2
    earning = min((math.log(income) - math.log(100)) / (math.log(75000) - math.log(100)), 1.0)
    return float((health * schooling * earning) ** (1 / 3))


def quantile(values: Sequence[float], share: float) -> float:
    """Linear interpolation between the order statistics."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def winsorised(values: Sequence[float], low: float, high: float) -> list[float]:
    floor, cap = quantile(values, low), quantile(values, high)
    return [min(max(value, floor), cap) for value in values]


def min_max(values: Sequence[float], more_is_better: bool) -> list[float]:
    low, high = min(values), max(values)
    share = [(value - low) / (high - low) for value in values]
    return share if more_is_better else [1 - part for part in share]


def entropy_weights(columns: Sequence[Sequence[float]]) -> list[float]:
    """e = −Σ p·ln p / ln n over the shares of a column, weight proportional to 1 − e; 0·ln 0 counts as 0."""
    spreads = []
    for column in columns:
        shares = [value / sum(column) for value in column]
        entropy = -sum(p * math.log(p) for p in shares if p > 0) / math.log(len(column))
        spreads.append(1 - entropy)
    return [spread / sum(spreads) for spread in spreads]


def entropy_index(columns: Columns, blocks: Sequence[Sequence[str]], bad: Sequence[str]) -> list[float]:
    """Blocks by entropy weights over winsorised min-max marks (10 % and 90 %), then the plain mean of the blocks."""
    results: list[list[float]] = []
    for block in blocks:
        marks = [min_max(winsorised(columns[name], 0.1, 0.9), name not in bad) for name in block]
        weights = entropy_weights(marks)
        results.append([sum(w * m for w, m in zip(weights, row, strict=True)) for row in zip(*marks, strict=True)])
    return [sum(row) / len(row) for row in zip(*results, strict=True)]


def soundness(kind: str, year: int, scale: float, ratios: Mapping[str, float]) -> str:
    """The stage of a local government from its four ratios; a ratio not given is no deficit."""
    end = {"deficit": 5.0, "consolidated": 15.0} if kind == "prefecture" else {"deficit": 20.0, "consolidated": 30.0}
    end["consolidated"] += 10.0 if year <= 2009 else 5.0 if year == 2010 else 0.0
    if kind == "prefecture":
        early = {"deficit": 3.75, "consolidated": 8.75}
    else:
        consent = _consent(scale)
        early = {"deficit": (consent + 20) / 2, "consolidated": (consent + 20) / 2 + 5}
    end["debt_service"], early["debt_service"] = 35.0, 25.0
    early["future_burden"] = 350.0 if kind == "municipality" else 400.0
    if any(ratios.get(name, -1.0) >= bound for name, bound in end.items()):
        return "reconstruction"
    return "early warning" if any(ratios.get(name, -1.0) >= bound for name, bound in early.items()) else "sound"


def _consent(scale: float) -> float:
    if scale < 50:
        return 10.0
    if scale < 200:
        return 100 * (scale + 100) / (30 * scale)
    return 100 * (scale + 1000) / (120 * scale) if scale < 500 else 2.5


def competition_ranks(values: Sequence[float | None]) -> list[int | None]:
    """1 + the number strictly better; more is better; nobody without a value is ranked."""
    known = [value for value in values if value is not None]
    return [None if value is None else 1 + sum(other > value for other in known) for value in values]


def monthly(rows: Sequence[Mapping[str, float | None]]) -> list[dict[str, Decimal | int | None]]:
    """The monthly scheme of four methods, unit by unit: late figures are carried by their group, missing ones are 0."""
    marks = [_monthly_marks(rows, place) for place in range(len(rows))]
    found = []
    for row, mark in zip(rows, marks, strict=True):
        points = [_group({k: mark[k] for k in part}, part) for part in _MONTHLY]
        found.append({"economy": points[0], "purse": points[1], "base": sum(points) - 0.5 * (row.get("talks") or 0.0)})
    scores = [half_up(result["base"], 2) for result in found]
    ranks = competition_ranks([float(score) for score in scores])
    return [
        {"score": score, "rank": rank, "economy": half_up(f["economy"], 2), "purse": half_up(f["purse"], 2)}
        for score, rank, f in zip(scores, ranks, found, strict=True)
    ]


_MONTHLY = ({"gdp": 10.0, "investment": 20.0, "retail": 15.0, "tax": 15.0}, {"growth": 20.0, "jobs": 20.0})


def _group(marks: Mapping[str, float | None], full: Mapping[str, float]) -> float:
    """Points of a group; an item without a mark leaves its points to the others."""
    there = {name: mark for name, mark in marks.items() if mark is not None}
    earned = sum(mark * full[name] for name, mark in there.items())
    return earned * sum(full.values()) / sum(full[name] for name in there)


def _monthly_marks(rows: Sequence[Mapping[str, float | None]], place: int) -> dict[str, float | None]:
    row = rows[place]
    gdp = [r["gdp_growth"] for r in rows]
    above = competition_ranks([value if value is not None and value > 8 else None for value in gdp])[place]
    reached = (4 + (6 * (1 - 0.05 * (above - 1)) if above else 0)) / 10 if (row["gdp_growth"] or 0) >= 8 else 0.0
    retail = [r["retail_growth"] for r in rows if r["retail_growth"] is not None]
    rank = competition_ranks([r["investment_growth"] for r in rows])[place] or 0
    share = 100 * (row["tax"] or 0) / (row["revenue"] or 1)
    shop = row["retail_growth"]
    growth = row["revenue_growth"]
    done = (row["jobs"] or 0) / (row["jobs_target"] or 1) / 0.5
    return {
        "gdp": reached,
        "investment": 1 - 0.05 * (rank - 1),
        "retail": 0.0 if shop is None else (60 + 40 * (shop - min(retail)) / (max(retail) - min(retail))) / 100,
        "tax": (6 if share < 60 else 9 if share < 70 else 12 if share < 80 else 15) / 15,
        "growth": None if growth is None else min(max((60 + 40 * growth / 8) / 100, 0.0), 1.0),
        "jobs": min(min(done, 1.2), 1.0),
    }


def transformed_rank(values: Sequence[float]) -> list[float]:
    """−23·ln(1 − R·(1 − exp(−100/23))), R = rank/n, the largest value 1."""
    places = [1 + sum(other < value for other in values) for value in values]
    return [-23 * math.log(1 - place / len(values) * (1 - math.exp(-100 / 23))) for place in places]


def standard_scores(values: Sequence[float], ddof: int = 0) -> list[float]:
    mean = sum(values) / len(values)
    sd = math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - ddof))
    return [(value - mean) / sd for value in values]


def deprivation(columns: Columns) -> list[float]:
    """Weighted mean of the transformed ranks of four domains; health is the sum of two standard scores."""
    health = [
        a + b for a, b in zip(standard_scores(columns["lost_years"]), standard_scores(columns["illness"]), strict=True)
    ]
    domains = [(columns["income"], 22.5), (columns["work"], 22.5), (health, 13.5), (columns["crime"], 9.3)]
    marks = [transformed_rank([round(value, 9) for value in values]) for values, _ in domains]
    total = sum(weight for _, weight in domains)
    return [sum(w * m for (_, w), m in zip(domains, row, strict=True)) / total for row in zip(*marks, strict=True)]


def rank_shares(values: Sequence[float]) -> list[Decimal]:
    """(r − 1)/(n − 1) counted from the smallest, to four decimals."""
    places = [sum(other < value for other in values) for value in values]
    return [half_up(place / (len(values) - 1), 4) for place in places]


def vulnerability(columns: Columns) -> list[Decimal]:
    """Rank shares summed by theme and ranked, the themes summed and ranked again."""
    themes = [("poverty", "jobless"), ("aged", "no_car")]
    ranked = []
    for first, second in themes:
        sums = [a + b for a, b in zip(rank_shares(columns[first]), rank_shares(columns[second]), strict=True)]
        ranked.append(rank_shares([float(total) for total in sums]))
    return rank_shares([float(a + b) for a, b in zip(*ranked, strict=True)])


def flags(columns: Columns) -> list[int]:
    shares = [rank_shares(values) for values in columns.values()]
    return [sum(share >= Decimal("0.9") for share in row) for row in zip(*shares, strict=True)]
