"""The three lights of trust (可信灯): completeness, checks, late, each with its figures and its threshold in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from junxian.web.assessment.models import Round


@dataclass(frozen=True)
class Light:
    """One light: level, name, and what it stands on."""

    level: str
    name: str
    detail: str


def trust_lights(shown: Round | None) -> tuple[Light, ...]:
    """The lights of the round's run as it was kept; none before anything was computed."""
    kept: dict[str, Any] = shown.run.trust if shown and shown.run else {}
    tell = {"complete": (_("完整"), _complete), "checks": (_("审核"), _checks), "late": (_("时效"), _late)}
    return tuple(Light(kept[key]["level"], name, say(kept[key])) for key, (name, say) in tell.items() if key in kept)


def _complete(facts: dict[str, Any]) -> str:
    if facts.get("share") is None:
        return _("没有应报的数据")
    return _("应报 %(asked)d 项，已报 %(there)d 项（%(share)s%%），达到 %(green)g%% 为绿") % facts


def _checks(facts: dict[str, Any]) -> str:
    given = {"error": 0, "open": 0} | facts
    return _("差错 %(error)d 处，待说明 %(open)d 处") % given


def _late(facts: dict[str, Any]) -> str:
    return _("迟报 %(late)d 项，达到 %(red)g 项为红") % facts
