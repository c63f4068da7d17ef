"""The archive's everyday pages: listed, brought in, decided, read, described, marked, put to use, withdrawn."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from tests.people import site
from tests.plain_pages import plain
from tests.records.archive.album import Album, once_more, picture
from tests.records.archive.bring import brought, scan
from tests.records.archive.bring import word as paper
from tests.records.archive.shelf import Shelf
from tests.samples import photo, word, zipped

from chuangwen.records.archive import previews, reading
from chuangwen.records.archive.arriving import Incoming, take_in
from chuangwen.records.archive.document_actions import Mark as Words
from chuangwen.records.archive.document_actions import Serves, mark_passage, put_to_use, withdraw
from chuangwen.records.archive.models import Arrival, Decision, Document, Passage, Proposal, Use
from chuangwen.records.archive.queries import sealed_path
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.standards.models import Node, NodeKind

TEXT = "张沟镇人民政府办公室文件\n张政办〔2021〕3号\n关于印发农贸市场管理办法的通知\n各村：\n市场内不得占道经营。\n张沟镇人民政府办公室\n2021年3月15日"


@pytest.fixture
def shelf(town) -> Shelf:
    return Shelf(town.cast)


def html(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:600]
    return plain(answer.content.decode())


def page(client: Client, name: str, *args: object, **query: object) -> str:
    return html(client.get(reverse(name, args=args), query))


def read(shelf: Shelf, text: str = TEXT, **facts: object) -> Document:
    one = brought(shelf, paper(text), "文件.docx", **facts)
    reading.read_waiting(9, by=MACHINE, at=shelf.at)
    return one


def change(client: Client, one: Document, do: str, **said: object) -> Any:
    return client.post(reverse("document_change", args=[one.pk]), {"do": do, **said})


def data(answer: Any) -> bytes:
    """What a file's address gives; read to its end, the file is closed again."""
    return b"".join(answer.streaming_content)


def queries(client: Client, address: str) -> int:
    client.get(address)  # a first look writes the session, and clears what was told
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


class TestTheList:
    def test_it_is_narrowed_by_kind_unit_use_standard_year_and_state(self, shelf, signed_in_as) -> None:
        limin, node = signed_in_as("limin"), standard_of(shelf)
        used = shelf.document("用上的办法", number="张政办〔2021〕3号")
        shelf.document("先锋村的表", kind="table", unit="V1", who="liufang")
        gone = shelf.document("作废的办法")
        put_to_use(
            used, [Serves("standard", f"{node.edition_id}:{node.code}")], by=shelf.cast.actor("limin"), at=shelf.at
        )
        withdraw(gone, "重复", by=shelf.cast.actor("limin"), at=shelf.at)

        def titles(**query: object) -> set[str]:
            return {one.title for one in limin.get(reverse("archive"), query).context["page"].rows}

        assert titles() == {"用上的办法", "先锋村的表"}
        assert titles(kind="table") == titles(unit="V1") == {"先锋村的表"}
        assert titles(used="yes") == titles(standard=node.code) == titles(q="2021〕3号") == {"用上的办法"}
        assert titles(standard=f"{node.edition_id}:{node.code}") == {"用上的办法"}
        assert titles(used="no") == titles(tab="unused") == {"先锋村的表"}
        assert titles(state="withdrawn") == {"作废的办法"}
        assert titles(tab="unit") == {"用上的办法"}
        assert titles(year="1999") == titles(road="mail") == set()
        assert titles(sort="-used") == {"用上的办法", "先锋村的表"}

    def test_it_leaves_as_excel_without_formulas(self, shelf, signed_in_as) -> None:
        shelf.document("=1+1")
        answer = signed_in_as("limin").get(reverse("archive_export"))
        sheet = load_workbook(io.BytesIO(answer.content)).active
        cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert any("1+1" in one for one in cells)
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)

    def test_those_with_open_proposals_have_their_own_tab(self, shelf, signed_in_as) -> None:
        shelf.document("没有建议的")
        read(shelf)
        text = page(signed_in_as("limin"), "archive", tab="proposals")
        assert "1 份资料有识别建议" in text
        assert "没有建议的" not in text

    def test_the_queries_do_not_grow_with_the_rows(self, shelf, signed_in_as) -> None:
        limin, address = signed_in_as("limin"), reverse("archive")
        shelf.document()
        first = queries(limin, address)
        for number in range(12):
            shelf.document(f"第 {number} 份")
        assert queries(limin, address) == first

    def test_an_empty_archive_says_how_to_begin(self, shelf, signed_in_as) -> None:
        assert "把文件、文件夹、压缩包、邮件拖进来" in page(signed_in_as("limin"), "archive")
        assert "上传资料" not in page(signed_in_as("zhouzheng"), "archive")

    def test_it_tells_which_standards_lack_what(self, shelf, signed_in_as) -> None:
        text = signed_in_as("limin").get(reverse("archive_lacking")).content.decode()
        assert 'data-figure="materials.served" data-scope="round:2021"' in text
        assert 'data-value="0"' in text
        assert "条缺材料" in text


