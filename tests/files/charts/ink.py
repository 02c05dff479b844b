"""Ink (墨迹): how much of a picture is dark, read from the PNG itself with nothing but the standard library."""

from __future__ import annotations

import struct
import zlib


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    return struct.unpack(">II", png[16:24])


def ink(png: bytes, darker_than: int = 128) -> int:
    """Number of pixels whose green channel is below a limit."""
    return sum(pixel[1] < darker_than for row in rows(png) for pixel in row)


def rows(png: bytes) -> list[list[bytes]]:
    """Pixels of an 8-bit RGB or RGBA picture, filters of the PNG specification undone."""
    width, height = size(png)
    channels = {2: 3, 6: 4}[png[25]]
    raw, stride = zlib.decompress(_image(png)), width * channels
    picture, above = [], bytes(stride)
    for y in range(height):
        start = y * (stride + 1)
        above = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, channels)
        picture.append([above[x : x + channels] for x in range(0, stride, channels)])
    return picture


def _image(png: bytes) -> bytes:
    at, parts = 8, []
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"IDAT":
            parts.append(png[at + 8 : at + 8 + length])
        at += length + 12
    return b"".join(parts)


def _unfiltered(kind: int, line: bytearray, above: bytes, channels: int) -> bytes:
    for i, value in enumerate(line):
        left = line[i - channels] if i >= channels else 0
        corner = above[i - channels] if i >= channels else 0
        guess = (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))[kind]
        line[i] = (value + guess) & 255
    return bytes(line)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))
