"""The deployment's hash (摘要算法): SHA-256, or SM3 where the setting says so; the name stands before the digest."""

from __future__ import annotations

import hashlib

from django.conf import settings


def digest(content: bytes) -> str:
    """`sha256:<hex>` or `sm3:<hex>` of the bytes."""
    return f"{settings.HASH}:{hashlib.new(settings.HASH, content).hexdigest()}"
