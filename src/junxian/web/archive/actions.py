"""Keeping files (存档): the same bytes are kept once."""

from __future__ import annotations

from junxian.web.archive.hashing import digest
from junxian.web.archive.models import Blob


def keep(content: bytes) -> Blob:
    """Store bytes under their hash; bytes already kept are not written again."""
    mark = digest(content)
    found = Blob.objects.filter(pk=mark).only("hash").first()
    return found or Blob.objects.get_or_create(pk=mark, defaults={"size": len(content), "content": content})[0]
