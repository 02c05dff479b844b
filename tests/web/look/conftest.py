"""What the look is tested on: the published rounds of the cockpit's tests, and what of a rulebook has no English."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from junxian.web.assessment.models import Round
from junxian.web.people.models import Person, Post
from junxian.web.rulebooks.current import current
from junxian.web.units.models import Unit
from tests.web.cockpit.conftest import chinese, published

__all__ = ["chinese", "published"]
CHINESE = re.compile(r"[\u3400-\u9fff]")


def only_chinese(entry: Any) -> Iterator[str]:
    """Texts of a rulebook that give no English beside the Chinese: documents, units of measure, grades, formulas."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        if not {"zh", "en"} <= entry.keys():
            for key, value in entry.items():
                yield str(key)
                yield from only_chinese(value)
    elif isinstance(entry, list | tuple):
        for value in entry:
            yield from only_chinese(value)


@pytest.fixture
def data_in_chinese(world) -> Callable[[str], bool]:
    """Whether a text is the rulebook's or an account's own word for which it gives no English."""
    words = set(only_chinese(current().model_dump(mode="json")))
    words |= set(Unit.objects.filter(name_en="").values_list("name", flat=True))
    words |= {str(word) for pair in Person.objects.values_list("name", "username") for word in pair}
    words |= {*Post.objects.values_list("title", flat=True), *Round.objects.values_list("minutes", flat=True), "中文"}
    own = sorted((word for word in words if CHINESE.search(word)), key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, own)))
    return lambda text: not CHINESE.search(known.sub("", text))
