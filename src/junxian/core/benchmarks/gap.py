"""Gap arithmetic (差距测算): how far, how fast one would have to grow to draw level, how much is closed (RULES §8.4).

Analysis of locked figures only; it is no figure to report. Undefined is None, never 0.
"""

from __future__ import annotations


def gap(ours: float, model: float) -> float | None:
    """(B − A)/B, as a fraction of the model B; None where the model is not above zero."""
    return (model - ours) / model if model > 0 else None


def pace_needed(ours: float, model: float, model_growth: float, years: float) -> float | None:
    """Yearly growth (fraction) that draws level in n years: (1 + g_B)·(B/A)^(1/n) − 1.

    None where either amount or the years are not above zero, or the model shrinks to nothing.
    """
    if min(ours, model, years, 1 + model_growth) <= 0:
        return None
    return float((1 + model_growth) * (model / ours) ** (1 / years) - 1)


def gap_closed(now: float | None, start: float | None) -> float | None:
    """1 − gap_t/gap_0, the share of the gap closed; None where there was no gap or one of them is undefined."""
    return None if now is None or start is None or start <= 0 else 1 - now / start
