"""What the look is tested on: the published rounds of the cockpit's tests, and what of a rulebook has no English."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from junxian.web.rulebooks.current import current
from tests.web.cockpit.conftest import published

__all__ = ["published"]


@pytest.fixture
def data_in_chinese(world) -> Callable[[str], bool]:
    """Whether a text is the rulebook's or an account's own word for which it gives no English."""
    from junxian.web.people.models import Person, Post
    from junxian.web.units.models import Unit

    rules = current()
    words = {unit.category for unit in rules.units} | {card.keeper for card in rules.indicators}
    words |= set(Unit.objects.filter(name_en="").values_list("name", flat=True))
    words |= {str(word) for pair in Person.objects.values_list("name", "username") for word in pair}
    words |= set(Post.objects.values_list("title", flat=True))
    words |= {grade.name for scheme in rules.schemes for grade in scheme.grades} | {"中文"}
    known = re.compile("|".join(sorted(map(re.escape, filter(None, words)), key=len, reverse=True)))
    return lambda text: not re.search(r"[\u3400-\u9fff]", known.sub("", text))