def standard_of(shelf: Shelf, number: int = 1) -> Any:
    return Node.objects.filter(kind=NodeKind.STANDARD).order_by("position")[number]


class TestBringingIn:
    def send(self, client: Client, files: dict[str, bytes], **said: str) -> Any:
        sent = [SimpleUploadedFile(name, data) for name, data in files.items()]
        return client.post(reverse("archive_add"), {"unit": "office", "files": sent, **said}, follow=True)

    def test_a_plain_form_takes_many_and_shows_what_became_of_each(self, shelf, signed_in_as) -> None:
        limin = signed_in_as("limin")
        brought(shelf, word(), "办法.docx")
        files = {
            "办法（又一份）.docx": word(),
            "程序.exe": b"MZ" + b"\0" * 99,
            "材料.zip": zipped({"东门.jpg": photo()}),
        }
        text = html(self.send(limin, files))
        for told in ("收到 3 个文件", "新收 1", "已有 1", "没有收下 1", "它是程序或脚本", "东门", "就是同一份"):
            assert told in text

    def test_the_script_gets_the_batch_and_the_same_again_is_the_same(self, shelf, signed_in_as) -> None:
        limin, batch = signed_in_as("limin"), "page-0123456789abcdef"
        for _ in range(2):
            answer = limin.post(
                reverse("archive_add"),
                {
                    "unit": "office",
                    "batch": batch,
                    "inside": "市场/../东门",
                    "files": SimpleUploadedFile("1.jpg", photo()),
                },
                headers={"accept": "application/json"},
            )
            assert answer.json() == {"batch": batch, "came": f"/archive/add/{batch}/"}
        came = Arrival.objects.get()
        assert (came.batch, came.road, came.decision) == (batch, "folder", Decision.DOCUMENT)
        assert ".." not in came.inside
        piece = html(limin.get(reverse("archive_batch", args=["page-x"]), {"piece": "1", "also": batch}))
        assert "<html" not in piece
        assert "1.jpg" in piece

    def test_what_others_brought_is_not_shown(self, shelf, signed_in_as) -> None:
        take_in(
            Incoming("村.docx", shelf.cast.units["V1"], source=lambda: iter([word()])),
            "b",
            by=shelf.cast.actor("liufang"),
            at=shelf.at,
        )
        assert "村.docx" not in page(signed_in_as("limin"), "archive_batch", "b")

    def test_nothing_chosen_and_a_strange_unit_are_refused(self, shelf, signed_in_as) -> None:
        wang = signed_in_as("wangjianguo")
        assert "没有收到文件" in html(wang.post(reverse("archive_add"), {"unit": "market"}), 422)
        assert self.send(wang, {"1.jpg": photo()}, unit="V1").status_code == 404
        assert Arrival.objects.count() == 0

    def test_the_ban_on_classified_matter_stands_above(self, shelf, signed_in_as) -> None:
        text = page(signed_in_as("limin"), "archive_add")
        assert text.index("严禁上传涉密文件") < text.index('type="file"')


