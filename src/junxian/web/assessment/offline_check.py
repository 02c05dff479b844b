"""Checks an evidence package (证据包校验) with plain Python 3: `python verify.py`, in the folder it was unpacked to.

Needs nothing installed. Exit code 0: every file is as it was signed. The public key is printed: compare it with the
one the deployment published. Ed25519 as in RFC 8032, written out so that nobody has to be trusted.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError("not a point")
    return P - x if x & 1 != sign else x


def _point(raw):
    number = int.from_bytes(raw, "little")
    y = number & ((1 << 255) - 1)
    if len(raw) != 32 or y >= P:
        raise ValueError("not a point")
    x = _x(y, number >> 255)
    return (x, y, 1, x * y % P)


def _add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return (i * j % P, k * m % P, j * k % P, i * m % P)


def _times(count, point):
    total = (0, 1, 1, 0)
    while count:
        if count & 1:
            total = _add(total, point)
        point = _add(point, point)
        count >>= 1
    return total


def _same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (_x(BASE_Y, 0), BASE_Y, 1, _x(BASE_Y, 0) * BASE_Y % P)


def signed(public, signature, message):
    """Whether the Ed25519 signature of the message holds under the public key."""
    try:
        key, nonce = _point(public), _point(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return _same(_times(scalar, BASE), _add(nonce, _times(challenge, key)))


def faults(folder):
    """What is not as it was signed (nothing, when all is well) and the public key it was signed with."""
    with (folder / "MANIFEST.json").open(encoding="utf-8") as stream:
        manifest = json.load(stream)
    kind, public, made = manifest.pop("signature").split(":")
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    good = kind == "ed25519" and signed(base64.b64decode(public), base64.b64decode(made), text)
    found = [] if good else ["signature"]
    for name, stated in manifest["files"].items():
        try:
            with (folder / name).open("rb") as stream:
                actual = hashlib.sha256(stream.read()).hexdigest()
        except OSError:
            actual = ""
        if actual != stated:
            found.append(name)
    return found, public


if __name__ == "__main__":
    wrong, key = faults(Path(__file__).resolve().parent)
    sys.stdout.write("public key " + key + "\n" + ("OK\n" if not wrong else "BROKEN: " + ", ".join(wrong) + "\n"))
    sys.exit(1 if wrong else 0)
