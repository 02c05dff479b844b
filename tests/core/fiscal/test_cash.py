"""资金调度: water filling on treasury cover, exact to the fen (RULES §3.7)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.errors import DataError
from junxian.core.fiscal import CashNeed, share_cash
from tests.oracles import fiscal as oracle

YI = 10_000_000_000  # fen in 1 亿元
FLOOR = Fraction("0.3")


def yi(amount: str) -> int:
    return int(Decimal(amount) * YI)


def need(code: str, *amounts: str) -> CashNeed:
    return CashNeed(code, *(yi(a) for a in amounts))


THREE = [
    need("A", "2.0", "0.4", "0.1", "0.3"),
    need("B", "3.0", "0.6", "0.3", "0.5"),
    need("C", "1.5", "0.75", "0", "0.1"),
]


def test_g15_the_pool_lifts_the_lowest_to_one_level() -> None:
    found = share_cash(yi("0.50"), THREE, FLOOR)
    assert found.level == Fraction("0.22")
    assert found.given == {"A": yi("0.24"), "B": yi("0.26"), "C": 0}
    assert found.left == 0


def test_covers_and_gaps_of_the_worked_example() -> None:
    assert [round(float(n.cover), 4) for n in THREE] == [0.1, 0.1333, 0.4333]
    assert [n.need(FLOOR) for n in THREE] == [yi("0.40"), yi("0.50"), 0]


def test_a_pool_larger_than_all_gaps_leaves_a_rest() -> None:
    found = share_cash(yi("2"), THREE, FLOOR)
    assert (found.level, found.left) == (FLOOR, yi("1.10"))
    assert found.given == {"A": yi("0.40"), "B": yi("0.50"), "C": 0}


def test_a_small_pool_goes_to_the_lowest_alone() -> None:
    assert share_cash(yi("0.05"), THREE, FLOOR).given == {"A": yi("0.05"), "B": 0, "C": 0}


def test_nobody_gets_more_than_the_entitlement_left() -> None:
    capped = [CashNeed("A", yi("2.0"), yi("0.4"), yi("0.1"), yi("0.3"), entitlement=yi("0.10")), *THREE[1:]]
    found = share_cash(yi("0.50"), capped, FLOOR)
    assert found.given == {"A": yi("0.10"), "B": yi("0.40"), "C": 0}
    assert share_cash(yi("2"), capped, FLOOR).given == {"A": yi("0.10"), "B": yi("0.50"), "C": 0}
    spent = [CashNeed("A", 100, 0, 0, 0, entitlement=-5), CashNeed("B", 100, 0, 0, 0)]
    assert share_cash(10, spent, FLOOR).given == {"A": 0, "B": 10}


def test_the_odd_fen_goes_by_code_and_the_sum_is_the_pool() -> None:
    equal = [CashNeed(code, 700, 0, 0, 0) for code in "CAB"]
    assert share_cash(100, equal, FLOOR).given == {"C": 33, "A": 34, "B": 33}


def test_no_pool_no_needs_and_no_gap() -> None:
    assert share_cash(0, THREE, FLOOR).given == {"A": 0, "B": 0, "C": 0}
    assert share_cash(yi("1"), [], FLOOR).left == yi("1")
    rich = share_cash(yi("1"), [need("C", "1.5", "0.75", "0", "0.1")], FLOOR)
    assert (rich.given, rich.left) == ({"C": 0}, yi("1"))


def test_without_outflow_there_is_no_cover_and_no_pool_is_below_zero() -> None:
    with pytest.raises(DataError, match="outflow_not_positive"):
        share_cash(10, [CashNeed("A", 0, 1, 1, 1)], FLOOR)
    with pytest.raises(DataError, match="pool_negative"):
        share_cash(-1, THREE, FLOOR)


fen = st.integers(0, 10**6)
counties = st.lists(st.tuples(st.integers(1, 10**6), fen, fen, fen, st.none() | fen), min_size=1, max_size=9)


@given(counties, st.integers(0, 10**6), st.randoms())
def test_agrees_with_halving_and_the_order_does_not_matter(
    rows: list[tuple[int, int, int, int, int | None]], pool: int, chance: object
) -> None:
    needs = [CashNeed(f"U{i}", *row[:4], entitlement=row[4]) for i, row in enumerate(rows)]
    found = share_cash(pool, needs, FLOOR)
    assert sum(found.given.values()) + found.left == pool
    assert found.left >= 0
    exact = [(Decimal(n.outflow), Decimal(n.cash + n.expected - n.rigid) / n.outflow,
              None if n.entitlement is None else Decimal(n.entitlement)) for n in needs]  # fmt: skip
    _, given_there = oracle.water_level(Decimal(pool), exact, Decimal("0.3"))
    assert all(abs(found.given[f"U{i}"] - share) <= Decimal("1.000001") for i, share in enumerate(given_there))
    shuffled = list(needs)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert share_cash(pool, shuffled, FLOOR) == found


@given(counties, st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_in_the_pool_never_takes_from_anyone(
    rows: list[tuple[int, int, int, int, int | None]], pool: int, more: int
) -> None:
    needs = [CashNeed(f"U{i}", *row[:4], entitlement=row[4]) for i, row in enumerate(rows)]
    one, other = share_cash(pool, needs, FLOOR), share_cash(pool + more, needs, FLOOR)
    assert other.level >= one.level
    assert all(other.given[code] >= one.given[code] - 1 for code in one.given)  # the odd fen may move
