"""Evidence packages: signed, checked offline with plain Python, and broken by any change."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from junxian.core.errors import DataError
from junxian.web.assessment import evidence, offline_check
from junxian.web.assessment import hearing_actions as hearing
from junxian.web.assessment.actions import take_step
from junxian.web.people.models import AuditRow

OWN = "X10001"


@pytest.fixture
def case(computed):
    city, this_round, _run = computed
    take_step(this_round, "send_to_counties", by=city.actor("kaohe"))
    made = hearing.file_objection(
        this_round, city.unit(OWN), criterion="A2", ground="data_error", text="增速应为 6.4",
        evidence=[("月报.pdf", b"%PDF-1.4 figures")], by=city.actor(f"{OWN}-changwu"),
    )  # fmt: skip
    hearing.decide_objection(made, decision="uphold", reason="与统计局原件一致", by=city.actor("kaohe2"))
    return city, made


def test_a_package_holds_the_case_and_verifies(case, tmp_path: Path) -> None:
    city, made = case
    path = tmp_path / "case.zip"
    path.write_bytes(evidence.package(made, by=city.actor("shenji")))
    manifest = evidence.verify(path)
    assert manifest["serial"] == made.serial
    with zipfile.ZipFile(path) as archive:
        assert set(manifest["files"]) == set(archive.namelist()) - {"MANIFEST.json"}
        assert archive.read("evidence/1-月报.pdf") == b"%PDF-1.4 figures"
        told = json.loads(archive.read("case.json"))
        trail = json.loads(archive.read("figures.json"))
        text = archive.read("receipt.json").decode()
        rows = json.loads(archive.read("audit.json"))
    assert (told["decision"], told["unit"]) == ("uphold", OWN)
    assert any(row["indicator"] == "industry_growth" and row["cell"] for row in trail)
    assert "X10002" not in text
    assert [row["action"] for row in rows] == ["objection.file", "objection.decide"]
    assert AuditRow.objects.filter(action="read", subject="evidence.package").exists()


def test_plain_python_checks_it_without_this_system(case, tmp_path: Path) -> None:
    city, made = case
    with zipfile.ZipFile(io.BytesIO(evidence.package(made, by=city.actor("shenji")))) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py")]
    good = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "OK"), good.stderr
    (tmp_path / "case.json").write_text("{}", encoding="utf-8")
    bad = subprocess.run(command, capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert "case.json" in bad.stdout


@pytest.mark.parametrize("name", ["case.json", "figures.json", "MANIFEST.json"])
def test_any_change_breaks_it(case, tmp_path: Path, name: str) -> None:
    city, made = case
    made_of = io.BytesIO(evidence.package(made, by=city.actor("shenji")))
    path = tmp_path / "forged.zip"
    with zipfile.ZipFile(made_of) as archive, zipfile.ZipFile(path, "w") as forged:
        for member in archive.namelist():
            content = archive.read(member)
            forged.writestr(member, content.replace(b"uphold", b"correc").replace(b"junxian-case/1", b"junxian-case/2")
                            .replace(b"industry", b"industri") if member == name else content)  # fmt: skip
    with pytest.raises(DataError, match="package_broken"):
        evidence.verify(path)


def test_the_written_out_curve_agrees_with_the_library() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    for seed in range(3):
        key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        public, message = key.public_key().public_bytes_raw(), b"m" * seed
        signature = key.sign(message)
        assert offline_check.signed(public, signature, message)
        assert not offline_check.signed(public, signature, message + b"x")
        assert not offline_check.signed(public, signature[:-1] + bytes([signature[-1] ^ 1]), message)
        assert not offline_check.signed(bytes(32), signature, message)
