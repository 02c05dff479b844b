"""Tile map (方格地图): every unit a square in its place, its band told by colour, shape and word."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junxian.core.errors import DataError
from junxian.files.charts import Band, Tile, svg_png, tile_map_svg
from junxian.files.charts.lettering import SHAPES, fitting_size, shape_svg, text_width, wrapped
from junxian.files.charts.tile_map import LOOKS, SIDE, STEP
from tests.files.charts.ink import ink, rows

BANDS = (Band.of("top", "前三位"), Band.of("middle", "居中"), Band.of("absent", "未报送"))
TILES = (
    Tile("X1", "甲县", 0, 0, "top", "92.15", "第1位"),
    Tile("X2", "乙回族区", 1, 0, "middle", "88.40", "第2位"),
    Tile("X3", "丙区", 1, 2, "absent", "—"),
)
NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(tiles=TILES, bands=BANDS, **words) -> ET.Element:
    return ET.fromstring(tile_map_svg(tiles, "县区得分", bands, **words))


def group(root: ET.Element, name: str) -> ET.Element:
    return next(group for group in root.iter(f"{NAMESPACE}g") if name in group.findtext(f"{NAMESPACE}title", ""))


def square(root: ET.Element, name: str) -> dict[str, str]:
    return group(root, name).find(f"{NAMESPACE}rect").attrib


def texts(element: ET.Element) -> list[str]:
    return [text.text or "" for text in element.iter(f"{NAMESPACE}text")]


def test_each_tile_says_band_name_value_and_rank():
    root = drawn()
    assert texts(group(root, "甲县")) == ["前三位", "甲县", "92.15", "第1位"]
    assert texts(group(root, "丙区")) == ["未报送", "丙区", "—", ""]
    assert group(root, "丙区").findtext(f"{NAMESPACE}title") == "丙区 — 未报送"


def test_tiles_are_squares_in_their_places():
    root = drawn()
    first, second, third = (square(root, name) for name in ("甲县", "乙回族区", "丙区"))
    assert first["width"] == first["height"] == str(SIDE)
    assert float(second["x"]) - float(first["x"]) == STEP
    assert second["y"] == first["y"]
    assert (third["x"], float(third["y"]) - float(second["y"])) == (second["x"], 2 * STEP)


def test_the_order_of_the_tiles_does_not_move_them():
    assert square(drawn(), "甲县") == square(drawn(TILES[::-1]), "甲县")


def test_the_band_gives_fill_ink_and_frame():
    root = drawn(emphasis={"X1"})
    assert square(root, "甲县")["fill"] == LOOKS["top"][1]
    assert float(square(root, "甲县")["stroke-width"]) > float(square(root, "乙回族区")["stroke-width"])
    assert "stroke-dasharray" in square(root, "丙区")
    assert "stroke-dasharray" not in square(root, "甲县")


def test_the_legend_the_direction_and_the_note_stand_below():
    root = drawn(direction="越高越好", note="来源：示例。")
    own = [text for tile in TILES for text in texts(group(root, tile.name))]
    around = texts(root)
    for text in own:
        around.remove(text)
    assert around == ["县区得分", "前三位", "居中", "未报送", "越高越好", "来源：示例。"]


def test_everything_stays_on_the_sheet():
    many = [Band.of(code, "很长很长的档次名称" * 2) for code in LOOKS]
    root = drawn(bands=many, direction="越高越好", note="口径说明，" * 40)
    width, height = float(root.get("width")), float(root.get("height"))
    for text in root.iter(f"{NAMESPACE}text"):
        half = text_width(text.text or "", float(text.get("font-size")))
        reach = half if text.get("text-anchor") == "start" else half / 2
        assert float(text.get("x")) + reach <= width
        assert float(text.get("y")) < height


def test_names_from_outside_are_escaped():
    svg = tile_map_svg([Tile("X1", '<b onload="x">&', 0, 0, "top", "</svg>")], "<i>", BANDS, note="<script>")
    assert texts(group(ET.fromstring(svg), "onload"))[1] == '<b onload="x">&'
    assert "<script" not in svg


def test_two_units_in_one_place_are_refused():
    with pytest.raises(DataError) as refusal:
        tile_map_svg([*TILES, Tile("X4", "丁县", 1, 2, "top", "1")], "", BANDS)
    assert refusal.value.code == "charts.tiles_collide"
    assert refusal.value.facts == {"names": "丙区, 丁县", "column": 1, "row": 2}


def test_a_band_that_the_legend_lacks_is_refused():
    with pytest.raises(DataError, match=r"charts\.band_unknown"):
        tile_map_svg([Tile("X1", "甲县", 0, 0, "violet", "1")], "", BANDS)


def test_a_map_without_tiles_is_refused():
    with pytest.raises(DataError, match=r"charts\.no_tiles"):
        tile_map_svg([], "", BANDS)


def test_an_unknown_shape_is_refused():
    with pytest.raises(DataError, match=r"charts\.shape_unknown"):
        Band("a", "甲", "hexagram", "#fff")


def lightness(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((lightness(one), lightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", LOOKS)
def test_text_can_be_read_on_every_usual_fill(look):
    assert contrast(LOOKS[look][1], LOOKS[look][2]) >= 4.5


@pytest.mark.parametrize("looks", [("top", "middle", "bottom", "absent"), ("green", "yellow", "red", "absent")])
def test_usual_bands_differ_in_black_and_white(looks):
    shades = sorted(lightness(LOOKS[look][1]) for look in looks)
    assert all((upper + 0.05) / (lower + 0.05) > 1.2 for lower, upper in pairwise(shades))
    assert len({LOOKS[look][0] for look in looks}) == len(looks)


def test_every_shape_draws_a_mark_of_its_own():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">{}</svg>'
    marks = {name: svg_png(svg.format(shape_svg(name, (0, 0), 16, "#000000")), 2) for name in SHAPES}
    assert all(ink(png) > 50 for png in marks.values())
    assert len({str(rows(png)) for png in marks.values()}) == len(SHAPES)


def test_the_map_leaves_ink_where_the_names_stand():
    svg = tile_map_svg([Tile("X1", "甲县", 0, 0, "absent", "—")], "县区得分", [Band.of("absent", "未报送")])
    assert ink(svg_png(svg, 1)) > ink(svg_png(svg.replace("甲县", ""), 1)) + 100


@given(st.text(max_size=80), st.integers(40, 400))
def test_wrapping_loses_no_character(text, width):
    assert "".join("".join(wrapped(text, 14, width)).split()) == "".join(text.split())


@given(st.text("县区得分位次ab 12", max_size=80), st.integers(60, 400))
def test_lines_are_as_wide_as_allowed_and_no_wider(text, width):
    lines = wrapped(text, 14, width)
    assert all(text_width(line, 14) <= width or " " not in line for line in lines)
    assert all(text_width(f"{line} 县", 14) > width or after[0] in "ab12" for line, after in pairwise(lines))


@given(st.text(min_size=1, max_size=30), st.integers(20, 200))
def test_a_fitted_text_fits(text, width):
    assert text_width(text, fitting_size(text, 25, width)) <= max(width, 25) + 1e-9


def test_a_latin_word_is_never_broken_and_a_mark_never_begins_a_line():
    assert wrapped("counties ranked by score", 10, 60) == ["counties", "ranked by", "score"]
    assert all(line[0] not in "，。）" for line in wrapped("得分（含加分），位次。" * 9, 14, 100))
