"""Drawing (绘图): an ECharts option becomes SVG in an embedded engine, and SVG becomes PNG; no browser, no Node."""

from __future__ import annotations

import atexit
import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from junxian.core.errors import DataError
from junxian.files.charts.assets import echarts_js, font_path

if TYPE_CHECKING:
    from py_mini_racer import MiniRacer

FONT_FAMILY = "Noto Sans S Chinese"
"""The family name inside the vendored font file. A renderer that does not find a family draws no text at all."""

# The engine has no timers; ECharts asks for them although a still picture never waits.
_TIMERS = "var setTimeout = function () { return 0; }, clearTimeout = function () {};"
# The painter is asked itself: renderToSVGString adds hover rules whose class numbers differ from call to call.
_DRAW = """
function draw(option, width, height) {
  var chart = echarts.init(null, null, {renderer: 'svg', ssr: true, width: width, height: height});
  try {
    chart.setOption(JSON.parse(option));
    chart.getZr().flush();
    return chart.getZr().painter.renderToString({cssAnimation: false, cssEmphasis: false});
  } finally { chart.dispose(); }
}
"""
_DRAWING_LIMIT_SECONDS = 60.0
# ECharts numbers its drawings from the start of the process; the number stands in ids and references only.
_DRAWING_NUMBER = re.compile(r'(?<=["#])zr\d+-')


def chart_svg(option: Mapping[str, Any], width: int, height: int) -> str:
    """Draw an ECharts option as one SVG element of `width` × `height` pixels.

    The same option gives the same text in every process, and the names inside differ between options, so that several
    drawings may stand in one page. Errors: `charts.option_unreadable`, `charts.drawing_failed`,
    `charts.assets_missing`.
    """
    text = _still(option)
    svg = _draw(text, width, height)
    mark = hashlib.sha256(f"{width}x{height}{text}".encode()).hexdigest()[:8]
    return _DRAWING_NUMBER.sub(f"zr{mark}-", svg)


def svg_png(svg: str, scale: float = 2.0) -> bytes:
    """Rasterise SVG on white, `scale` pixels for each of its own; all text in the vendored font.

    The machine's own fonts are not asked, so that every machine makes the same picture; the family is forced, because
    an unknown family name would leave the text out without an error. Errors: `charts.svg_unreadable`,
    `charts.assets_missing`.
    """
    font = font_path()
    import resvg_py

    try:
        return resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=scale,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[str(font)],
            font_family=FONT_FAMILY,
            style_sheet=f"text, tspan {{ font-family: '{FONT_FAMILY}' !important }}",
        )
    except ValueError as fault:
        raise DataError("charts.svg_unreadable", reason=str(fault)) from fault


def _still(option: Mapping[str, Any]) -> str:
    """The option as JSON with animation off and the house font, unless it names its own."""
    lettering = {"fontFamily": FONT_FAMILY, **option.get("textStyle", {})}
    try:
        return json.dumps({**option, "animation": False, "textStyle": lettering}, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as fault:
        raise DataError("charts.option_unreadable", reason=str(fault)) from fault


def _draw(option: str, width: int, height: int) -> str:
    engine = _engine()
    from py_mini_racer import JSEvalException

    try:
        return str(engine.call("draw", option, width, height, timeout_sec=_DRAWING_LIMIT_SECONDS))
    except JSEvalException as fault:
        raise DataError("charts.drawing_failed", reason=str(fault)) from fault


@lru_cache(maxsize=1)
def _engine() -> MiniRacer:
    """The engine with ECharts loaded; 0.15 s once in a process.

    It is closed before the interpreter goes: left to garbage collection it waits for a thread that is already gone,
    and now and then the process never ends.
    """
    script = echarts_js()
    from py_mini_racer import MiniRacer

    engine = MiniRacer()
    atexit.register(engine.close)
    engine.eval(_TIMERS + script + _DRAW)
    return engine
