"""Bulletins (通报): facts of a closed round become sentences, tables and pictures, each figure with its way back."""

from junxian.core.bulletins.compare import compare
from junxian.core.bulletins.compose import compose
from junxian.core.bulletins.document import Document, Finding
from junxian.core.bulletins.facts import NumberStyle, RunFacts, Table
from junxian.core.bulletins.model import Bulletin
from junxian.core.bulletins.selfcheck import refuse, selfcheck

__all__ = [
    "Bulletin",
    "Document",
    "Finding",
    "NumberStyle",
    "RunFacts",
    "Table",
    "compare",
    "compose",
    "refuse",
    "selfcheck",
]
