"""The command line (命令行): one thin layer over `files.runs`; everything heavy is imported where it is used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from junxian.core.errors import JunxianError
from junxian.web.operations.commands import app as running
from junxian.web.operations.speech import language, tell, word

app = typer.Typer(
    name="junxian", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="郡县：从决策到结果，每个数都查得到来处。 / A city's governance of its counties, every number traceable.",
)  # fmt: skip

Rulebook = Annotated[Path, typer.Argument(help="规则集文件夹 / rulebook folder", exists=True, show_default=False)]
Files = Annotated[
    list[Path], typer.Argument(help="表格、CSV/Parquet 或以往核算目录 / workbooks, tidy files or earlier runs")
]
Run = Annotated[Path, typer.Argument(help="核算目录 / run directory", exists=True, file_okay=False, show_default=False)]
PeriodOption = Annotated[str, typer.Option("--period", help="期间：2026、2026Q2、2026-06、2026-01/02 / period")]
Out = Annotated[Path, typer.Option("--out", help="输出目录 / output directory")]
Today = Annotated[
    str, typer.Option("--today", help="今天的日期，可重放；默认取系统日期 / the day, so that it can be replayed")
]


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar in a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield advance


def _today(given: str) -> str:
    if given:
        return given
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


@app.command()
def check(rulebook: Rulebook) -> None:
    """检查规则集并运行用例，有错退出码为 1。 / Validate a rulebook, run its cases; exit 1 with file:line on a fault."""
    from junxian.files.rulebooks import check as check_rulebook
    from junxian.files.rulebooks import lines

    found = check_rulebook(rulebook)
    root = f"{rulebook}/" if rulebook.is_dir() else ""
    for line in lines(found.faults, language(), root):
        typer.echo(line)
    passed = sum(case.passed for case in found.cases)
    tell(
        "cli.checked",
        faults=len(found.errors),
        notes=len(found.faults) - len(found.errors),
        passed=passed,
        cases=len(found.cases),
    )
    raise typer.Exit(0 if found.is_sound else 1)


@app.command(name="import")
def import_(rulebook: Rulebook, files: Files, period: PeriodOption, out: Out) -> None:
    """读入并审核报表：审核结果、标注工作簿、快照。 / Read and check files: findings.csv, marked workbooks, snapshot."""
    from junxian.files.runs.importing import import_files

    with progress_bar() as progress:
        taken = import_files(rulebook, files, period=period, out=out, progress=progress)
    _tell_findings(taken.findings, out)


def _tell_findings(findings: Any, out: Path) -> None:
    counts = dict(findings.group_by("severity").len().iter_rows())
    facts = {name: counts.get(name, 0) for name in ("error", "warning", "ask")}
    tell("cli.findings", path=out / "findings.csv", **facts)


@app.command()
def close(  # noqa: PLR0917 - typer passes options by keyword
    rulebook: Rulebook,
    files: Files,
    period: PeriodOption,
    out: Out,
    scheme: Annotated[str, typer.Option("--scheme", help="方案编号 / scheme id")] = "",
    engine: Annotated[str, typer.Option("--engine", help="polars | spark")] = "polars",
    known_on: Annotated[str, typer.Option("--known-on", help="只用该日已公布的数 / figures known on that day")] = "",
    prior: Annotated[Path | None, typer.Option("--prior", help="上一期核算目录 / the run before")] = None,
    today: Today = "",
) -> None:
    """核算一期：读入、审核、推算、监测、计分、排名、凭据、通报。 / Close a period, from workbooks to a bulletin."""
    from junxian.files.runs.close import close as close_period
    from junxian.files.runs.papers import paper_notes, write_papers

    with progress_bar() as progress:
        closed = close_period(
            rulebook, files, period=period, out=out, scheme=scheme, engine=engine, known=known_on, prior=prior,
            today=_today(today), papers=write_papers, progress=progress,
        )  # fmt: skip
    _tell_findings(closed.taken.findings, out)
    _tell_scores(closed.judgement)
    for note in paper_notes(closed):
        typer.echo(note)
    tell("cli.closed", path=out)


def _tell_scores(judgement: Any) -> None:
    """The head of each category's ranking, and how many have no score."""
    from junxian.files.runs.summary import ranking_lines

    for line in ranking_lines(judgement, word):
        typer.echo(line)


