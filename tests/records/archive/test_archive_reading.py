"""Files are read page by page in a child; what cannot be read says why, and the rest is read all the same."""

import io
import zipfile

import pytest
from django.conf import settings as django_settings
from tests.people import CAST
from tests.records.archive.bring import brought, jpeg, sample, scan, sheet, word
from tests.records.archive.shelf import Shelf

from chuangwen.records.archive import reading
from chuangwen.records.archive.models import PageText, Reading, StoredFile
from chuangwen.records.archive.searching import Wanted, search
from chuangwen.records.archive.storage import place
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note

HTML = "<html><head><script>alert('脚本')</script></head><body><nav>首页</nav><p>农贸市场<br>管理</p></body></html>"
EML = (
    "From: office@example.org\r\nTo: a@example.org\r\nSubject: =?utf-8?B?5YWz5LqO5byA5Lya55qE6YCa55+l?=\r\n"
    "Date: Mon, 15 Mar 2021 08:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=gbk\r\n\r\n"
)
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "大"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><w:document><w:p>&y;</w:p></w:document>'
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document><w:t>&x;</w:t></w:document>'
)


@pytest.fixture
def shelf(cast) -> Shelf:
    return Shelf(cast)


def read(shelf: Shelf, limit: int = 50) -> int:
    return reading.read_waiting(limit, by=MACHINE, at=shelf.at)


def texts(file: StoredFile) -> list[str]:
    return list(PageText.objects.filter(file=file).order_by("page").values_list("text", flat=True))


def pages_of(shelf: Shelf, data: bytes, name: str) -> tuple[StoredFile, list[str]]:
    one = brought(shelf, data, name)
    assert read(shelf) == 1
    file = one.files.get().file
    return file, texts(file)


def zipped(**entries: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def test_the_job_reads_what_waits_once_and_writes_one_note_for_each(shelf) -> None:
    brought(shelf, word("第一页的字", "第二页的字"), "方案.docx")
    brought(shelf, "纯文本".encode("gbk"), "说明.txt")
    assert (read(shelf), read(shelf)) == (2, 0)
    assert set(StoredFile.objects.values_list("reading", flat=True)) == {Reading.READ}
    assert StoredFile.objects.get(name="方案.docx").pages == 2
    assert Note.objects.filter(verb="读出文字").count() == 2


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (word("一、农贸市场", "二、管理"), "a.docx", ["一、农贸市场", "二、管理"]),
        (HTML.encode(), "a.html", ["农贸市场\n管理"]),
        (sheet("点位表", [["点位", "数"], ["东门市场", 3]]), "a.xlsx", ["点位表\n点位\t数\n东门市场\t3"]),
        (sample("sites.xls"), "a.xls", ["表\n点位\t1.5\n东门市场\t3"]),
        (sample("two-pages.doc"), "a.doc", ["张沟镇人民政府文件\n农贸市场", "第二页"]),
        ("甲\f乙".encode(), "a.txt", ["甲", "乙"]),
        (zipped(ppt__presentation_dot_xml="<p/>", ppt__slides__slide1_dot_xml="<s><a:p><a:r><a:t>文明</a:t></a:r></a:p></s>"), "a.pptx", ["文明"]),
        (zipped(OFD_dot_xml="<o/>", Doc_0__Pages__Page_0__Content_dot_xml="<o><ofd:TextCode X='1'>红头文件</ofd:TextCode></o>"), "a.ofd", ["红头文件"]),
    ],
)  # fmt: skip
def test_each_kind_of_file_gives_its_text_by_pages(shelf, data: bytes, name: str, expected: list[str]) -> None:
    file, found = pages_of(shelf, data, name)
    assert (file.reading, found) == (Reading.READ, expected)


def test_a_mail_gives_its_subject_and_its_words_whatever_its_charset(shelf) -> None:
    _, found = pages_of(shelf, EML.encode() + "请各村参会".encode("gbk"), "通知.eml")
    assert "关于开会的通知" in found[0]
    assert "请各村参会" in found[0]


def test_a_paper_in_a_text_box_or_a_table_is_read_once(shelf) -> None:
    body = (
        "<w:document xmlns:w='w' xmlns:mc='m'><w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>文本框</w:t>"
        "</w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:p><w:r><w:t>文本框</w:t></w:r></w:p></mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:t>正文</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p></w:document>"
    )
    head = "<w:hdr xmlns:w='w'><w:p><w:r><w:t>张沟镇人民政府文件</w:t></w:r></w:p></w:hdr>"
    _, found = pages_of(shelf, zipped(word__document_dot_xml=body, word__header1_dot_xml=head), "红头.docx")
    assert found == ["张沟镇人民政府文件\n文本框\n正文\n甲\t乙"]


def test_an_old_word_file_is_read_through_libreoffice(shelf) -> None:
    file, found = pages_of(shelf, rtf("张沟镇旧格式文件"), "旧文件.doc")
    assert (file.reading, file.reading_why) == (Reading.READ, "")
    assert "张沟镇旧格式文件" in found[0]


