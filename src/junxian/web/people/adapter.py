"""Accounts (账号) are made by an administrator; nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class ClosedAccounts(DefaultAccountAdapter):
    """allauth with its door to strangers closed."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Never."""
        return False
