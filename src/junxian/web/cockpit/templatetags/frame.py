"""The page frame (页面框架): the city's name, the page's own title, what waits unread, JSON for charts."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from junxian.web.people.actor import Actor
from junxian.web.people.models import Message
from junxian.web.units.models import Unit

register = template.Library()
_UNSAFE = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def city_name() -> str:
    """The deployment's city in the reader's language; nothing before a rulebook is adopted."""
    return str(Unit.objects.filter(root=True).only("name", "name_en").first() or "")


@register.simple_tag
def unread(actor: Actor | None) -> int:
    """How many of the actor's reminders are unread."""
    return Message.objects.filter(person=actor.person, read_at__isnull=True).count() if actor else 0


class TitleNode(template.Node):
    """Shows its content and remembers it as `page_title`."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        text = self.nodelist.render(context)
        context["page_title"] = mark_safe(text.strip())
        return text


@register.tag
def page_title(parser: Parser, token: Token) -> TitleNode:
    """`{% page_title %}{% block title %}{% endblock %}{% end_page_title %}`: the title once more as heading."""
    nodelist = parser.parse(("end_page_title",))
    parser.delete_first_token()
    return TitleNode(nodelist)


@register.simple_tag
def chart(name: str, option: Any, label: str, height: str = "normal") -> SafeString:
    """A drawing place with its ECharts option as a JSON block beside it; `label` is what a screen reader says."""
    data = json.dumps(option, ensure_ascii=False).translate(_UNSAFE)
    key = conditional_escape(name)
    return mark_safe(
        f'<div class="chart chart-{conditional_escape(height)}" data-option="{key}" role="img"'
        f' aria-label="{conditional_escape(label)}"></div>'
        f'<script type="application/json" id="{key}">{data}</script>'
    )
