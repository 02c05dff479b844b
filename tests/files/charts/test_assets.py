"""Assets (图表库与字体): in place after an ordinary installation, one sentence where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from junxian.core.errors import DataError
from junxian.files.charts import FONT_FAMILY, assets, echarts_js, font_path, svg_png

COUNTY_CHARACTERS = "县区市旗州郡位次考核得分增速亿元％％第名未报送瀍濮郏荥睢杞鄢陵★●▲▼◆—、，。；：“”（）《》±×÷≤≥↑↓"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that could not reach npm."""
    monkeypatch.setattr(assets, "VENDOR", tmp_path)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("ask", [echarts_js, font_path, lambda: svg_png("<svg xmlns='http://www.w3.org/2000/svg'/>")])
def test_a_missing_asset_is_a_refusal_that_can_be_acted_on(ask):
    with pytest.raises(DataError) as refusal:
        ask()
    assert refusal.value.code == "charts.assets_missing"
    assert refusal.value.facts["asset"] in {"echarts.min.js", "NotoSansHans-Regular.otf"}


def test_the_library_can_be_inlined_in_a_page():
    script = echarts_js()
    assert "6.1.0" in script
    assert "</script" not in script.lower()


def test_the_font_holds_the_characters_of_counties_under_the_name_we_ask_for():
    from fontTools.ttLib import TTFont

    font = TTFont(font_path())
    assert FONT_FAMILY in {record.toUnicode() for record in font["name"].names}
    held = font.getBestCmap()
    assert [character for character in COUNTY_CHARACTERS if ord(character) not in held] == []


def test_every_asset_brings_its_licence():
    beside = {path.name for path in assets.VENDOR.iterdir()}
    assert {"echarts.LICENSE.txt", "echarts.NOTICE.txt", "zrender.LICENSE.txt", "NotoSansHans.LICENSE.txt"} <= beside