def rtf(text: str) -> bytes:
    signs = "".join(f"\\u{ord(one)}?" for one in text)
    return b"{\\rtf1\\ansi " + signs.encode() + b"\\par}"


def test_without_libreoffice_an_old_file_says_what_to_install_and_is_read_when_asked_again(shelf, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    one = brought(shelf, rtf("旧格式"), "旧文件.doc")
    read(shelf)
    file = one.files.get().file
    assert file.reading == Reading.FAILED
    assert "LibreOffice" in file.reading_why
    monkeypatch.undo()
    reading.read_again(file, by=shelf.cast.actor("limin"), at=shelf.at)
    read(shelf)
    file.refresh_from_db()
    assert file.reading == Reading.READ


@pytest.mark.parametrize("body", [BOMB, OUTSIDE])
def test_entities_in_an_office_file_are_never_followed(shelf, body: str) -> None:
    file, found = pages_of(shelf, zipped(word__document_dot_xml=body), "炸弹.docx")
    assert (file.reading, found) == (Reading.FAILED, [])
    assert "打不开" in file.reading_why


def test_a_bomb_in_a_zip_a_broken_file_and_a_missing_original_say_why_and_the_rest_is_read(shelf) -> None:
    brought(shelf, zipped(word__document_dot_xml=b"<a>" + b"0" * 60_000_000), "炸弹.docx")
    brought(shelf, b"%PDF-1.4 nonsense", "坏.pdf")
    gone = brought(shelf, b"gone", "丢失.txt").files.get().file
    place(django_settings.FILES, "sealed", gone.sha256).unlink()
    good = brought(shelf, "好文件".encode(), "好.txt").files.get().file
    assert read(shelf) == 4
    why = dict(StoredFile.objects.values_list("name", "reading_why"))
    assert "压缩" in why["炸弹.docx"]
    assert "打不开" in why["坏.pdf"]
    assert "原件不在" in why["丢失.txt"]
    assert texts(good) == ["好文件"]


def test_a_pdf_of_ten_thousand_pages_is_read_as_far_as_the_setting_says_and_tells_so(shelf, settings) -> None:
    settings.READ_PAGES = 30
    file, found = pages_of(shelf, many_pages(10_000), "万页.pdf")
    assert (file.pages, len(found), file.reading) == (10_000, 30, Reading.READ)
    assert file.reading_why == "只读了前 30 页，全部 10000 页。"


def many_pages(count: int) -> bytes:
    """A PDF of so many pages that all show one line; it also holds a script, which nobody runs."""
    parts = [
        "%PDF-1.4",
        "1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
        f"2 0 obj<</Type/Pages/Count {count}/Kids[{' '.join(f'{number} 0 R' for number in range(5, 5 + count))}]>>endobj",
        "3 0 obj<</Length 40>>stream\nBT /F1 12 Tf 20 100 Td (Zhanggou) Tj ET \nendstream endobj",
        "4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj",
    ]
    page = "0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>endobj"
    parts += [f"{number} {page}" for number in range(5, 5 + count)]
    return "\n".join([*parts, "trailer<</Root 1 0 R>>", "%%EOF"]).encode()


def test_a_scan_waits_for_recognition_and_a_scene_has_nothing_to_read(shelf) -> None:
    one = brought(shelf, scan("第一页", "第二页"), "扫描件.pdf").files.get().file
    scene = brought(shelf, jpeg("集市"), "集市.jpg", kind="picture").files.get().file
    paper = brought(shelf, jpeg("红头"), "文件照片.jpg").files.get().file
    read(shelf)
    states = dict(StoredFile.objects.values_list("pk", "reading"))
    assert (states[one.pk], states[scene.pk], states[paper.pk]) == ("scanned", "nothing", "scanned")
    assert StoredFile.objects.get(pk=one.pk).pages == 2


def test_a_film_has_no_text_and_a_file_of_no_document_is_left_alone(shelf) -> None:
    film = brought(shelf, b"\x00\x00\x00\x18ftypmp42" + b"\0" * 50, "录像.mp4").files.get().file
    lone = shelf.file("没人用.txt")
    read(shelf)
    film.refresh_from_db()
    lone.refresh_from_db()
    assert (film.reading, lone.reading) == (Reading.NOTHING, Reading.WAITING)


def test_what_was_read_is_found_by_those_who_may_see_it(shelf) -> None:
    brought(shelf, word("先锋村善行义举榜每季度更新"), "说明.docx", unit="V1", who="liufang")
    read(shelf)
    for username, *_ in CAST:
        actor = shelf.cast.actor(username)
        found = search(actor, Wanted("义举榜")).total
        assert found == (1 if username in {"limin", "liufang", "zhouzheng", "chenjing"} else 0), username
