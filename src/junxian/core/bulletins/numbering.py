"""Heading numbers (层次序数): 一、 （一） 1. （1） in Chinese, 1. 1.1 1.1.1 in English (GB/T 9704-2012, RULES §9.2)."""

from __future__ import annotations

from junxian.core.bulletins.wording import Wording

DIGITS = "零一二三四五六七八九"


class Numbering:
    """Counts the headings of one document; a higher heading restarts the lower ones."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._counts = [0, 0, 0, 0]

    def next(self, level: int) -> str:
        """The number of the next heading of a level 1–4, with its punctuation."""
        self._counts[level - 1] += 1
        self._counts[level:] = [0] * (4 - level)
        count = self._counts[level - 1]
        if self._wording.language != "zh":
            return ".".join(str(n) for n in self._counts[:level]) + (". " if level == 1 else " ")
        number = chinese_number(count) if level <= 2 else str(count)
        return self._wording.word(f"word.heading_{level}", number=number)


def chinese_number(count: int) -> str:
    """1–99 as 一 … 九十九, as headings are numbered."""
    tens, ones = divmod(count, 10)
    left = "" if tens == 0 else ("十" if tens == 1 else DIGITS[tens] + "十")
    return left + (DIGITS[ones] if ones or not tens else "")
