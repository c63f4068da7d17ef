"""Scans are recognised page by page; a page done stays done; without the extra the machine says what to install."""

import sys

import pytest
from tests.records.archive.bring import brought, jpeg, scan
from tests.records.archive.shelf import Shelf

from chuangwen.kernel import recognising as kernel_recognising
from chuangwen.kernel.apart import Apart
from chuangwen.records.archive import reading, recognising
from chuangwen.records.archive.models import PageText, Proposal, Reading, StoredFile
from chuangwen.records.archive.searching import Wanted, search
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note

FIRST = "张政办〔2021〕3号\n关于印发农贸市场管理办法的通知\n各村：\n请认真执行。\n张沟镇人民政府\n2021年3月15日"


@pytest.fixture
def shelf(cast) -> Shelf:
    return Shelf(cast)


def recognise(shelf: Shelf, limit: int) -> int:
    return reading.recognise_waiting(limit, by=MACHINE, at=shelf.at)


def test_a_scan_is_recognised_page_by_page_and_goes_on_where_it_was_broken_off(shelf) -> None:
    document = brought(shelf, scan(FIRST, "第二页 先锋村", "第三页 联盟村"), "扫描件.pdf", "扫描件")
    file = document.files.get().file
    reading.read_waiting(9, by=MACHINE, at=shelf.at)
    assert recognise(shelf, 1) == 1
    assert recognising.progress_of(StoredFile.objects.get(pk=file.pk)) == (1, 3)
    first = PageText.objects.get(file=file)
    assert first.by_machine
    assert "农贸市场管理办法" in first.text
    assert recognise(shelf, 9) == 2
    file.refresh_from_db()
    assert (file.reading, recognise(shelf, 9)) == (Reading.READ, 0)
    first.refresh_from_db()
    found = search(shelf.cast.actor("limin"), Wanted("联盟村"))
    assert [(hit.document.pk, hit.page) for hit in found.hits] == [(document.pk, 3)]
    told = dict(Proposal.objects.filter(document=document).values_list("field", "value"))
    assert (told["number"], told["dated"]) == ("张政办〔2021〕3号", "2021-03-15")
    assert set(Proposal.objects.values_list("source", flat=True)) == {"ocr"}
    assert Note.objects.filter(verb="识别文字").count() == 1


@pytest.mark.long
def test_two_workers_share_the_pages_and_a_photo_of_a_paper_is_read_too(shelf, settings) -> None:
    settings.OCR_WORKERS = 2
    brought(shelf, scan("先锋村一组", "先锋村二组"), "扫描件.pdf", "扫描件")
    brought(shelf, jpeg("文明家庭评选通知"), "红头文件.jpg", "照片")
    reading.read_waiting(9, by=MACHINE, at=shelf.at)
    assert recognise(shelf, 9) == 3
    assert not StoredFile.objects.exclude(reading=Reading.READ).exists()
    limin = shelf.cast.actor("limin")
    assert [search(limin, Wanted(word)).total for word in ("村一组", "村二组", "文明家庭")] == [1, 1, 1]


@pytest.mark.long
def test_a_page_that_cannot_be_drawn_is_left_empty_with_its_reason_and_the_rest_is_read(shelf, monkeypatch) -> None:
    document = brought(shelf, scan("甲", "乙"), "扫描件.pdf")
    file = document.files.get().file
    reading.read_waiting(9, by=MACHINE, at=shelf.at)
    ask = Apart.ask

    def stumble(self: Apart, question: dict, *, name: str) -> dict:
        wrong = {**question, "page": 99} if question["page"] == 1 else question
        return ask(self, wrong, name=name)

    monkeypatch.setattr(Apart, "ask", stumble)
    assert recognise(shelf, 9) == 2
    file.refresh_from_db()
    assert file.reading == Reading.READ
    assert "打不开" in file.reading_why
    assert PageText.objects.get(file=file, page=1).text == ""


def test_without_the_extra_nothing_is_done_and_the_cure_is_told(shelf, monkeypatch) -> None:
    monkeypatch.setattr(kernel_recognising.importlib.util, "find_spec", lambda name: None)
    brought(shelf, scan("甲"), "扫描件.pdf")
    reading.read_waiting(9, by=MACHINE, at=shelf.at)
    assert recognise(shelf, 9) == 0
    assert StoredFile.objects.get().reading == Reading.SCANNED
    assert "make ocr" in str(reading.why_not_recognise())
    assert "rapidocr" not in sys.modules


def test_where_the_operator_keeps_it_off_nothing_is_done_and_the_cure_is_told(shelf, settings) -> None:
    settings.OCR_WORKERS = 0
    file = brought(shelf, scan("第一页"), "扫描.pdf").files.get().file
    reading.read_waiting(9, by=MACHINE, at=shelf.at)
    assert (recognise(shelf, 9), PageText.objects.filter(file=file).count()) == (0, 0)
    assert "CHUANGWEN_OCR_WORKERS" in str(reading.why_not_recognise())


def test_pieces_are_read_from_the_top_and_from_the_left() -> None:
    def box(left: int, top: int) -> list[list[int]]:
        return [[left, top], [left + 50, top], [left + 50, top + 20], [left, top + 20]]

    boxes = [box(200, 104), box(10, 140), box(10, 100), box(120, 143)]
    assert kernel_recognising.in_lines(boxes, ["三号", "第二", "张政办", "行"]) == "张政办 三号\n第二 行"
