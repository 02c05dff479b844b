"""The demonstration (演示): the shipped cities from their figures to a bulletin, and two lies refused at the end."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files as packaged
from pathlib import Path
from typing import Any

import polars as pl

from junxian.core.bottomlines.model import LastPlaces
from junxian.core.errors import JunxianError
from junxian.core.rulebook.standings import rank_tables
from junxian.core.text import spoken
from junxian.files.documents import verify_outputs
from junxian.files.examples import ROUNDS, SEED, generate
from junxian.files.runs import explain
from junxian.files.runs.close import Closed, close
from junxian.files.runs.compare import compare, compared_lines
from junxian.files.runs.intake import Progress
from junxian.files.runs.papers import bulletins_of, facts_of, paper_notes, write_papers
from junxian.files.runs.record import checksum, file_hash
from junxian.files.runs.summary import ranking_lines
from junxian.files.runs.verify import verify

KAIFENG = "410200"
PAPERS = 4
"""How many of the example city's newest rounds get their papers; the web shows the last but one as published."""


@dataclass
class Stage:
    """Where the demonstration speaks and writes."""

    out: Path
    today: str
    say: Callable[[str], None]
    word: Callable[..., str]
    progress: Progress | None = None
    made: dict[str, Closed] = field(default_factory=dict)

    def tell(self, code: str, **facts: object) -> None:
        self.say(self.word(code, **facts))

    def title(self, code: str, **facts: object) -> None:
        self.tell("demo.step", title=self.word(code, **facts))

    def run(self, name: str, rulebook: Path, files: list[Path], period: str, **options: Any) -> Closed:
        papers = write_papers if options.pop("papers", True) else None
        self.made[name] = close(
            rulebook, files, period=period, out=self.out / name, today=self.today, papers=papers,
            progress=self.progress, **options,
        )  # fmt: skip
        return self.made[name]


def run_demo(
    out: Path, *, today: str, say: Callable[[str], None], word: Callable[..., str], progress: Progress | None = None
) -> None:
    """Close every shipped city into folders under `out`; a demonstration that does not refuse the lies is an error."""
    stage = Stage(out, today, say, word, progress)
    stage.tell("demo.start", out=out)
    books = Path(str(packaged("junxian") / "rulebooks"))
    henan(stage, books / "kaifeng")
    example_city(stage, books / "example")
    second_jurisdiction(stage, books / "counties-us")
    lies(stage)
    for note in paper_notes(stage.made["henan-2023"]):
        stage.say(note)
    first = out / "henan-2023"
    stage.tell("demo.done", page=first / "index.html", notice=first / "通报.docx", ranking=first / "排名表.xlsx")


def henan(stage: Stage, book: Path) -> None:
    """Henan's counties on the figures of 2020 and 2023; Kaifeng in its province in 2019 and 2025."""
    figures = sorted((book / "figures").glob("*.csv"))
    for period in ("2020", "2023"):
        stage.title("demo.kaifeng_annual", period=period)
        closed = stage.run(f"henan-{period}", book, figures, period, scheme="annual")
        for line in ranking_lines(closed.judgement, stage.word):
            stage.say(line)
    for period, table in (("2019", "一般公共预算收入"), ("2025", "地区生产总值增速")):
        stage.title("demo.province", period=period)
        closed = stage.run(f"kaifeng-{period}", book, figures, period, scheme="province_watch")
        _anchor(stage, closed, table)
        _last_places(stage, closed)
    stage.title("demo.receipt", region="兰考县")
    stage.say(explain.receipt_text(explain.receipt(stage.out / "henan-2023", "410225"), "zh"))


def _anchor(stage: Stage, closed: Closed, indicator: str) -> None:
    compiled = closed.judgement.compiled
    rows = rank_tables(compiled, closed.observations)["province_all"].filter(pl.col("indicator") == indicator)
    own = rows.row(by_predicate=pl.col("region_code") == KAIFENG, named=True)
    silent = [compiled.names[c] for c in rows.filter(pl.col("value").is_null()).get_column("region_code")]
    stage.tell(
        "demo.anchor", indicator=indicator, period=compiled.period.text, region=compiled.names[KAIFENG],
        value=f"{own['value']:g}", unit="", rank=own["rank"], n=own["n"], missing="、".join(silent) or "—",
    )  # fmt: skip


def _last_places(stage: Stage, closed: Closed) -> None:
    lines = {x.id: spoken(x.name) for x in closed.judgement.facts.lines if isinstance(x.watch, LastPlaces)}
    own = closed.judgement.alerts.filter((pl.col("region_code") == KAIFENG) & pl.col("line").is_in(list(lines)))
    for row in own.filter(pl.col("rank").is_not_null()).iter_rows(named=True):
        level = stage.word(f"receipt.level_{row['level']}")
        facts = {"line": lines[row["line"]], "region": row["region"], "value": f"{row['value']:g}", "level": level}
        stage.tell("demo.last_three", rank=row["rank"], worse=row["worse"], **facts)


