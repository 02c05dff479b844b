"""The doctor names each fault, and says what to do in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from junxian.files.rulebooks import say
from junxian.web.operations import doctor, heads, worker
from junxian.web.people.models import Person
from tests.web.conftest import World
from tests.web.operations.deployments import Deployment

SOURCE = Path(doctor.__file__).read_text(encoding="utf-8")


@pytest.fixture
def well(world: World, settings: Settings, tmp_path: Path) -> Settings:
    """A sound installation."""
    settings.HOME = settings.BACKUPS = tmp_path
    settings.HEADS, settings.TODAY, settings.ALLOWED_HOSTS, settings.SECRET_KEY = "", "", ["localhost"], "s" * 64
    Person.objects.filter(demo=True).update(demo=False)
    worker.beat("one")
    heads.write_head(tmp_path)
    return settings


def faults() -> set[str]:
    return {
        finding.code.removeprefix("web.operations.doctor_") for finding in doctor.examine() if finding.level == "fault"
    }


def test_a_sound_installation_has_no_fault(well: Settings) -> None:
    assert faults() == set()


def no_home(settings: Settings) -> None:
    settings.HOME = settings.HOME / "nowhere"


def open_secret(settings: Settings) -> None:
    (settings.HOME / "secret").write_text("s" * 64)
    (settings.HOME / "secret").chmod(0o644)


def public(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["kaohe.example"]


def public_demo(settings: Settings) -> None:
    public(settings)
    settings.DEMO = settings.TLS = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 1


def half_tls(settings: Settings) -> None:
    public(settings)
    settings.TLS = True


def old_beat(settings: Settings) -> None:
    worker.Heartbeat.objects.update(at=timezone.now() - timedelta(hours=1))


def demo_accounts(settings: Settings) -> None:
    Person.objects.filter(username="kaohe").update(demo=True)


def broken_chain(settings: Settings) -> None:
    doctor.audit.AuditHead.objects.update(hash="sha256:0")


@pytest.mark.parametrize(("spoil", "expected"), [
    (no_home, {"no_home"}), (open_secret, {"secret_open"}), (public, {"no_tls"}), (public_demo, {"demo_public"}),
    (half_tls, {"tls_half"}), (old_beat, {"no_worker"}), (demo_accounts, {"demo_accounts"}),
    (broken_chain, {"chain_broken"}),
    (lambda s: setattr(s, "ALLOWED_HOSTS", ["*"]), {"any_host", "no_tls"}),
    (lambda s: setattr(s, "DEBUG", True), {"debug"}),
    (lambda s: setattr(s, "TODAY", "2026-07-15"), {"given_day"}),
    (lambda s: setattr(s, "SECRET_KEY", "short"), {"secret_short"}),
    (lambda s: setattr(s, "GATEWAY_HEADER", "X-User"), {"gateway_open"}),
], ids=lambda value: getattr(value, "__name__", ""))  # fmt: skip
def test_each_fault_is_named(well: Settings, spoil: Callable[[Settings], None], expected: set[str]) -> None:
    spoil(well)
    assert faults() == expected


def test_a_full_disk_is_named(well: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_DISK", 1 << 62)
    assert faults() == {"disk_full"}


def test_a_clock_behind_the_newest_row_is_named(well: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = timezone.now() - timedelta(days=1)
    monkeypatch.setattr(doctor.timezone, "now", lambda: earlier)
    assert "clock_behind" in faults()


def test_a_rewritten_chain_is_named(well: Settings) -> None:
    well.HEADS = str(well.HOME)
    file = next(well.HOME.glob(heads.PATTERN))
    file.write_text(re.sub(r'"hash": "[^"]*"', '"hash": "sha256:0"', file.read_text()))
    found = [finding for finding in doctor.examine() if finding.level == "fault"]
    assert [finding.code for finding in found] == ["web.operations.head_rewritten"]


def codes() -> set[str]:
    """Every code the doctor's source can say."""
    calls = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_say"]
    return {f"web.operations.doctor_{call.args[0].value}" for call in named if isinstance(call.args[0], ast.Constant)}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_finding_has_a_sentence(language: str) -> None:
    assert len(codes()) > 35
    assert [code for code in sorted(codes()) if say(code, {}, language).startswith(code)] == []


def test_the_command_ends_with_one_on_a_fault_and_needs_no_deployment(deployment: Deployment, tmp_path: Path) -> None:
    found = deployment.run("doctor")
    assert found.returncode == 1
    assert "没有后台作业在运行" in found.stdout
    nowhere = Deployment(tmp_path / "nowhere").run("doctor", JUNXIAN_LANGUAGE="en")
    assert nowhere.returncode == 1
    assert "run junxian migrate" in nowhere.stdout
    assert not (tmp_path / "nowhere").exists()


def test_the_page_says_the_same(world: World) -> None:
    shown = world.client("xitong").get("/system/")
    assert shown.status_code == 200
    assert "没有后台作业在运行" in shown.content.decode()
    assert world.client("kaohe").get("/system/").status_code == 403
