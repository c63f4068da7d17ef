"""Pictures of pages: of PDFs, of office files through LibreOffice, of photos; drawn once, later ones when asked for."""

import pytest
from PIL import Image
from tests.records.archive.bring import brought, jpeg, scan, sheet, word
from tests.records.archive.shelf import Shelf

from chuangwen.records.archive import previews
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import derived_path
from chuangwen.records.ledger.actions import MACHINE


@pytest.fixture
def shelf(cast) -> Shelf:
    return Shelf(cast)


def make(shelf: Shelf) -> int:
    return previews.make_waiting(20, by=MACHINE, at=shelf.at)


def file_of(shelf: Shelf, data: bytes, name: str) -> StoredFile:
    return brought(shelf, data, name).files.get().file


def ink(path) -> int:
    """How many dark points a picture has."""
    with Image.open(path) as picture:
        return sum(picture.convert("L").histogram()[:100])


def test_pages_of_a_pdf_are_drawn_wide_enough_to_read_and_later_ones_when_asked(shelf, monkeypatch) -> None:
    monkeypatch.setattr(previews, "AT_ONCE", 2)
    file = file_of(shelf, scan("第一页", "第二页", "第三页"), "三页.pdf")
    assert (make(shelf), make(shelf)) == (1, 0)
    file.refresh_from_db()
    assert (file.pages, file.preview_why) == (3, "")
    assert not derived_path(file, "p3.jpg").exists()
    for page in (1, 3):
        picture = previews.page_picture(file, page)
        with Image.open(picture) as shown:
            assert shown.size[0] == previews.WIDE
        assert 200 < ink(picture) < 100_000
    assert previews.page_picture(file, 4) is None
    assert previews.page_picture(file, 0) is None


@pytest.mark.parametrize(
    ("data", "name"), [(word("农贸市场", "第二页"), "a.docx"), (sheet("表", [["农贸市场", 3]]), "a.xlsx")]
)
def test_office_files_are_drawn_through_libreoffice(shelf, data: bytes, name: str) -> None:
    file = file_of(shelf, data, name)
    make(shelf)
    file.refresh_from_db()
    assert file.preview_why == ""
    assert file.pages == (2 if name == "a.docx" else 1)
    assert 200 < ink(previews.page_picture(file, 1)) < 100_000


def test_a_photo_is_its_own_picture_and_a_text_has_none(shelf) -> None:
    photo, text = file_of(shelf, jpeg("集市"), "集市.jpg"), file_of(shelf, "字".encode(), "说明.txt")
    assert make(shelf) == 2
    assert previews.page_picture(photo, 1).is_file()
    assert previews.page_picture(photo, 2) is None
    assert previews.page_picture(text, 1) is None


def test_what_cannot_be_drawn_says_why_and_the_rest_is_drawn(shelf, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    broken, office = file_of(shelf, b"%PDF-1.4 nonsense", "坏.pdf"), file_of(shelf, word("甲"), "甲.docx")
    good = file_of(shelf, scan("好"), "好.pdf")
    assert make(shelf) == 3
    why = dict(StoredFile.objects.values_list("pk", "preview_why"))
    assert "打不开" in why[broken.pk]
    assert "LibreOffice" in why[office.pk]
    assert why[good.pk] == ""
    assert previews.page_picture(broken, 1) is None
