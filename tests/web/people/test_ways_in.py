"""Other ways in: the directory, the gateway, third parties — each for existing persons alone — and API tokens."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from allauth.core import context
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client, RequestFactory

from junxian.web.people import directory, tokens
from junxian.web.people.models import AuditRow, Person, Post, Token

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # ldap3 2.9 on the newest pyasn1
    from ldap3 import MOCK_SYNC, Connection, Server
    from ldap3.utils import dn  # noqa: F401

NAME = "uid={username},ou=people,dc=xilan"


@pytest.fixture
def tree(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """ldap3's own server in this process, with two people in it."""
    settings.LDAP_URL, settings.LDAP_USER = "ldap://directory.invalid", NAME
    settings.AUTHENTICATION_BACKENDS = [
        "axes.backends.AxesStandaloneBackend", "junxian.web.people.directory.LdapBackend",
        "django.contrib.auth.backends.ModelBackend",
    ]  # fmt: skip

    def connection(name: str, password: str) -> Connection:
        made = Connection(Server("mock"), user=name, password=password, client_strategy=MOCK_SYNC)
        for one in ("chenguang", "stranger"):
            made.strategy.add_entry(NAME.replace("{username}", one), {"userPassword": "From-directory-1", "sn": one})
        return made

    monkeypatch.setattr(directory, "connection", connection)


def login(username: str, password: str) -> int:
    return Client().post("/account/login/", {"login": username, "password": password}).status_code


def test_the_directorys_password_opens_an_existing_person(tree: None, clerk: Person) -> None:
    assert login("chenguang", "From-directory-1") == 302
    assert AuditRow.objects.first().after == {"by": "LdapBackend"}
    assert login("chenguang", "wrong") == 200
    assert login("chenguang", "") == 200


def test_somebody_only_in_the_directory_stays_out(tree: None, world: Any) -> None:
    assert login("stranger", "From-directory-1") == 200
    assert not Person.objects.filter(username="stranger").exists()


def test_a_stopped_person_stays_out(tree: None, clerk: Person) -> None:
    Person.objects.filter(pk=clerk.pk).update(is_active=False)
    assert directory.LdapBackend().authenticate(None, "chenguang", "From-directory-1") is None


def test_the_directorys_own_rules_hold_for_its_passwords(tree: None, clerk: Person) -> None:
    Person.objects.filter(pk=clerk.pk).update(must_change_password=True)
    client = Client()
    client.post("/account/login/", {"login": "chenguang", "password": "From-directory-1"})
    assert client.get("/").status_code == 200


def test_a_name_cannot_change_the_rest_of_what_is_bound(settings: Any) -> None:
    settings.LDAP_USER = NAME
    assert directory.name_of("a,ou=admins") == "uid=a\\,ou\\=admins,ou=people,dc=xilan"


def test_a_directory_that_is_away_is_logged_and_opens_nothing(settings: Any, caplog: Any) -> None:
    settings.LDAP_URL, settings.LDAP_USER = "ldap://127.0.0.1:1", NAME
    assert directory.binds("chenguang", "x") is False
    assert "directory not reached" in caplog.text


@pytest.fixture
def gateway(settings: Any) -> None:
    settings.GATEWAY_HEADER, settings.GATEWAY_ADDRESSES = "X-Gateway-User", ["10.1.2.3", "10.9.0.0/16"]
    where = settings.MIDDLEWARE.index("junxian.web.people.middleware.ActingPost")
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:where], "junxian.web.people.gateway.Gateway", *settings.MIDDLEWARE[where:],
    ]  # fmt: skip
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS, "junxian.web.people.gateway.GatewayBackend",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "status"), [("10.1.2.3", 200), ("10.9.77.1", 200), ("10.8.0.1", 302), ("127.0.0.1", 302), ("", 302)]
)
def test_the_header_is_believed_from_the_gateway_alone(gateway: None, clerk: Person, address: str, status: int) -> None:
    client = Client(headers={"X-Gateway-User": "chenguang"})
    assert client.get("/", REMOTE_ADDR=address).status_code == status


def test_without_addresses_nobody_is_believed(gateway: None, clerk: Person, settings: Any) -> None:
    settings.GATEWAY_ADDRESSES = []
    assert Client(headers={"X-Gateway-User": "chenguang"}).get("/", REMOTE_ADDR="10.1.2.3").status_code == 302


def test_the_gateway_makes_nobody_and_ends_what_it_began(gateway: None, clerk: Person) -> None:
    at = {"REMOTE_ADDR": "10.1.2.3"}
    assert Client(headers={"X-Gateway-User": "nobody-here"}).get("/", **at).status_code == 302
    client = Client()
    assert client.get("/", headers={"X-Gateway-User": "chenguang"}, **at).status_code == 200
    assert client.get("/", **at).status_code == 302, "the gateway names nobody any more"
    assert client.get("/", headers={"X-Gateway-User": "chenguang"}, **at).status_code == 200
    assert client.get("/", headers={"X-Gateway-User": "chenguang"}, REMOTE_ADDR="10.8.0.1").status_code == 302


def test_the_address_behind_the_gateway_is_what_the_audit_keeps(gateway: None, clerk: Person) -> None:
    Client(headers={"X-Gateway-User": "chenguang", "X-Forwarded-For": "6.6.6.6, 172.16.4.5"}).get(
        "/", REMOTE_ADDR="10.1.2.3"
    )
    assert AuditRow.objects.get(action="sign_in").address == "172.16.4.5"
    Client(headers={"X-Forwarded-For": "6.6.6.6"}).post(
        "/account/login/", {"login": "chenguang", "password": "x"}, REMOTE_ADDR="10.8.0.1"
    )
    assert AuditRow.objects.first().after["address"] == "10.8.0.1"