class TestDeciding:
    @pytest.fixture
    def twin(self, shelf) -> Arrival:
        limin = shelf.cast.actor("limin")
        for batch in ("一", "二"):
            made = take_in(
                Incoming("办法.docx", shelf.cast.units["office"], source=lambda: iter([word()])),
                batch,
                by=limin,
                at=shelf.at,
            )
        return made

    def test_it_stands_beside_its_twin_and_what_that_serves(self, shelf, twin, signed_in_as) -> None:
        put_to_use(twin.twin, [Serves("year", "2021", "年度 2021")], by=shelf.cast.actor("limin"), at=shelf.at)
        text = page(signed_in_as("limin"), "archive_arrivals")
        for told in ("1 件收到的等人处理", "刚收到的", "已有的资料", "年度 2021", "就是同一份", "仍立为新资料"):
            assert told in text

    @pytest.mark.parametrize(("decision", "documents"), [("same", 1), ("document", 2)])
    def test_one_press_answers(self, twin, signed_in_as, decision: str, documents: int) -> None:
        address = reverse("archive_arrival", args=[twin.pk])
        answer = signed_in_as("limin").post(address, {"decision": decision, "back": "/archive/add/page-x/"})
        assert answer["Location"] == "/archive/add/page-x/"
        twin.refresh_from_db()
        assert (twin.decision, Document.objects.count()) == (decision, documents)

    def test_it_may_be_a_new_version_of_another_document(self, shelf, twin, signed_in_as) -> None:
        other = brought(shelf, word("旧的"), "旧办法.docx", "旧办法")
        limin, address = signed_in_as("limin"), reverse("archive_arrival", args=[twin.pk])
        assert "旧办法.docx" in html(limin.get(address, {"q": "旧办"}))
        limin.post(address, {"decision": "version", "version": other.files.get().pk})
        assert other.files.get(superseded_at=None).file == twin.file

    def test_a_refusal_wants_a_reason_and_what_was_typed_stays(self, twin, signed_in_as) -> None:
        limin, address = signed_in_as("limin"), reverse("archive_arrival", args=[twin.pk])
        assert "请写明为什么不收" in html(limin.post(address, {"decision": "refused"}), 422)
        limin.post(address, {"decision": "refused", "why": "传错了"})
        twin.refresh_from_db()
        assert (twin.decision, twin.why) == ("refused", "传错了")
        assert "已由李敏处理过" in html(limin.post(address, {"decision": "same", "why": "我想想"}), 409)

    def test_many_are_the_same_in_one_press(self, shelf, twin, signed_in_as) -> None:
        take_in(
            Incoming("办法.docx", shelf.cast.units["office"], source=lambda: iter([word()])),
            "三",
            by=shelf.cast.actor("limin"),
            at=shelf.at,
        )
        keys = list(Arrival.objects.filter(decision="").values_list("pk", flat=True))
        answer = signed_in_as("limin").post(
            reverse("archive_arrivals_decide"), {"arrival": keys, "decision": "same"}, follow=True
        )
        assert "已处理 2 件" in html(answer)
        assert not Arrival.objects.filter(decision="").exists()

    def test_a_document_out_of_reach_is_neither_named_nor_offered(self, shelf, signed_in_as) -> None:
        liufang = shelf.cast.actor("liufang")
        brought(shelf, word(), "机关.docx", "机关的办法")
        came = take_in(
            Incoming("村.docx", shelf.cast.units["V1"], source=lambda: iter([word()])), "b", by=liufang, at=shelf.at
        )
        text = page(signed_in_as("liufang"), "archive_arrivals")
        assert "机关的办法" not in text
        assert "在你看不到的资料里" in text
        answer = signed_in_as("liufang").post(reverse("archive_arrival", args=[came.pk]), {"decision": "same"})
        assert answer.status_code == 404

    def test_a_picture_is_shown_to_those_who_see_the_arrival(self, shelf, signed_in_as) -> None:
        came = take_in(
            Incoming("东门.jpg", shelf.cast.units["office"], source=lambda: iter([photo()])),
            "b",
            by=shelf.cast.actor("limin"),
            at=shelf.at,
        )
        address = reverse("archive_arrival_picture", args=[came.pk])
        assert data(signed_in_as("limin").get(address))[:2] == b"\xff\xd8"
        assert signed_in_as("liufang").get(address).status_code == 404

    def test_the_queries_do_not_grow_with_the_rows(self, shelf, twin, signed_in_as) -> None:
        limin, address = signed_in_as("limin"), reverse("archive_arrivals")
        first = queries(limin, address)
        for batch in "三四五六":
            brought(shelf, word(batch), f"{batch}.docx")
            take_in(
                Incoming("又.docx", shelf.cast.units["office"], source=lambda b=batch: iter([word(b)])),
                batch,
                by=shelf.cast.actor("limin"),
                at=shelf.at,
            )
        assert queries(limin, address) == first


