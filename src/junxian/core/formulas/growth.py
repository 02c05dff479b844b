"""Growth and its cases (同比与情形): a percent only on a positive base, a code for every other (RULES §1.5)."""

from __future__ import annotations

import narwhals as nw

from junxian.core.formulas.express import Built, made, nothing, signed

NORMAL, NET_INCREASE, ZERO_TO_ZERO, LOSS_TO_PROFIT, LOSS_NARROWED, LOSS_WIDENED, PROFIT_TO_LOSS = range(7)


def growth(now: Built, before: Built) -> Built:
    """Percent over a positive base while the figure has not turned negative; no figure in any other case."""
    a, b = signed(now), signed(before)
    percent = (now.expr - before.expr) / before.expr * 100
    return made(nw.when((b > 0) & (a >= 0)).then(percent), now, before, uses=3)


def outermost_growth(now: Built, before: Built) -> Built:
    """As growth; a loss that narrowed (case 4) shows by how many percent, 1 − cur/prev."""
    a, b = signed(now), signed(before)
    percent = (now.expr - before.expr) / before.expr * 100
    narrowed = nw.when((b < 0) & (a <= 0) & (a >= b)).then(-percent)
    return made(nw.when((b > 0) & (a >= 0)).then(percent).otherwise(narrowed), now, before)


def case_of(now: Built, before: Built) -> nw.Expr:
    """0–6 as RULES §1.5. Two cells its table leaves open: a loss that ends at zero narrowed by 100 % (4), a loss
    after a base of zero turned from profit to loss (6)."""
    a, b = signed(now), signed(before)
    ladder = [
        ((b > 0) & (a >= 0), NORMAL),
        (b > 0, PROFIT_TO_LOSS),
        ((b < 0) & (a > 0), LOSS_TO_PROFIT),
        ((b < 0) & (a >= b), LOSS_NARROWED),
        (b < 0, LOSS_WIDENED),
        (a > 0, NET_INCREASE),
        (a < 0, PROFIT_TO_LOSS),
    ]
    code: nw.Expr = nw.lit(ZERO_TO_ZERO)
    for condition, case in reversed(ladder):
        code = nw.when(condition).then(nw.lit(case)).otherwise(code)
    known = ~(now.expr.is_null() | before.expr.is_null())
    return nw.when(known).then(code).otherwise(nothing()).cast(nw.Int64)
