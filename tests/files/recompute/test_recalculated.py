"""Recalculated elsewhere (异地重算): LibreOffice, from the formulas alone, comes to the engine's points and places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from junxian.core.indicators.known import complete
from junxian.core.rulebook.judge import Judgement, judge, prepare
from junxian.core.text import spoken
from junxian.files.recompute import Recomputed, write_recompute
from junxian.files.rulebooks import load
from tests.files.recompute.office import block, by_unit, figure, recalculate, titled, values
from tests.files.recompute.schemes import PERIOD, SCHEMES, figures, judged
from tests.rulebooks.example_figures import observed, rules

RULEBOOKS = Path(__file__).parents[3] / "src" / "junxian" / "rulebooks"
CHANGED = {"甲_x": 3.0, "丙_z": 12.0}
WORDS = {
    "zh": ("总分与位次", "总分", "名次", "等次", "得分"),
    "en": ("Scores and places", "Score", "Rank", "Grade", "Points"),
}
SHIPPED = ("example", "kaifeng", "counties-us")
NAMES = (*SCHEMES, *SHIPPED)


@dataclass(frozen=True)
class Trial:
    """One workbook as written, as recalculated, and what the engine says."""

    judgement: Judgement
    written: Recomputed
    recalculated: Path

    @property
    def words(self) -> tuple[str, ...]:
        return WORDS[self.judgement.compiled.rulebook.jurisdiction.language]


def _figures_of(name: str) -> pl.DataFrame:
    files = sorted((RULEBOOKS / name / "figures").glob("*.csv"))
    frames = [pl.read_csv(file, infer_schema_length=0).with_columns(pl.col("value").cast(pl.Float64)) for file in files]
    return pl.concat([complete(frame) for frame in frames])


def shipped(name: str) -> tuple[Judgement, pl.DataFrame]:
    """A shipped rulebook judged on its own figures, with those figures."""
    if name == "example":
        seen = complete(observed().drop("period_index", "series"))
        return judge(prepare(rules(), "2026-06", "monthly"), seen), seen
    period, scheme = {"kaifeng": ("2020", "annual"), "counties-us": ("2019", "opportunity")}[name]
    seen = _figures_of(name)
    return judge(prepare(load(RULEBOOKS / name), period, scheme), seen), seen


def altered(path: Path, out: Path, changes: dict[str, float]) -> Path:
    """The workbook with some figures changed and no cached value left."""
    workbook = openpyxl.load_workbook(path)
    for change, value in changes.items():
        unit, indicator = change.split("_")
        figure(workbook, indicator, PERIOD, unit).value = value
    workbook.save(out)
    return out


def _altered_where_read(path: Path, out: Path) -> tuple[Path, dict[str, float]]:
    read = {str(cell.value).split(" · ")[0] for cell in openpyxl.load_workbook(path)["数据"][3]}
    changes = {change: value for change, value in CHANGED.items() if change.split("_")[1] in read}
    return altered(path, out, changes), changes


@pytest.fixture(name="trials", scope="module")
def _trials(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trial]:
    place = tmp_path_factory.mktemp("recompute")
    judged_: dict[str, tuple[Judgement, Recomputed]] = {}
    for name in NAMES:
        judgement, seen = shipped(name) if name in SHIPPED else (judged(SCHEMES[name]), figures())
        judged_[name] = judgement, write_recompute(judgement, place / f"{name}.xlsx", observations=seen)
    paths = [written.path for _, written in judged_.values()]
    for name, tree in SCHEMES.items():
        path, changes = _altered_where_read(place / f"{name}.xlsx", place / f"{name}-changed.xlsx")
        again = judged(tree, figures(**changes))
        judged_[f"{name}-changed"] = again, Recomputed(path, judged_[name][1].not_expressed)
        paths.append(path)
    out = recalculate(paths, place)
    return {name: Trial(j, written, out / written.path.name) for name, (j, written) in judged_.items()}


def agree(ours: Any, theirs: Any, slack: float = 5e-9) -> bool:
    if theirs in (None, "") or ours in (None, ""):
        return (ours or None) == (theirs or None)
    if isinstance(theirs, str):
        return bool(ours == theirs)
    return abs(float(ours) - float(theirs)) <= slack


def compared(found: dict[str, Any], stated: dict[str, Any], slack: float = 5e-9) -> dict[str, tuple[Any, Any]]:
    """Units where the two differ."""
    assert found.keys() == stated.keys()
    return {unit: (found[unit], stated[unit]) for unit in stated if not agree(found[unit], stated[unit], slack)}


@pytest.mark.parametrize("name", [*NAMES, *(f"{name}-changed" for name in SCHEMES)])
def test_scores_ranks_and_grades_are_the_engines(trials: dict[str, Trial], name: str) -> None:
    trial = trials[name]
    sheet_name, score, rank, grade, _ = trial.words
    sheet = values(trial.recalculated)[sheet_name]
    settled = trial.judgement.settled
    for title, column, slack in ((score, "score", 1e-9), (rank, "rank", 0.0), (grade, "grade", 0.0)):
        if title == grade and not trial.judgement.compiled.scheme.grades:
            continue
        at = titled(sheet, title)
        stated = dict(settled.select("region_code", column).iter_rows())
        assert compared(by_unit(sheet, at), stated, slack) == {}, column


@pytest.mark.parametrize("name", [*NAMES, *(f"{name}-changed" for name in SCHEMES)])
def test_points_of_every_node_are_the_engines(trials: dict[str, Trial], name: str) -> None:
    trial = trials[name]
    workbook, language = values(trial.recalculated), trial.judgement.compiled.rulebook.jurisdiction.language
    points = trial.judgement.points
    wrong = {}
    for plan in trial.judgement.compiled.plan.nodes:
        key = plan.node.key
        sheet, start = block(workbook, spoken(plan.node.name, language))
        found = by_unit(sheet, titled(sheet, trial.words[4], start))
        own = points.filter(pl.col("criterion") == key).select("region_code", "points")
        if differing := compared(found, dict(own.iter_rows())):
            wrong[key] = differing
    assert wrong == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_opens_with_what_it_recalculates_to(trials: dict[str, Trial], name: str) -> None:
    opened, again = values(trials[name].written.path), values(trials[name].recalculated)
    wrong = [
        (sheet.title, cell.coordinate, cell.value, there.value)
        for sheet in opened
        for row in sheet.iter_rows()
        for cell in row
        if not agree(cell.value, (there := again[sheet.title][cell.coordinate]).value, 2e-9 + 1e-12 * _size(cell.value))
    ]
    assert wrong == []


def _size(value: Any) -> float:
    return abs(float(value)) if isinstance(value, int | float) else 0.0


@pytest.mark.parametrize("name", SCHEMES)
def test_everything_in_the_small_schemes_is_live(trials: dict[str, Trial], name: str) -> None:
    assert trials[name].written.not_expressed == ()


def test_what_the_example_city_takes_as_given_is_named(trials: dict[str, Trial]) -> None:
    named = dict(trials["example"].written.not_expressed)
    assert set(named) == {"称职门槛：底线无红线", "重大及以上事故", "新增隐性债务", "数据造假"}
    assert all("输入" in reason for reason in named.values())


def test_changing_a_figure_moves_somebody(trials: dict[str, Trial]) -> None:
    before, after = (trials[name].judgement.scores for name in ("methods", "methods-changed"))
    assert before.get_column("score").to_list() != after.get_column("score").to_list()


def test_changing_a_parameter_recalculates_everything(tmp_path: Path) -> None:
    tree = {"criteria": [{"name": "本项", "value": "z", "points": 20, "method": {"rank_step": "5%"}}]}
    written = write_recompute(judged(tree), tmp_path / "step.xlsx")
    workbook = openpyxl.load_workbook(written.path)
    sheet = workbook["参数"]
    row = next(row for row in range(4, sheet.max_row + 1) if sheet.cell(row, 3).value == "每位递减")
    sheet.cell(row, 5).value = 0.12
    workbook.save(tmp_path / "changed.xlsx")
    found = values(recalculate([tmp_path / "changed.xlsx"], tmp_path) / "changed.xlsx")["总分与位次"]
    tree["criteria"][0]["method"] = {"rank_step": "12%"}
    stated = dict(judged(tree).settled.select("region_code", "score").iter_rows())
    assert compared(by_unit(found, titled(found, "总分")), stated) == {}
