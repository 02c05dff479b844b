"""Manners of a document (文风检查): its length, and phrases that send new paper down to the counties (RULES §9.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from junxian.core.bulletins.document import Finding, Paragraph
from junxian.core.bulletins.model import Bulletin

LIMITS = {"comprehensive": 5000, "special": 4000}
"""Characters of the main text, 若干规定 2024-08-06 as cited in RULES §2.1."""

DEMANDS = {
    "zh": (
        "制定实施细则", "制定配套文件", "出台配套文件", "制定贯彻落实方案", "制定具体实施方案", "层层制定", "逐级制定",
        "报送贯彻落实情况", "上报贯彻落实情况", "贯彻落实情况报", "落实情况书面报告", "形成书面材料报", "报送书面报告",
        "层层签订", "签订责任状", "建立工作台账并报送", "每日报送", "每周报送",
    ),
    "en": ("submit a written report on implementation", "issue implementing rules", "report back on implementation"),
}  # fmt: skip
_MINUS = re.compile(r"[-−－]\s?\d[\d.,]*\s?(?:%|％|个百分点|百分点|percent)")


def lint(paragraphs: Sequence[Paragraph], bulletin: Bulletin, language: str, *, signs: bool = False) -> list[Finding]:
    """Findings on length, on demanding phrases and on a minus sign in prose; none of them changes the text.

    `signs` allows a minus sign, where the jurisdiction's number style writes one.
    """
    limit = bulletin.at_most or LIMITS[bulletin.length]
    characters = sum(len(re.sub(r"\s", "", paragraph.text)) for paragraph in paragraphs)
    found = []
    if characters > limit:
        found.append(Finding("bulletins.too_long", False, {"characters": characters, "limit": limit}))
    phrases = bulletin.forbidden or DEMANDS.get(language, ())
    for paragraph in paragraphs:
        plain = re.sub(r"\s", "", paragraph.text) if language == "zh" else paragraph.text.lower()
        for phrase in phrases:
            if phrase in plain:
                facts = {"phrase": phrase, "sentence": paragraph.text}
                found.append(Finding("bulletins.demands_paper", False, facts, paragraph.block))
        if not signs and _MINUS.search(paragraph.text):
            found.append(Finding("bulletins.minus_in_prose", True, {"sentence": paragraph.text}, paragraph.block))
    return found
