"""Reading formulas (公式解析): both spellings, both widths, precedence, and refusals with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from junxian.core.errors import RuleError
from junxian.core.formulas import parse
from junxian.core.formulas.model import Binary, Call, Empty, Name, Number, Text, Truth, Unary

SAME = [
    ("同比(一般公共预算收入)", "yoy(一般公共预算收入)"),
    ("同比（收入）", "同比(收入)"),
    ("取大(收入，支出、１２．５)", "max(收入, 支出, 12.5)"),
    ("（收入 ＋ 支出）× ２ ÷ ３", "(收入 + 支出) * 2 / 3"),
    ("收入 − 支出", "收入 - 支出"),
    ("收入 ＞ 5 且 支出 ≤ 3 或 非 (甲 ≠ 乙)", "收入 > 5 and 支出 <= 3 or not (甲 != 乙)"),
    ("收入 == 5", "收入 = 5"),
    ("收入 <> 5", "收入 != 5"),
    ("收入 ＝ 5", "收入 = 5"),
    ("甲>5且乙<3", "甲 > 5 且 乙 < 3"),
    ("收入.累计", "收入.YTD"),
    ("收入.ytd", "收入.YTD"),
    ("收入。累计".replace("。", "．"), "收入.累计"),
    ("收入[不含兰考].累计", "收入.累计[ 不含兰考 ]"),
    ("收入［不含兰考］", "收入[不含兰考]"),
    ("「收入」", "`收入`"),
    ("收入", "`收入`"),
    ("5％", "5%"),
    ("1_000_000", "1000000"),
    ("1e3", "1000"),
    ("真", "TRUE"),
    ("空", "null"),
    ('排名(x, "升")', "排名(x, “升”)"),
    ("+5", "5"),
    ("YOY(x)", "yoy(x)"),
    (" 收入\n + \u3000 1", "收入+1"),
    ("最大(a, b)", "取大(a, b)"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_are_one_tree(one, other):
    assert parse(one) == parse(other)


x, y = Name("x"), Name("y")
PRECEDENCE = [
    ("1 + 2 * 3", Binary("+", Number(1), Binary("*", Number(2), Number(3)))),
    ("1 - 2 - 3", Binary("-", Binary("-", Number(1), Number(2)), Number(3))),
    ("x / y / 2", Binary("/", Binary("/", x, y), Number(2))),
    ("2 ^ 3 ^ 2", Binary("^", Number(2), Binary("^", Number(3), Number(2)))),
    ("-x ^ 2", Unary("-", Binary("^", x, Number(2)))),
    ("2 ^ -1", Binary("^", Number(2), Unary("-", Number(1)))),
    ("x * -y", Binary("*", x, Unary("-", y))),
    (
        "x > 1 或 y > 1 且 真",
        Binary("or", Binary(">", x, Number(1)), Binary("and", Binary(">", y, Number(1)), Truth(True))),
    ),
    ("非 x > y", Unary("not", Binary(">", x, y))),
    ("x + 1 > y", Binary(">", Binary("+", x, Number(1)), y)),
    ("若(真, 空, '甲')", Call("if", (Truth(True), Empty(), Text("甲")))),
    ("x[*].当月", Name("x", "M", "*")),
    ("5%", Number(0.05, percent=True)),
]


@pytest.mark.parametrize(("text", "tree"), PRECEDENCE)
def test_precedence_is_that_of_mathematics(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    "name", ["非税收入", "真实增长", "空气质量", "且末县", "或有债务", "nothing", "order", "假期", "_甲1", "GDP"]
)
def test_a_name_may_begin_like_a_keyword(name):
    assert parse(f"{name} + 1") == Binary("+", Name(name), Number(1))


def test_nodes_know_where_they_stand():
    tree = parse("同比(收入)\n  + 支出")
    assert isinstance(tree, Binary)
    assert (tree.line, tree.column) == (2, 3)
    assert (tree.right.line, tree.right.column) == (2, 5)


FAULTS = [
    ("", "syntax.empty", 1, 1),
    ("  ", "syntax.empty", 1, 1),
    ("收入 +", "syntax.unfinished", 1, 5),
    ("收入 + * 2", "syntax.operand", 1, 6),
    ("取大(1,,2)", "syntax.operand", 1, 6),
    ("(收入 + 2", "syntax.unclosed", 1, 8),
    ("同比(收入", "syntax.unclosed", 1, 6),
    ("收入 支出", "syntax.operator", 1, 4),
    ("收入 @ 2", "syntax.operator", 1, 4),
    ("收入)", "syntax.operator", 1, 3),
    ("1 < 收入 < 2", "syntax.operator", 1, 8),
    ("收入.周", "syntax.kind", 1, 4),
    ("PM2.5", "syntax.kind", 1, 5),
    ("收入.", "syntax.kind", 1, 4),
    ("收入[]", "syntax.calibre", 1, 4),
    ("收入[不含", "syntax.calibre", 1, 6),
    ("收入.累计.当月", "syntax.twice", 1, 7),
    ("收入[甲][乙]", "syntax.twice", 1, 7),
    ("同批(收入)", "unknown_function", 1, 1),
    ("收入\n+ 同批(支出)", "unknown_function", 2, 3),
    ('排名(收入, "升)', "syntax.operand", 1, 8),
    ("-" * 300 + "1", "too_deep", 1, 121),
    ("1" + "+1" * 2000, "too_long", 1, 1),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), FAULTS)
def test_a_bad_formula_is_refused_at_its_place(text, code, line, column):
    with pytest.raises(RuleError) as refusal:
        parse(text)
    assert (refusal.value.code, refusal.value.facts["line"], refusal.value.facts["column"]) == (
        f"formula.{code}",
        line,
        column,
    )
    assert refusal.value.where == f"{line}:{column}"


def test_the_place_of_the_text_leads_the_place_in_it():
    for where, told in (("方案.yaml:12", "方案.yaml:13:3"), ("方案.yaml", "方案.yaml:2:3"), ("", "2:3")):
        with pytest.raises(RuleError) as refusal:
            parse("收入\n+ 同批(支出)", where)
        assert refusal.value.where == told


def test_a_misspelt_function_is_offered_its_neighbours():
    with pytest.raises(RuleError) as refusal:
        parse("滚动十二个月(收入)")
    assert "滚动十二月" in str(refusal.value.facts["near"])


def test_the_same_text_is_read_once():
    assert parse("收入 + 12345") is parse("收入 + 12345")


def test_the_room_opens_without_loading_its_engines():
    import subprocess
    import sys

    engines, source = ("lark", "pint", "narwhals", "polars"), Path(__file__).parents[3] / "src"
    code = f"import sys, junxian.core.formulas; print([m for m in {engines} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=source)
    assert told.stdout.strip() == "[]"
