"""Published schemes (已公布的评价方案): five structures written as text only; every published figure comes back."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from junxian.core.rulebook import Case
from junxian.files.rulebooks import check, load
from junxian.files.rulebooks.figures import Files, expected_of, figures_of
from tests.oracles import rulebooks as oracle

HERE = Path(__file__).parent
NAMES = sorted(place.name for place in HERE.iterdir() if (place / "rulebook.yaml").exists())


@pytest.mark.parametrize("name", NAMES)
def test_the_scheme_is_sound_and_all_its_cases_hold(name: str) -> None:
    checked = check(HERE / name)
    assert checked.faults == ()
    assert checked.cases
    assert all(case.compared for case in checked.cases)


@pytest.mark.parametrize("name", NAMES)
def test_every_case_says_where_its_figures_come_from(name: str) -> None:
    for case in load(HERE / name).cases:
        assert case.constructed or case.source or case.when


def test_there_are_the_five_structures() -> None:
    assert {
        "entropy_weighted", "fiscal_stress", "human_development", "local_soundness", "monthly_four_methods",
    } <= set(NAMES)  # fmt: skip


def test_the_printed_inputs_give_the_printed_index() -> None:
    folder = HERE / "human_development" / "figures"
    published = {row["region_code"]: row["score"] for row in rows(folder / "2021_published.csv")}
    for row in rows(folder / "2021.csv"):
        inputs = [float(row[n]) for n in ("life_expectancy", "expected_schooling", "mean_schooling", "gni_per_head")]
        assert oracle.half_up(oracle.human_development(*inputs), 3) == Decimal(published[row["region_code"]])


def test_entropy_weights_agree_with_the_plain_calculation() -> None:
    folder = HERE / "entropy_weighted" / "figures"
    blocks = [["income", "schools", "beds"], ["dust", "water"]]
    index = oracle.entropy_index(columns_of(folder / "2024.csv"), blocks, ["dust"])
    assert [oracle.half_up(value * 100, 4) for value in index] == scores_of(folder / "2024_expected.csv")


def test_the_month_agrees_with_the_plain_calculation() -> None:
    folder = HERE / "monthly_four_methods" / "figures"
    table = [{bare(name): number(cell) for name, cell in row.items()} for row in rows(folder / "2026-06.csv")]
    expected = rows(folder / "2026-06_expected.csv")
    for result, row in zip(oracle.monthly(table), expected, strict=True):
        assert (result["score"], result["rank"]) == (Decimal(row["score"]), int(row["rank"]))
        assert (result["economy"], result["purse"]) == (
            Decimal(row["points.经济运行"]), Decimal(row["points.财政与民生"]),
        )  # fmt: skip


def columns_of(file: Path) -> dict[str, list[float]]:
    table = rows(file)
    return {name: [float(row[name]) for row in table] for name in table[0] if name != "region_code"}


def scores_of(file: Path) -> list[Decimal]:
    return [Decimal(row["score"]) for row in rows(file)]


def test_transformed_ranks_agree_with_the_plain_calculation() -> None:
    folder = HERE / "deprivation" / "figures"
    index = oracle.deprivation(columns_of(folder / "2019.csv"))
    assert [oracle.half_up(value, 3) for value in index] == scores_of(folder / "2019_expected.csv")


def test_percentile_ranks_and_flags_agree_with_the_plain_calculation() -> None:
    folder = HERE / "vulnerability" / "figures"
    columns = columns_of(folder / "2022.csv")
    assert oracle.vulnerability(columns) == scores_of(folder / "2022_expected.csv")
    assert oracle.flags(columns) == scores_of(folder / "2022_flags.csv")


def soundness_cases() -> list[Case]:
    return list(load(HERE / "local_soundness").cases)


def test_stages_agree_with_the_plain_reading_of_the_act() -> None:
    compared = 0
    for case in soundness_cases():
        for unit, expected in expected_of(case, Files({})).items():
            figures = {key: cell for code, key, cell in figures_of(case, Files({})) if code == unit}
            ratios = {key: float(cell) for key, cell in figures.items() if isinstance(cell, Decimal)}
            kind = {"P": "prefecture", "D": "designated"}.get(unit[0], "municipality")
            assert oracle.soundness(kind, int(case.period), ratios.pop("scale"), ratios) == expected.grade
            compared += 1
    assert compared == 11


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def bare(name: str) -> str:
    return name.split("@")[0].split("[")[0]


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
