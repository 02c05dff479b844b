"""The people room as an application (人员应用): sign-in facts are heard where Django and axes tell them."""

from __future__ import annotations

from django.apps import AppConfig


class People(AppConfig):
    """Signals are used here alone: sign-in happens inside libraries, which say so in no other way."""

    name = "junxian.web.people"

    def ready(self) -> None:
        """Listen."""
        from axes.signals import user_locked_out
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        from junxian.web.people import signin

        user_logged_in.connect(signin.signed_in, dispatch_uid="people.signed_in")
        user_logged_out.connect(signin.signed_out, dispatch_uid="people.signed_out")
        user_login_failed.connect(signin.refused, dispatch_uid="people.refused")
        user_locked_out.connect(signin.locked, dispatch_uid="people.locked")
