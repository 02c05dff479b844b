"""Documents (公文): the composed bulletin as Word notice, ranking workbook and offline page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from junxian.core.bulletins import Bulletin, Finding, RunFacts

__all__ = ["verify_outputs", "write_outputs"]


def write_outputs(facts: RunFacts, bulletin: Bulletin, out_dir: Path, *, template: Path | None = None) -> list[Path]:
    """通报.docx, 排名表.xlsx and index.html of a run, after the self-check; see `write`."""
    from junxian.files.documents import write

    return write.write_outputs(facts, bulletin, out_dir, template=template)


def verify_outputs(facts: RunFacts, bulletin: Bulletin, folder: Path) -> tuple[Finding, ...]:
    """Findings where published files differ from the run; see `write`."""
    from junxian.files.documents import write

    return write.verify_outputs(facts, bulletin, folder)