class TestOneDocument:
    def test_it_shows_text_facts_proposals_files_and_history(self, shelf, signed_in_as) -> None:
        one = read(shelf)
        text = page(signed_in_as("limin"), "document", one.pk)
        for told in (
            "市场内不得占道经营",
            "张政办〔2021〕3号",
            "采用它",
            "文件.docx",
            "下载原件",
            "立为资料",
            "还没用上",
        ):
            assert told in text

    def test_what_has_no_pictures_shows_its_text_and_no_broken_picture(self, shelf, signed_in_as) -> None:
        one = brought(shelf, "市场内不得占道经营".encode(), "说明.txt")
        reading.read_waiting(9, by=MACHINE, at=shelf.at)
        previews.make_waiting(9, by=MACHINE, at=shelf.at)
        text = page(signed_in_as("limin"), "document", one.pk)
        assert "<img" not in text
        assert "这种文件没有预览" in text
        assert "市场内不得占道经营" in text

    def test_nobody_else_learns_that_it_exists(self, shelf, signed_in_as) -> None:
        one = read(shelf)
        liufang = signed_in_as("liufang")
        row = one.files.get().pk
        for name, args in (
            ("document", [one.pk]), ("document_original", [one.pk, row]), ("document_picture", [one.pk, row, 1]), ("document_similar", [one.pk]),
        ):  # fmt: skip
            assert liufang.get(reverse(name, args=args)).status_code == 404, name
        assert change(liufang, one, "withdraw", why="看看").status_code == 404

    def test_those_who_only_look_get_no_forms(self, shelf, signed_in_as) -> None:
        text = page(signed_in_as("zhouzheng"), "document", read(shelf).pk)
        assert "采用它" not in text
        assert reverse("document_change", args=[Document.objects.get().pk]) not in text
        assert change(signed_in_as("zhouzheng"), Document.objects.get(), "withdraw", why="看看").status_code == 403

    def test_its_facts_are_written_down_with_the_caption_in_six_parts(self, shelf, signed_in_as) -> None:
        one = shelf.document("照片", kind="picture")
        place = site("S7", shelf.cast.units["office"], name="东门市场")
        said = {
            "version": one.version,
            "title": "东门市场",
            "kind": "picture",
            "dated": "2021-05-01",
            "site": "S7 东门市场",
            "caption_time": "5 月 1 日",
            "caption_reason": "复查",
        }
        answer = signed_in_as("limin").post(reverse("document", args=[one.pk]), said)
        assert answer["Location"] == reverse("document", args=[one.pk])
        one.refresh_from_db()
        assert (one.title, one.site, one.caption) == ("东门市场", place, {"time": "5 月 1 日", "reason": "复查"})

    def test_the_second_of_two_people_loses_nothing_typed(self, shelf, signed_in_as) -> None:
        one = shelf.document("办法", number="旧号")
        limin = signed_in_as("limin")
        said = {"version": one.version, "title": "我的题名", "kind": "norm", "number": "旧号"}
        limin.post(reverse("document", args=[one.pk]), {**said, "title": "别人的题名"})
        answer = limin.post(reverse("document", args=[one.pk]), said)
        text = html(answer, 409)
        assert 'value="我的题名"' in text
        assert "刚被李敏改过" in text
        assert answer.context["newer"] == [("题名", "别人的题名")]
        limin.post(reverse("document", args=[one.pk]), {**said, "version": answer.context["version"]})
        one.refresh_from_db()
        assert one.title == "我的题名"

    def test_a_wrong_date_or_site_is_told_beside_its_field(self, shelf, signed_in_as) -> None:
        one = shelf.document("办法")
        said = {"version": one.version, "title": "新题名", "kind": "norm", "dated": "昨天", "site": "没有"}
        text = html(signed_in_as("limin").post(reverse("document", args=[one.pk]), said), 422)
        assert "没有这个点位" in text
        assert 'value="新题名"' in text

    def test_beside_a_scan_that_nobody_can_read_here_stands_the_cure(self, shelf, signed_in_as, settings) -> None:
        one, limin = brought(shelf, scan("甲"), "扫描件.pdf"), signed_in_as("limin")
        reading.read_waiting(9, by=MACHINE, at=shelf.at)
        assert "CHUANGWEN_OCR_WORKERS" not in page(limin, "document", one.pk)
        settings.OCR_WORKERS = 0
        assert "CHUANGWEN_OCR_WORKERS" in page(limin, "document", one.pk)

    def test_a_proposal_is_taken_or_left(self, shelf, signed_in_as) -> None:
        one, limin = read(shelf), signed_in_as("limin")
        number, dated = (Proposal.objects.get(document=one, field=name) for name in ("number", "dated"))
        answer = change(limin, one, "take", proposal=number.pk, at="facts")
        assert answer["Location"].endswith("#facts")
        change(limin, one, "leave", proposal=dated.pk)
        one.refresh_from_db()
        assert (one.number, one.dated) == ("张政办〔2021〕3号", None)
        assert "已由李敏处理过" in html(change(limin, one, "take", proposal=dated.pk), 409)

    def test_what_was_typed_meanwhile_is_kept_when_a_proposal_is_taken(self, shelf, signed_in_as) -> None:
        one, limin = read(shelf), signed_in_as("limin")
        number = Proposal.objects.get(document=one, field="number")
        said = {"version": one.version, "title": "改过的题名", "kind": "norm", "take": number.pk}
        assert limin.post(reverse("document", args=[one.pk]), said).status_code == 302
        one.refresh_from_db()
        assert (one.title, one.number) == ("改过的题名", "张政办〔2021〕3号")

    def test_all_proposals_that_were_shown_are_taken_at_once_but_not_over_what_was_typed(
        self, shelf, signed_in_as
    ) -> None:
        one, limin = read(shelf), signed_in_as("limin")
        text = page(limin, "document", one.pk)
        keys = ",".join(str(row.pk) for row in Proposal.objects.filter(document=one).order_by("-sure", "pk"))
        assert f'name="take_all" value="{keys}"' in text
        notes = Note.objects.filter(verb="采用识别建议").count()
        said = {"version": one.version, "title": "我起的题名", "kind": one.kind_id, "take_all": keys}
        assert limin.post(reverse("document", args=[one.pk]), said).status_code == 302
        one.refresh_from_db()
        assert (one.title, one.number, f"{one.dated}") == ("我起的题名", "张政办〔2021〕3号", "2021-03-15")
        assert one.issuer == "张沟镇人民政府办公室"
        assert Note.objects.filter(verb="采用识别建议").count() == notes + 1
        assert [row.field for row in Proposal.objects.filter(document=one, taken=None)] == ["title"]
        gone = ",".join(key for key in keys.split(",") if int(key) != Proposal.objects.get(taken=None).pk)
        again = {"version": one.version, "title": one.title, "kind": one.kind_id, "number": one.number}
        facts = {"issuer": one.issuer, "dated": "2021-03-15", "take_all": gone}
        assert "已由李敏处理过" in html(limin.post(reverse("document", args=[one.pk]), again | facts), 409)

    def test_a_mark_of_secrecy_has_its_two_answers_and_hides_the_text_from_the_others(
        self, shelf, signed_in_as
    ) -> None:
        one = read(shelf, f"机密★1年\n{TEXT}")
        text = page(signed_in_as("limin"), "document", one.pk)
        assert "确认涉密" in text
        assert "确认并非涉密" in text
        assert "关联勾选的" not in text
        hidden = page(signed_in_as("zhouzheng"), "document", one.pk)
        assert "市场内不得占道经营" not in hidden
        mark = Proposal.objects.get(document=one, field="classified")
        assert "请写明为什么它不是涉密文件" in html(change(signed_in_as("limin"), one, "leave", proposal=mark.pk), 422)
        change(signed_in_as("limin"), one, "take", proposal=mark.pk)
        text = page(signed_in_as("limin"), "document", one.pk)
        assert "市场内不得占道经营" not in text
        assert "已作废" in text
        row = one.files.get().pk
        for name, args in (("document_original", [one.pk, row]), ("document_picture", [one.pk, row, 1])):
            assert signed_in_as("limin").get(reverse(name, args=args)).status_code == 422

    def test_a_passage_is_marked_where_it_stands(self, shelf, signed_in_as) -> None:
        one, limin = read(shelf), signed_in_as("limin")
        row = one.files.get()
        answer = change(
            limin,
            one,
            "passage",
            file=row.pk,
            page=1,
            quote="不得占道经营",
            note="管理要求",
            at="proof",
            query=f"?file={row.pk}&page=1",
        )
        assert answer["Location"] == f"{reverse('document', args=[one.pk])}?file={row.pk}&page=1#proof"
        text = html(limin.get(reverse("document", args=[one.pk])))
        assert "<mark>不得占道经营</mark>" in text
        assert "管理要求" in text
        assert "请选中或抄写原文" in html(change(limin, one, "passage", file=row.pk, page=1, quote=" "), 422)

    def test_overlapping_passages_leave_the_text_whole(self, shelf, signed_in_as) -> None:
        one, by = read(shelf), shelf.cast.actor("limin")
        for quote in ("市场内不得", "不得占道", "占道经营"):
            mark_passage(one.files.get(), Words(quote), by=by, at=shelf.at)
        pieces = signed_in_as("limin").get(reverse("document", args=[one.pk])).context["pieces"]
        assert "".join(one.text for one in pieces) == one.files.get().file.texts.get().text
        assert "".join(one.text for one in pieces if one.hit) == "市场内不得占道经营"
        assert Passage.objects.count() == 3

    def test_a_file_is_added_and_replaced_and_the_original_comes_back_untouched(self, shelf, signed_in_as) -> None:
        one, limin = brought(shelf, word(), "<b>办法.docx"), signed_in_as("limin")
        change(limin, one, "file", file=SimpleUploadedFile("附件.docx", word("附件")))
        change(limin, one, "file", place=1, file=SimpleUploadedFile("新.docx", word("新")))
        assert [(row.place, row.edition) for row in one.files.order_by("place", "edition")] == [(1, 1), (1, 2), (2, 1)]
        row = one.files.get(place=1, edition=1)
        answer = limin.get(reverse("document_original", args=[one.pk, row.pk]))
        assert data(answer) == sealed_path(row.file).read_bytes()
        assert answer["Content-Disposition"].startswith("attachment")
        assert (answer["X-Content-Type-Options"], "sandbox" in answer["Content-Security-Policy"]) == ("nosniff", True)
        assert "以前的 1 版" in page(limin, "document", one.pk)
        assert "没有收到文件" in html(change(limin, one, "file"), 422)

    def test_it_is_put_to_use_by_suggestion_search_and_year_and_taken_out_again(self, shelf, signed_in_as) -> None:
        one, limin, node = read(shelf), signed_in_as("limin"), standard_of(shelf)
        place = site("S7", shelf.cast.units["office"], name="东门市场")
        found = limin.get(reverse("document", args=[one.pk]), {"find": "东门"})
        assert [choice.value for choice in found.context["looked_for"]] == ["site|S7"]
        change(limin, one, "use", serves=[f"standard|{node.edition_id}:{node.code}", "site|S7"], year="2021")
        assert set(one.serves.values_list("kind", "title")) == {
            ("standard", node.title),
            ("site", place.name),
            ("year", ""),
        }
        text = page(limin, "document", one.pk)
        assert "用于 3 处" in text
        assert reverse("standard_by_code", args=[node.edition_id, node.code]) in text
        change(limin, one, "unuse", use=one.serves.get(kind="site").pk)
        assert one.serves.count() == 2
        for value in ("standard|1:没有", "case|没有", "haha|1", "site"):
            assert change(limin, one, "use", serves=value).status_code == 404, value
        assert change(limin, one, "use").status_code == 404

    def test_the_pages_of_standard_and_case_show_their_documents(self, shelf, office, signed_in_as) -> None:
        case = office.sent()
        node, by = standard_of(shelf), shelf.cast.actor("limin")
        one = shelf.document("集市整治办法")
        put_to_use(
            one, [Serves("standard", f"{node.edition_id}:{node.code}"), Serves("case", case.number)], by=by, at=shelf.at
        )
        for name, key in (("standard", node.pk), ("case", case.number)):
            text = page(signed_in_as("limin"), name, key)
            assert "集市整治办法" in text
            assert reverse("document", args=[one.pk]) in text

    def test_it_is_withdrawn_with_a_reason_and_changes_no_more(self, shelf, signed_in_as) -> None:
        one, limin = read(shelf), signed_in_as("limin")
        assert "请写明为什么作废" in html(change(limin, one, "withdraw", why=" "), 422)
        change(limin, one, "withdraw", why="内容有误")
        assert "内容有误" in page(limin, "document", one.pk)
        assert "已作废，不能再改" in html(change(limin, one, "file", file=SimpleUploadedFile("a.docx", word())), 409)

    def test_the_history_tells_each_change_in_words(self, shelf, signed_in_as) -> None:
        one, limin, node = shelf.document("办法"), signed_in_as("limin"), standard_of(shelf)
        limin.post(reverse("document", args=[one.pk]), {"version": one.version, "title": "办法", "kind": "report"})
        change(limin, one, "use", serves=f"standard|{node.edition_id}:{node.code}")
        text = page(limin, "document", one.pk)
        assert "类型：规范文件 → 情况说明" in text
        assert f"测评标准 {node.code}" in text

    def test_the_queries_do_not_grow_with_files_uses_passages_and_notes(self, shelf, signed_in_as) -> None:
        one, limin, by = read(shelf), signed_in_as("limin"), shelf.cast.actor("limin")
        put_to_use(one, [Serves("year", "2020")], by=by, at=shelf.at)
        mark_passage(one.files.get(), Words("各村"), by=by, at=shelf.at)
        address = reverse("document", args=[one.pk])
        first = queries(limin, address)
        for number in range(5):
            change(limin, one, "file", file=SimpleUploadedFile(f"{number}.docx", word(str(number))))
            put_to_use(one, [Serves("year", str(2000 + number))], by=by, at=shelf.at)
            mark_passage(one.files.first(), Words("各村"), by=by, at=shelf.at)
        assert queries(limin, address) == first

    def test_an_unknown_change_is_refused(self, shelf, signed_in_as) -> None:
        assert change(signed_in_as("limin"), shelf.document(), "explode").status_code == 404


