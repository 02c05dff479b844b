"""Both languages complete: every message translated, no Chinese outside what can be translated, pages that show it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from junxian.web.people.access import Role
from junxian.web.urls import every_page
from tools import messages

WEB = messages.ROOT / messages.WEB
ROOMS = [messages.FRAME, *sorted(p.name for p in WEB.iterdir() if (p / "__init__.py").is_file())]
TEMPLATES = sorted(path.relative_to(WEB).as_posix() for path in WEB.rglob("*.html"))
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[ds]|%%|\{\w+\}")
TRANSLATED = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}|{%\s*trans(?:late)?\b.*?%}|{%\s*comment.*?endcomment\s*%}"
    r"|{#.*?#}|_\((?:\"[^\"]*\"|'[^']*')\)",
    re.DOTALL,
)
IN_CHINESE = re.compile(r"<(\w+)\b[^>]*\blang=\"zh[^\"]*\"[^>]*>.*?</\1>", re.DOTALL)


def asked(room: str) -> set[messages.Message]:
    return {message for source in messages.sources(room) for message in messages.messages_of(source)}


@pytest.mark.parametrize("room", ROOMS)
def test_every_message_has_its_english(room: str) -> None:
    wanted = {m for m in asked(room) if CHINESE.search("".join(m))}
    if not wanted:
        return
    path = messages.home(room) / "locale/en/LC_MESSAGES/django.po"
    assert path.is_file(), f"{room}: python tools/messages.py update {room}"
    with path.open(encoding="utf-8") as text:
        catalogue = read_po(text, locale="en")
    faults = []
    for message in sorted(wanted, key=str):
        first = message if isinstance(message, str) else message[0]
        known = catalogue.get(first)
        strings = () if known is None else (known.string if isinstance(known.string, tuple) else (known.string,))
        if not strings or not all(strings):
            faults.append(f"not translated: {first}")
        elif any(set(PLACEHOLDER.findall(s)) - set(PLACEHOLDER.findall("".join(message))) for s in strings):
            faults.append(f"other placeholders: {first}")
    assert faults == []


@pytest.mark.parametrize("path", TEMPLATES)
def test_no_chinese_stands_outside_what_is_translated(path: str) -> None:
    text = (WEB / path).read_text(encoding="utf-8")
    rest = IN_CHINESE.sub("", TRANSLATED.sub("", text))
    found = [line.strip()[:80] for line in rest.splitlines() if CHINESE.search(line)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{% translate "底线" %}', ["底线"]),
        ("{% blocktranslate with x=y %}第 {{ x }} 位{% endblocktranslate %}", ["第 %(x)s 位"]),
        (
            "{% blocktranslate count n=k %}{{ n }} 个{% plural %}{{ n }} 些{% endblocktranslate %}",
            [("%(n)s 个", "%(n)s 些")],
        ),
        ('{% include "x" with q=_("呃") %}', ["呃"]),
    ],
)
def test_messages_of_templates(tmp_path: Path, text: str, expected: list[messages.Message]) -> None:
    page = tmp_path / "page.html"
    page.write_text(text, encoding="utf-8")
    assert list(messages.messages_of(page)) == expected


def test_a_stale_catalogue_is_compiled_again(tmp_path: Path) -> None:
    place = tmp_path / messages.WEB / "room/locale/en/LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "django.po").write_text(
        'msgid ""\nmsgstr "Language: en\\n"\n\nmsgid "菜单"\nmsgstr "Menu"\n', encoding="utf-8"
    )
    assert len(messages.compile_all(tmp_path)) == 1
    assert messages.compile_all(tmp_path) == []
    assert [path.name for path in place.iterdir() if path.suffix == ".mo"] == ["django.mo"]


ACCOUNTS = {
    Role.OFFICE: "kaohe", Role.LEADER: "shizhang", Role.AUDITOR: "shenji", Role.SYSTEM: "xitong",
    Role.COUNTY_DEPUTY: "X10001-changwu", Role.COUNTY_CLERK: "X10001-jingban", Role.DEPARTMENT: "bumen1-handle",
}  # fmt: skip
SAID = re.compile(r"<script\b.*?</script>|<!--.*?-->", re.DOTALL)


def spoken(html: str) -> list[str]:
    """Chinese a reader of English meets: neither marked as Chinese nor inside a script."""
    rest = IN_CHINESE.sub("", SAID.sub("", html))
    return sorted({found.strip()[:60] for found in re.findall(r"[^<>\"]*[\u3400-\u9fff][^<>\"]*", rest)})


MENU = [page for page in every_page() if page.menu]


@pytest.mark.parametrize("name", [page.name for page in MENU])
def test_menu_pages_in_english_show_no_chinese_but_data(world, published, data_in_chinese, name: str) -> None:
    page = next(p for p in MENU if p.name == name)
    for role, account in ACCOUNTS.items():
        actor = world.actor(account)
        if page.open_to(actor):
            answer = world.client(account, "en").get(f"/{page.route}")
            assert answer.status_code in (200, 302), role
            left = [text for text in spoken(answer.content.decode()) if not data_in_chinese(text)]
            assert left == [], role
