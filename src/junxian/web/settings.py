"""Settings (设置): everything from the environment, secure unless told otherwise; `junxian doctor` reads them back."""

from __future__ import annotations

from pathlib import Path

import environ
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

env = environ.Env()
HERE = Path(__file__).resolve().parent

HOME = Path(env("JUNXIAN_HOME", default="junxian-data")).resolve()
"""Where the embedded database, the secret and backups live."""


def _secret() -> str:
    """JUNXIAN_SECRET_KEY, else the file `secret` in HOME, made once by `junxian migrate` and readable by its owner."""
    kept = HOME / "secret"
    return env("JUNXIAN_SECRET_KEY", default=kept.read_text() if kept.is_file() else "")


SECRET_KEY = _secret()
DEBUG = False
DEMO = env.bool("JUNXIAN_DEMO", default=False)
TODAY = env("JUNXIAN_TODAY", default="")
TLS = env.bool("JUNXIAN_TLS", default=False)
PREFIX = env("JUNXIAN_PREFIX", default="").strip("/")
HASH = env("JUNXIAN_HASH", default="sha256")
"""`sha256` or `sm3`: the hash of the audit chain, archives and confirmations."""
THREE_ADMINISTRATORS = env.bool("JUNXIAN_THREE_ADMINISTRATORS", default=False)
"""三员分立: system, security and audit administrators are three people who see no business data (RULES §10.2)."""
GATEWAY_HEADER = env("JUNXIAN_GATEWAY_HEADER", default="")
GATEWAY_ADDRESSES = env.list("JUNXIAN_GATEWAY_ADDRESSES", default=[])
DINGTALK_ID = env("JUNXIAN_DINGTALK_ID", default="")
OIDC_ID = env("JUNXIAN_OIDC_ID", default="")
OIDC_SERVER = env("JUNXIAN_OIDC_SERVER", default="")
LDAP_URL = env("JUNXIAN_LDAP_URL", default="")
LDAP_USER = env("JUNXIAN_LDAP_USER", default="")
SYSLOG = env("JUNXIAN_SYSLOG", default="")
"""Where log lines also go: a socket's path, or `host:port`."""
HEADS = env("JUNXIAN_HEADS", default="")
"""A folder on a medium that is taken away: the audit chain's head is written there daily."""
BACKUPS = Path(env("JUNXIAN_BACKUPS", default=str(HOME / "backups"))).resolve()
PG_TOOLS = env("JUNXIAN_PG_TOOLS", default="")
"""The folder of pg_dump and pg_restore, where those of the PATH are older than the server."""
IDLE_MINUTES = env.int("JUNXIAN_IDLE_MINUTES", default=30)
PASSWORD_DAYS = env.int("JUNXIAN_PASSWORD_DAYS", default=90)
LARGEST_UPLOAD = env.int("JUNXIAN_LARGEST_UPLOAD", default=200 * 1024**2)

ALLOWED_HOSTS = env.list("JUNXIAN_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("JUNXIAN_ORIGINS", default=[])
SITE_ID = 1
ROOT_URLCONF = "junxian.web.urls"
WSGI_APPLICATION = "junxian.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORCE_SCRIPT_NAME = f"/{PREFIX}" if PREFIX else None

ROOMS = (
    "archive", "units", "people", "rulebooks", "indicators", "supervision", "bottomlines", "benchmarks", "assessment",
    "bulletins", "cockpit", "operations",
)  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    *(f"junxian.web.{room}" for room in ROOMS),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.dingtalk",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "dbbackup",
    "tree_queries",
    "ninja",
]
MIDDLEWARE = [
    "junxian.web.operations.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    *(["junxian.web.people.gateway.Gateway"] if GATEWAY_HEADER else []),
    "junxian.web.people.middleware.ActingPost",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "junxian.web.people.context.page_frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "junxian.web.people.tags"],
        },
    }
]

