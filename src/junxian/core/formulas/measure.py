"""Units of measure (计量单位): reading 亿元/万人, converting exactly, refusing what cannot be added."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from junxian.core.errors import RuleError

if TYPE_CHECKING:
    import pint

Unit = tuple[tuple[str, int], ...]
"""Symbols with their exponents, sorted; () is a plain number."""

PLAIN: Unit = ()
PERCENT: Unit = (("%", 1),)
POINTS: Unit = (("百分点", 1),)
PERMILLE: Unit = (("‰", 1),)

DEFINITIONS = """
百- = 100
千- = 1000
万- = 10000
亿- = 100000000
% = 1/100
百分点 = 1/100
‰ = 1/1000
元 = [money]
美元 = [us_dollar]
人 = [person]
人次 = [visit]
户 = [household]
个 = [item]
家 = [firm]
床 = [bed]
张 = [sheet]
起 = [event]
件 = [matter]
次 = [occasion]
项 = [entry]
处 = [site]
辆 = [vehicle]
分 = [point]
天 = [time]
日 = 天
小时 = 天 / 24
年 = 365 * 天
米 = [length] = m
公里 = 1000 * 米 = km
平方米 = 米 ** 2 = m2
平方公里 = 1000000 * 平方米 = km2
公顷 = 10000 * 平方米
亩 = 2000/3 * 平方米
立方米 = 米 ** 3 = m3
克 = [mass]
千克 = 1000 * 克 = kg
公斤 = 1000 * 克
吨 = 1000000 * 克 = t
mg = 1/1000 * 克
ug = 1/1000000 * 克 = μg = µg
吨标准煤 = [coal_equivalent]
千瓦时 = [energy]
度 = 千瓦时
"""
"""What a jurisdiction without its own definitions has; the text is in Pint's definition format, one unit a line."""

_SPELLED = {"%": "percent", "％": "percent", "‰": "permille"}
_EXPONENTS = {"²": "^2", "³": "^3", "**": "^", "＾": "^"}


def read_unit(text: str | None) -> Unit:
    """`亿元/万人` → (("亿元", 1), ("万人", -1)); "" and None are a plain number. RuleError formula.bad_unit."""
    powers: dict[str, int] = {}
    for place, side in enumerate(_halves(text or "")):
        for symbol, power in side:
            powers[symbol] = powers.get(symbol, 0) + (power if place == 0 else -power)
    return tidy(powers)


def _halves(text: str) -> list[list[tuple[str, int]]]:
    plain = text.strip()
    for spelled, sign in _EXPONENTS.items():
        plain = plain.replace(spelled, sign)
    over, *under = plain.replace("／", "/").replace("％", "%").split("/")
    return [_symbols(over, text), [pair for part in under for pair in _symbols(part, text)]]


def _symbols(side: str, text: str) -> list[tuple[str, int]]:
    bare = side.strip().strip("()（）")
    pairs = []
    for factor_text in bare.replace("*", "·").replace("×", "·").split("·") if bare else []:
        symbol, _, power = factor_text.strip().partition("^")
        if not symbol or (power and not power.lstrip("-").isdigit()):
            raise RuleError("formula.bad_unit", unit=text)
        if symbol != "1":
            pairs.append((symbol, int(power or 1)))
    return pairs


def tidy(powers: dict[str, int]) -> Unit:
    """Sorted symbols without the zero exponents: numerators first."""
    return tuple(sorted(((s, p) for s, p in powers.items() if p), key=lambda pair: (pair[1] < 0, pair[0])))


def write_unit(unit: Unit) -> str:
    """The unit as text, the inverse of read_unit."""
    over = "·".join(s if p == 1 else f"{s}^{p}" for s, p in unit if p > 0)
    under = "".join(f"/{s}" if p == -1 else f"/{s}^{-p}" for s, p in unit if p < 0)
    return (over or "1") + under if under else over


def combined(left: Unit, right: Unit, sign: int) -> Unit:
    """Product (sign 1) or quotient (sign −1) of two units."""
    powers = dict(left)
    for symbol, power in right:
        powers[symbol] = powers.get(symbol, 0) + sign * power
    return tidy(powers)


