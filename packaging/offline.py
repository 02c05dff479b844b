"""The offline bundle (离线安装包): Junxian with its own Python in one archive, for a machine without network or root.

`python packaging/offline.py OUT` packs the Python that runs it and the installed distributions it was tested with.
For another processor, `--python FOLDER` names an unpacked Python of that processor and `--platform` its wheels' tag;
`--check` only asks whether every wheel exists for that tag. Nothing is downloaded unless --platform is given.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from importlib.metadata import Distribution
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import sbom

ROOT = Path(__file__).resolve().parents[1]
VERSION = sbom.project()["version"]
LEFT_OUT = shutil.ignore_patterns(
    "__pycache__", "test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "site-packages",
    "config-3*", "*.a", "_tkinter*", ".ruff_cache",
)  # fmt: skip
SYSTEM = re.compile(r"lib(?:c|m|dl|pthread|rt|util|resolv|nsl|crypt)\.so|ld-linux|linux-vdso")
"""Libraries that belong to the machine itself: the C library and what comes with it."""
WORDS = """\
郡县 Junxian {version}，{machine}
不需要 root、make、npm 和互联网。解开到任意目录，然后：
  ./junxian migrate                      建立部署（目录 data）
  ./junxian setup 规则集文件夹           启用一个城市的规则集
  ./junxian createadmin 账号             建立系统管理员
  ./junxian serve                        网页服务
  ./junxian worker                       后台作业（另开一个终端，或用 systemd）
  ./junxian doctor                       体检
先看一看：./junxian demo。放在网关的子路径下：JUNXIAN_PREFIX=kaohe ./junxian serve

No root, make, npm or internet is needed. Unpack anywhere, then run the commands above; ./junxian demo shows it all.
校验 / check: sha256sum -c SHA256SUMS      物料清单 / bill of materials: sbom.cdx.json      许可 / licences: licences/
"""


def build(out: Path, *, python: Path | None = None, tag: str = "", compress: bool = True) -> Path:
    """One archive in `out`; returns its path. python, tag: for another processor than this machine's."""
    machine = tag.rpartition("_")[2] if "aarch64" in tag else tag or platform.machine()
    name = f"junxian-{VERSION}-linux-{machine}"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as scratch:
        folder = Path(scratch) / name
        folder.mkdir()
        copy_python(python or Path(sys.base_prefix), folder / "python", own=python is None)
        if tag:
            fetch_wheels(folder / "site", tag)
        else:
            copy_distributions(folder / "site")
        copy_ourselves(folder / "site")
        finish(folder, machine)
        archive = out / f"{name}.tar{'.gz' if compress else ''}"
        with tarfile.open(archive, "w:gz" if compress else "w") as stream:
            stream.add(folder, name)
    return archive


def copy_python(prefix: Path, target: Path, *, own: bool) -> None:
    """The interpreter and its library; for our own also the shared libraries it found on this machine."""
    short = f"python3.{sys.version_info.minor}"
    (target / "bin").mkdir(parents=True)
    shutil.copytree(prefix / "lib" / short, target / "lib" / short, ignore=LEFT_OUT, symlinks=False)
    shutil.copy2((prefix / "bin" / short).resolve(), target / "bin" / short)
    (target / "bin" / "python3").symlink_to(short)
    for library in (prefix / "lib").glob("libpython3*.so*"):
        shutil.copy2(library, target / "lib" / library.name)
    if own:
        for library in shared_libraries(target):
            shutil.copy2(library, target / "lib" / library.name)
    for licence in (prefix / "lib" / short).glob("LICENSE*"):
        shutil.copy2(licence, target / licence.name)


def shared_libraries(target: Path) -> set[Path]:
    """What the interpreter and its modules load from this machine, the C library left out."""
    found: set[Path] = set()
    for binary in [target / "bin" / "python3", *target.rglob("*.so")]:
        said = subprocess.run(["ldd", binary], capture_output=True, text=True).stdout
        for path in re.findall(r"=> (/\S+)", said):
            if not SYSTEM.match(Path(path).name) and not Path(path).is_relative_to(target):
                found.add(Path(path))
    return found


