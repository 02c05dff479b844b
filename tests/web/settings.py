"""Settings of the tests: the real ones, a secret of their own and quick password hashes."""

from junxian.web.settings import *  # noqa: F403

SECRET_KEY = "for tests alone"
TODAY = "2026-07-15"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
