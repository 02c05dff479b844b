"""Signatures (签名): Ed25519 under the deployment's own key, so that anybody with its public half can check offline."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PURPOSE = b"junxian signing key 1\0"


@lru_cache(maxsize=4)
def _key(secret: str) -> Ed25519PrivateKey:
    """The key follows from the deployment's secret: what restores the secret restores the key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(PURPOSE + secret.encode()).digest())


def sign(facts: dict[str, Any]) -> str:
    """`ed25519:<public key>:<signature>`, both base64, over the canonical JSON of the facts."""
    key = _key(settings.SECRET_KEY)
    return f"ed25519:{_text(key.public_key().public_bytes_raw())}:{_text(key.sign(canonical(facts)))}"


def holds(signature: str, facts: dict[str, Any]) -> bool:
    """Whether the signature was made over these facts with the key it names."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        kind, public, made = signature.split(":")
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(base64.b64decode(made), canonical(facts))
    except (ValueError, InvalidSignature):
        return False
    return kind == "ed25519"


def is_ours(signature: str) -> bool:
    """Whether the signature names this deployment's key."""
    return signature.split(":")[1:2] == [_text(_key(settings.SECRET_KEY).public_key().public_bytes_raw())]


def canonical(facts: dict[str, Any]) -> bytes:
    """The bytes that are signed: JSON with sorted keys, no spaces, UTF-8."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