class TestItsPhotos:
    @pytest.fixture
    def album(self, cast) -> Album:
        return Album(Shelf(cast))

    @pytest.fixture
    def again(self, album) -> Document:
        """李敏's stamped copy of a photo that 王建国 used for a standard."""
        first = album.document(one := picture(0), "春季市场")
        put_to_use(first, [Serves("year", "2020", "2020 年度")], by=album.cast.actor("wangjianguo"), at=album.at)
        made = album.document(once_more(one, "contrast"), "又是春季", who="limin", unit="office")
        album.look()
        return made

    def test_a_photo_used_before_asks_for_a_reason_and_keeps_what_was_ticked(self, again, signed_in_as) -> None:
        limin = signed_in_as("limin")
        text = html(change(limin, again, "use", year="2021"), 422)
        assert "以前用过" in text
        assert 'value="2021"' in text
        change(limin, again, "use", year="2021", why="同一市场，两年都用")
        assert Use.objects.get(document=again).why == "同一市场，两年都用"

    def test_its_questions_are_answered_on_its_own_page(self, again, signed_in_as) -> None:
        limin = signed_in_as("limin")
        text = page(limin, "document", again.pk)
        assert "照片疑点 1 个" in text
        answer = limin.post(
            reverse("archive_photos_answer"),
            {
                "question": again.files.get().file.questions.get().pk,
                "kept": "1",
                "why": "同一市场",
                "document": again.pk,
            },
        )
        assert answer["Location"] == f"{reverse('document', args=[again.pk])}#questions"

    def test_the_photo_is_shown_large_and_small_as_its_public_copy(self, again, signed_in_as) -> None:
        limin, row = signed_in_as("limin"), again.files.get()
        sizes = []
        for number in (0, 1):
            answer = limin.get(reverse("document_picture", args=[again.pk, row.pk, number]))
            assert answer["Content-Type"] == "image/jpeg"
            sizes.append(len(data(answer)))
        assert sizes[0] < sizes[1]
        assert limin.get(reverse("document_picture", args=[again.pk, row.pk, 2])).status_code == 404

    def test_photos_like_it_are_looked_for_when_asked(self, again, signed_in_as) -> None:
        text = page(signed_in_as("limin"), "document_similar", again.pk)
        assert "春季市场" in text
        assert "同一张" in text
        assert text.count("<img ") == 1


def test_taking_an_internal_original_stands_in_the_history(shelf, signed_in_as) -> None:
    one = brought(shelf, word(), "名册.docx", confidentiality="internal")
    data(signed_in_as("limin").get(reverse("document_original", args=[one.pk, one.files.get().pk])))
    assert Note.objects.order_by("-number").first().verb == "取内部资料的原件"
    assert "取内部资料的原件" in page(signed_in_as("limin"), "document", one.pk)