def raised(unit: Unit, exponent: Fraction) -> Unit | None:
    """The unit to a power; None where an exponent would not be whole."""
    powers = {symbol: power * exponent for symbol, power in unit}
    if any(power.denominator != 1 for power in powers.values()):
        return None
    return tidy({symbol: int(power) for symbol, power in powers.items()})


class UnitTable:
    """The units a rulebook's jurisdiction defines; conversions are exact fractions until the last step."""

    def __init__(self, definitions: str = DEFINITIONS) -> None:
        self.definitions = definitions
        self._registry: pint.UnitRegistry[Any] | None = None
        self._factors: dict[tuple[Unit, Unit], float] = {}

    def factor(self, source: str | Unit, target: str | Unit) -> float:
        """Multiply a figure in `source` by this to have it in `target`.

        RuleError formula.unit_mismatch (元 into 人) or formula.unknown_unit.
        """
        pair = (_unit(source), _unit(target))
        if pair not in self._factors:
            self._factors[pair] = 1.0 if pair[0] == pair[1] else float(self._convert(*pair))
        return self._factors[pair]

    def alike(self, left: str | Unit, right: str | Unit) -> bool:
        """Whether two units are known to measure the same thing; a unit nobody defined is like itself only."""
        try:
            self.factor(left, right)
        except RuleError as refusal:
            if refusal.code in {"formula.unit_mismatch", "formula.unknown_unit"}:
                return False
            raise
        return True

    def cancelled(self, unit: Unit) -> tuple[float, Unit]:
        """亿元/万元 → (10000.0, plain): symbols above and below that measure the same thing cancel."""
        over = [symbol for symbol, power in unit if power > 0]
        for above in over:
            for below in (symbol for symbol, power in unit if power < 0):
                if self.alike(((above, 1),), ((below, 1),)):
                    ratio = self.factor(((above, 1),), ((below, 1),))
                    further, rest = self.cancelled(combined(unit, ((above, 1), (below, -1)), -1))
                    return ratio * further, rest
        return 1.0, unit

    def _convert(self, source: Unit, target: Unit) -> Fraction:
        import pint

        registry = self._built()
        try:
            start = registry.Quantity(Fraction(1), registry.Unit(_expression(source)))
            return Fraction(start.to(registry.Unit(_expression(target))).magnitude)
        except pint.UndefinedUnitError as unknown:
            name = unknown.unit_names if isinstance(unknown.unit_names, str) else "、".join(unknown.unit_names)
            raise RuleError("formula.unknown_unit", unit=name) from unknown
        except pint.DimensionalityError as mismatch:
            facts = {"source": write_unit(source) or "1", "target": write_unit(target) or "1"}
            raise RuleError("formula.unit_mismatch", **facts) from mismatch

    def _built(self) -> pint.UnitRegistry[Any]:
        if self._registry is None:
            self._registry = _registry(self.definitions)
        return self._registry


@lru_cache(maxsize=8)
def _registry(definitions: str) -> pint.UnitRegistry[Any]:
    import pint

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Fraction)
    for number, line in enumerate(definitions.splitlines(), start=1):
        text = line.partition("#")[0].strip()
        for sign, spelled in _SPELLED.items():
            text = text.replace(sign, spelled)
        if not text:
            continue
        try:
            registry.define(text)
        except (pint.PintError, ValueError, TypeError) as fault:
            raise RuleError("formula.bad_definition", line=number, text=line.strip()) from fault
    return registry


def _expression(unit: Unit) -> str:
    for symbol, _ in unit:
        if not _SPELLED.get(symbol, symbol).isidentifier():
            raise RuleError("formula.unknown_unit", unit=symbol)
    return " * ".join(f"{_SPELLED.get(symbol, symbol)} ** {power}" for symbol, power in unit)


def _unit(unit: str | Unit) -> Unit:
    return read_unit(unit) if isinstance(unit, str) else unit


@lru_cache(maxsize=1)
def default_units() -> UnitTable:
    """The table of DEFINITIONS."""
    return UnitTable()


def factor(source: str, target: str) -> float:
    """Conversion between two units of the default definitions; RuleError as UnitTable.factor."""
    return default_units().factor(source, target)
