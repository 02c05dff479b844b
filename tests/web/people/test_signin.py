"""Signing in: the password page, the lock, what must be changed first, the idle time-out, second factor, sessions."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from junxian.web.people import passwords
from junxian.web.people.models import AuditRow, Person
from tests.web.people.conftest import PASSWORD

LOGIN = "/account/login/"
CHANGE = "/account/password/change/"


def sign_in(person: Person, password: str = PASSWORD, client: Client | None = None, **extra: Any) -> tuple[Client, Any]:
    client = client or Client(headers={"accept-language": "zh-hans"})
    return client, client.post(LOGIN, {"login": person.username, "password": password}, **extra)


def test_the_page_speaks_chinese_and_offers_no_sign_up(world: Any) -> None:
    page = Client(headers={"accept-language": "zh-hans"}).get(LOGIN).content.decode()
    assert "账号" in page
    assert "密码" in page
    assert "signup" not in page


@pytest.mark.parametrize("address", ["/account/signup/", "/account/password/reset/", "/account/email/"])
def test_nobody_signs_up_or_asks_for_a_password_by_mail(world: Any, address: str) -> None:
    for answer in (Client().get(address), Client().post(address, {"username": "x", "password1": PASSWORD})):
        assert answer.status_code == 404
    assert not Person.objects.filter(username="x").exists()


def test_signing_in_leads_to_the_desk_and_is_audited(clerk: Person) -> None:
    client, answer = sign_in(clerk)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200
    row = AuditRow.objects.first()
    assert (row.action, row.person, row.address) == ("sign_in", clerk, "127.0.0.1")


def test_a_wrong_password_is_told_in_a_sentence_and_audited_as_nobodys_deed(clerk: Person) -> None:
    _, answer = sign_in(clerk, "wrong")
    assert "账号或密码不对" in answer.content.decode()
    row = AuditRow.objects.first()
    assert (row.action, row.person, row.subject_id) == ("sign_in.refused", None, str(clerk.pk))


def test_a_password_typed_as_the_account_name_is_not_kept(world: Any) -> None:
    Client().post(LOGIN, {"login": "My-Secret-2026", "password": "x"})
    assert AuditRow.objects.first().subject_id == ""
    assert not any("My-Secret-2026" in str(vars(row)) for row in AuditRow.objects.all())


def test_five_failures_lock_the_account_until_a_time_that_is_told(clerk: Person) -> None:
    for _ in range(5):
        _, answer = sign_in(clerk, "wrong")
    assert answer.status_code == 429
    text = answer.content.decode()
    assert clerk.username in text
    told = re.search(r"请在 (\d\d:\d\d) 以后再试", text)
    assert told
    assert AuditRow.objects.filter(action="sign_in.locked").count() == 1
    _, refused = sign_in(clerk)
    assert refused.status_code == 429, "the right password does not open a locked account"
    assert told[1] in refused.content.decode(), "trying again does not move the time told"


def test_the_lock_ends_after_a_quarter_of_an_hour(clerk: Person) -> None:
    from axes.models import AccessAttempt

    for _ in range(5):
        sign_in(clerk, "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(clerk)[1].status_code == 302


def test_others_sign_in_while_one_account_is_locked(clerk: Person, world: Any) -> None:
    for _ in range(5):
        sign_in(clerk, "wrong")
    other = world.person("kaohe")
    passwords.change(other, PASSWORD, by=None)
    assert sign_in(other)[1].status_code == 302


def test_a_one_time_password_must_be_changed_first(clerk: Person) -> None:
    passwords.change(clerk, "One-time-2026x", by=None, once=True)
    client, _ = sign_in(clerk, "One-time-2026x")
    assert client.get("/")["Location"] == CHANGE
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == CHANGE
    assert client.get("/api/people/me").status_code == 401
    assert "一次性密码" in client.get(CHANGE).content.decode()
    new = {"oldpassword": "One-time-2026x", "password1": "River-2026-dusk", "password2": "River-2026-dusk"}
    assert client.post(CHANGE, new).status_code == 302
    assert client.get("/").status_code == 200
    assert AuditRow.objects.first().action == "password.change"
    clerk.refresh_from_db()
    assert not clerk.must_change_password


def test_after_ninety_days_it_must_be_changed_again(clerk: Person, settings: Any) -> None:
    client, _ = sign_in(clerk)
    Person.objects.filter(pk=clerk.pk).update(password_set_at=timezone.now() - timedelta(days=89))
    assert client.get("/").status_code == 200
    Person.objects.filter(pk=clerk.pk).update(password_set_at=timezone.now() - timedelta(days=91))
    assert client.get("/")["Location"] == CHANGE


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Ab1-short", "10"),
        ("onlysmallletters", "三类"),
        (PASSWORD, "最近五次"),
    ],
)
def test_weak_and_used_passwords_are_refused(clerk: Person, password: str, fault: str) -> None:
    client, _ = sign_in(clerk)
    answer = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": password, "password2": password})
    assert answer.status_code == 200
    assert fault in answer.content.decode()


def test_the_last_five_are_refused_and_the_sixth_is_taken(clerk: Person) -> None:
    used = [f"River-2026-{word}" for word in ("one", "two", "three", "four", "five")]
    for word in used:
        passwords.change(clerk, word, by=None)
    rule = passwords.NotRecentlyUsed()
    for word in used:
        with pytest.raises(Exception, match="五"):
            rule.validate(word, clerk)
    rule.validate(PASSWORD, clerk)
    assert clerk.old_passwords.count() == passwords.REMEMBERED


def test_a_one_time_password_meets_the_rules() -> None:
    made = {passwords.one_time() for _ in range(50)}
    assert len(made) == 50
    for word in made:
        passwords.ThreeClasses().validate(word)


def test_the_session_slides_and_ends_when_idle(clerk: Person, settings: Any) -> None:
    client, _ = sign_in(clerk)
    client.get("/")
    key = client.session.session_key
    assert Session.objects.get(pk=key).expire_date <= timezone.now() + timedelta(minutes=settings.IDLE_MINUTES)
    soon = timezone.now() + timedelta(minutes=1)
    Session.objects.filter(pk=key).update(expire_date=soon)
    client.get("/")
    assert Session.objects.get(pk=key).expire_date == soon, "within the minute nothing is written"
    session = client.session
    session["seen"] -= 61
    session.save()
    Session.objects.filter(pk=key).update(expire_date=soon)
    client.get("/")
    assert Session.objects.get(pk=key).expire_date > soon
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert LOGIN in client.get("/")["Location"]


def test_reading_a_page_again_writes_nothing(clerk: Person, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, _ = sign_in(clerk)
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        client.get("/account/settings/")
    assert not [q for q in seen.captured_queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_stopped_account_is_out_at_once(clerk: Person) -> None:
    client, _ = sign_in(clerk)
    Person.objects.filter(pk=clerk.pk).update(is_active=False)
    assert LOGIN in client.get("/")["Location"]
    assert sign_in(clerk)[1]["Location"] == "/account/inactive/"


def test_one_of_several_sessions_is_ended(clerk: Person, world: Any) -> None:
    here, _ = sign_in(clerk)
    there, _ = sign_in(clerk)
    other = UserSession.objects.exclude(session_key=here.session.session_key).get(user=clerk)
    assert f"/account/sessions/{other.pk}/end/" in here.get("/account/sessions/").content.decode()
    assert world.client("kaohe").post(f"/account/sessions/{other.pk}/end/").status_code == 404
    assert here.post(f"/account/sessions/{other.pk}/end/").status_code == 302
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_a_second_factor_is_set_up_asked_for_and_kept_encrypted(clerk: Person) -> None:
    from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time

    client, _ = sign_in(clerk)
    asked = client.get("/account/2fa/totp/activate/")["Location"]
    assert asked.startswith("/account/reauthenticate/")
    assert client.post(asked, {"password": "wrong"}).status_code == 200
    assert client.post(asked, {"password": PASSWORD})["Location"] == "/account/2fa/totp/activate/"
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r"手工填写密钥：<code>(\w+)</code>", page)[1]
    code = f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06}"
    assert client.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    kept = Authenticator.objects.get(user=clerk, type="totp")
    assert secret not in str(kept.data)
    for address in (
        "/account/2fa/",
        "/account/2fa/recovery-codes/",
        "/account/2fa/recovery-codes/generate/",
        "/account/2fa/totp/deactivate/",
        "/account/settings/",
    ):
        assert client.get(address).status_code == 200, address
    codes = re.findall(r"<code>(\w+)</code>", client.get("/account/2fa/recovery-codes/").content.decode())
    fresh, answer = sign_in(clerk)
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert LOGIN in fresh.get("/")["Location"]
    assert "六位数字" in fresh.get("/account/2fa/authenticate/").content.decode()
    assert fresh.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert fresh.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert fresh.get("/").status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_the_account_open_in_both_languages(clerk: Person, language: str) -> None:
    client = Client(headers={"accept-language": language})
    sign_in(clerk, client=client)
    for address in (
        "/account/settings/",
        CHANGE,
        "/account/sessions/",
        "/account/logout/",
        "/account/reauthenticate/",
        "/account/2fa/",
        "/account/3rdparty/",
        "/account/inactive/",
        "/reminders/",
        "/tokens/",
        "/account/3rdparty/login/error/",
        "/account/3rdparty/login/cancelled/",
    ):
        answer = client.get(address)
        assert answer.status_code in (200, 401), address
        text = answer.content.decode()
        assert "Menu:" not in text, f"{address} shows the library's own page"
