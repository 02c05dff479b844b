"""Sign-in by directory (LDAP 登录): the directory checks the password, the person must already exist here."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from junxian.web.people.models import Person

SECONDS = 5
log = logging.getLogger("junxian.people")


class LdapBackend(ModelBackend):
    """Binds as the person: JUNXIAN_LDAP_USER is the name to bind with, `{username}` in it filled in and escaped."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **given: Any
    ) -> Person | None:
        """The person, where the directory takes the password; an empty one would bind anonymously and is refused."""
        if not username or not password:
            return None
        person = Person.objects.filter(username=username, is_active=True).first()
        return person if person is not None and binds(person.username, password) else None


def binds(username: str, password: str) -> bool:
    """Whether the directory takes the password; one that cannot be reached takes none, and the log says so."""
    from ldap3.core.exceptions import LDAPException

    link = connection(name_of(username), password)
    try:
        taken = bool(link.bind())
        link.unbind()
    except LDAPException as fault:
        log.warning("directory not reached: %s", fault)
        if link.socket is not None:  # the library leaves it open when it could not connect
            link.socket.close()
        return False
    return taken


def name_of(username: str) -> str:
    """The name to bind with, the account name escaped so that it cannot change the rest."""
    from ldap3.utils.dn import escape_rdn

    return settings.LDAP_USER.replace("{username}", escape_rdn(username))


def connection(name: str, password: str) -> Any:
    """A connection not yet bound; `ldaps:` checks the certificate."""
    import ssl

    from ldap3 import Connection, Server, Tls

    secure = Tls(validate=ssl.CERT_REQUIRED) if settings.LDAP_URL.startswith("ldaps:") else None
    server = Server(settings.LDAP_URL, tls=secure, connect_timeout=SECONDS, get_info="NO_INFO")
    return Connection(server, user=name, password=password, receive_timeout=SECONDS, read_only=True)
