"""Secure by default: no inline script, TLS flags by one setting, everything from the environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.web.conftest import World
from tests.web.operations.deployments import Deployment

WEB = Path(__file__).parents[3] / "src/junxian/web"
TEMPLATES = sorted(WEB.glob("**/templates/**/*.html"))
READ = """
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in NAMES}))
"""
TLS = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER", "DEBUG")


def policy(response: object) -> dict[str, list[str]]:
    given = response.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    return {part.split()[0]: part.split()[1:] for part in given.split(";") if part.strip()}


@pytest.mark.parametrize("path", ["/account/login/", "/", "/nowhere/"])
def test_every_answer_forbids_inline_script_and_eval(world: World, path: str) -> None:
    found = policy(world.client("kaohe").get(path))
    assert found["script-src"] == ["'self'"]
    assert found["object-src"] == ["'none'"]
    assert found["default-src"] == ["'self'"]
    assert "'unsafe-eval'" not in str(found)


@pytest.mark.parametrize(("name", "value"), [
    ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "SAMEORIGIN"), ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
])  # fmt: skip
def test_headers(db: None, name: str, value: str) -> None:
    assert Client().get("/account/login/").headers[name] == value


SCRIPT = re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>", re.IGNORECASE)
HANDLER = re.compile(r"\s(?:on(?:click|change|submit|load|input|key\w+|focus|blur)|hx-on[:\w-]*)\s*=", re.IGNORECASE)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_no_template_holds_a_script(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert SCRIPT.findall(text) == []
    assert HANDLER.findall(text) == []
    assert "javascript:" not in text


def test_the_search_finds_a_script() -> None:
    assert SCRIPT.search("<script>alert(1)</script>")
    assert HANDLER.search('<a onclick="x()">')
    assert not SCRIPT.search('<script src="a.js" defer></script>')


def test_tls_is_one_setting(deployment: Deployment) -> None:
    plain = deployment.python(READ.replace("NAMES", repr(TLS)))
    secure = deployment.python(READ.replace("NAMES", repr(TLS)), JUNXIAN_TLS="1")
    assert plain == dict(zip(TLS, [False, False, 0, None, False], strict=True))
    assert secure == dict(zip(TLS, [True, True, 31_536_000, ["HTTP_X_FORWARDED_PROTO", "https"], False], strict=True))


def test_hsts_is_sent_when_tls_is_on(db: None, settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert Client().get("/account/login/", secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_session_cookie_is_not_for_scripts(world: World) -> None:
    client = world.client("kaohe")
    client.get("/")
    assert client.cookies["junxian"]["httponly"]
    assert client.cookies["junxian"]["samesite"] == "Lax"


def test_a_form_too_large_is_refused_whole(world: World, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert world.client("kaohe").post("/post/", {"post": "x" * 2000}).status_code in (400, 413)


def test_every_setting_is_in_the_documents() -> None:
    source = (WEB / "settings.py").read_text(encoding="utf-8") + (WEB / "wsgi.py").read_text(encoding="utf-8")
    source += "".join(path.read_text(encoding="utf-8") for path in (WEB / "operations").glob("*.py"))
    known = set(re.findall(r"JUNXIAN_[A-Z_]+", source))
    for language in ("zh", "en"):
        page = (WEB.parents[2] / "docs" / language / "reference/settings.md").read_text(encoding="utf-8")
        assert sorted(name for name in known if f"`{name}`" not in page) == []
