"""The how-to page does what it says: its addresses exist, its figures are taken, once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from tests.web.api.conftest import Shelf

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_holds(shelf: Shelf, language: str) -> None:
    text = (DOCS / language / "how-to/use-the-api.md").read_text("utf-8")
    described = Client().get("/api/openapi.json").json()["paths"]
    known = [re.compile(re.sub(r"{\w+}", "[^/]+", path)) for path in described]
    addresses = [one for one in re.findall(r"/api/[\w/.-]+", text) if one != "/api/openapi.json"]
    assert len(addresses) > 25
    assert [one for one in addresses if not any(path.fullmatch(one) for path in known)] == []
    body = json.loads(re.findall(r"-d '({.*?})'", text, re.DOTALL)[0])
    client = shelf.client(shelf.hand_in.uploads.get().post.person.username)
    body["figures"][0]["reason"] = "更正"  # this city's first county has a figure already
    for _again in range(2):
        answer = client.post("/api/indicators/observations", json.dumps(body), "application/json",
                             headers={"Idempotency-Key": "trade-2026-06-1"})  # fmt: skip
        assert answer.status_code == 200, answer.content.decode()
        assert sum(answer.json().values()) == len(body["figures"])
    told = [Client(headers={"accept-language": language}).get("/api/people/me").json()["message"]]
    assert ("token" in told[0]) == (language == "en")
