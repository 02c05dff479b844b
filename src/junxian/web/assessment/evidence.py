"""Evidence packages (证据包): everything about one case in a signed zip that verifies without this system."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder

from junxian.core.errors import DataError

if TYPE_CHECKING:
    from junxian.web.assessment.models import Objection
    from junxian.web.people.actor import Actor

MANIFEST, CHECKER = "MANIFEST.json", "verify.py"
NIGHT = (1980, 1, 1, 0, 0, 0)


def package(objection: Objection, *, by: Actor) -> bytes:
    """The case as a zip: objection, decision, receipts, figures' trail, run.json, audit rows, evidence, signature."""
    from junxian.files.runs.stored import member_of
    from junxian.web.people import audit
    from junxian.web.rulebooks.signature import sign

    audit.read("evidence.package", objection.serial, by=by, unit=objection.unit_id)
    files: dict[str, bytes] = {
        "case.json": _json(_case(objection)),
        "receipt.json": _json(_receipt(objection, objection.run_id)),
        "figures.json": _json(_figures(objection)),
        "run.json": member_of(bytes(objection.run.archive.content), "run.json"),
        "audit.json": _json(_audit(objection)),
    }
    if objection.answered_by_run_id:
        files["receipt-after.json"] = _json(_receipt(objection, objection.answered_by_run_id))
    for place, kept in enumerate(objection.evidence.select_related("content").order_by("pk"), start=1):
        files[f"evidence/{place}-{kept.name}"] = bytes(kept.content.content)
    files[CHECKER] = Path(__file__).with_name("offline_check.py").read_bytes()
    manifest = {"form": "junxian-case/1", "serial": objection.serial, "files": hashes(files)}
    files[MANIFEST] = _json(manifest | {"signature": sign(manifest)})
    return _zipped(files)


def hashes(files: dict[str, bytes]) -> dict[str, str]:
    """SHA-256 of every file, as hexadecimal text."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def verify(path: Path) -> dict[str, Any]:
    """The manifest of a package that holds; DataError `web.assessment.package_broken` names what does not."""
    from junxian.web.rulebooks.signature import holds

    try:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        manifest: dict[str, Any] = json.loads(files.pop(MANIFEST))
        signature = manifest.pop("signature")
    except (zipfile.BadZipFile, KeyError, ValueError) as fault:
        raise DataError("web.assessment.package_broken", what=str(fault)) from fault
    found = hashes(files)
    for name in sorted(found.keys() | manifest["files"].keys()):
        if found.get(name) != manifest["files"].get(name):
            raise DataError("web.assessment.package_broken", what=name)
    if not holds(signature, manifest):
        raise DataError("web.assessment.package_broken", what="signature")
    return manifest | {"signature": signature}


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, cls=DjangoJSONEncoder) + "\n").encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            member = zipfile.ZipInfo(name, NIGHT)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return stream.getvalue()


def _case(one: Objection) -> dict[str, Any]:
    return {
        "serial": one.serial, "scheme": one.round.scheme, "period": one.round.period, "unit": one.unit.code,
        "unit_name": one.unit.name, "criterion": one.criterion, "ground": one.ground, "text": one.text,
        "wanted": one.wanted, "filed_at": one.filed_at, "filed_by": str(one.filed_by), "decide_by": one.decide_by,
        "decision": one.decision, "reason": one.reason, "remedy": one.remedy, "decided_at": one.decided_at,
        "decided_by": str(one.decided_by) if one.decided_by else "", "run": one.run.mark,
        "answered_by_run": one.answered_by_run.mark if one.answered_by_run else "",
    }  # fmt: skip


def _receipt(one: Objection, run_id: int) -> dict[str, Any]:
    """The unit's own view: a package leaves the house, and other units' figures are not the unit's to give away."""
    from junxian.web.assessment.models import Receipt
    from junxian.web.assessment.standing import own_view

    return own_view(Receipt.objects.get(run=run_id, unit=one.unit_id).content)


def _figures(one: Objection) -> list[dict[str, Any]]:
    """Every revision of every figure of the unit that stands behind the line."""
    from junxian.web.indicators.models import Observation

    inputs = [
        (figure["indicator"], figure["period_index"])
        for line in _receipt(one, one.run_id)["lines"] if line["criterion"] == one.criterion
        for figure in line.get("inputs", ())
    ]  # fmt: skip
    rows = Observation.objects.filter(
        unit=one.unit_id, indicator__in={i for i, _p in inputs}, period_index__in={p for _i, p in inputs}
    ).order_by("indicator", "period_index", "kind", "calibre", "stage", "revision")
    names = ("indicator", "period", "kind", "calibre", "stage", "revision", "value", "state", "raw", "source", "file",
             "sheet", "cell", "reason", "at", "period_index")  # fmt: skip
    wanted = set(inputs)
    return [row for row in rows.values(*names) if (row["indicator"], row["period_index"]) in wanted]


def _audit(one: Objection) -> list[dict[str, Any]]:
    """Audit rows of the case with their place in the chain; persons by post, not by name."""
    from junxian.web.people.models import AuditRow

    rows = AuditRow.objects.filter(subject="objection", subject_id=one.serial).exclude(action="read").order_by("number")
    names = ("number", "at", "post__title", "action", "subject", "subject_id", "before", "after", "previous", "hash")
    return list(rows.values(*names))
