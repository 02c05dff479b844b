"""Example workbooks (示例报表): eighteen months of a fictional city's office workbooks, from a seed.

`generate(out_dir, seed)` writes them; `ROUNDS` lists the rounds, `SEED` is the shipped city's seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from junxian.files.examples.workbooks import SEED, generate
    from junxian.files.examples.world import ROUNDS

__all__ = ["ROUNDS", "SEED", "generate"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{'world' if name == 'ROUNDS' else 'workbooks'}"), name)
