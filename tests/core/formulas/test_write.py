"""Writing formulas back (公式还原): canonical text, both languages, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from junxian.core.formulas import parse, tree_text
from junxian.core.formulas.catalogue import FUNCTIONS
from junxian.core.formulas.model import Binary, Call, Empty, Name, Node, Number, Text, Truth, Unary

WRITTEN = [
    ("yoy( 收入.YTD )", "同比(收入.累计)", "yoy(收入.YTD)"),
    ("a*(b+c)", "a * (b + c)", "a * (b + c)"),
    ("(a*b)+c", "a * b + c", "a * b + c"),
    ("a-(b-c)", "a - (b - c)", "a - (b - c)"),
    ("(2^3)^2", "(2 ^ 3) ^ 2", "(2 ^ 3) ^ 2"),
    ("(-a)^2", "(-a) ^ 2", "(-a) ^ 2"),
    ("-(a+b)", "-(a + b)", "-(a + b)"),
    ("not (a>1) and b>2", "非 a > 1 且 b > 2", "not a > 1 and b > 2"),
    ("not (a>1 and b>2)", "非 (a > 1 且 b > 2)", "not (a > 1 and b > 2)"),
    ("若(真,空,5%)", "若(真，空，5%)", "if(true, null, 5%)"),
    ("`PM2.5`[甲 乙]", "「PM2.5」[甲 乙]", "「PM2.5」[甲 乙]"),
    ("排名(x,'升')", '排名(x，"升")', 'rank(x, "升")'),
    ("取大(1.50, 1_000)", "取大(1.5，1000)", "max(1.5, 1000)"),
]


@pytest.mark.parametrize(("text", "zh", "en"), WRITTEN)
def test_canonical_text(text, zh, en):
    assert (tree_text(parse(text), "zh"), tree_text(parse(text), "en")) == (zh, en)


names = st.builds(
    Name,
    st.sampled_from(["收入", "PM2.5", "真", "not", "GDP", "含「」号", "a b", "非"]),
    st.sampled_from(["", "YTD", "EOP"]),
    st.sampled_from(["", "不含兰考", "*"]),
)
numbers = st.builds(Number, st.integers(0, 10**6).map(lambda n: n / 1000))
percents = st.integers(0, 99999).map(lambda n: Number(float(f"{n / 100}") / 100, percent=True))
leaves = st.one_of(names, numbers, percents, st.builds(Truth, st.booleans()), st.just(Empty()), st.just(Text("升")))
signs = st.sampled_from(["+", "-", "*", "/", "^", "=", "!=", "<", "<=", ">", ">=", "and", "or"])


def grown(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Binary, signs, below, below),
        st.builds(Unary, st.sampled_from(["-", "not"]), below),
        st.builds(Call, st.sampled_from([f.en for f in FUNCTIONS]), st.lists(below, max_size=3).map(tuple)),
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(tree=st.recursive(leaves, grown, max_leaves=12), language=st.sampled_from(["zh", "en"]))
def test_text_and_tree_tell_the_same(tree, language):
    assert parse(tree_text(tree, language)) == tree
