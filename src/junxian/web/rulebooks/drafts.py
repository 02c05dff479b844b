"""Drafts (草稿): files of a rulebook being written; no save overwrites another, adoption needs a second person."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from django.db import transaction
from django.utils import timezone

from junxian.core.errors import DataError
from junxian.web.people import audit
from junxian.web.people.actor import Actor
from junxian.web.rulebooks.actions import adopt
from junxian.web.rulebooks.folder import packed, texts_of
from junxian.web.rulebooks.models import Draft, Version
from junxian.web.units.models import Unit

KINDS = (".yaml", ".yml", ".csv", ".md", ".txt")
LARGEST_FILE = 2_000_000


@transaction.atomic
def start_draft(version: Version, *, name: str, by: Actor) -> Draft:
    """A draft with the files of a version."""
    _demand(by)
    if not name.strip():
        raise DataError("web.rulebooks.name_missing")
    files = texts_of(bytes(version.zip.content))
    draft = Draft.objects.create(name=name.strip()[:80], based_on=version, files=files, updated_by=by.post)
    audit.record("rulebook.draft", "draft", draft.pk, by=by, after={"name": draft.name, "from": version.pk})
    return draft


@transaction.atomic
def save_file(draft: Draft, path: str, text: str, *, edition: int, by: Actor) -> Draft:
    """Save one file. `edition`: the draft's edition when the writer opened the file.

    DataError `web.rulebooks.changed_meanwhile` where this file was saved after that; nothing is lost or overwritten.
    """
    path, text = clean_path(path), text.replace("\r\n", "\n")
    if len(text.encode()) > LARGEST_FILE:
        raise DataError("web.rulebooks.file_too_large", path=path, most=LARGEST_FILE)
    locked = _locked(draft, path, edition, by)
    if locked.files.get(path) == text:
        return locked
    before = locked.files.get(path)
    locked.files[path] = text
    return _saved(locked, path, by, "rulebook.save", before=before, after=text)


@transaction.atomic
def remove_file(draft: Draft, path: str, *, edition: int, by: Actor) -> Draft:
    """Take one file out of the draft; the audit row keeps its text."""
    locked = _locked(draft, path, edition, by)
    if path not in locked.files:
        raise DataError("web.rulebooks.no_such_file", path=path)
    before = locked.files.pop(path)
    return _saved(locked, path, by, "rulebook.remove", before=before, after=None)


@transaction.atomic
def replace_files(draft: Draft, content: bytes, *, edition: int, by: Actor) -> Draft:
    """The draft becomes the folder in a zip; refused where anybody saved since the writer looked."""
    files = texts_of(content)
    for path in files:
        clean_path(path)
    locked = _open_draft(draft, by)
    if locked.edition != edition:
        raise DataError("web.rulebooks.draft_changed_meanwhile", who=str(locked.updated_by or ""))
    touched = {path for path in files | locked.files if files.get(path) != locked.files.get(path)}
    before = {path: locked.files.get(path) for path in sorted(touched)}
    locked.files = files
    locked.edition += 1
    locked.changed |= {path: _mark(locked.edition, by) for path in touched}
    locked.updated_by = by.post
    locked.save()
    after = {path: files.get(path) for path in before}
    audit.record("rulebook.replace", "draft", locked.pk, by=by, before=before, after=after)
    return locked


def adopt_draft(draft: Draft, *, document: str, edition: int, by: Actor) -> Version:
    """Adopt what was read: a document number, no fault, and another person than the one who saved last."""
    from junxian.files.rulebooks import FaultyRulebook, check, hash_of

    by.demand("rulebook.adopt", root_id())
    content = packed(_current(draft, edition).files)
    checked = check(content)
    if not checked.is_sound:
        raise FaultyRulebook(checked.errors)
    known = Version.objects.filter(pk=hash_of(content)).first()
    if known:
        raise DataError("web.rulebooks.adopted_already", number=known.number)
    if not document.strip():
        raise DataError("web.rulebooks.document_missing")
    return _adopt(draft, content, document.strip()[:200], edition=edition, by=by)


@transaction.atomic
def _adopt(draft: Draft, content: bytes, document: str, *, edition: int, by: Actor) -> Version:
    """Checking took seconds: the edition is asked again under the lock."""
    locked = _current(Draft.objects.select_for_update().get(pk=draft.pk), edition)
    if locked.updated_by and locked.updated_by.person_id == by.person.pk:
        raise DataError("web.rulebooks.same_person", who=str(by.person))
    version = adopt(content, document=document, by=by)
    locked.adopted = version
    locked.save(update_fields=["adopted"])
    return version


def _current(draft: Draft, edition: int) -> Draft:
    draft = Draft.objects.select_related("updated_by__person").get(pk=draft.pk)
    if draft.adopted_id:
        raise DataError("web.rulebooks.draft_adopted", name=draft.name)
    if draft.edition != edition:
        raise DataError("web.rulebooks.draft_changed_meanwhile", who=str(draft.updated_by or ""))
    return draft


def _open_draft(draft: Draft, by: Actor) -> Draft:
    _demand(by)
    locked = Draft.objects.select_for_update().get(pk=draft.pk)
    if locked.adopted_id:
        raise DataError("web.rulebooks.draft_adopted", name=locked.name)
    return locked


def _locked(draft: Draft, path: str, edition: int, by: Actor) -> Draft:
    locked = _open_draft(draft, by)
    last = locked.changed.get(path)
    if last and last[0] > edition:
        raise DataError("web.rulebooks.changed_meanwhile", path=path, who=last[1])
    return locked


def _saved(draft: Draft, path: str, by: Actor, action: str, **texts: str | None) -> Draft:
    draft.edition += 1
    draft.changed[path] = _mark(draft.edition, by)
    draft.updated_by = by.post
    draft.save()
    audit.record(action, "draft", f"{draft.pk}:{path}"[:80], by=by, **texts)
    return draft


def _mark(edition: int, by: Actor) -> list[object]:
    return [edition, str(by.person), timezone.now().isoformat()]


def _demand(by: Actor) -> None:
    by.demand("rulebook.draft", root_id())


def root_id() -> int:
    """The deployment's city."""
    return Unit.objects.values_list("pk", flat=True).get(root=True)


def clean_path(path: str) -> str:
    """A path inside the rulebook: DataError for anything that leaves it, hides, or is no text."""
    path = unicodedata.normalize("NFC", path.strip().replace("\\", "/"))
    parts = PurePosixPath(path).parts
    plain = parts and not path.startswith("/") and all(not part.startswith((".", "~")) for part in parts)
    if not plain or len(path) > 200 or any(ord(sign) < 32 for sign in path):
        raise DataError("web.rulebooks.path_refused", path=path[:200])
    if PurePosixPath(path).suffix.lower() not in KINDS:
        raise DataError("web.rulebooks.kind_refused", path=path, kinds=" ".join(KINDS))
    return "/".join(parts)
