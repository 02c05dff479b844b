"""Sign-in through allauth (登录): accounts are made by an administrator; 钉钉 and OIDC only open existing ones."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from junxian.web.people import passwords
from junxian.web.people.gateway import address_of


class ClosedAccounts(DefaultAccountAdapter):
    """allauth with its door to strangers closed, its password changes kept in our history and audit chain."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("账号或密码不对。请核对大小写和输入法；连续五次不对，账号锁定十五分钟。"),
        "enter_current_password": _("现在的密码不对，请重新填写。"),
        "incorrect_password": _("密码不对，请重新填写。"),
        "incorrect_code": _("验证码不对，请填写手机上正在显示的六位数字。"),
        "account_inactive": _("这个账号已停用，请联系系统管理员。"),
        "too_many_login_attempts": _("登录次数太多，请过几分钟再试。"),
        "rate_limited": _("操作太频繁，请过几分钟再试。"),
    }

    def is_open_for_signup(self, request: Any) -> bool:
        """Never."""
        return False

    def set_password(self, user: Any, password: str) -> None:
        """Keep the old hash, the date and the audit row."""
        passwords.change(user, password, by=getattr(self.request, "actor", None))

    def get_client_ip(self, request: Any) -> str:
        """The address the gateway names, where it is a trusted one."""
        return address_of(request)

    def send_notification_mail(self, template_prefix: str, user: Any, context: Any = None, email: Any = None) -> None:
        """No mail: there is no e-mail address to send it to."""


class ExistingPersonsOnly(DefaultSocialAccountAdapter):
    """A third-party account opens the person it was linked to by that person; it never makes one."""

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:
        """Never."""
        return False


class KeptSecrets(DefaultMFAAdapter):
    """Second factors whose secrets are encrypted in the database with a key made from the deployment's secret."""

    def encrypt(self, text: str) -> str:
        """Fernet (AES-128-CBC with HMAC)."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The counterpart."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> Any:
    from cryptography.fernet import Fernet

    key = hashlib.sha256(b"junxian second factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
