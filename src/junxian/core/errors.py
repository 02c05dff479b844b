"""Refusals (拒绝与说明): one family of errors that carry a code and facts; sentences are rendered above the core."""

from __future__ import annotations


class JunxianError(Exception):
    """A refusal a person can act on.

    `code` names the sentence in the word catalogue, `where` the place (`file:line`, sheet and cell, formula column),
    `facts` fill the sentence. Core code never writes the sentence itself, so every language says the same thing.
    """

    def __init__(self, code: str, *, where: str = "", **facts: object) -> None:
        self.code = code
        self.where = where
        self.facts = facts
        super().__init__(code, where, facts)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.where + ': ' if self.where else ''}{self.code}{f' ({shown})' if shown else ''}"


class RuleError(JunxianError):
    """A rulebook, formula or scheme that cannot mean what it says."""


class DataError(JunxianError):
    """A file, cell or figure that cannot be read as what it claims to be."""


class Infeasible(JunxianError):
    """A question with no answer under the rules given."""
