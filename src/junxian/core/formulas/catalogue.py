"""Function list (函数表): every function a formula may call, as data; the reference page is printed from it."""

from __future__ import annotations

from functools import lru_cache

from junxian.core.formulas.peer_functions import PEERS
from junxian.core.formulas.scalar_functions import SCALAR
from junxian.core.formulas.signature import Function
from junxian.core.formulas.time_functions import TIME

FUNCTIONS: tuple[Function, ...] = TIME + PEERS + SCALAR
GROUPS = ("time", "peers", "scalar")


@lru_cache(maxsize=1)
def by_spelling() -> dict[str, Function]:
    """Every spelling → its function; English ones are lower case."""
    found: dict[str, Function] = {}
    for function in FUNCTIONS:
        for spelling in (function.zh, function.en, *function.also):
            found[spelling] = function
    return found
