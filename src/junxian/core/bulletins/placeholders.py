"""Placeholders (占位符): the only way a figure enters a sentence, `{name:argument,key=value}` inside a template."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from junxian.core.errors import RuleError

SELECTION = frozenset({"unit", "rank", "category"})
"""Keys that say whose figure is meant; without them the unit or category of the surrounding `each` is."""

ALLOWED: dict[str, frozenset[str]] = {
    "period": frozenset(),
    "year": frozenset(),
    "today": frozenset(),
    "city": frozenset(),
    "scheme": frozenset(),
    "rulebook": frozenset(),
    "issuer": frozenset(),
    "serial": frozenset(),
    "category": frozenset(),
    "criterion": frozenset(),
    "indicator": frozenset(),
    "unit": SELECTION,
    "units": frozenset({"category", "top", "bottom", "gate", "grade", "with"}),
    "grade": SELECTION,
    "n": frozenset({"category"}),
    "count": frozenset({"category", "level", "line", "gate", "grade"}),
    "score": SELECTION,
    "rank": SELECTION,
    "change": SELECTION,
    "points": SELECTION,
    "maximum": SELECTION,
    "value": SELECTION | {"period", "kind", "calibre", "decimals"},
    "growth": SELECTION | {"period", "kind", "calibre", "decimals"},
    "compare": SELECTION | {"to", "period", "kind", "calibre", "decimals"},
    "gap": SELECTION | {"to"},
    "sum": frozenset({"category", "period", "kind", "calibre", "decimals"}),
    "mean": frozenset({"category"}),
    "losses": SELECTION | {"top"},
    "gains": SELECTION | {"top"},
    "missing": SELECTION,
    "alert": frozenset(),
    "watch": frozenset({"row", "column"}),
}
"""Every placeholder and the keys it understands; `docs` prints this table."""

NEEDS_ARGUMENT = frozenset({"points", "maximum", "value", "growth", "compare", "sum", "alert", "watch", "indicator"})

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|\{|\}")
_INNER = re.compile(r"\s*([a-z_]+)\s*(?::(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One `{name:argument,key=value}`; `written` is its text as the author wrote it."""

    name: str
    argument: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    written: str = ""


def parse(template: str) -> list[str | Placeholder]:
    """Split a template into literal texts and placeholders; `{{` and `}}` are braces.

    Errors: `bulletins.placeholder_unclosed`, `bulletins.placeholder_unknown`, `bulletins.placeholder_key`,
    `bulletins.placeholder_argument`.
    """
    found: list[str | Placeholder] = []
    end = 0
    for match in _PIECE.finditer(template):
        found.append(template[end : match.start()])
        end = match.end()
        if match.group() in ("{{", "}}"):
            found.append(match.group()[0])
        elif match.group(1) is None:
            raise RuleError("bulletins.placeholder_unclosed", template=template, column=match.start() + 1)
        else:
            found.append(_placeholder(match.group(1), match.group()))
    found.append(template[end:])
    return [piece for piece in found if piece != ""]


def _placeholder(inner: str, written: str) -> Placeholder:
    match = _INNER.fullmatch(inner)
    name = match.group(1) if match else inner
    if match is None or name not in ALLOWED:
        raise RuleError("bulletins.placeholder_unknown", name=name, allowed=", ".join(sorted(ALLOWED)))
    argument, keys = "", {}
    for part in filter(None, (part.strip() for part in (match.group(2) or "").split(","))):
        key, sign, value = part.partition("=")
        if not sign:
            argument = part
        elif key.strip() in ALLOWED[name]:
            keys[key.strip()] = value.strip()
        else:
            raise RuleError("bulletins.placeholder_key", name=name, key=key, allowed=", ".join(sorted(ALLOWED[name])))
    if name in NEEDS_ARGUMENT and not argument:
        raise RuleError("bulletins.placeholder_argument", name=name, written=written)
    return Placeholder(name, argument, keys, written)
