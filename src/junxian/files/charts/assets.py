"""Assets (图表库与字体): where the build hook put the drawing library and the font, or how to get them."""

from __future__ import annotations

from pathlib import Path

from junxian.core.errors import DataError

VENDOR = Path(__file__).parent / "vendor"
ECHARTS = "echarts.min.js"
FONT = "NotoSansHans-Regular.otf"


def echarts_js() -> str:
    """The ECharts library as one classic script, fit for a page that opens from disk.

    Errors: `charts.assets_missing` where the installation could not reach npm.
    """
    return _asset(ECHARTS).read_text(encoding="utf-8")


def font_path() -> Path:
    """The OFL font (regular weight) that server-made pictures are lettered with.

    Errors: `charts.assets_missing` where the installation could not reach npm.
    """
    return _asset(FONT)


def _asset(name: str) -> Path:
    path = VENDOR / name
    if not path.is_file():
        raise DataError("charts.assets_missing", asset=name)
    return path
