"""Layouts (表式): every way an office lays its score sheet out gives all points, totals and places back."""

from __future__ import annotations

import pytest

from junxian.files.adopt import adopt
from junxian.files.rulebooks import check, load
from tests.files.adopt.layouts import LAYOUTS, per_cent_cells


@pytest.mark.parametrize(("layout", "criteria", "groups"), LAYOUTS, ids=[layout.__name__ for layout, *_ in LAYOUTS])
def test_a_layout_is_read_whole(tmp_path, layout, criteria, groups):
    found = adopt(layout(tmp_path / "old.xlsx"), tmp_path / "out", today="2026-11-23")
    assert (found.units, len(found.criteria)) == (10, criteria)
    assert (found.points, found.points_back) == (10 * criteria, 10 * criteria)
    assert (found.totals, found.totals_back, found.ranks, found.ranks_back) == (10, 10, 10, 10)
    assert check(tmp_path / "out").is_sound
    names = list(load(tmp_path / "out").schemes[0].groups)
    assert names == (["县", "区"] if groups == "县区" else ["全部单位"])


def test_per_cent_cells_become_figures_in_per_cent(tmp_path):
    adopt(per_cent_cells(tmp_path / "old.xlsx"), tmp_path / "out", today="2026-11-23")
    case = (tmp_path / "out/cases/last_round.yaml").read_text(encoding="utf-8")
    assert "u01: {c01: 9, c02: 31.2}" in case
    assert load(tmp_path / "out").indicators[0].unit == "%"
    report = (tmp_path / "out/接管报告.md").read_text(encoding="utf-8")
    assert "与原公式 30 次中 30 次一致" in report
