"""Trusted gateway (统一认证网关): a header names who signed in, believed only from the gateway's own addresses."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, login, logout
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse

from junxian.web.people.models import Person

BACKEND = "junxian.web.people.gateway.GatewayBackend"


class GatewayBackend(ModelBackend):
    """Keeps sessions the gateway opened; signs nobody in by itself."""

    def authenticate(self, request: HttpRequest | None, **credentials: object) -> None:  # type: ignore[override]
        """Never: the header is read by the middleware, from trusted addresses alone."""
        return


class Gateway:
    """Signs in the existing person the gateway names; signs out when it names another or nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.GATEWAY_HEADER:
            follow(request)
        return self.get_response(request)


def follow(request: HttpRequest) -> None:
    """Make the session agree with the header."""
    name = named(request)
    if request.user.is_authenticated:
        if request.session.get(BACKEND_SESSION_KEY) == BACKEND and request.user.get_username() != name:
            logout(request)
        else:
            return
    person = Person.objects.filter(username=name, is_active=True).first() if name else None
    if person is not None:
        login(request, person, backend=BACKEND)


def named(request: HttpRequest) -> str:
    """The account the header names; empty unless the request comes from a trusted address."""
    if not trusted(request.META.get("REMOTE_ADDR", "")):
        return ""
    return str(request.headers.get(settings.GATEWAY_HEADER, "")).strip()


def trusted(address: str) -> bool:
    """Whether the peer is one of JUNXIAN_GATEWAY_ADDRESSES: addresses or networks."""
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    return any(peer in ip_network(known, strict=False) for known in settings.GATEWAY_ADDRESSES)


def address_of(request: HttpRequest) -> str:
    """Where the request comes from: the last X-Forwarded-For of a trusted gateway, else the peer itself."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    named = str(request.headers.get("X-Forwarded-For", "")).split(",")[-1].strip()
    if not named or not trusted(peer):
        return peer
    try:
        return str(ip_address(named))
    except ValueError:
        return peer
