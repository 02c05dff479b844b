"""Template words (模板用语): figures as officials write them; sentences of codes; states with shape and word."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, gettext_noop

register = template.Library()
BLANK = "—"


def spoken_language() -> str:
    """`zh` or `en`, as the words catalogue calls them."""
    return "en" if (get_language() or "").startswith("en") else "zh"


@register.filter
def figure(value: Any, places: int = 2) -> str:
    """A number with fixed places; a figure that is not there is a dash, never a zero."""
    if value is None or value == "":
        return BLANK
    return str(Decimal(repr(value) if isinstance(value, float) else str(value)).quantize(
        Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP
    ))  # fmt: skip


@register.filter
def trimmed(value: Any, places: int = 4) -> str:
    """A number with at most so many places and no zeros behind them."""
    shown = figure(value, places)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


@register.filter
def reference(name: str) -> str:
    """A reference value's name in the reader's language."""
    from junxian.files.rulebooks.speak import reference_word

    return reference_word(name, spoken_language())


@register.filter
def spoken(text: Any) -> str:
    """A title that may be {zh, en}, in the reader's language."""
    if isinstance(text, dict):
        language = spoken_language()
        return str(text.get(language) or text.get("zh") or next(iter(text.values()), ""))
    return "" if text is None else str(text)


@register.filter
def sentence(fault: Any) -> str:
    """A code with its facts as a sentence: (code, facts), or anything with `.code` and `.facts`."""
    from junxian.files.rulebooks import say

    code, given = (fault.code, fault.facts) if hasattr(fault, "code") else (fault[0], fault[1])
    facts = dict(given)
    if isinstance(facts.get("period"), str):
        facts["period"] = period(facts["period"])
    return say(code, facts, spoken_language())


@register.filter
def period(text: Any) -> str:
    """A period as people write it: 2026年6月, June 2026; what is no period stays as it is."""
    from junxian.core.errors import JunxianError
    from junxian.core.indicators.period import parse_period
    from junxian.files.runs.papers import period_title

    if not text:
        return ""
    try:
        return period_title(parse_period(str(text)), spoken_language())
    except JunxianError:
        return str(text)


@register.filter
def periods(texts: Any) -> str:
    """Several periods in one breath."""
    return ("、" if spoken_language() == "zh" else ", ").join(period(text) for text in texts)


STATES = {
    "reported": ("●", gettext_noop("已报送")), "late": ("◐", gettext_noop("迟报")),
    "not_reported": ("○", gettext_noop("未报送")), "not_applicable": ("／", gettext_noop("不适用")),
    "undefined": ("？", gettext_noop("无法计算")),
}  # fmt: skip


@register.filter
def state(code: str) -> str:
    """One of the four states by shape and word."""
    shape, word = STATES.get(code, ("", code))
    return format_html('<span class="state state-{}"><i aria-hidden="true">{}</i>{}</span>', code, shape, gettext(word))


LEVELS = {
    "green": ("●", gettext_noop("正常")),
    "yellow": ("▲", gettext_noop("黄色")),
    "orange": ("◆", gettext_noop("橙色")),
    "red": ("■", gettext_noop("红色")),
    "veto": ("✖", gettext_noop("一票否决")),
}


@register.filter
def light(level: str) -> str:
    """A bottom-line level by colour, shape and word at once."""
    shape, word = LEVELS.get(level, ("", level))
    return format_html(
        '<span class="light light-{}"><i aria-hidden="true">{}</i>{}</span>', level, shape, gettext(word)
    )


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """mapping[key], or None."""
    return mapping.get(key) if mapping else None


@register.filter
def reminder(line: dict[str, Any]) -> str:
    """A line of a reminder: its text, or its code in the reader's language, linked to where it is dealt with."""
    text = line.get("text") or sentence((line.get("code", ""), line.get("facts", {})))
    address = str(line.get("address", ""))
    if address.startswith("/") and not address.startswith("//"):
        return format_html('<a href="{}">{}</a>', address, text)
    return str(text)


@register.filter
def control(field: Any) -> str:
    """A form field in the classes of the page, whichever library made the form; help and faults are told to readers."""
    kind = type(field.field.widget).__name__
    wears = "form-select" if "Select" in kind else "form-check-input" if kind == "CheckboxInput" else "form-control"
    faulty = " is-invalid" if field.errors else ""
    return str(field.as_widget(attrs={"class": wears + faulty}))


@register.filter
def deed(action: str) -> str:
    """What an audit row's action is called in the reader's language; one without a word shows its code."""
    return audit_words("deed").get(action, action)


@register.filter
def thing(subject: str) -> str:
    """What kind of thing an audit row is about, in the same way."""
    return audit_words("subject").get(subject, subject)


def audit_words(kind: str) -> dict[str, str]:
    """Codes of the audit chain (`deed` or `subject`) → words in the reader's language."""
    from junxian.files.rulebooks.speak import sentences

    start = f"web.people.{kind}."
    said = sentences(spoken_language())
    return {code.removeprefix(start): text for code, text in said.items() if code.startswith(start)}