@app.command()
def explain(
    run: Run,
    region: Annotated[str, typer.Option("--region", help="单位代码或名称 / code or name")],
    json: Annotated[bool, typer.Option("--json", help="输出 JSON / as JSON")] = False,
) -> None:
    """一个单位的得分凭据。 / The receipt of one unit."""
    from junxian.files.runs import explain as explaining

    one = explaining.receipt(run, region)
    if json:
        import json as writer

        typer.echo(writer.dumps(one, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        typer.echo(explaining.receipt_text(one, language()))


@app.command()
def verify(run: Run) -> None:
    """只凭核算目录重算，逐位相同才退出 0。 / Recompute from the directory alone; exit 0 only if bit-equal."""
    from junxian.files.runs.verify import verify as verify_run

    verdict = verify_run(run)
    for difference in (*verdict.other_engine, *verdict.differences):
        tell(difference.code, what=difference.what, stated=difference.stated, found=difference.found)
    tell(f"verify.verdict_{verdict.exit_code}", path=run)
    raise typer.Exit(verdict.exit_code)


@app.command()
def compare(first: Run, second: Run) -> None:
    """两期之差拆成缺数、自身、他县、规则四部分。 / Split the change of scores: missing, own, others, rule."""
    from junxian.files.runs.compare import compare as compare_runs
    from junxian.files.runs.compare import compared_lines

    for line in compared_lines(compare_runs(first, second), word):
        typer.echo(line)


@app.command()
def init(directory: Annotated[Path, typer.Argument(help="新文件夹 / a new folder")]) -> None:
    """新建一个城市的规则集，带注释，可直接通过检查。 / A new city's rulebook, commented, that passes check."""
    from junxian.files.rulebooks import init as create

    create(directory)
    tell("cli.created", path=directory)


@app.command()
def adopt(
    old: Annotated[Path, typer.Argument(help="原有打分表 / an office's existing score sheet", exists=True)],
    out: Out,
    today: Today = "",
) -> None:
    """由原有打分表起草方案，并说明能还原多少。 / A draft scheme from a score sheet, and how much comes back."""
    from junxian.files.adopt import adopt as adopt_sheet

    found = adopt_sheet(old, out, language=language(), today=_today(today))
    typer.echo(found.summary)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="输出目录 / output directory")] = Path("demo"),
    today: Today = "",
    once: Annotated[bool, typer.Option("--once", help="打开每个页面一次就结束 / open every page once and end")] = False,
    web: Annotated[bool, typer.Option("--web/--no-web", help="是否启动网页 / with the web application or not")] = True,
) -> None:
    """在随附城市上走完全程，并启动网页。 / The whole of it on the shipped cities, and the web application."""
    from junxian.files.runs.demo import run_demo

    with progress_bar() as progress:
        run_demo(out, today=_today(today), say=typer.echo, word=word, progress=progress)
    if web:
        from junxian.web.operations.demo import show

        show(out, tell=tell, stay=not once and sys.stdin.isatty() and sys.stdout.isatty())


app.add_typer(running)


def main() -> None:
    """Run the command line; a refusal is one sentence and exit 1, an interruption leaves nothing half-written."""
    try:
        app()
    except JunxianError as refusal:
        where = f"{refusal.where}: " if refusal.where else ""
        typer.echo(where + word(refusal.code, **refusal.facts), err=True)
        for fault in getattr(refusal, "faults", ()):
            from junxian.files.rulebooks import lines

            typer.echo("\n".join(lines([fault], language())), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo(word("cli.interrupted"), err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
