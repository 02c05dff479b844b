"""Junxian 郡县: from a decision to a result, every number traceable.

The library in eight names, loaded when first used: `load` a rulebook, `prepare` it for a period, `judge` observations
(a Polars frame in, Polars frames out), `close` a period from files into a run directory, `verify` and `compare` runs,
`receipt` of one unit, `check` a rulebook with its cases.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from junxian.core.rulebook.judge import judge, prepare
    from junxian.files.rulebooks import check, load
    from junxian.files.runs.close import close
    from junxian.files.runs.compare import compare
    from junxian.files.runs.explain import receipt
    from junxian.files.runs.verify import verify

__all__ = ["check", "close", "compare", "judge", "load", "prepare", "receipt", "verify"]

_HOME = {
    "check": "files.rulebooks", "close": "files.runs.close", "compare": "files.runs.compare",
    "judge": "core.rulebook.judge", "load": "files.rulebooks", "prepare": "core.rulebook.judge",
    "receipt": "files.runs.explain", "verify": "files.runs.verify",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a name of the library when it is first asked for; importing the package costs nothing."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"junxian.{_HOME[name]}"), name)
