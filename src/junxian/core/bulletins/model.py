"""Bulletins (通报): what is published about a round, as text of the rulebook. Blocks name facts, never figures.

A number in a sentence always comes from a placeholder (`{score:rank=1}`), so that the self-check (数字自查) can follow
it back to the run. Format rules: GB/T 9704-2012 (RULES §9); length and phrases: RULES §9.3.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from junxian.core.bulletins.placeholders import parse
from junxian.core.errors import RuleError
from junxian.core.text import Code, Dated, Day, Entry, Text

Level = Literal["green", "yellow", "orange", "red", "veto"]


class Block(Entry):
    """One paragraph (段落) of the body.

    `level` 0 is running text, 1–4 are the headings 一、 / （一） / 1. / （1） whose numbers the document writes itself.
    `each` repeats the sentence for every category, first place, last place, unit, alert, unreported unit or top-level
    criterion; `joined` runs the repeats on in one paragraph. `places` counts first and last places; the last are those
    with fewer than `places` units strictly worse, ties included. `when` is the fact that must hold for the block to
    stand. Where a fact a sentence names does not exist, `otherwise` stands instead, or nothing, and the run says so.
    """

    text: Text
    otherwise: Text = ""
    level: int = Field(0, ge=0, le=4)
    each: Literal["", "category", "top", "bottom", "unit", "alert", "unreported", "criterion"] = ""
    places: int = Field(3, ge=1)
    category: str = ""
    alert_levels: tuple[Level, ...] = ()
    when: Literal[
        "", "previous", "no_previous", "unreported", "all_reported", "alerts", "no_alerts", "gate_failed", "watch"
    ] = ""
    joined: bool = False

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Block:
        refuse_unknown_placeholders(self.text, self.otherwise)
        return self


class Attachment(Entry):
    """A table at the end (附件). `of` says which:

    ranking: place, unit, score, change, grade, gate · points: units × top-level criteria (or those in `criteria`) ·
    values: units × indicators in `indicators` · alerts · watch: the watch table with id `watch` · completeness: what
    each unit has not reported. `order` is by rank in rankings and official elsewhere unless said; one table for each
    category unless `category` names one.
    """

    of: Literal["ranking", "points", "values", "alerts", "watch", "completeness"]
    title: Text
    order: Literal["", "rank", "official"] = ""
    category: str = ""
    criteria: tuple[str, ...] = ()
    indicators: tuple[Code, ...] = ()
    watch: str = ""

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Attachment:
        refuse_unknown_placeholders(self.title)
        if self.of == "values" and not self.indicators:
            raise ValueError("attachment_needs_indicators")
        return self


class PictureRequest(Entry):
    """A picture (插图): the tile map of grades of light, or bars of the score."""

    of: Literal["tile_map", "score_bars"]
    title: Text
    category: str = ""


class Bulletin(Dated):
    """A document the close of a round writes (公文模板).

    `kind` notice is the red-head 通报 of GB/T 9704-2012, plain a plain report with a centred page number. `scheme`
    empty serves every scheme. `number` may hold {year} and {serial}; without a serial number the place is left blank
    for the office to fill. `length` chooses the limit of characters (comprehensive 5 000, special 4 000; RULES §9.3),
    `at_most` another one. `forbidden` phrases demand matching documents or extra reports; empty keeps the built-in list
    of the language. `sealed` leaves the room a seal needs above the date.
    """

    id: Code
    scheme: Code = ""
    kind: Literal["notice", "plain"] = "notice"
    language: str = ""
    title: Text
    issuer: Text = ""
    mark: Text = ""
    number: str = ""
    recipients: tuple[Text, ...] = ()
    copy_to: tuple[Text, ...] = ()
    printed_by: Text = ""
    dated: Day = ""
    remark: Text = ""
    draft: bool = False
    sealed: bool = True
    paper: Literal["a4", "letter"] = "a4"
    template: str = ""
    body: tuple[Block, ...]
    attachments: tuple[Attachment, ...] = ()
    pictures: tuple[PictureRequest, ...] = ()
    length: Literal["comprehensive", "special"] = "special"
    at_most: int | None = None
    forbidden: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Bulletin:
        refuse_unknown_placeholders(self.title, self.number, *self.recipients)
        return self


def refuse_unknown_placeholders(*texts: Text) -> None:
    """ValueError (as pydantic expects) where a template holds a placeholder the product does not know."""
    for text in texts:
        for template in [text] if isinstance(text, str) else text.values():
            try:
                parse(template)
            except RuleError as fault:
                name = fault.facts.get("name", template)
                raise ValueError(f"{fault.code}:{name}") from fault
