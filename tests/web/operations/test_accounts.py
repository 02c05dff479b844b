"""The first administrators: one, or with the three separated all three at once, or none of them."""

from __future__ import annotations

from typing import Any

import pytest

from junxian.core.errors import DataError
from junxian.web.operations.accounts import Account, create_admins, first_roles
from junxian.web.people.access import Role
from junxian.web.people.models import AuditRow, Person, Post
from junxian.web.people.separation import conflicts

PASSWORD = "Xilan-Shi-2031"
THREE = {
    Role.SYSTEM: Account("xt", "系统", PASSWORD), Role.SECURITY: Account("aq", "安全", PASSWORD),
    Role.AUDIT_ADMIN: Account("sj", "审计", PASSWORD),
}  # fmt: skip


@pytest.fixture
def separated(world: Any, settings: Any) -> None:
    settings.THREE_ADMINISTRATORS = True


def test_alone_the_system_administrator_is_enough(world: Any) -> None:
    assert first_roles() == (Role.SYSTEM,)
    with pytest.raises(DataError) as refused:
        create_admins(THREE)
    assert refused.value.code == "web.operations.role_held"
    assert not Person.objects.filter(username__in=("xt", "aq", "sj")).exists()


def test_separated_all_three_are_made_and_audited(separated: None) -> None:
    assert first_roles() == (Role.SYSTEM, Role.SECURITY, Role.AUDIT_ADMIN)
    create_admins(THREE)
    held = dict(Post.objects.filter(person__username__in=("xt", "aq", "sj")).values_list("person__username", "role"))
    assert held == {"xt": "system", "aq": "security", "sj": "audit_admin"}
    assert all(Person.objects.get(username=name).check_password(PASSWORD) for name in held)
    assert AuditRow.objects.filter(action="person.create").count() == 3
    assert conflicts() == []


def test_afterwards_only_another_system_administrator_is_made_here(separated: None) -> None:
    create_admins(THREE)
    assert first_roles() == (Role.SYSTEM,)
    create_admins({Role.SYSTEM: Account("xt2", "系统二", PASSWORD)})
    with pytest.raises(DataError):
        create_admins({Role.AUDIT_ADMIN: Account("sj2", "审计二", PASSWORD)})


@pytest.mark.parametrize(("username", "password", "code"), [
    ("xt", PASSWORD, "account_twice"), ("kaohe", PASSWORD, "account_taken"), ("sj", "123", "password_weak"),
])  # fmt: skip
def test_one_that_is_wrong_leaves_none(separated: None, username: str, password: str, code: str) -> None:
    given = THREE | {Role.AUDIT_ADMIN: Account(username, "审计", password)}
    with pytest.raises(DataError) as refused:
        create_admins(given)
    assert refused.value.code == f"web.operations.{code}"
    assert not Post.objects.filter(person__username="xt").exists()


def test_the_command_asks_for_the_accounts_it_was_not_given(separated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from junxian.web.operations import commands

    monkeypatch.setattr(commands, "_start", lambda: None)
    said = CliRunner().invoke(
        commands.app, ["createadmin", "xt", "--security", "aq"], input=f"{PASSWORD}\n{PASSWORD}\nsj\n{PASSWORD}\n"
    )
    assert said.exit_code == 0, said.output
    held = Post.objects.filter(role__in=("security", "audit_admin"))
    assert set(held.values_list("person__username", flat=True)) == {"aq", "sj"}
    assert "审计管理员" in said.output or "audit administrator" in said.output
