"""Compound files (复合文档): the sector chains of an .xls or .et, checked before a reader follows them.

A damaged or hostile chain that runs in a circle would be followed for ever, filling the memory; one that leaves the
file is a truncated file. Layout: [MS-CFB], header 2.2, FAT 2.3, mini FAT 2.4, DIFAT 2.5, directory 2.6.
"""

from __future__ import annotations

import struct

from junxian.core.errors import DataError

LAST_REAL = 0xFFFFFFFA
END = 0xFFFFFFFE
STORAGE, STREAM, ROOT = 1, 2, 5
_ENTRY = 128


class Compound:
    """The allocation tables of a compound file, read without following anything twice."""

    def __init__(self, content: bytes) -> None:
        if len(content) < 512:
            raise DataError("sheets.truncated")
        self.content = content
        self.shift = int.from_bytes(content[30:32], "little")
        if self.shift not in (9, 12):
            raise DataError("sheets.save_as_xlsx")
        self.size = 1 << self.shift
        self.count = max((len(content) - 512 + self.size - 1) // self.size, 1)
        fields = struct.unpack_from("<9I", content, 40)
        self.directory_start, self.mini_start = fields[2], fields[5]
        self.fat = self._table(self._fat_sectors(fields[7]))
        self.mini = self._table(self.chain(self.mini_start, self.fat, self.count))

    def _sector(self, number: int) -> bytes:
        start = 512 + number * self.size if self.shift == 9 else (number + 1) * self.size
        if number >= LAST_REAL or start >= len(self.content):
            raise DataError("sheets.truncated")
        return self.content[start : start + self.size]

    def _fat_sectors(self, following: int) -> list[int]:
        """FAT sectors: 109 in the header, the rest in a chain of their own whose last word points on."""
        listed = list(struct.unpack_from("<109I", self.content, 76))
        seen: set[int] = set()
        while following < LAST_REAL:
            if following in seen:
                raise DataError("sheets.truncated")
            seen.add(following)
            words = _words(self._sector(following))
            listed.extend(words[:-1])
            following = words[-1] if words else END
        return [sector for sector in listed if sector < LAST_REAL]

    def _table(self, sectors: list[int]) -> list[int]:
        if len(sectors) > self.count:
            raise DataError("sheets.truncated")
        return [word for sector in sectors for word in _words(self._sector(sector))]

    def chain(self, start: int, table: list[int], most: int) -> list[int]:
        """The sectors of a stream in order; DataError where the chain leaves its table or comes back to itself."""
        sectors: list[int] = []
        while start < LAST_REAL:
            if start >= len(table) or len(sectors) > most:
                raise DataError("sheets.truncated")
            sectors.append(start)
            start = table[start]
        return sectors

    def streams(self) -> dict[str, tuple[list[int], int, bool]]:
        """Name → (sectors, size, kept in the mini stream) of every directory entry; every chain is followed once."""
        body = b"".join(self._sector(sector) for sector in self.chain(self.directory_start, self.fat, self.count))
        if len(body) % _ENTRY:
            raise DataError("sheets.truncated")
        found: dict[str, tuple[list[int], int, bool]] = {}
        for at in range(0, len(body), _ENTRY):
            name, kind, start, size = _entry(body[at : at + _ENTRY])
            if kind in (STORAGE, STREAM, ROOT):
                mini = kind == STREAM and size < 4096
                table = self.mini if mini else self.fat
                empty = kind == STORAGE or size == 0
                found[name] = ([] if empty else self.chain(start, table, len(table)), size, mini)
        return found

    def read(self, streams: dict[str, tuple[list[int], int, bool]], name: str) -> bytes:
        """The content of a stream; short ones lie in 64-byte pieces inside the root's."""
        sectors, size, mini = streams[name]
        if not mini:
            return b"".join(self._sector(sector) for sector in sectors)[:size]
        root = b"".join(self._sector(sector) for sector in streams.get("Root Entry", ([], 0, False))[0])
        return b"".join(root[sector * 64 : sector * 64 + 64] for sector in sectors)[:size]


def _entry(entry: bytes) -> tuple[str, int, int, int]:
    """(name, type, first sector, size) of a directory entry."""
    length = max(min(int.from_bytes(entry[64:66], "little"), 64) - 2, 0)
    start, size = struct.unpack_from("<II", entry, 116)
    return entry[:length].decode("utf-16-le", "replace"), entry[66], start, size


def _words(sector: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])
