"""Sending the audit head away (链头外存): daily, to files and the log, so that a chain written anew is caught."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from junxian.core.errors import DataError
from junxian.web.people.heads import Head, export_head, read_heads, rewritten

PATTERN = "audit-head-*.json"
log = logging.getLogger("junxian.audit")


@dataclass(frozen=True)
class Mismatch:
    """A kept head the chain no longer runs through: `code` names the sentence, `number` the row, `file` the head."""

    code: str
    number: int
    file: str


def write_head(place: Path) -> Path:
    """One file in the folder, or the file itself; DataError `web.operations.head_unwritten` where it cannot be."""
    now = export_head()
    day = timezone.now().date().isoformat()
    path = place / f"audit-head-{day}-{now.count}.json" if place.is_dir() else place
    try:
        path.write_text(now.line() + "\n", encoding="utf-8")
    except OSError as fault:
        raise DataError("web.operations.head_unwritten", where=str(path), reason=fault.strerror or "") from fault
    return path


def send_head() -> Head:
    """The head as one line of the log, which goes to syslog where JUNXIAN_SYSLOG says so."""
    now = export_head()
    log.info("audit head", extra=asdict(now))
    return now


def places() -> tuple[Path, ...]:
    """Where heads are kept: the deployment's own folder and, where it is set, the medium taken away."""
    return (settings.HOME / "heads", *((Path(settings.HEADS),) if settings.HEADS else ()))


def export_daily() -> list[Path]:
    """Today's head into every place that lacks one, and to the log once; a medium that is not there is said."""
    day = timezone.now().date().isoformat()
    places()[0].mkdir(mode=0o700, parents=True, exist_ok=True)
    written: list[Path] = []
    for place in places():
        if any(place.glob(f"audit-head-{day}-*.json")):
            continue
        try:
            written.append(write_head(place / f"audit-head-{day}-{export_head().count}.json"))
        except DataError as fault:
            log.warning("audit head not written to %s: %s", fault.where, fault.facts.get("reason"))
    if written:
        send_head()
    return written


def kept_heads() -> list[Path]:
    """Every head file that can be reached."""
    return [path for place in places() for path in sorted(place.glob(PATTERN))]


def published() -> Iterator[Mismatch]:
    """What published notices hold against the database: heads they print, seals and triggers of frozen rounds."""
    from junxian.web.bulletins import queries, seal, sealing

    for one in rewritten(queries.printed_heads()):
        yield Mismatch(one.code, one.number, "")
    for this_round, parts in seal.broken_seals():
        yield Mismatch("web.operations.seal_broken", this_round.pk, f"{this_round.period} {', '.join(parts)}")
    for name in sealing.missing():
        yield Mismatch("web.operations.trigger_missing", 0, name)


def mismatches(paths: Iterable[Path]) -> Iterator[Mismatch]:
    """Kept heads that no longer agree; DataError `web.operations.head_unreadable` for a file that holds none."""
    for path in paths:
        try:
            kept = read_heads(path.read_text(encoding="utf-8").splitlines())
        except (OSError, UnicodeDecodeError, DataError) as fault:
            raise DataError("web.operations.head_unreadable", where=str(path)) from fault
        for found in rewritten(kept):
            yield Mismatch(found.code.replace("web.people.chain_", "web.operations.head_"), found.number, str(path))