@pytest.fixture
def dingtalk(settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"dingtalk": {"APPS": [{"client_id": "id", "secret": "s", "name": "钉钉"}]}}


def third_party(person: Person | None, process: str) -> Any:
    """What happens when 钉钉 has confirmed somebody: a request by that person, or by nobody signed in."""
    from django.contrib.auth.models import AnonymousUser

    request: HttpRequest = RequestFactory().get("/account/dingtalk/login/callback/")
    SessionMiddleware(lambda r: None)(request)
    MessageMiddleware(lambda r: None).process_request(request)
    request.user, request.actor = person or AnonymousUser(), None
    account = SocialAccount(provider="dingtalk", uid="open-1", extra_data={"nick": "陈光"})
    given = SocialLogin(user=Person(username="new-from-dingtalk"), account=account)
    given.state = {"process": process}
    with context.request_context(request):
        return complete_login(request, given), request


def test_an_unknown_third_party_account_opens_and_makes_nothing(dingtalk: None, clerk: Person) -> None:
    before = Person.objects.count()
    answer, request = third_party(None, "login")
    assert "先绑定" in answer.content.decode()
    assert not request.user.is_authenticated
    assert Person.objects.count() == before


def test_a_linked_one_opens_the_person_who_linked_it(dingtalk: None, clerk: Person) -> None:
    third_party(clerk, "connect")
    assert SocialAccount.objects.get().user == clerk
    answer, request = third_party(None, "login")
    assert answer.status_code == 302
    assert request.user == clerk


def test_the_sign_in_page_offers_what_is_configured(world: Any, settings: Any) -> None:
    assert "dingtalk" not in Client().get("/account/login/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"dingtalk": {"APPS": [{"client_id": "id", "secret": "s"}]}}
    assert "/account/dingtalk/login/" in Client().get("/account/login/").content.decode()


# Tokens.


def bearer(secret: str) -> Any:
    return Client().get("/api/people/me", headers={"Authorization": f"Bearer {secret}"})


def test_a_token_is_shown_once_works_for_its_post_and_is_revoked(world: Any) -> None:
    client = world.client("X10001-jingban")
    secret = client.post("/tokens/", {"name": "报表系统"}).context["secret"]
    assert secret not in client.get("/tokens/").content.decode()
    assert secret not in str(Token.objects.values())
    assert bearer(secret).json()["unit"] == "X10001"
    kept = Token.objects.get()
    assert kept.last_used is not None
    assert world.client("kaohe").post(f"/tokens/{kept.pk}/revoke/").status_code == 404
    client.post(f"/tokens/{kept.pk}/revoke/")
    assert bearer(secret).status_code == 401
    assert [row.action for row in AuditRow.objects.filter(subject="token")] == ["token.revoke", "token.issue"]


def test_a_token_ends_with_its_day_its_post_and_its_person(world: Any) -> None:
    by = world.actor("X10001-jingban")
    old = tokens.issue(by.post, "a", ends=date(2026, 7, 14), by=by)
    good = tokens.issue(by.post, "b", ends=date(2026, 7, 15), by=by)
    assert (bearer(old).status_code, bearer(good).status_code) == (401, 200)
    Post.objects.filter(pk=by.post.pk).update(ends=date(2026, 7, 14))
    assert bearer(good).status_code == 401
    Post.objects.filter(pk=by.post.pk).update(ends=None)
    Person.objects.filter(pk=by.person.pk).update(is_active=False)
    assert bearer(good).status_code == 401


def test_nobody_issues_a_token_of_anothers_post(world: Any) -> None:
    with pytest.raises(PermissionDenied):
        tokens.issue(world.post("kaohe"), "x", by=world.actor("X10001-jingban"))
    with pytest.raises(PermissionDenied):
        tokens.issue(world.post("xitong"), "x", by=world.actor("xitong"))


ASK = "import django; django.setup(); from django.conf import settings as s; print(*s.SOCIALACCOUNT_PROVIDERS)"
ASK += "; print(*s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']); print(*s.AUTHENTICATION_BACKENDS)"


def configured(tmp_path: Path, **given: str) -> list[list[str]]:
    """What the real settings are with these variables of the environment."""
    fixed = {"DJANGO_SETTINGS_MODULE": "junxian.web.settings", "JUNXIAN_SECRET_KEY": "x", "JUNXIAN_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env={**os.environ, **fixed, **given}, capture_output=True, text=True, check=True
    )
    return [line.split() for line in done.stdout.splitlines()]


def test_every_other_way_in_is_closed_until_the_environment_opens_it(tmp_path: Path) -> None:
    providers, targets, backends = configured(tmp_path)
    assert providers == []
    assert targets == ["'self'"]
    assert not [name for name in backends if "directory" in name or "gateway" in name]
    providers, targets, backends = configured(
        tmp_path, JUNXIAN_DINGTALK_ID="a", JUNXIAN_DINGTALK_SECRET="b", JUNXIAN_OIDC_ID="c", JUNXIAN_OIDC_SECRET="d",
        JUNXIAN_OIDC_SERVER="https://sso.invalid/realm", JUNXIAN_LDAP_URL="ldaps://x", JUNXIAN_LDAP_USER=NAME,
        JUNXIAN_GATEWAY_HEADER="X-User", JUNXIAN_GATEWAY_ADDRESSES="10.0.0.1",
    )  # fmt: skip
    assert providers == ["dingtalk", "openid_connect"]
    assert targets[1:] == ["https://login.dingtalk.com", "https://sso.invalid"]
    assert {"junxian.web.people.directory.LdapBackend", "junxian.web.people.gateway.GatewayBackend"} <= set(backends)
