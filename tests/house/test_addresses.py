"""Addresses (地址): no download address, no path of somebody's machine in the repository."""

from __future__ import annotations

import json
import re

import pytest

from tests.house.lock import frozen, without_addresses
from tests.house.tree import ROOT, texts

BUILD_FILES = (
    "pyproject.toml",
    "constraints.txt",
    "Makefile",
    "package.json",
    "package-lock.json",
    ".npmrc",
    ".ci/run",
    "hatch_build.py",
)
ADDRESS = re.compile(r"\w+://|\bwww\.|\.(?:com|org|net|io|cn)\b", re.IGNORECASE)
# Written in two parts, so that this file does not find itself.
REGISTRIES = re.compile("registry\\.npm" + "js|npm" + "mirror|py" + "pi\\.org|python" + "hosted|tuna\\.tsing" + "hua")
MACHINE = re.compile(
    "(?<![\\w.~/-])/(?:wo" + "rk|ro" + "ot|home/\\w+|Users/\\w+|opt/\\w+|mnt/\\w+)/|[A-Z]:\\\\Users\\\\"
)


@pytest.mark.parametrize("name", BUILD_FILES)
def test_a_build_file_names_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8").replace("htmx.org", "htmx")  # the npm name of htmx, no address
    assert ADDRESS.findall(text) == []


def test_no_file_names_a_registry():
    assert {name: found for name, text in texts().items() if (found := REGISTRIES.findall(text))} == {}


def test_no_file_names_a_path_of_one_machine():
    assert {name: found for name, text in texts().items() if (found := MACHINE.findall(text))} == {}


@pytest.mark.parametrize(
    "line", ["see /home/" + "li/x", "cd /wo" + "rk/main", "(/ro" + "ot/.cache)", "C:\\" + "Users\\li"]
)
def test_the_search_for_machine_paths_finds_one(line):
    assert MACHINE.search(line)


@pytest.mark.parametrize("line", ["docs/work/main", "frame/root/x", "a/home/page/", "../shared/data"])
def test_the_search_for_machine_paths_leaves_relative_ones(line):
    assert not MACHINE.search(line)


def test_the_npm_lock_holds_versions_and_integrity_only():
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert all(packages[f"node_modules/{name}"]["version"] == version for name, version in wanted.items())
    assert all(entry["integrity"].startswith("sha512-") for name, entry in packages.items() if name)


def test_stripping_a_lock_file_keeps_all_but_addresses():
    entry = {"version": "1.0", "resolved": "x:y", "funding": {"url": "z"}, "deps": [{"url": "https:" + "//a", "n": 1}]}
    assert without_addresses(entry) == {"version": "1.0", "deps": [{"n": 1}]}


def test_constraints_are_names_and_versions_in_order():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+", line) for line in text.splitlines())
    assert frozen(text + "junxian==0.1.0\npip==26.3\n") == text