DATABASES = {"default": env.db_url_config(env("JUNXIAN_DATABASE_URL", default=f"sqlite:///{HOME / 'junxian.sqlite3'}"))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on beside one writer; IMMEDIATE takes the write lock at once instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 600
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if socket := DATABASES["default"].get("OPTIONS", {}).pop("host", ""):  # `?host=` of an address: a socket's folder
        DATABASES["default"]["HOST"] = socket
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    *(["junxian.web.people.directory.LdapBackend"] if LDAP_URL else []),
    *(["junxian.web.people.gateway.GatewayBackend"] if GATEWAY_HEADER else []),
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "junxian.web.people.passwords.ThreeClasses"},
    {"NAME": "junxian.web.people.passwords.NotRecentlyUsed"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {
    "change_password": "junxian.web.people.forms.ChangePassword",
    "reauthenticate": "junxian.web.people.forms.Reauthenticate",
}
ACCOUNT_ADAPTER = "junxian.web.people.adapter.ClosedAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # axes counts failures, in the database and by account
SOCIALACCOUNT_ADAPTER = "junxian.web.people.adapter.ExistingPersonsOnly"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}
if DINGTALK_ID:
    SOCIALACCOUNT_PROVIDERS["dingtalk"] = {
        "APPS": [{"client_id": DINGTALK_ID, "secret": env("JUNXIAN_DINGTALK_SECRET"), "name": "钉钉"}]
    }
if OIDC_ID:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env("JUNXIAN_OIDC_NAME", default="OpenID Connect"),
                "client_id": OIDC_ID,
                "secret": env("JUNXIAN_OIDC_SECRET"),
                "settings": {"server_url": OIDC_SERVER},
            }
        ]
    }
MFA_ADAPTER = "junxian.web.people.adapter.KeptSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Junxian"
USERSESSIONS_TRACK_ACTIVITY = False  # once a minute, by people.middleware, not at every request
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else the sentence "try again at" would not hold
AXES_LOCKOUT_CALLABLE = "junxian.web.people.signin.locked_out"
AXES_CLIENT_IP_CALLABLE = "junxian.web.people.gateway.address_of"
AXES_DISABLE_ACCESS_LOG = True  # the audit chain keeps sign-ins
SESSION_COOKIE_AGE = IDLE_MINUTES * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_NAME = env("JUNXIAN_COOKIE", default="junxian")
CSRF_COOKIE_NAME = f"{SESSION_COOKIE_NAME}_csrf"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"/{PREFIX}/" if PREFIX else "/"
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [SELF],
        "form-action": [
            SELF,
            *(["https://login.dingtalk.com"] if DINGTALK_ID else []),
            *(["/".join(OIDC_SERVER.split("/")[:3])] if OIDC_SERVER else []),
        ],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 200
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024**2

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = f"{SESSION_COOKIE_NAME}_language"
LOCALE_PATHS = [HERE / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = f"/{PREFIX}/static/" if PREFIX else "/static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
DBBACKUP_CONNECTORS = {
    "default": {
        "CONNECTOR": "dbbackup.db.postgresql.PgDumpBinaryConnector",
        "DUMP_CMD": str(Path(PG_TOOLS) / "pg_dump"),
        "RESTORE_CMD": str(Path(PG_TOOLS) / "pg_restore"),
    }
    if DATABASES["default"]["ENGINE"].endswith("postgresql")
    else {"CONNECTOR": "dbbackup.db.sqlite.SqliteBackupConnector"}
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(HOME / "files")}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "dbbackup": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(BACKUPS)},
    },
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

LOGGING: dict[str, object] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "junxian.web.operations.logs.formatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        **(
            {
                "syslog": {
                    "class": "logging.handlers.SysLogHandler",
                    "address": SYSLOG if SYSLOG.startswith("/") else (SYSLOG.split(":")[0], int(SYSLOG.split(":")[1])),
                    "formatter": "line",
                }
            }
            if SYSLOG
            else {}
        ),
    },
    "root": {"handlers": ["console", *(["syslog"] if SYSLOG else [])], "level": env("JUNXIAN_LOG", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "_granian": {"level": "WARNING"},
    },
}
