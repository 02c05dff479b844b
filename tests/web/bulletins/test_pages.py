"""Pages: hidden until published, logged before, complete after; editing in WPS and back; verifying a notice."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from junxian.files.documents.read_edited import read_edited
from junxian.files.documents.stamp import traced
from junxian.web.assessment.models import Round
from junxian.web.bulletins import actions, queries
from junxian.web.bulletins.models import NoticeVersion, Publication
from junxian.web.people.models import AuditRow

COUNTY = ("X10001-jingban", "X10001-changwu", "X10001-xianzhang")
DRAFTS = ("notice_draft", "notice_draft_check")


def text_of(answer) -> str:
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def drop(client, this_round: Round, content: bytes, name: str = "改.docx"):
    address = reverse("notice_drop", args=[this_round.pk])
    return client.post(address, {"file": SimpleUploadedFile(name, content)}, follow=True)


@pytest.mark.parametrize("username", [*COUNTY, "bumen1-handle", "ducha", "caizheng"])
def test_unpublished_notices_are_hidden(world, approved, username):
    client = world.client(username)
    version = actions.prepare(approved, by=world.actor("kaohe"))
    for name in DRAFTS:
        assert client.get(reverse(name, args=[approved.pk])).status_code == 403
    for name in ("notice_version", "notice_draft_file"):
        assert client.get(reverse(name, args=[approved.pk, version.number])).status_code == 403
    for pk in range(3):
        assert client.get(reverse("notice", args=[pk])).status_code == 404
        assert client.get(reverse("notice_file", args=[pk, "notice"])).status_code == 404
    assert "93.66" not in client.get(reverse("notices")).content.decode()


@pytest.mark.parametrize("username", ["kaohe", "shizhang", "changwu", "shenji"])
def test_a_draft_is_read_as_it_prints_logged_and_marked(world, this_round, username):
    before = AuditRow.objects.filter(action="read", subject="notice").count()
    answer = world.client(username).get(reverse("notice_draft", args=[this_round.pk]))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "望舒区得93.66分，列区类第1位" in text_of(answer)
    assert f'data-watermark="未公布 {world.person(username)} 2026-07-15' in page
    row = AuditRow.objects.filter(action="read", subject="notice").first()
    assert row.person == world.person(username)
    assert row.subject_id == str(this_round.pk)
    assert AuditRow.objects.filter(action="read", subject="notice").count() == before + 1


def test_every_figure_in_the_prose_leads_to_its_row(world, this_round):
    client = world.client("kaohe")
    page = client.get(reverse("notice_draft", args=[this_round.pk])).content.decode()
    check = reverse("notice_draft_check", args=[this_round.pk])
    rows = [int(n) for n in re.findall(rf'href="{check}#f(\d+)"', page)]
    prose = page[page.index("一、总体情况") : page.index("七、有关要求")]
    left = re.sub(r'<a class="gw-figure".*?</a>', "", prose)
    assert rows == list(range(1, len(rows) + 1))
    assert len(rows) > 40
    assert re.findall(r"\d+\.\d+", re.sub(r"<[^>]+>", "", left)) == []
    answer = client.get(check).content.decode()
    assert all(f'id="f{n}"' in answer for n in rows)
    assert "统计局_主要经济指标_2026年6月.xlsx" in answer
    assert "全部相符" in answer
    best = this_round.run.scores.get(category="区", rank=1).unit.code
    assert reverse("receipt", args=[best, this_round.pk]) in answer


def test_the_check_counts_again_and_does_not_repeat_what_was_printed(world, this_round):
    version = actions.prepare(this_round, by=world.actor("kaohe"))
    row = next(row for row in version.checks if row["printed"] == "46.81亿元")
    assert row["recomputed"] == "46.81"
    assert row["holds"]
    assert row["sources"][0]["cell"]
    assert row["sources"][0]["file"].startswith("财政局")
    assert {row["holds"] for row in version.checks} == {True}


def test_from_draft_to_published_with_a_browser(world, this_round):
    office, leader = world.client("kaohe"), world.client("shizhang")
    page = reverse("notice_draft", args=[this_round.pk])
    assert "通报稿已生成" in text_of(office.post(reverse("notice_prepare", args=[this_round.pk]), follow=True))
    refused = leader.post(reverse("notice_sign", args=[this_round.pk]), {"minutes": "  "})
    assert refused.status_code == 400
    assert "纪要" in text_of(refused)
    assert "签发" in text_of(
        leader.post(reverse("notice_sign", args=[this_round.pk]), {"minutes": "〔2026〕12号"}, follow=True)
    )
    answer = office.post(reverse("notice_publish", args=[this_round.pk]), follow=True)
    made = Publication.objects.get()
    assert answer.request["PATH_INFO"] == reverse("notice", args=[made.pk])
    assert "汐政办通〔2026〕1号" in text_of(answer)
    assert "审计链：发布前共" in text_of(answer)
    assert office.get(page, follow=True).request["PATH_INFO"] == reverse("notice", args=[made.pk])
    answer = office.post(reverse("notice_freeze", args=[made.pk]), follow=True)
    assert "已冻结" in text_of(answer)


@pytest.mark.parametrize("username", [*COUNTY, "bumen1-handle", "ducha", "caizheng", "shizhang", "shenji"])
def test_a_published_notice_is_open_to_every_reader_with_its_files(world, published, username):
    client = world.client(username)
    assert "望舒区得93.66分" in text_of(client.get(reverse("notice", args=[published.pk])))
    assert published.title in text_of(client.get(reverse("notices")))
    found = {}
    for name in queries.FILES:
        answer = client.get(reverse("notice_file", args=[published.pk, name]))
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
        found[name] = b"".join(answer.streaming_content)
    assert found["notice"] == bytes(published.docx.content)
    assert "汐政办通〔2026〕1号" in read_edited(found["notice"]).paragraphs
    names = zipfile.ZipFile(io.BytesIO(found["snapshot"])).namelist()
    assert {"run.json", "rulebook.zip", "snapshot.parquet", "scores.csv"} <= set(names)
    assert found["ranking"][:2] == b"PK"
    assert found["page"].lstrip().startswith(b"<!doctype html>")
    assert client.get(reverse("notice_file", args=[published.pk, "run.json"])).status_code == 404


def test_the_published_snapshot_verifies(world, published, tmp_path):
    from junxian.files.runs.stored import unpacked
    from junxian.files.runs.verify import verify

    answer = world.client("X10001-jingban").get(reverse("notice_file", args=[published.pk, "snapshot"]))
    assert verify(unpacked(b"".join(answer.streaming_content), tmp_path)).differences == ()


def test_a_county_sees_the_cells_of_its_own_figures_only(world, published):
    def cells(username):
        rows = queries.shown_sources(published.checks, world.actor(username))
        return {s["code"] for row in rows for s in row["sources"] if s["of"] == "figure" and s["cell"]}

    assert "X10000" in cells("kaohe")
    assert cells("X10001-jingban") <= {"X10001"}


def test_a_changed_word_is_shown_and_can_be_accepted(world, this_round, edit):
    client = world.client("kaohe")
    first = actions.prepare(this_round, by=world.actor("kaohe"))
    content = edit(
        first.docx, ("望舒区得93.66分，列区类第1位；", "望舒区以93.66分居区类第一位，成绩突出；"),
        add=("有关要求", "望舒区得93.66分，请其他区学习。"),
    )  # fmt: skip
    answer = drop(client, this_round, content)
    page = answer.content.decode()
    assert "每个数字都与核算结果相符" in page
    assert "<ins>" in page
    assert "<del>" in page
    version = NoticeVersion.objects.get(number=2)
    assert version.clean
    assert len(version.changes) == 2
    answer = client.post(reverse("notice_accept", args=[this_round.pk, 2]), follow=True)
    assert "居区类第一位，成绩突出" in text_of(answer)
    signed = actions.sign(this_round, "〔2026〕12号", by=world.actor("shizhang"))
    made = actions.publish(signed, by=world.actor("kaohe"))
    texts = read_edited(bytes(made.docx.content)).paragraphs
    assert any("居区类第一位，成绩突出" in text for text in texts)
    assert made.version == version
    assert any("请其他区学习" in text_of(client.get(reverse("notice", args=[made.pk]))) for _ in [0])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("望舒区得93.66分", "望舒区得95.66分", "应为“93.66”"),
        ("46.81亿元", "48.81亿元", "财政局_收支与三保_2026年6月.xls"),
        ("增长5.4%", "下降5.4%", "升降方向写反了"),
        ("枕溪县得92.25分", "桐陌县得92.25分", "得分凭据《桐陌县》"),
        ("五个工作日", "5个工作日", "找不到出处"),
    ],
)
def test_a_figure_that_differs_blocks_release(world, this_round, edit, *, old, new, told):
    client = world.client("kaohe")
    first = actions.prepare(this_round, by=world.actor("kaohe"))
    page = text_of(drop(client, this_round, edit(first.docx, (old, new))))
    assert told in page.replace("&quot;", "”")
    assert new in page
    version = NoticeVersion.objects.get(number=2)
    assert not version.clean
    answer = client.post(reverse("notice_accept", args=[this_round.pk, 2]), follow=True)
    assert "没有通过自查" in text_of(answer)
    assert queries.read_paper(this_round).pk == first.pk


def test_an_edit_accepted_after_approval_must_be_approved_again(world, approved, edit):
    office = world.actor("kaohe")
    first = queries.read_paper(approved)
    version = actions.drop(approved, "改.docx", edit(first.docx, ("现通报如下", "现予通报")), by=office)
    actions.accept(version, by=office)
    client = world.client("kaohe")
    assert "要重新签发" in text_of(client.get(reverse("notice_draft", args=[approved.pk])))
    answer = client.post(reverse("notice_publish", args=[approved.pk]), follow=True)
    assert "重新审定" in text_of(answer)
    assert not Publication.objects.exists()
    again = actions.sign(approved, "〔2026〕13号", by=world.actor("shizhang"))
    assert actions.publish(again, by=office).version == version


def test_hostile_files_are_refused_in_one_sentence(world, this_round):
    client = world.client("kaohe")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>')
    for content, told in (
        (b"", "空"), (b"<html>", "不是 .docx"), (b"PK\x03\x04junk", "已损坏"), (stream.getvalue(), "XML 声明"),
    ):  # fmt: skip
        answer = drop(client, this_round, content)
        assert answer.status_code == 200
        assert told in text_of(answer) or not content
    assert not NoticeVersion.objects.exists()


def test_a_leader_sends_back_with_a_reason(world, this_round):
    leader = world.client("shizhang")
    answer = leader.post(reverse("notice_send_back", args=[this_round.pk]), {"reason": ""}, follow=True)
    this_round.refresh_from_db()
    assert this_round.state == Round.State.APPROVING
    assert answer.status_code == 200
    leader.post(reverse("notice_send_back", args=[this_round.pk]), {"reason": "请核实财政数据"})
    this_round.refresh_from_db()
    assert this_round.state == Round.State.REVIEWING
    assert AuditRow.objects.filter(action="round.send_back", after__reason="请核实财政数据").exists()


@pytest.mark.parametrize("username", ["kaohe", "shenji", "X10001-changwu"])
def test_only_leaders_sign_and_send_back(world, this_round, username):
    client = world.client(username)
    for name in ("notice_sign", "notice_send_back"):
        assert client.post(reverse(name, args=[this_round.pk]), {"minutes": "1", "reason": "x"}).status_code == 403


def test_verifying_the_file_the_hash_and_the_text(world, published):
    client = world.client("X10001-jingban")
    address = reverse("notice_verify")
    content = bytes(published.docx.content)
    answer = client.post(address, {"file": SimpleUploadedFile("通报.docx", content)})
    assert "逐字节相同" in text_of(answer)
    assert "逐字节相同" in text_of(client.post(address, {"hash": "SHA256:" + published.sha256.upper()}))
    text = "\n".join(read_edited(content).paragraphs)
    assert "逐句相同" in text_of(client.post(address, {"text": text.replace("，", "，\n")}))
    forged = text_of(client.post(address, {"text": text.replace("93.66", "99.66")}))
    assert "不同" in forged
    assert "望舒区得99.66分" in forged
    assert "望舒区得93.66分" in forged
    assert "没有找到" in text_of(client.post(address, {"hash": "0" * 64}))
    assert "没有找到" in text_of(client.post(address, {"text": "别的文件"}))
    assert client.post(address, {}).status_code == 400


def test_a_copy_saved_by_an_office_program_is_known_by_its_text(world, published, edit):
    copied = traced(bytes(published.docx.content), "另存一次")
    assert copied != bytes(published.docx.content)
    assert queries.verify_file(copied).of == "text"
    assert queries.verify_file(edit(published.docx, ("第4位", "第3位"))).of == "altered"


def test_the_list_takes_the_same_queries_for_any_number(world, published, django_assert_max_num_queries):
    client = world.client("shizhang")
    client.get(reverse("notices"))
    with django_assert_max_num_queries(14):
        client.get(reverse("notices"))


def test_english_pages_have_no_chinese_of_ours(world, this_round):
    client = world.client("kaohe", "en")
    client.cookies["junxian_language"] = "en"
    page = client.get(reverse("notice_verify")).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.findall(r"[\u4e00-\u9fff]", re.sub(r"<[^>]+>", "", main))


def test_added_pictures_are_pointed_out(world, this_round):
    import docx

    first = actions.prepare(this_round, by=world.actor("kaohe"))
    word = docx.Document(io.BytesIO(bytes(first.docx.content)))
    with zipfile.ZipFile(io.BytesIO(bytes(first.docx.content))) as archive:
        picture = archive.read("word/media/image1.png")
    word.add_picture(io.BytesIO(picture + b"\0"))
    stream = io.BytesIO()
    word.save(stream)
    page = text_of(drop(world.client("kaohe"), this_round, stream.getvalue()))
    assert "增加了 1 张图片" in page
    assert NoticeVersion.objects.get(number=2).clean


def test_a_drafts_file_names_its_reader_and_is_logged(world, this_round):
    import docx

    version = actions.prepare(this_round, by=world.actor("kaohe"))
    answer = world.client("shizhang").get(reverse("notice_draft_file", args=[this_round.pk, version.number]))
    word = docx.Document(io.BytesIO(b"".join(answer.streaming_content)))
    assert "市领导" in word.core_properties.comments
    assert AuditRow.objects.filter(action="read", subject="notice_version", person=world.person("shizhang")).exists()
