"""Moving through time and place (时间与口径的移动): lags compose before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from junxian.core.formulas.model import Leaf, Month, Name, Node


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and when the names below are read: time and place as in Leaf, `kind` where a function chose one."""

    back: int = 0
    december: int = 0
    after: int = 0
    place: str = ""
    kind: str = ""

    def earlier(self, months: int) -> Scope:
        """`months` before the time reached so far."""
        if not self.december:
            return replace(self, back=self.back + months)
        years, after = divmod(self.after + months, 12)
        return replace(self, december=self.december + years, after=after)

    def last_december(self) -> Scope:
        """December of the year before the year reached so far."""
        return replace(self, december=self.december + 1, after=0)

    def moved(self) -> bool:
        return self != Scope()

    def month(self) -> Month:
        return Month(self.back, self.december, self.after)

    def leaf(self, code: str, name: Name, default_kind: str, **more: str | int) -> Leaf:
        """The leaf a name stands for here."""
        fields = {
            "indicator": code,
            "kind": name.kind or self.kind or default_kind,
            "calibre": name.calibre,
            "back": self.back,
            "december": self.december,
            "after": self.after,
            "place": self.place,
        }
        return Leaf(**{**fields, **more})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Typed:
    """A node of the plan with its unit (None takes any) and whether it is a truth."""

    plan: Node
    unit: tuple[tuple[str, int], ...] | None = None
    truth: bool = False
