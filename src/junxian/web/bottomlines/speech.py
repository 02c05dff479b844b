"""A bottom line in plain words (底线规则说明): how it is watched, what each level costs, until when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from junxian.core.bottomlines.model import Bands, Events, LastPlaces, Limit, Line
from junxian.core.rulebook import Rulebook
from junxian.core.text import spoken
from junxian.files.rulebooks import say
from junxian.web.people.tags import LEVELS, spoken_language


def level_word(level: str) -> str:
    """红色, 一票否决 …: the word of a level in the reader's language."""
    return _(LEVELS[level][1]) if level in LEVELS else level


def watch_words(line: Line, rules: Rulebook) -> list[str]:
    """How the line is watched, a sentence each."""
    tell: dict[type, Callable[[Any, Rulebook], list[str]]] = {
        LastPlaces: _last_places, Bands: _bands, Events: _events, Limit: _limit,
    }  # fmt: skip
    found = tell[type(line.watch)](line.watch, rules)
    for months, level in sorted(line.months_running.items()):
        found.append(_("连续 %(months)d 期未守住，升为%(level)s。") % {"months": months, "level": level_word(level)})
    return found


def _last_places(watch: LastPlaces, rules: Rulebook) -> list[str]:
    peers = watch.peers if isinstance(watch.peers, str) else _("所列单位")
    facts = {"peers": peers or _("全部可比单位"), "places": watch.places, "level": level_word(watch.breach)}
    found = [_("在%(peers)s中，数值更差的不足 %(places)d 个，即为%(level)s；并列的一并计算。") % facts]
    if watch.orange_worse is not None:
        found.append(_("更差的只有 %(n)d 个或更少时为橙色。") % {"n": watch.orange_worse})
    if watch.yellow_gap is not None:
        found.append(_("与末位线相差不到 %(gap)s 时为黄色。") % {"gap": f"{watch.yellow_gap:g}"})
    if watch.yellow_fall is not None:
        found.append(_("一期下降 %(n)d 位及以上为黄色。") % {"n": watch.yellow_fall})
    if watch.min_units:
        found.append(_("有数的单位不足 %(n)d 个时不判断。") % {"n": watch.min_units})
    return found


def _bands(watch: Bands, rules: Rulebook) -> list[str]:
    found = [_("最低一档为%(level)s。") % {"level": level_word(watch.steps[0].level)}]
    left = _("达到 %(bound)s 为%(level)s。")
    right = _("超过 %(bound)s 为%(level)s。")
    text = left if watch.bounds == "left" else right
    found += [text % {"bound": f"{s.at_least:g}", "level": level_word(s.level)} for s in watch.steps[1:]]
    return found


def _events(watch: Events, rules: Rulebook) -> list[str]:
    language = spoken_language()
    names = {card.code: spoken(card.name, language) for card in rules.indicators}
    found = []
    for rule in watch.of:
        facts = {"event": names.get(rule.card, rule.card), "level": level_word(rule.level), "points": rule.deduct}
        text = _("%(event)s：%(level)s") if rule.deduct is None else _("%(event)s：%(level)s，扣 %(points)g 分")
        found.append(text % facts)
    found.append(_("本考核年度内发生的都算。") if watch.span == "year" else _("只算本期发生的。"))
    return found


def _limit(watch: Limit, rules: Rulebook) -> list[str]:
    facts = {"limit": f"{watch.at_most:g}" if isinstance(watch.at_most, float) else watch.at_most}
    found = [_("不超过 %(limit)s。") % facts]
    if watch.near is not None:
        found.append(_("余量小于 %(near)g 时预警。") % {"near": watch.near})
    return found


def until_words(until: str) -> str:
    """`year_end`, `round`, `+n` or a date, as a person says it."""
    if until == "year_end":
        return _("到考核年度末")
    if until == "round":
        return _("仅本期")
    if until.startswith("+"):
        return _("本期之后 %(n)s 个月") % {"n": until[1:]}
    return until


def demands(line: Line) -> list[tuple[str, list[str]]]:
    """(level, what it demands of the unit) for each level that demands something."""
    language = spoken_language()
    return [
        (level, [say(f"bottomlines.demand.{demand}", {}, language) for demand in asked])
        for level, asked in line.effect.demand.items()
    ]
