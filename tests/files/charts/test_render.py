"""Drawing (绘图): options become SVG, SVG becomes PNG, and Chinese text leaves ink."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from junxian.core.errors import DataError
from junxian.files.charts import FONT_FAMILY, chart_svg, svg_png
from tests.files.charts.ink import ink, rows, size

BARS = {
    "title": {"text": "各县区得分"},
    "xAxis": {"type": "category", "data": ["甲县", "乙县", "丙区"]},
    "yAxis": {},
    "series": [{"type": "bar", "data": [9.0, 8.3, None]}],
}
LINES = {**BARS, "series": [{"type": "line", "data": [1, 3, 2]}]}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="40">{inside}</svg>'
TEXT = '<text x="5" y="30" font-size="24" {style}>{text}</text>'


def picture(text: str, style: str = "") -> bytes:
    return svg_png(SVG.format(width=200, inside=TEXT.format(text=text, style=style)), 1)


def output_of(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def test_a_bar_chart_is_drawn_with_its_chinese_words():
    svg = chart_svg(BARS, 600, 400)
    root = ET.fromstring(svg)
    assert (root.get("width"), root.get("height")) == ("600", "400")
    words = {element.text for element in root.iter() if element.tag.endswith("text")}
    assert {"各县区得分", "甲县", "乙县", "丙区"} <= words
    assert FONT_FAMILY in svg


def test_bars_are_as_long_as_their_values():
    svg = chart_svg({**BARS, "series": [{"type": "bar", "data": [8, 4, 2]}]}, 600, 400)
    heights = [float(found) for found in re.findall(r'<path d="M\S+ \S+l\S+ 0l0 -(\S+?)l-\S+ 0Z" fill="#5070dd"', svg)]
    assert [round(height / heights[0], 2) for height in heights] == [1, 0.5, 0.25]


def test_the_same_option_gives_the_same_text_in_any_order_and_process():
    first = chart_svg(LINES, 600, 400)
    chart_svg(BARS, 600, 400)
    assert chart_svg(LINES, 600, 400) == first
    code = f"from junxian.files.charts import chart_svg; print(chart_svg({LINES!r}, 600, 400), end='')"
    assert output_of(code) == first


def test_the_engine_is_closed_before_the_interpreter_goes():
    code = """
import atexit
from junxian.files.charts import render
atexit.register(lambda: print("closed" if render._engine()._ctx is None else "left to garbage collection"))
render.chart_svg({"series": []}, 100, 100)
"""
    assert output_of(code).strip() == "closed"


def test_two_drawings_can_share_a_page():
    def names(svg: str) -> set[str]:
        return set(re.findall(r'id="([^"]+)"', svg))

    one, other = chart_svg(LINES, 600, 400), chart_svg(LINES, 601, 400)
    assert names(one)
    assert names(one).isdisjoint(names(other))
    assert set(re.findall(r"url\(#([^)]+)\)", one)) == names(one)


def test_a_still_picture_carries_no_animation():
    assert "<animate" not in chart_svg(BARS, 600, 400)
    assert "<style" not in chart_svg({**BARS, "animation": True}, 600, 400)


def test_the_option_is_not_altered():
    option = {"series": [], "textStyle": {"color": "#000"}}
    chart_svg(option, 100, 100)
    assert option == {"series": [], "textStyle": {"color": "#000"}}


@pytest.mark.parametrize("value", [math.nan, math.inf, object()])
def test_an_option_that_is_no_json_is_refused(value):
    with pytest.raises(DataError) as refusal:
        chart_svg({"series": [{"type": "bar", "data": [value]}]}, 100, 100)
    assert refusal.value.code == "charts.option_unreadable"


def test_an_option_that_echarts_refuses_says_why():
    with pytest.raises(DataError) as refusal:
        chart_svg({"xAxis": {}, "series": [{"type": "bar", "data": [1], "xAxisIndex": 7}]}, 100, 100)
    assert refusal.value.code == "charts.drawing_failed"
    assert "Axis" in str(refusal.value.facts["reason"])


def test_words_of_an_option_never_run_or_break_out():
    name = "</text><script>globalThis.stolen = 1</script>'\"`${1}\u2028"
    svg = chart_svg({**BARS, "title": {"text": name}}, 600, 400)
    assert "<script" not in svg
    assert ET.fromstring(svg) is not None


def test_chinese_text_leaves_ink():
    assert ink(picture("")) == 0
    assert ink(picture("郡县治")) > 300
    assert ink(picture("一")) < ink(picture("二")) < ink(picture("三"))


@pytest.mark.parametrize("family", ["No Such Family", "仿宋_GB2312", "sans-serif"])
@pytest.mark.parametrize("form", ['font-family="{}"', 'style="font-family:{}"'])
def test_a_family_the_machine_lacks_does_not_lose_the_text(family, form):
    assert picture("郡县治", form.format(family)) == picture("郡县治")


def test_the_scale_multiplies_the_pixels_on_white():
    png = svg_png(SVG.format(width=50, inside=""), 2)
    assert size(png) == (100, 80)
    assert {bytes(pixel[:3]) for row in rows(png) for pixel in row} == {b"\xff\xff\xff"}


def test_a_broken_drawing_is_refused():
    with pytest.raises(DataError) as refusal:
        svg_png("<svg")
    assert refusal.value.code == "charts.svg_unreadable"
