"""Word elements (文档元素): the few OOXML marks python-docx has no words for, and the official font names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

FANGSONG, KAITI, HEITI, SONGTI, BIAOSONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
FALLBACKS = {
    FANGSONG: "仿宋;FangSong;方正仿宋简体;华文仿宋;FandolFang;Noto Serif CJK SC",
    KAITI: "楷体;KaiTi;华文楷体;FandolKai;Noto Serif CJK SC",
    HEITI: "SimHei;华文黑体;FandolHei;Noto Sans CJK SC",
    SONGTI: "SimSun;华文中宋;FandolSong;Noto Serif CJK SC",
    BIAOSONG: "方正小标宋_GBK;FZXiaoBiaoSong-B05S;华文中宋;Noto Serif CJK SC SemiBold;Noto Serif CJK SC",
}
"""Official fonts are named, never shipped (RULES §9.4); a reader without them takes the first one it has."""

BODY_SIZE = 16.0
TIGHT = -5
"""28 characters of 16 pt fit in 156 mm only if each gives up a quarter of a point. The section's grid asks for the same
(charSpace −848), but LibreOffice gives a character two places on a grid narrower than itself, so runs say it too."""
TWIPS_PER_MM = 1440 / 25.4


def mm(length: float) -> int:
    """Millimetres in twips, whole."""
    return round(length * TWIPS_PER_MM)


def element(tag: str, **attributes: object) -> Any:
    """`element("w:pgSz", w=1)` as OOXML; attribute names take the w: prefix, `_` stands for `-`-free names only."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def replace_child(parent: Any, child: Any) -> None:
    """Put `child` in the place of an element of the same tag, or at the end."""
    for old in parent.findall(child.tag):
        parent.remove(old)
    parent.append(child)


_PPR_ORDER = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "suppressLineNumbers",
    "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE",
    "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents",
    "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle",
    "rPr", "sectPr", "pPrChange",
)  # fmt: skip


def set_paragraph(paragraph: Paragraph, *children: Any) -> None:
    """Set paragraph properties; Word refuses a file whose properties are out of the schema's order."""
    properties = paragraph._p.get_or_add_pPr()
    for child in children:
        replace_child(properties, child)
    rank = {f"w:{name}": i for i, name in enumerate(_PPR_ORDER)}
    properties[:] = sorted(properties, key=lambda e: rank.get(f"w:{e.tag.rpartition('}')[2]}", 99))


def spacing(*, line: int = 580, before: int = 0, after: int = 0) -> Any:
    """Exact line pitch in twips; 580 is the grid of GB/T 9704."""
    return element("w:spacing", before=before, after=after, line=line, lineRule="exact")


def first_line(characters: float, size: float = 15.79) -> Any:
    """首行缩进 by characters, with the twips a reader without characters needs."""
    return element("w:ind", firstLineChars=round(characters * 100), firstLine=round(characters * size * 20))


def write_run(paragraph: Paragraph, text: str, *, font: str, size: float, color: str = "", width: int = 100) -> Run:
    """A run in an official font for every script; `width` is the character width in percent."""
    run = paragraph.add_run(text)
    set_font(run, font=font, size=size, color=color, width=width)
    return run


def set_font(run: Run, *, font: str, size: float, color: str = "", width: int = 100) -> None:
    """Fonts, colour, width and size in the schema's order."""
    properties = run._r.get_or_add_rPr()
    properties.append(element("w:rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font))
    if color:
        properties.append(element("w:color", val=color))
    if size == BODY_SIZE:
        properties.append(element("w:spacing", val=TIGHT))
    if width != 100:
        properties.append(element("w:w", val=width))
    properties.append(element("w:kern", val=0))
    properties.append(element("w:sz", val=round(size * 2)))
    properties.append(element("w:szCs", val=round(size * 2)))


def border(side: str, *, thickness: int, color: str = "000000", space: int = 0) -> Any:
    """One border; `thickness` in eighths of a point (8 = 0.35 mm, 6 = 0.26 mm)."""
    return element(f"w:{side}", val="single", sz=thickness, space=space, color=color)


def page_field(paragraph: Paragraph, *, before: str, after: str, font: str, size: float) -> None:
    """The page number between two texts, as a field that the reader's program fills."""
    write_run(paragraph, before, font=font, size=size)
    for kind in ("begin", "", "separate", "shown", "end"):
        run = write_run(paragraph, "1" if kind == "shown" else "", font=font, size=size)
        if kind == "":
            code = element("w:instrText")
            code.text = " PAGE "
            run._r.append(code)
        elif kind != "shown":
            run._r.append(element("w:fldChar", fldCharType=kind))
    write_run(paragraph, after, font=font, size=size)


EMU = 635
"""English metric units in a twip."""
_BOX = (
    '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
    '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0"'
    ' layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
    '<wp:positionH relativeFrom="page"><wp:posOffset>{x}</wp:posOffset></wp:positionH>'
    '<wp:positionV relativeFrom="page"><wp:posOffset>{y}</wp:posOffset></wp:positionV>'
    '<wp:extent cx="{cx}" cy="{cy}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
    '<wp:docPr id="{id}" name="Text box {id}"/><wp:cNvGraphicFramePr/><a:graphic>'
    '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
    '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>'
    "<wps:txbx><w:txbxContent>{paragraphs}</w:txbxContent></wps:txbx>"
    '<wps:bodyPr vert="{vert}" lIns="0" tIns="0" rIns="0" bIns="0"/></wps:wsp></a:graphicData></a:graphic>'
    "</wp:anchor></w:drawing>"
)


def add_text_box(
    paragraph: Paragraph, *, place: tuple[int, int], size: tuple[int, int], lines: int, turned: bool = False
) -> list[Paragraph]:
    """A box without frame at a place on the sheet (twips from its upper left corner); returns its empty paragraphs."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph as WordParagraph

    xml = _BOX.format(
        x=place[0] * EMU, y=place[1] * EMU, cx=size[0] * EMU, cy=size[1] * EMU, id=9000 + place[1] % 997,
        paragraphs="<w:p/>" * lines, vert="vert" if turned else "horz",
    )  # fmt: skip
    box = parse_xml(xml)
    paragraph.add_run()._r.append(box)
    return [WordParagraph(inner, paragraph._parent) for inner in box.iter(qn("w:p"))]


def name_fallbacks(document: WordDocument) -> None:
    """Write the font table: official names with the names a machine without them may use."""
    from xml.sax.saxutils import quoteattr

    from docx.opc.part import Part

    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    fonts = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(others)}/>"
        f'<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{space}">{fonts}</w:fonts>'
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml" and type(part) is Part:
            part._blob = blob.encode("utf-8")
