"""新增限额分配: factors, risk, scaling to the total (RULES §4.3)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.errors import Infeasible
from junxian.core.fiscal import LimitClaim, share_limit
from junxian.core.fiscal.exact import apportion
from tests.oracles import fiscal as oracle

THREE = [LimitClaim("甲", 30, 4, "1.0"), LimitClaim("乙", 20, 1, "0.8"), LimitClaim("丙", 50, 5, "1.1")]
WAN = 10_000  # 万元 in 1 亿元


def test_g17_twelve_of_which_four_for_major_projects() -> None:
    found = share_limit(12 * WAN, 4 * WAN, THREE)
    assert (found.k1, found.k2) == (Fraction("0.08") * WAN, Fraction("0.4") * WAN)
    assert {code: raw / WAN for code, raw in found.raw.items()} == {
        "甲": 4,
        "乙": Fraction("1.6"),
        "丙": Fraction("6.6"),
    }
    assert [round(x / WAN, 3) for x in found.limits.values()] == [3.934, 1.574, 6.492]
    assert sum(found.limits.values()) == 12 * WAN


def test_red_gets_none_and_adjustments_count_before_scaling() -> None:
    claims = [
        LimitClaim("甲", 50, 0, risk=0),
        LimitClaim("乙", 50, 0),
        LimitClaim("丙", 0, 0, performance=10, application=40),
    ]
    assert share_limit(100, 0, claims).limits == {"甲": 0, "乙": 50, "丙": 50}
    fined = [LimitClaim("甲", 50, 0, performance=-60), LimitClaim("乙", 50, 0, swing="1.2")]
    assert share_limit(100, 0, fined).limits == {"甲": 0, "乙": 100}


def test_nothing_to_share_is_nothing() -> None:
    assert share_limit(0, 0, THREE).limits == {"甲": 0, "乙": 0, "丙": 0}


def test_a_part_with_nobody_to_go_to_has_no_answer() -> None:
    with pytest.raises(Infeasible, match="part_without_claims"):
        share_limit(10, 4, [LimitClaim("甲", 30, 0)])
    with pytest.raises(Infeasible, match="part_without_claims"):
        share_limit(4, 10, THREE)
    with pytest.raises(Infeasible, match="nobody_may_borrow"):
        share_limit(10, 0, [LimitClaim("甲", 30, 0, risk=0)])


parts = st.integers(1, 10**5)
risks = st.sampled_from(["1.1", "1.0", "0.6", "0"])


@given(st.lists(st.tuples(parts, parts, risks), min_size=1, max_size=9), st.integers(1, 10**7), st.integers(0, 100))
def test_agrees_with_the_slow_way(rows: list[tuple[int, int, str]], total: int, share: int) -> None:
    major = total * share // 100
    claims = [LimitClaim(f"U{i}", s, m, risk) for i, (s, m, risk) in enumerate(rows)]
    if all(risk == "0" for _, _, risk in rows):
        with pytest.raises(Infeasible):
            share_limit(total, major, claims)
        return
    found = share_limit(total, major, claims)
    expected = oracle.limits(Decimal(total), Decimal(major), [(Decimal(s), Decimal(m), Decimal(r)) for s, m, r in rows])
    assert sum(found.limits.values()) == total
    assert all(abs(found.limits[f"U{i}"] - x) < 1 + Decimal("1e-9") for i, x in enumerate(expected))
    assert share_limit(total, major, claims[::-1]).limits == found.limits


@given(st.dictionaries(st.text("甲乙丙", min_size=1, max_size=3), st.fractions(0, 1000), min_size=1))
def test_apportioned_parts_are_the_share_rounded_up_or_down(shares: dict[str, Fraction]) -> None:
    total = round(sum(shares.values()))
    whole = sum(s.numerator // s.denominator for s in shares.values())
    parts = apportion(shares, max(whole, total))
    assert sum(parts.values()) == max(whole, total)
    assert all(abs(parts[code] - share) < 1 for code, share in shares.items())
