"""Reading notices (读取通报): published ones for everybody who may see notices, drafts for those who prepare them."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import QuerySet

from junxian.web.assessment.models import Round
from junxian.web.bulletins import paper as papers
from junxian.web.bulletins.models import NoticeVersion, Publication
from junxian.web.bulletins.versions import opened_run, plain, signed, to_print
from junxian.web.people.actor import Actor
from junxian.web.people.heads import Head
from junxian.web.units.models import Unit

FILES = {"notice": "通报.docx", "ranking": "排名表.xlsx", "page": "index.html", "snapshot": ""}
"""What of a notice can be downloaded, and its name in the run's archive."""


def published() -> QuerySet[Publication]:
    """Published notices, newest first, withdrawn ones among them."""
    light = Publication.objects.defer("paper", "checks", "version__paper", "version__checks", "version__changes")
    return light.select_related("round", "withdrawal", "post__person", "post__unit")


def versions(this_round: Round) -> list[NoticeVersion]:
    """All versions of a round's notice, newest first."""
    rows = NoticeVersion.objects.filter(round=this_round).defer("paper", "checks", "changes").order_by("-number")
    return list(rows.select_related("post__person", "post__unit").prefetch_related("acceptances"))


def waiting(actor: Actor) -> list[Round]:
    """Rounds whose notice is being written or approved, for those who may read unpublished results."""
    if not actor.may("result.preview"):
        return []
    states = [Round.State.REVIEWING, Round.State.APPROVING]
    return list(Round.objects.filter(state__in=states).select_related("run"))


def read_paper(this_round: Round) -> NoticeVersion | None:
    """The version that would be printed now, the newest of the present run where none was accepted."""
    return to_print(this_round) or NoticeVersion.objects.filter(round=this_round, run=this_round.run_id).first()


def shown_sources(checks: list[dict[str, Any]], actor: Actor) -> list[dict[str, Any]]:
    """The check's rows; the sheet and cell of a figure only for units whose figures the actor may trace."""
    codes = {source["code"] for row in checks for source in row["sources"] if source["code"]}
    ids = dict(Unit.objects.filter(code__in=codes).values_list("code", "pk"))

    def seen(source: dict[str, Any]) -> dict[str, Any]:
        if source["of"] != "figure" or (source["code"] in ids and actor.covers("figure.see", ids[source["code"]])):
            return source
        return {**source, "file": "", "sheet": "", "cell": "", "document": ""}

    return [{**row, "sources": [seen(source) for source in row["sources"]]} for row in checks]


def printed_heads() -> list[Head]:
    """The audit chain as every published notice prints it, for `audit verify` and `doctor`."""
    rows = Publication.objects.order_by("audit_count").values_list("audit_count", "audit_hash", "at")
    return [Head(count, mark, at.isoformat()) for count, mark, at in rows]


@dataclass(frozen=True)
class Verdict:
    """Whether what was shown is a published notice. of: same (byte for byte), text (its words), altered, unknown."""

    of: str
    notice: Publication | None = None
    missing: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


def verify_file(content: bytes) -> Verdict:
    """A dropped file: the published bytes, or a .docx whose text is compared. DataError refuses hostile files."""
    known = verify_hash(hashlib.sha256(content).hexdigest())
    if known.notice is not None:
        return known
    from junxian.files.documents.read_edited import read_edited

    return verify_text("\n".join(read_edited(content).paragraphs))


def verify_hash(text: str) -> Verdict:
    """A SHA-256 with or without the word before it."""
    wanted = text.strip().lower().removeprefix("sha256:")
    found = published().filter(sha256=wanted).first() if re.fullmatch(r"[0-9a-f]{64}", wanted) else None
    return Verdict("same", found) if found else Verdict("unknown")


def verify_text(text: str) -> Verdict:
    """Text taken from a paper, a PDF or a message: the notice whose number it bears, sentence by sentence."""
    tight = re.sub(r"\s+", "", text)
    for notice in Publication.objects.select_related("withdrawal"):
        if notice.number and re.sub(r"\s+", "", notice.number) in tight:
            return _compared(notice, tight)
    return Verdict("unknown")


def _compared(notice: Publication, tight: str) -> Verdict:
    """Sentences of the published notice that the text lacks, and what stands there in their place."""
    paragraphs = [notice.paper["title"], *notice.paper["body"]]
    due = ["".join(piece["text"] for piece in paragraph["pieces"]) for paragraph in paragraphs]
    sentences = [part for text in due for part in re.findall(r"[^。；]+[。；]?", text)]
    missing = [part for part in sentences if re.sub(r"\s+", "", part) not in tight]
    if not missing:
        return Verdict("text", notice)
    own = re.findall(r"[^。；]+[。；]?", tight)
    strange = [max(own, key=lambda one: SequenceMatcher(None, one, part).ratio(), default="") for part in missing[:20]]
    return Verdict("altered", notice, tuple(missing[:20]), tuple(one[-200:] for one in strange))


def file_of(notice: Publication, name: str) -> tuple[io.BytesIO, str]:
    """(content, file name) of one of FILES; the snapshot is the whole run, as `verify` recomputes it."""
    from junxian.files.runs.stored import member_of

    stem = f"{notice.title}-{notice.number}".replace("/", "-")
    if name == "notice":
        return io.BytesIO(bytes(notice.docx.content)), f"{stem}.docx"
    archive = bytes(notice.run.archive.content)
    if name == "snapshot":
        return io.BytesIO(archive), f"{stem}.zip"
    shown = FILES[name]
    return io.BytesIO(member_of(archive, shown)), f"{stem}.{shown.rpartition('.')[2]}"


def shown_draft(this_round: Round) -> dict[str, Any]:
    """paper, checks and findings of the version to be printed; before any draft, what the run composes now."""
    version = read_paper(this_round)
    if version is not None:
        return {
            "paper": version.paper, "checks": version.checks, "findings": version.findings, "shown": version,
            "printed": to_print(this_round), "signed": signed(this_round) if this_round.approved_at else None,
        }  # fmt: skip
    run = opened_run(this_round)
    from junxian.core.bulletins import selfcheck

    paper, checks = papers.composed_paper(run)
    found = selfcheck(run.document, run.facts, run.words)
    return {"paper": paper, "checks": checks, "findings": plain(found), "shown": None, "printed": None, "signed": None}


def linked(checks: list[dict[str, Any]], actor: Actor) -> dict[str, Any]:
    """`linked`: unit codes whose receipts the actor may open; `wrong`: how many figures do not hold."""
    codes = {source["code"] for row in checks for source in row["sources"] if source["code"]}
    reach = actor.reach_of("result.see")
    rows = Unit.objects.filter(code__in=codes, judged=True)
    rows = rows if reach is None else rows.filter(pk__in=reach)
    return {"linked": set(rows.values_list("code", flat=True)), "wrong": sum(not row["holds"] for row in checks)}


def marked(before: str, after: str) -> dict[str, Any]:
    """One change side by side: pieces (text, whether it differs) of both sentences, and its kind."""
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, i, i_end, j, j_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left += [(before[i:i_end], tag != "equal")] if i_end > i else []
        right += [(after[j:j_end], tag != "equal")] if j_end > j else []
    kind = "added" if not before else "removed" if not after else "changed"
    return {"before": left, "after": right, "kind": kind}
