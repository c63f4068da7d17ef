"""Filing, hand-over, destruction and the proof as pages: what each person sees and may do there."""

import io
import json
from contextlib import nullcontext
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.people import AT
from tests.plain_pages import plain
from tests.records.filing.filing_desk import Desk
from tests.samples import photo

from chuangwen.records.archive.proving import check_all
from chuangwen.records.archive.queries import sealed_path
from chuangwen.records.filing.actions import unfile
from chuangwen.records.filing.hand_over_actions import package_path
from chuangwen.records.filing.models import Destruction, HandOver, Item
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.permissions import Permission


@pytest.fixture
def desk(cast) -> Desk:
    return Desk(cast)


def as_(desk: Desk, username: str) -> Client:
    client = Client()
    client.force_login(desk.cast.people[username], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def keeper(desk) -> Client:
    return as_(desk, "chenjing")


def html(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[:500]
    return plain(answer.content.decode())


def test_the_overview_tells_the_years_the_table_and_that_it_is_not_approved(desk, keeper) -> None:
    desk.files(desk.paper())
    desk.paper("还没有归档的", date(2020, 5, 1))
    page = html(keeper.get(reverse("archive_filing")))
    for part in (
        "往年还有 1 件待归档",
        "J001",
        "创建规划、年度方案、领导小组文件",
        "还没有写明由谁、哪天批准",
        "整理中",
    ):
        assert part in page


def test_before_anything_came_the_pages_say_what_will_stand_there(desk, keeper) -> None:
    for name in ("archive_filing", "archive_transfer", "archive_destruction", "archive_checking"):
        html(keeper.get(reverse(name)))
    for name in ("archive_filing_year", "archive_catalogue", "archive_labels"):
        html(keeper.get(reverse(name, args=[2020])))
    assert keeper.get(reverse("archive_notes", args=[2020])).status_code == 404


def test_the_keeper_files_what_is_ticked_with_the_class_chosen_beside_it(desk, keeper) -> None:
    one, bare = desk.paper(), desk.paper("没有文号的", number="")
    page = html(keeper.get(reverse("archive_filing_year", args=[2020])))
    assert f'value="{one.pk}" id="d-{one.pk}" checked' in page
    assert f'value="{bare.pk}" id="d-{bare.pk}">' in page
    assert "缺文号" in page
    said = {"document": [one.pk], f"retention-{one.pk}": "Y", f"section-{one.pk}": "SJS"}
    assert keeper.post(reverse("archive_file", args=[2020]), said).status_code == 302
    assert desk.codes() == ["J001-WS·2020-Y-SJS-0001"]


def test_everything_whole_is_filed_in_one_press_and_the_year_closed(desk, keeper) -> None:
    desk.paper()
    desk.paper("没有文号的", number="")
    keeper.post(reverse("archive_file", args=[2020]), {"all": "1"})
    assert desk.codes() == ["J001-WS·2020-D30-CJB-0001"]
    keeper.post(reverse("archive_filing_close", args=[2020]), {"note": "照片另存光盘"})
    page = html(keeper.get(reverse("archive_filing_year", args=[2020])))
    assert "1 件，档号已固定" in page
    assert "照片另存光盘" in page
    assert keeper.post(reverse("archive_file", args=[2020]), {"all": "1"}).status_code in {409, 422}


def test_what_is_wrong_is_told_and_nothing_is_filed(desk, keeper) -> None:
    assert keeper.post(reverse("archive_file", args=[2020]), {}).status_code == 422
    assert not Item.objects.exists()


def test_an_item_shows_its_stamp_is_corrected_and_taken_out(desk, keeper) -> None:
    (item,) = desk.files(desk.paper())
    page = html(keeper.get(reverse("archive_item", args=[item.pk])))
    for part in (
        "归档章",
        "<small>全宗号</small>J001",
        "<small>件号</small>0001",
        "<small>机构（问题）</small>创建办公室",
    ):
        assert part in page
    keeper.post(
        reverse("archive_item_correct", args=[item.pk]),
        {"retention": "Y", "section": "CJB", "pages": "7", "note": "附图"},
    )
    item.refresh_from_db()
    assert (item.code, item.pages, item.note) == ("J001-WS·2020-Y-CJB-0001", 7, "附图")
    keeper.post(reverse("archive_item_unfile", args=[item.pk]))
    assert not Item.objects.exists()
    assert keeper.get(reverse("archive_item", args=[item.pk])).status_code == 404


def test_the_first_page_of_a_photo_is_drawn_under_the_stamp(desk, keeper) -> None:
    (item,) = desk.files(desk.paper("照片", data=photo(), kind="picture"))
    call_command("work", "--until-empty", stdout=StringIO(), stderr=StringIO())
    answer = keeper.get(reverse("archive_item_picture", args=[item.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    html(keeper.get(reverse("archive_item", args=[item.pk]), {"stamp": ""}))


def test_the_catalogue_prints_each_class_apart_and_goes_out_as_excel(desk, keeper) -> None:
    desk.files(desk.paper(), desk.paper("=关于值班的通知"))
    page = html(keeper.get(reverse("archive_catalogue", args=[2020])))
    assert page.count("catalogue-title") == 2
    sent = keeper.get(reverse("archive_filing_export", args=[2020]))
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(sent.content)).active]
    assert any("=关于值班的通知" in row for row in rows)
    assert any(row[:3] == ["序号", "档号", "文号"] for row in rows)


def test_boxes_have_backs_and_notes_with_what_was_taken_out(desk, keeper) -> None:
    one, _two = desk.files(desk.paper(), desk.paper("办法二", date(2020, 4, 1)))
    desk.closes()
    unfile(one, "误归", by=desk.archivist, at=desk.at)
    page = html(keeper.get(reverse("archive_labels", args=[2020])))
    for part in ("盒脊", "本盒 1 件", "已撤出：误归", "陈静"):
        assert part in page
    html(keeper.get(reverse("archive_filing_year", args=[2020]), {"tab": "boxes"}))
    assert "误归" in html(keeper.get(reverse("archive_filing_year", args=[2020]), {"tab": "filed"}))
    sent = keeper.get(reverse("archive_notes", args=[2020]))
    words = docx.Document(io.BytesIO(sent.content))
    assert "备考表" in [one.text for one in words.paragraphs]


def test_a_package_is_made_verified_taken_along_and_received(desk, keeper) -> None:
    desk.files(desk.paper(day=date(2010, 3, 1)), year=2010)
    desk.closes(2010)
    page = reverse("archive_transfer")
    assert "1 个年度到了移交的时候" in html(keeper.get(page))
    keeper.post(page, {"year": "2010"})
    one = HandOver.objects.get()
    change = reverse("archive_transfer_change", args=[one.pk])
    assert "完好" in html(keeper.post(change, {"do": "verify"}, follow=True))
    sent = keeper.get(reverse("archive_transfer_file", args=[one.pk]))
    assert b"".join(sent.streaming_content) == package_path(one).read_bytes()
    keeper.post(change, {"who": "张华"})
    assert "张华" in html(keeper.get(page))
    data = bytearray(package_path(one).read_bytes())
    data[200] ^= 1
    package_path(one).write_bytes(data)
    assert "完好：" not in html(keeper.post(change, {"do": "verify"}, follow=True))
    package_path(one).unlink()
    assert keeper.get(reverse("archive_transfer_file", args=[one.pk])).status_code == 404
    assert "文件不在了" in html(keeper.get(page))
    assert keeper.post(page, {"year": "2030"}).status_code == 409


def test_destruction_goes_through_two_people_on_their_own_pages(desk, keeper) -> None:
    (item,) = desk.closed(date(2005, 5, 1))
    page = reverse("archive_destruction")
    assert "1 件保管期满，待鉴定" in html(keeper.get(page))
    keeper.post(reverse("archive_appraise"), {"item": [item.pk], "why": "已无查考价值", "do": "propose"})
    one = Destruction.objects.get()
    there = reverse("archive_destruction_list", args=[one.pk])
    change = reverse("archive_destruction_change", args=[one.pk])
    assert "你提出的，等另一个有权的人批准" in html(keeper.get(there))
    assert keeper.post(change, {"do": "approve"}).status_code == 403
    assert keeper.post(change, {"do": "carry_out"}).status_code == 409
    leader = as_(desk, "limin")
    assert "待批准" in html(leader.get(page))
    assert "不批准的理由" in html(leader.get(there))
    leader.post(change, {"do": "approve"})
    assert "等档案员执行" in html(leader.get(there))
    assert "执行销毁" in html(keeper.get(there))
    keeper.post(change, {"do": "carry_out"})
    assert "已执行" in html(keeper.get(there))
    sent = keeper.get(reverse("archive_destruction_paper", args=[one.pk]))
    text = " ".join(
        cell.text
        for table in docx.Document(io.BytesIO(sent.content)).tables
        for row in table.rows
        for cell in row.cells
    )
    assert item.code in text
    assert "文件已销毁" in html(keeper.get(reverse("archive_item", args=[item.pk])))


def test_an_item_is_kept_longer_or_a_list_refused(desk, keeper) -> None:
    first, second = desk.closed(date(2005, 5, 1), date(2005, 6, 1))
    keeper.post(reverse("archive_appraise"), {"item": [first.pk], "why": "仍有用", "do": "keep", "until": "2031"})
    assert Item.objects.get(pk=first.pk).kept_until == 2031
    keeper.post(reverse("archive_appraise"), {"item": [second.pk], "why": "无用", "do": "propose"})
    one = Destruction.objects.get()
    leader = as_(desk, "limin")
    leader.post(reverse("archive_destruction_change", args=[one.pk]), {"do": "refuse", "why": "还要查"})
    assert "还要查" in html(leader.get(reverse("archive_destruction_list", args=[one.pk])))


def test_those_who_neither_keep_nor_approve_find_no_lists(desk) -> None:
    desk.closed(date(2005, 5, 1))
    assert as_(desk, "liufang").get(reverse("archive_destruction")).status_code == 404
    assert as_(desk, "liufang").get(reverse("archive_filing")).status_code == 403


def test_a_keeper_of_some_units_only_does_not_see_the_lists_of_all(desk) -> None:
    role = desk.cast.roles["village"]
    role.permissions = [*role.permissions, str(Permission.KEEP_ARCHIVE)]
    role.save()
    assert as_(desk, "liufang").get(reverse("archive_filing")).status_code == 403


def test_the_proof_tells_what_is_missing_since_when_and_which_document_it_hits(desk, keeper) -> None:
    (item,) = desk.files(desk.paper("市场管理办法"))
    desk.paper("没事的")
    for day in range(4):
        if day == 2:
            sealed_path(item.document.files.get().file).unlink()
        list(check_all(by=MACHINE, at=AT + timedelta(days=day)))
    answer = keeper.get(reverse("archive_checking"))
    page = html(answer)
    for part in ("1 个原件缺失或被改动", "市场管理办法", item.code, "还完好", "最后一次完好"):
        assert part in page
    (hurt,) = answer.context["proof"].damage
    assert (hurt.state, hurt.since, hurt.whole_on) == ("missing", AT + timedelta(days=2), AT + timedelta(days=1))


def test_lists_ask_the_same_number_of_questions_however_long(desk, keeper) -> None:
    def questions(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            html(keeper.get(address))
        return len(found)

    pages = [reverse("archive_filing_year", args=[2020]), f"{reverse('archive_filing_year', args=[2020])}?tab=filed"]
    pages += [reverse("archive_catalogue", args=[2020]), reverse("archive_filing")]
    desk.files(desk.paper("一", date(2020, 1, 1)))
    desk.paper("二", date(2020, 2, 1))
    for one in pages:
        questions(one)  # the first time somebody's rights are read too
    before = [questions(one) for one in pages]
    desk.files(*(desk.paper(f"又{n}", date(2020, 3, 1)) for n in range(6)))
    for n in range(6):
        desk.paper(f"再{n}", date(2020, 4, 1), unit="market")
    assert [questions(one) for one in pages] == before


def test_the_archives_front_leads_keepers_and_approvers_to_their_pages(desk, keeper) -> None:
    desk.paper()
    desk.closed(date(2005, 5, 1))
    list(check_all(by=MACHINE, at=AT))
    page = html(keeper.get(reverse("archive")))
    for name in ("archive_filing", "archive_destruction", "archive_checking"):
        assert reverse(name) in page
    leader = html(as_(desk, "limin").get(reverse("archive")))
    assert reverse("archive_destruction") in leader
    assert reverse("archive_filing") not in leader
    assert reverse("archive_destruction") not in html(as_(desk, "liufang").get(reverse("archive")))


def command(*words: str, code: int = 0) -> Any:
    out = StringIO()
    with pytest.raises(SystemExit, match=str(code)) if code else nullcontext():
        call_command("archive", *words, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue()) if "--json" in words else out.getvalue()


def test_a_year_is_filed_closed_and_handed_over_by_command(desk, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("chuangwen.doors.commands.archive_filing.require_database", lambda _home: None)
    desk.paper(day=date(2010, 3, 1))
    assert command("filing", "file", "--year", "2010", "--json")["codes"] == ["J001-WS·2010-D30-CJB-0001"]
    assert command("filing", "file", "--year", "2010", "--json", code=1)["refused"]["code"] == "nothing_to_file"
    told = command("filing", "close", "--year", "2010", "--json")
    assert (told["items"], told["boxes"]) == (1, 1)
    (line,) = command("filing", "list", "--year", "2010", "--json")
    assert (line["items"], line["waiting"], bool(line["closed"])) == (1, 0, True)
    out = tmp_path / "移交.zip"
    made = command("transfer", "--year", "2010", "--out", str(out), "--json")
    assert made["items"] == 1
    assert (
        command("transfer", "--year", "2010", "--out", str(out), "--json", code=1)["refused"]["code"]
        == "hand_over_out_taken"
    )
    assert command("verify", str(out), "--json")["holds"]
    data = bytearray(out.read_bytes())
    data[len(data) // 2] ^= 1
    out.write_bytes(data)
    assert not command("verify", str(out), "--json", code=1)["holds"]
    assert "整理完毕" in command("filing", "list")
