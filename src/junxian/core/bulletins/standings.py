"""Standings counted anew (位次重算): places from scores by the tie rule, who is first or last."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from junxian.core.bulletins.facts import RunFacts
from junxian.core.text import spoken

Result = Decimal | str | None
Row = dict[str, Any]


class Standings:
    """Scores, places and names of one run; `words` is the catalogue, needed where a fact is printed as a word."""

    def __init__(self, facts: RunFacts, words: Mapping[str, str], language: str) -> None:
        self.facts = facts
        self.words = words
        self.language = language

    @cached_property
    def _scores(self) -> list[Row]:
        return self.facts.scores.to_dicts()

    @cached_property
    def _by_code(self) -> dict[str, Row]:
        return {row["region_code"]: row for row in self._scores}

    def _row(self, code: str) -> Row:
        return self._by_code.get(code, {})

    def _score(self, code: str) -> Result:
        return exact(self._row(code).get("score"))

    def _grade(self, code: str) -> Result:
        return self._row(code).get("grade") or None

    def _gate_word(self, code: str) -> Result:
        return self.words[f"bulletins.gate.{self._row(code)['gate']}"]

    @cached_property
    def _ranks(self) -> dict[str, int]:
        """Places counted anew from the scores, within each category, by the scheme's own tie rule."""
        found: dict[str, int] = {}
        for category in {row["category"] for row in self._scores}:
            peers = [row for row in self._scores if row["category"] == category and row["rank"] is not None]
            marks = sorted(self._mark(row) for row in peers)
            found |= {row["region_code"]: self._count_rank(row, marks) for row in peers}
        return found

    def _mark(self, row: Row) -> Decimal:
        on_exact = self.facts.ranking.on == "exact" and row.get("exact") is not None
        mark = Decimal(str(row["exact"] if on_exact else row["score"]))
        return mark if self.facts.ranking.better == "high" else -mark

    def _count_rank(self, row: Row, marks: Sequence[Decimal]) -> int:
        """`marks` of the category from worst to best."""
        own = self._mark(row)
        better = len(marks) - bisect_right(marks, own)
        equal = len(marks) - bisect_left(marks, own) - better
        ties = self.facts.ranking.ties
        if equal > 1 and self.facts.ranking.tie_break:
            return min(max(int(row["rank"]), better + 1), better + equal)
        if ties == "dense":
            return 1 + len(set(marks[len(marks) - better :]))
        return better + (equal if ties == "last" else 1)

    def _rank(self, code: str) -> Result:
        rank = self._ranks.get(code)
        return None if rank is None else Decimal(rank)

    def _change(self, code: str) -> Result:
        before = self._row(code).get("previous_rank")
        if before is None and self.facts.previous is not None:
            before = self._earlier.get(code)
        rank = self._ranks.get(code)
        return None if rank is None or before is None else Decimal(int(before) - rank)

    @cached_property
    def _earlier(self) -> dict[str, int | None]:
        frame = self.facts.previous
        return {} if frame is None else {row["region_code"]: row["rank"] for row in frame.to_dicts()}

    def _mean(self, _column: str, category: str) -> Result:
        found = [exact(row["score"]) for row in self._of_category(category) if row["region_code"] in self._ranks]
        numbers = [number for number in found if number is not None]
        return sum(numbers, Decimal(0)) / len(numbers)

    def _of_category(self, category: str) -> list[Row]:
        return [row for row in self._scores if category in ("", row["category"])]

    def name(self, code: str) -> str:
        """The unit's name as the unit table or the scores call it."""
        found = self._names.get(code)
        return str(self._row(code).get("region") or code) if found is None else found

    @cached_property
    def _names(self) -> dict[str, str]:
        return {unit.code: spoken(unit.name, self.facts.language) for unit in self.facts.units}

    def _in_order(self, codes: list[str], by_rank: bool) -> list[str]:
        listed = {unit.code: i for i, unit in enumerate(self.facts.units)}
        orders = {unit.code: unit.order for unit in self.facts.units}

        def key(code: str) -> tuple[int, int, int, str]:
            place = self._ranks.get(code, 0) if by_rank else 0
            return place, orders.get(code, 10**9), listed.get(code, 0), code

        return sorted(codes, key=key)

    def _nth(self, codes: list[str], i: int, size: int) -> Result:
        return self.name(codes[i]) if len(codes) == size else None

    def _at_place(self, category: str, place: str, i: int, size: int) -> Result:
        codes = [row["region_code"] for row in self._of_category(category) if row["region_code"] in self._ranks]
        ranks = {code: self._ranks[code] for code in codes}
        wanted = max(ranks.values()) if place in {"last", "-1"} else int(place)
        return self._nth(self._in_order([c for c in codes if ranks[c] == wanted], True), i, size)

    def _standing(self, side: str, category: str, places: int, i: int, size: int) -> Result:
        codes = [row["region_code"] for row in self._of_category(category) if row["region_code"] in self._ranks]
        first = [code for code in codes if self._ranks[code] <= places]
        worse = {code: sum(self._ranks[other] > self._ranks[code] for other in codes) for code in codes}
        last = [code for code in codes if worse[code] < places and code not in first]
        return self._nth(self._in_order(first if side == "top" else last, True), i, size)

    def _having(self, column: str, value: str, category: str, i: int, size: int) -> Result:
        codes = [row["region_code"] for row in self._of_category(category) if row[column] == value]
        return self._nth(self._in_order(codes, False), i, size)

    def _official(self, category: str, i: int, size: int) -> Result:
        return self._nth(self._in_order([row["region_code"] for row in self._of_category(category)], False), i, size)

    def _unreported(self, i: int, size: int) -> Result:
        return self._nth(list(self.facts.unreported), i, size)


def exact(value: object) -> Decimal | None:
    """A figure by its shortest decimal text, so that the recount adds in decimals and not in binary."""
    return None if value is None else Decimal(str(value))


def whole(points: float) -> Decimal:
    """Points as the exact number of 10⁻⁹ they are; a float carries noise beyond (15.000000000000002)."""
    return Decimal(str(points)).quantize(Decimal("1e-9"))
