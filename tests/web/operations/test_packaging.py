"""Packages: the bundle runs in an empty folder with an empty environment; the bill of materials is what is pinned."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from types import ModuleType
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from ruamel.yaml import YAML

from junxian.web.operations.serve import free_port

ROOT = Path(__file__).parents[3]
PACKAGING = ROOT / "packaging"


def loaded(name: str) -> ModuleType:
    """A script of packaging/, which is no package."""
    sys.path.insert(0, str(PACKAGING))
    try:
        spec = importlib.util.spec_from_file_location(name, PACKAGING / f"{name}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(PACKAGING))


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {
        re.sub(r"[-_.]+", "-", name).lower(): version for name, _, version in (line.partition("==") for line in lines)
    }


def test_the_bill_lists_what_is_pinned_and_shipped() -> None:
    bill = json.loads((PACKAGING / "sbom.cdx.json").read_text(encoding="utf-8"))
    parts = {part["purl"]: part for part in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX"
    python = {p["name"]: p["version"] for purl, p in parts.items() if purl.startswith("pkg:pypi/")}
    assert {name for name, version in python.items() if pinned().get(name) != version} == set()
    assert {"django", "polars", "granian", "django-allauth", "psycopg"} <= set(python)
    assert not {"pytest", "mypy", "ruff"} & set(python)
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    shipped = {name.rpartition("node_modules/")[2] for name, entry in locked.items() if name and not entry.get("dev")}
    assert {p["name"] for purl, p in parts.items() if purl.startswith("pkg:npm/")} == shipped
    assert [p["name"] for p in parts.values() if not p["licenses"][0]["license"].get("name")] == []


def test_the_bill_is_what_the_script_writes() -> None:
    assert loaded("sbom").text() == (PACKAGING / "sbom.cdx.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["web", "worker", "backup"])
def test_a_unit_runs_without_root_and_starts_what_exists(name: str) -> None:
    text = (PACKAGING / "systemd" / f"junxian-{name}.service").read_text(encoding="utf-8")
    assert {"User=junxian", "NoNewPrivileges=yes", "UMask=0077", "ProtectSystem=strict"} <= set(text.splitlines())
    commands = re.findall(r"^Exec\w+=\S+/junxian (\w+)", text, re.MULTILINE)
    from junxian.web.operations.commands import app

    known = {info.name or info.callback.__name__ for info in app.registered_commands if info.callback}
    assert commands
    assert set(commands) <= known


def test_compose_and_image_keep_to_the_rules() -> None:
    compose = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    assert set(services) == {"migrate", "web", "worker", "database"}
    assert services["database"]["profiles"] == ["postgres"]
    for name in ("migrate", "web", "worker"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True
        assert services[name]["volumes"] == ["data:/data"]
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER junxian$", image, re.MULTILINE)
    assert "HEALTHCHECK" in image
    assert "/healthz" in image
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", image, re.MULTILINE)
    assert [path for line in copied for path in line.split() if not (ROOT / path).exists()] == []
    assert re.search(r"postgres:(\d+)", services["database"]["image"])


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle, built here and unpacked somewhere else."""
    place = tmp_path_factory.mktemp("bundle")
    built = subprocess.run(
        [sys.executable, PACKAGING / "offline.py", place / "dist", "--plain"], capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr[-2000:]
    archive = Path(built.stdout.strip())
    with tarfile.open(archive) as stream:
        stream.extractall(place / "somewhere else", filter="tar")
    archive.unlink()
    return next((place / "somewhere else").iterdir())


EMPTY = {"PATH": "/usr/bin:/bin"}


def bundled(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([folder / "junxian", *arguments], env=EMPTY, capture_output=True, text=True, cwd="/")


def test_the_bundle_runs_from_an_empty_environment(unpacked: Path) -> None:
    made = bundled(unpacked, "migrate")
    assert made.returncode == 0, made.stderr
    adopted = bundled(unpacked, "setup", str(unpacked / "site/junxian/rulebooks/example"))
    assert adopted.returncode == 0, adopted.stderr
    found = bundled(unpacked, "doctor").stdout
    assert [line for line in found.splitlines() if line.startswith("■")] == [
        "■ 没有后台作业在运行，读表和计算都会一直等待：请运行 junxian worker，或启动 junxian-worker 服务。"
    ]
    port = free_port("127.0.0.1", 8300)
    with subprocess.Popen(
        [unpacked / "junxian", "serve", "--port", str(port)], env=EMPTY | {"JUNXIAN_PREFIX": "kaohe"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        try:
            assert answer(f"http://127.0.0.1:{port}/kaohe/healthz") == '{"ok": true}'
            assert "/kaohe/static/" in answer(f"http://127.0.0.1:{port}/kaohe/account/login/")
        finally:
            server.terminate()


def answer(address: str) -> str:
    until = time.monotonic() + 30
    while True:
        try:
            with urlopen(address, timeout=5) as found:
                return str(found.read().decode())
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_the_bundle_uses_nothing_of_this_environment(unpacked: Path) -> None:
    code = "import sys, json, django, polars, junxian as us\n"
    code += "print(json.dumps([sys.prefix, django.__file__, polars.__file__, us.__file__]))"
    inside = subprocess.run(
        [unpacked / "python/bin/python3", "-c", code], capture_output=True, text=True,
        env=EMPTY | {"PYTHONHOME": str(unpacked / "python"), "PYTHONPATH": str(unpacked / "site"),
                     "LD_LIBRARY_PATH": str(unpacked / "python/lib")},
    )  # fmt: skip
    assert inside.returncode == 0, inside.stderr
    assert [path for path in json.loads(inside.stdout) if not path.startswith(str(unpacked))] == []


def test_the_bundle_names_the_hash_of_every_file_and_carries_licences(unpacked: Path) -> None:
    stated = {line.split("  ", 1)[1] for line in (unpacked / "SHA256SUMS").read_text().splitlines()}
    assert {"junxian", "sbom.cdx.json", "README.txt", "site/junxian/cli.py"} <= stated
    assert (unpacked / "licences").is_dir()
    assert len(list((unpacked / "licences").iterdir())) > 40
    assert not list(unpacked.rglob("pytest"))
