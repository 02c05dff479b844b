"""Drafts: nobody's work is lost, faults lead to their line, adoption needs a second person and a document."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from junxian.core.errors import DataError
from junxian.files.rulebooks import FaultyRulebook, hash_of
from junxian.web.people.models import AuditRow
from junxian.web.rulebooks import drafts
from junxian.web.rulebooks.actions import signed_facts
from junxian.web.rulebooks.current import current, current_version
from junxian.web.rulebooks.folder import packed, texts_of
from junxian.web.rulebooks.models import Draft, Version
from junxian.web.rulebooks.signature import holds, is_ours


@pytest.fixture
def draft(world) -> Draft:
    return drafts.start_draft(current_version(), name="下半年调整", by=world.actor("kaohe"))


def changed(draft: Draft) -> str:
    return draft.files["rulebook.yaml"].replace("value: 0.5, unit: 分", "value: 0.8, unit: 分")


def test_an_untouched_draft_is_the_version_itself(world, draft) -> None:
    assert hash_of(packed(draft.files)) == current_version().hash


def test_a_second_save_of_the_same_file_is_told_and_keeps_its_text(world, draft) -> None:
    drafts.save_file(draft, "rulebook.yaml", changed(draft), edition=1, by=world.actor("kaohe"))
    client = world.client("kaohe2")
    typed = draft.files["rulebook.yaml"] + "# 我写的一行\n"
    answer = client.post(
        reverse("rulebook_draft_save", args=[draft.pk]), {"path": "rulebook.yaml", "text": typed, "edition": 1}
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "# 我写的一行" in page
    assert "考核办 经办 已经保存过这个文件" in page
    assert "value: 0.8" in page
    draft.refresh_from_db()
    assert draft.files["rulebook.yaml"] == changed(draft) or "value: 0.8" in draft.files["rulebook.yaml"]
    assert "我写的一行" not in draft.files["rulebook.yaml"]


def test_two_people_on_two_files_do_not_disturb_each_other(world, draft) -> None:
    drafts.save_file(draft, "rulebook.yaml", changed(draft), edition=1, by=world.actor("kaohe"))
    saved = drafts.save_file(draft, "SOURCES.md", "说明\n", edition=1, by=world.actor("kaohe2"))
    assert saved.files["SOURCES.md"] == "说明\n"
    assert "value: 0.8" in saved.files["rulebook.yaml"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("../x.yaml", "path_refused"), ("/etc/x.yaml", "path_refused"), ("a/../b.yaml", "path_refused"),
        (".hidden.yaml", "path_refused"), ("", "path_refused"), ("a\\..\\b.yaml", "path_refused"),
        ("x.exe", "kind_refused"), ("rulebook", "kind_refused"),
    ],
)  # fmt: skip
def test_paths_that_leave_the_folder_are_refused(world, draft, path: str, code: str) -> None:
    with pytest.raises(DataError) as refusal:
        drafts.save_file(draft, path, "x", edition=1, by=world.actor("kaohe"))
    assert refusal.value.code == f"web.rulebooks.{code}"


def test_a_fault_leads_into_the_editor(world, draft) -> None:
    broken = draft.files["rulebook.yaml"].replace("root: X10000", "rooot: X10000")
    drafts.save_file(draft, "rulebook.yaml", broken, edition=1, by=world.actor("kaohe"))
    line = broken.splitlines().index("rooot: X10000") + 1
    page = world.client("kaohe").get(reverse("rulebook_draft_check", args=[draft.pk])).content.decode()
    assert f"file/?path=rulebook.yaml&amp;line={line}" in page
    assert "rooot" in page
    draft.refresh_from_db()
    with pytest.raises(FaultyRulebook):
        drafts.adopt_draft(draft, document="汐政〔2026〕9号", edition=2, by=world.actor("kaohe2"))


def test_the_check_says_in_words_what_changed(world, draft) -> None:
    drafts.save_file(draft, "rulebook.yaml", changed(draft), edition=1, by=world.actor("kaohe"))
    page = world.client("kaohe").get(reverse("rulebook_draft_check", args=[draft.pk])).content.decode()
    assert "由 0.5 改为 0.8" in page
    assert "月度第一名加分" in page


def test_adoption_needs_another_person_and_a_document(world, draft) -> None:
    saved = drafts.save_file(draft, "rulebook.yaml", changed(draft), edition=1, by=world.actor("kaohe"))
    with pytest.raises(DataError) as same:
        drafts.adopt_draft(saved, document="汐政〔2026〕9号", edition=2, by=world.actor("kaohe"))
    assert same.value.code == "web.rulebooks.same_person"
    with pytest.raises(DataError) as bare:
        drafts.adopt_draft(saved, document=" ", edition=2, by=world.actor("kaohe3"))
    assert bare.value.code == "web.rulebooks.document_missing"
    with pytest.raises(DataError) as stale:
        drafts.adopt_draft(saved, document="汐政〔2026〕9号", edition=1, by=world.actor("kaohe3"))
    assert stale.value.code == "web.rulebooks.draft_changed_meanwhile"
    with pytest.raises(PermissionDenied):
        drafts.adopt_draft(saved, document="汐政〔2026〕9号", edition=2, by=world.actor("shenji"))


def test_an_adopted_version_is_in_force_signed_and_never_changed(world, draft) -> None:
    before = current_version()
    saved = drafts.save_file(draft, "rulebook.yaml", changed(draft), edition=1, by=world.actor("kaohe"))
    version = drafts.adopt_draft(saved, document="汐政〔2026〕9号", edition=2, by=world.actor("kaohe3"))
    assert current_version() == version
    assert version.number == before.number + 1
    assert current().parameters[0].value == 0.8
    version.refresh_from_db()
    assert version.signed_as == "考核办 主任 · 考核办 主任"
    assert holds(version.signature, signed_facts(version))
    assert is_ours(version.signature)
    version.document = "别的文号"
    assert not holds(version.signature, signed_facts(version))
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(document="别的文号")
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM rulebooks_version WHERE number = %s", [version.number])
    row = AuditRow.objects.filter(action="rulebook.adopt").first()
    assert row.after["document"] == "汐政〔2026〕9号"
    with pytest.raises(DataError) as closed:
        drafts.save_file(draft, "rulebook.yaml", "x", edition=9, by=world.actor("kaohe"))
    assert closed.value.code == "web.rulebooks.draft_adopted"


def test_what_is_adopted_already_is_not_adopted_again(world, draft) -> None:
    with pytest.raises(DataError) as refusal:
        drafts.adopt_draft(draft, document="汐政〔2026〕9号", edition=1, by=world.actor("kaohe2"))
    assert refusal.value.code == "web.rulebooks.adopted_already"


def test_a_draft_goes_out_and_comes_back_as_a_folder(world, draft) -> None:
    client = world.client("kaohe")
    content = client.get(reverse("rulebook_draft_zip", args=[draft.pk])).content
    files = texts_of(content)
    assert files == draft.files
    files["rulebook.yaml"] = changed(draft)
    upload = io.BytesIO(packed(files))
    upload.name = "rules.zip"
    client.post(reverse("rulebook_draft_upload", args=[draft.pk]), {"folder": upload, "edition": 1})
    draft.refresh_from_db()
    assert "value: 0.8" in draft.files["rulebook.yaml"]
    assert list(draft.changed) == ["rulebook.yaml"]


def test_a_hostile_archive_is_refused_and_changes_nothing(world, draft) -> None:
    packed_badly = io.BytesIO()
    with zipfile.ZipFile(packed_badly, "w") as archive:
        archive.writestr("../outside.yaml", "schema: junxian/1")
    packed_badly.seek(0)
    packed_badly.name = "rules.zip"
    client = world.client("kaohe")
    answer = client.post(reverse("rulebook_draft_upload", args=[draft.pk]), {"folder": packed_badly, "edition": 1},
                         follow=True)  # fmt: skip
    assert answer.status_code == 200
    draft.refresh_from_db()
    assert draft.edition == 1


def test_removing_a_file_is_seen_and_told_to_a_later_writer(world, draft) -> None:
    drafts.remove_file(draft, "SOURCES.md", edition=1, by=world.actor("kaohe"))
    with pytest.raises(DataError) as refusal:
        drafts.save_file(draft, "SOURCES.md", "我的说明", edition=1, by=world.actor("kaohe2"))
    assert refusal.value.code == "web.rulebooks.changed_meanwhile"
    page = world.client("kaohe").get(reverse("rulebook_draft", args=[draft.pk])).content.decode()
    assert "－ 删除" in page


def test_only_drafters_reach_drafts(world, draft) -> None:
    for person in ("X10001-jingban", "shizhang", "shenji", "bumen1-handle"):
        assert world.client(person).get(reverse("rulebook_draft", args=[draft.pk])).status_code == 403
        with pytest.raises(PermissionDenied):
            drafts.save_file(draft, "SOURCES.md", "x", edition=1, by=world.actor(person))


def test_the_whole_way_in_the_browser_form(world) -> None:
    first, second = world.client("kaohe"), world.client("kaohe2")
    first.post(reverse("rulebook_draft_start"), {"name": "加分调整", "version": current_version().number})
    draft = Draft.objects.get(name="加分调整")
    text = changed(draft)
    first.post(reverse("rulebook_draft_save", args=[draft.pk]), {"path": "rulebook.yaml", "text": text, "edition": 1})
    assert "启用要由另一个人办理" in first.get(reverse("rulebook_draft", args=[draft.pk])).content.decode()
    answer = second.post(reverse("rulebook_draft_adopt", args=[draft.pk]),
                         {"document": "汐政〔2026〕9号", "edition": 2}, follow=True)  # fmt: skip
    page = answer.content.decode()
    assert "有效，由本系统签署" in page
    assert "汐政〔2026〕9号" in page
    page = second.get(reverse("rulebook_difference")).content.decode()
    assert "由 0.5 改为 0.8" in page
    assert second.get(reverse("rulebook_versions")).status_code == 200
