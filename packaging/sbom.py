"""Bill of materials (物料清单): what Junxian runs on, as CycloneDX JSON, from installed metadata and package-lock.json.

`python packaging/sbom.py` writes packaging/sbom.cdx.json, which goes into the wheel and the offline bundle.
Only what a running deployment needs is listed: the closure of our own requirements, not the tools of the tests.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "packaging" / "sbom.cdx.json"


def project() -> dict[str, Any]:
    """What pyproject.toml says of us: installed metadata may be older than the tree."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def closure() -> dict[str, Distribution]:
    """Canonical name → installed distribution, of everything we need to run here."""
    found: dict[str, Distribution] = {}
    waiting = [_key(Requirement(line)) for line in project()["dependencies"]]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        wanted, extras = waiting.pop()
        if (wanted, extras) in seen:
            continue
        seen.add((wanted, extras))
        found[wanted] = distribution(wanted)
        waiting += [_key(required) for required in _needed(found[wanted], extras)]
    return dict(sorted(found.items()))


def _key(wanted: Requirement) -> tuple[str, tuple[str, ...]]:
    return canonicalize_name(wanted.name), tuple(sorted(wanted.extras))


def _needed(one: Distribution, extras: tuple[str, ...]) -> Iterator[Requirement]:
    """Requirements that hold on this platform and are installed; an optional one that is not there is not needed."""
    for line in one.requires or ():
        wanted = Requirement(line)
        environments = [{"extra": extra} for extra in ("", *extras)]
        if wanted.marker and not any(wanted.marker.evaluate(environment) for environment in environments):
            continue
        try:
            distribution(wanted.name)
        except PackageNotFoundError:
            if wanted.marker is None:
                raise
            continue
        yield wanted


def license_of(one: Distribution) -> str:
    """The licence as the package states it: its expression, its field if short, else its classifiers."""
    facts = one.metadata
    stated = facts.get("License-Expression") or facts.get("License") or ""
    if stated not in ("", "UNKNOWN") and len(stated) <= 60 and "\n" not in stated:
        return stated.strip()
    classified = [c.rsplit(" :: ", 1)[1] for c in facts.get_all("Classifier") or () if c.startswith("License ::")]
    return " / ".join(classified) or "see the package's licence file"


def python_parts() -> list[dict[str, Any]]:
    """One component for each distribution."""
    return [
        {
            "type": "library", "bom-ref": f"pkg:pypi/{name}@{one.version}", "name": name, "version": one.version,
            "purl": f"pkg:pypi/{name}@{one.version}", "licenses": [{"license": {"name": license_of(one)}}],
        }
        for name, one in closure().items()
    ]  # fmt: skip


def npm_parts(lock: Path) -> list[dict[str, Any]]:
    """One component for each package of the lock file that is not for development only."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return [_npm_part(path.rpartition("node_modules/")[2], entry) for path, entry in sorted(packages.items())
            if path and not entry.get("dev")]  # fmt: skip


def _npm_part(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    purl = f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"
    return {
        "type": "library", "bom-ref": purl, "name": name, "version": entry["version"], "purl": purl,
        "licenses": [{"license": {"name": entry.get("license", "see the package's licence file")}}],
    }  # fmt: skip


def bill(root: Path = ROOT) -> dict[str, Any]:
    """The whole bill."""
    version = project()["version"]
    own = f"pkg:pypi/junxian@{version}"
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {
            "type": "application", "bom-ref": own, "name": "junxian", "version": version, "purl": own,
            "licenses": [{"license": {"id": "Apache-2.0"}}],
        }},
        "components": [*python_parts(), *npm_parts(root / "package-lock.json")],
    }  # fmt: skip


def text(root: Path = ROOT) -> str:
    """The bill as the file holds it."""
    return json.dumps(bill(root), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else FILE).write_text(text(), encoding="utf-8")
