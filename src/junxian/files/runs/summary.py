"""Summary in the terminal (结果摘要): the head of each ranking, the units without figures, the alerts that matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from junxian.core.rulebook.judge import Judgement
from junxian.core.scoring.exact import published
from junxian.core.text import spoken

HEAD = 10


def ranking_lines(judgement: Judgement, word: Callable[..., str], head: int = HEAD) -> Iterator[str]:
    """Lines of text: per category the first places with n printed, then who has no score, then alerts."""
    scheme, names = judgement.compiled.scheme, judgement.compiled.names
    settled = judgement.settled.with_columns(region=pl.col("region_code").replace_strict(names, return_dtype=pl.String))
    for category in dict.fromkeys(judgement.compiled.groups.values()):
        own = settled.filter((pl.col("group") == category) & pl.col("score").is_not_null()).sort(
            "rank", maintain_order=True
        )
        yield word("cli.category", category=category, n=own.height)
        for row in own.head(head).iter_rows(named=True):
            score = published(row["published"], scheme.rounding)
            yield word(
                "cli.place", rank=row["rank"] or "—", region=row["region"], score=f"{score:f}", grade=row["grade"]
            )
        if own.height > head:
            yield word("cli.more", count=own.height - head)
    silent = settled.filter(pl.col("score").is_null()).get_column("region").to_list()
    if silent:
        yield word("cli.no_score", count=len(silent), names="、".join(silent))
    yield from _alerts(judgement, word)


def _alerts(judgement: Judgement, word: Callable[..., str]) -> Iterator[str]:
    titles = {
        line.id: spoken(line.name, judgement.compiled.rulebook.jurisdiction.language) for line in judgement.facts.lines
    }
    loud = judgement.alerts.filter(pl.col("level").is_in(["orange", "red", "veto"]))
    told = [
        word("cli.alert", region=row["region"], line=titles[row["line"]], level=word(f"receipt.level_{row['level']}"))
        for row in loud.iter_rows(named=True)
    ]
    if told:
        yield word("cli.alerts", text="；".join(told))
