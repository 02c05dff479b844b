"""Charts (图表): the same drawing on the page and in the document, and the tile map of counties (方格地图)."""

from junxian.files.charts.assets import echarts_js, font_path
from junxian.files.charts.render import FONT_FAMILY, chart_svg, svg_png
from junxian.files.charts.tile_map import Band, Tile, tile_map_svg

__all__ = [
    "FONT_FAMILY",
    "Band",
    "Tile",
    "chart_svg",
    "echarts_js",
    "font_path",
    "svg_png",
    "tile_map_svg",
]
