"""Periods as offices write them."""

from __future__ import annotations

import datetime

import pytest

from junxian.files.sheets.dates import from_period, period_text, read_date, say

JUNE = (2026, 6)


@pytest.mark.parametrize(
    "text",
    [
        "2026年6月", "2026 年 6 月份", "２０２６年６月", "2026-06", "2026-6", "2026.6", "202606", "20260630",
        "2026/6/30",
        "二〇二六年六月", "二零二六年六月", "2026年1-6月", "2026年1—6月", "2026年1至6月", "2026年1月～6月",
        "2026年上半年",
        "2026Q2", "2026年二季度", "2026年第二季度", "截至2026年6月末", "June 2026", "Jan-Jun 2026", "2026年6月30日",
    ],
)  # fmt: skip
def test_june_in_every_style(text: str) -> None:
    said = say(text)
    assert said is not None
    assert (said.year, said.month) == JUNE


@pytest.mark.parametrize(
    ("text", "month", "months", "kind"),
    [
        ("2026年1-2月", 2, 2, "YTD"), ("2026年前三季度", 9, 9, "YTD"), ("2026年三季度", 9, 3, None),
        ("2026年", 12, 12, None),
        ("2025年末", 12, 12, "EOP"), ("2026年6月末", 6, 1, "EOP"), ("2026-01/02", 2, 2, "YTD"),
        ("2026年十二月", 12, 1, None),
    ],
)  # fmt: skip
def test_spans_and_what_they_imply(text: str, month: int, months: int, kind: str | None) -> None:
    said = say(text)
    assert said is not None
    assert (said.month, said.months, said.kind) == (month, months, kind)


def test_a_month_without_its_year_takes_the_one_it_is_given() -> None:
    said = say("1-6月")
    assert said is not None
    assert (said.year, said.in_year(2026).index) == (0, 2026 * 12 + 5)
    later = say("1-6月 全市主要指标 2026年")
    assert later is not None
    assert (later.year, later.month) == JUNE


@pytest.mark.parametrize(
    "text", ["填报日期：2026年7月5日", "410202", "主要指标", "〔2026〕", "13月", "3.5", "18.6%", "单位：亿元"]
)
def test_what_names_no_month(text: str) -> None:
    said = say(text)
    assert said is None or said.months == 12


@pytest.mark.parametrize(
    "cell", [202606.0, 202606, datetime.date(2026, 6, 30), datetime.datetime(2026, 6, 1), "2026年6月"]
)
def test_cells_of_any_type(cell: object) -> None:
    said = read_date(cell)
    assert said is not None
    assert (said.year, said.month) == JUNE


@pytest.mark.parametrize(
    ("asked", "kind", "shift", "text"),
    [
        ("2026-06", "YTD", 0, "2026-06"), ("2026-06", "YTDQ", 0, "2026Q2"), ("2026-06", "Y", 0, "2026-06"),
        ("2026", "Y", 0, "2026"), ("2026", "YTD", 0, "2026-12"), ("2026-06", "YTD", -12, "2025-06"),
        ("2026-01/02", "YTD", 0, "2026-01/02"), ("2026-01/02", "EOP", 0, "2026-02"), ("2026-05", "YTDQ", 0, "2026-05"),
    ],
)  # fmt: skip
def test_the_period_of_a_figure_follows_its_kind(asked: str, kind: str, shift: int, text: str) -> None:
    assert period_text(from_period(asked), kind, shift=shift) == text  # type: ignore[arg-type]
