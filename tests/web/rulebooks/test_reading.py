"""The rulebook as a document: every part opens in both languages and says what the rules say."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from junxian.core.formulas.catalogue import FUNCTIONS
from junxian.core.scoring.methods import METHODS
from junxian.files.rulebooks.speak import sentences
from junxian.web.rulebooks.current import current
from junxian.web.rulebooks.document import Printer
from junxian.web.rulebooks.formula_words import Reader
from tests.web.conftest import EXAMPLE

PARTS = (
    "rulebook", "rulebook_cards", "rulebook_bottomlines", "rulebook_benchmarks", "rulebook_settings", "rulebook_cases",
    "rulebook_versions",
)  # fmt: skip


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_part_opens(world, name: str, language: str, django_assert_max_num_queries) -> None:
    client = world.client("kaohe", language)
    client.get(reverse(name))
    with django_assert_max_num_queries(16):
        assert client.get(reverse(name)).status_code == 200


def test_a_scheme_reads_as_a_document(world) -> None:
    text = text_of(world.client("X10001-jingban").get(reverse("rulebook_scheme", args=["monthly"])))
    assert "第一名得满分，每低一名少得满分的 5%" in text
    assert "各项贷款余额（期末）公布的增速" in text
    assert "一票否决" in text
    assert "汐岚市安全生产一票否决实施办法" in text
    assert "60 及以上：2 分" in text
    assert "不计这一项，分值由同组其他项按比例承担" in text


def test_no_sentence_of_a_document_is_a_bare_code(world) -> None:
    for language in ("zh", "en"):
        printer = Printer(current(), language)
        for scheme in current().schemes:
            document = printer.document(scheme)
            said = [*document.rules, *(s for line in document.lines for s in (*line.sentences, *line.extra))]
            said += [s for part in (document.gates, document.vetoes, document.bonus) for c in part for s in c.says]
            assert not [s for s in said if "web.rulebooks" in s or "{" in s]


def test_grades_and_methods_of_another_rulebook_speak_too(world) -> None:
    from junxian.files.rulebooks import load

    rules = load(EXAMPLE.parent / "kaifeng")
    document = Printer(rules, "zh").document(rules.schemes[0])
    sentences_said = " ".join(said for line in document.lines for said in line.sentences)
    assert "比它差的份额" in sentences_said
    assert [clause.says for clause in document.grades] == [("不超过本组的 25%",), ("不超过本组的 50%",), ("其余",)]


def test_every_method_has_its_sentence_in_both_languages(world) -> None:
    for language in ("zh", "en"):
        missing = [kind for kind in METHODS if f"web.rulebooks.method.{kind}" not in sentences(language)]
        assert missing == []


def test_phrases_exist_for_real_functions_only(world) -> None:
    known = {function.en for function in FUNCTIONS}
    phrases = [key.split(".")[3] for key in sentences("zh") if key.startswith("web.rulebooks.function.")]
    assert set(phrases) <= known


@pytest.mark.parametrize(
    ("formula", "aloud"),
    [
        ("增速(一般公共预算收入.累计)", "一般公共预算收入（累计）公布的增速"),
        ("库款余额.期末 / 月均库款流出.期末", "库款余额（期末） 除以 月均库款流出（期末）"),
        ("占比(三保预算安排.期末, 三保支出需求.期末)", "三保预算安排（期末）占三保支出需求（期末）的百分比"),
        ("(税收收入.累计 + 非税收入.累计) / 2", "（税收收入（累计） 加 非税收入（累计）） 除以 2"),
        ("没有这种写法((", "没有这种写法(("),
    ],
)
def test_formulas_are_read_aloud(world, formula: str, aloud: str) -> None:
    assert Reader(current(), "zh").read(formula).phrase == aloud


def test_a_card_says_which_criteria_read_it(world) -> None:
    text = text_of(world.client("kaohe").get(reverse("rulebook_card", args=["revenue_growth"])))
    assert "收入增速" in text or "没有考核指标项" in text
    text = text_of(world.client("kaohe").get(reverse("rulebook_card", args=["revenue"])))
    assert "收入规模" in text


def test_a_code_with_a_colon_has_its_card(world) -> None:
    assert world.client("kaohe").get(reverse("rulebook_card", args=["score:monthly"])).status_code == 200


def test_unknown_places_are_not_found(world) -> None:
    client = world.client("kaohe")
    assert client.get(reverse("rulebook_card", args=["nothing"])).status_code == 404
    assert client.get(reverse("rulebook_scheme", args=["nothing"])).status_code == 404
    assert client.get(reverse("rulebook") + "?version=99").status_code == 404
    assert client.get(reverse("rulebook") + "?version=x").status_code == 404


def test_cases_are_run_and_agree(world) -> None:
    text = text_of(world.client("kaohe").get(reverse("rulebook_verdicts")))
    count = len(current().cases)
    assert f"{count} 条用例，{count} 条算得与写明的一致" in text


def test_the_system_administrator_reads_no_rules(world) -> None:
    assert world.client("xitong").get(reverse("rulebook")).status_code == 403
