"""Rulebook files (规则文件): YAML in and out, all faults with their lines, cases, canonical hash, a new start."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from junxian.files.rulebooks.create import init
    from junxian.files.rulebooks.fault import Fault, FaultyRulebook
    from junxian.files.rulebooks.reading import load, read
    from junxian.files.rulebooks.speak import lines, say
    from junxian.files.rulebooks.verdict import check
    from junxian.files.rulebooks.write import hash_of, rulebook_zip

__all__ = ["Fault", "FaultyRulebook", "check", "hash_of", "init", "lines", "load", "read", "rulebook_zip", "say"]

_HOME = {
    "check": "verdict",
    "init": "create",
    "Fault": "fault",
    "FaultyRulebook": "fault",
    "load": "reading",
    "read": "reading",
    "lines": "speak",
    "say": "speak",
    "hash_of": "write",
    "rulebook_zip": "write",
}


def __getattr__(name: str) -> Any:
    """Load what reads and computes only when it is asked for."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