def example_city(stage: Stage, book: Path) -> None:
    """Eighteen months of invented workbooks, every round closed on the one before; the last one published."""
    made = generate(stage.out / "example-workbooks", SEED)
    stage.title("demo.example", months=18, period=ROUNDS[-1])
    before: Path | None = None
    for place, period in enumerate(ROUNDS):
        if stage.progress is not None:
            stage.progress("example", place, len(ROUNDS))
        name = f"example-{period.replace('/', '_')}"
        own = [path for path in made if path.parent.name == period.replace("/", "_")]
        closed = stage.run(name, book, own, period, scheme="monthly", prior=before, papers=period in ROUNDS[-PAPERS:])
        before = stage.out / name
        if period == "2025-12":
            stage.run("example-2025", book, [before], "2025", scheme="annual")
    for line in ranking_lines(closed.judgement, stage.word):
        stage.say(line)
    counts = dict(closed.taken.findings.group_by("severity").len().iter_rows())
    stage.tell(
        "cli.findings",
        path=stage.out / name / "findings.csv",
        **{s: counts.get(s, 0) for s in ("error", "warning", "ask")},
    )
    stage.title("demo.compare")
    for line in compared_lines(compare(stage.out / f"example-{ROUNDS[-2]}", stage.out / name), stage.word):
        stage.say(line)


def second_jurisdiction(stage: Stage, book: Path) -> None:
    """The same engine, another country's counties, terms and document."""
    from junxian.files.rulebooks import load

    rules = load(book)
    period = rules.schemes[-1].effective.from_
    stage.title("demo.us", state=spoken(next(u.name for u in rules.units if u.code == rules.root), "en"))
    closed = stage.run(
        "counties-us", book, sorted((book / "figures").glob("*.csv")), period, scheme=rules.schemes[-1].id
    )
    for line in ranking_lines(closed.judgement, stage.word, head=5):
        stage.say(line)


def lies(stage: Stage) -> None:
    """One altered figure in the notice, one forged run; each must be named and rejected."""
    stage.title("demo.lie")
    _altered_notice(stage)
    _forged_run(stage)


def _altered_notice(stage: Stage) -> None:
    closed = stage.made["henan-2023"]
    folder = _copy(stage.out / "henan-2023", stage.out / "lie-notice")
    best = closed.judgement.scores.filter(pl.col("rank") == 1).row(0, named=True)
    old, new = f"{best['score']:.2f}", f"{best['score'] + 0.2:.2f}"
    _replace_in_notice(folder / "通报.docx", old, new)
    found = verify_outputs(facts_of(closed), bulletins_of(closed.judgement.compiled)[0], folder)
    stage.tell("demo.figure_altered", old=old, new=new)
    _refused(stage, bool(found))
    for finding in found[:3]:
        stage.say("  " + stage.word(finding.code, **finding.facts))


def _replace_in_notice(path: Path, old: str, new: str) -> None:
    import docx

    document = docx.Document(str(path))
    cells = [p for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    for paragraph in [*document.paragraphs, *cells]:
        for run in paragraph.runs:
            if old in run.text:
                run.text = run.text.replace(old, new)
                document.save(str(path))
                return


def _forged_run(stage: Stage) -> None:
    """A score raised in scores.csv and run.json's hashes and seal written anew: only recomputing can tell."""
    folder = _copy(stage.out / "henan-2023", stage.out / "lie-run")
    rows = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    place = next(i for i, row in enumerate(rows) if row.split(",")[3] not in ("", "score") and row.split(",")[4] != "1")
    last = rows[place].split(",")
    last[3] = "99.99"
    rows[place] = ",".join(last)
    (folder / "scores.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    record["files"]["scores.csv"] = file_hash(folder / "scores.csv")
    record.pop("seal")
    (folder / "run.json").write_text(
        json.dumps(record | {"seal": checksum(record)}, ensure_ascii=False), encoding="utf-8"
    )
    verdict = verify(folder)
    stage.tell("demo.run_forged", region=last[1], score=last[3])
    _refused(stage, bool(verdict.differences))
    for difference in verdict.differences:
        stage.tell(difference.code, what=difference.what, stated=difference.stated, found=difference.found)


def _copy(source: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(source, target))


def _refused(stage: Stage, refused: bool) -> None:
    if not refused:
        raise JunxianError("demo.not_refused", where=str(stage.out))