def copy_distributions(site: Path) -> None:
    """Every installed distribution that a running deployment needs, file by file as its RECORD says."""
    for one in sbom.closure().values():
        _copy_distribution(one, site)


def _copy_distribution(one: Distribution, site: Path) -> None:
    for entry in one.files or ():
        if ".." in entry.parts or entry.suffix == ".pyc" or "tests" in entry.parts[:-1]:
            continue
        source, target = Path(str(one.locate_file(entry))), site / entry
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def copy_ourselves(site: Path) -> None:
    """The package with its assets and compiled messages, and metadata that says which version it is."""
    shutil.copytree(
        ROOT / "src" / "junxian", site / "junxian", dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("__pycache__", ".ruff_cache", "*.pyc"),
    )  # fmt: skip
    info = site / f"junxian-{VERSION}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: junxian\nVersion: {VERSION}\n")
    (info / "licenses").mkdir(exist_ok=True)
    for name in ("LICENSE", "NOTICE"):
        shutil.copy2(ROOT / name, info / "licenses" / name)


def fetch_wheels(site: Path, tag: str) -> None:
    """Wheels of another processor, at the versions of constraints.txt, put where its Python will find them."""
    requirements = [f"{name}=={one.version}" for name, one in sbom.closure().items()]
    _pip("install", "--no-deps", "--target", str(site), *_of(tag), *requirements)


def check(tag: str) -> list[str]:
    """The wheels that would be taken for a tag; CalledProcessError names a distribution that has none."""
    requirements = [f"{name}=={one.version}" for name, one in sbom.closure().items()]
    with tempfile.TemporaryDirectory() as place:
        _pip("download", "--no-deps", "-q", "-d", place, *_of(tag), *requirements)
        return sorted(path.name for path in Path(place).iterdir())


def _of(tag: str) -> list[str]:
    machine = tag.partition("_")[2].lstrip("0123456789_")
    accepted = [tag, *(f"manylinux_2_{minor}_{machine}" for minor in range(28, 16, -1)), f"manylinux2014_{machine}"]
    return ["--only-binary=:all:", "--python-version", f"3.{sys.version_info.minor}", "--implementation", "cp",
            *(part for one in dict.fromkeys(accepted) for part in ("--platform", one))]  # fmt: skip


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments], check=True)


def finish(folder: Path, machine: str) -> None:
    """Start script, words, licences, bill of materials, and a hash of every file."""
    shutil.copy2(ROOT / "packaging" / "junxian.sh", folder / "junxian")
    (folder / "junxian").chmod(0o755)
    shutil.copytree(ROOT / "packaging" / "systemd", folder / "systemd")
    (folder / "README.txt").write_text(WORDS.format(version=VERSION, machine=machine), encoding="utf-8")
    (folder / "sbom.cdx.json").write_text(sbom.text(), encoding="utf-8")
    _licences(folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    lines = [f"{_hash(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _licences(folder: Path) -> None:
    """The licence texts of every distribution in one place, so that an office can read them."""
    for path in sorted((folder / "site").glob("*.dist-info/**/*")):
        if path.is_file() and re.match(r"(?i)(licen[cs]e|copying|notice|authors)", path.name):
            target = folder / "licences" / path.relative_to(folder / "site").parts[0].removesuffix(".dist-info")
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target / path.name)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("out", type=Path, nargs="?", default=ROOT / "dist")
    asked.add_argument("--python", type=Path, help="unpacked Python of the other processor")
    asked.add_argument("--platform", default="", help="its tag, such as manylinux_2_28_aarch64")
    asked.add_argument("--plain", action="store_true", help="do not compress")
    asked.add_argument("--check", action="store_true", help="only ask whether every wheel exists for --platform")
    given = asked.parse_args()
    if given.check:
        print(*check(given.platform), sep=os.linesep)
    elif given.platform and not given.python:
        asked.error("--platform needs --python: the Python of that processor, unpacked")
    else:
        print(build(given.out, python=given.python, tag=given.platform, compress=not given.plain))


if __name__ == "__main__":
    assert sysconfig.get_platform().startswith("linux"), "the bundle is built on Linux"
    main()
