"""The photo that is to show the result of a rectification is compared with the problem's, and with the whole archive."""

import pytest

from chuangwen.records.archive.actions import keep_photo
from chuangwen.records.archive.models import Question, StoredFile
from chuangwen.records.ledger.actions import Hand
from chuangwen.work.cases.actions import open_case, take
from chuangwen.work.cases.attaching import SamePhoto
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.said import NewCase, Said
from tests.records.archive.album import once_more, picture
from tests.records.photos import scenes


def kept(office, data: bytes, name: str) -> StoredFile:
    office.later(minutes=1)
    return keep_photo(data, name, by=Hand("x", "刘芳"), at=office.at)


def found_with(office, data: bytes) -> Case:
    """张强 finds a problem in 先锋村 and shows it; 李敏 sends it to the village."""
    new = NewCase(kind="mending", title="垃圾未清", move="find", area=office.cast.units["V1"])
    photos = [kept(office, data, "整改前.jpg")]
    case = open_case(new, Said(photos=photos), by=office.cast.actor("limin"), at=office.at)
    return office.does(case, "limin", "send", unit="market")


def mended_with(office, case: Case, data: bytes, name: str = "整改后.jpg") -> list[str]:
    """王建国 reports it mended; what the one who verifies is told."""
    said = Said(text="已清理", photos=[kept(office, data, name)])
    take(case, "mend", said, by=office.cast.actor("wangjianguo"), at=office.at)
    return list(case.steps.order_by("pk").last().remarks)


def test_the_same_place_on_another_day_is_what_is_wanted(office) -> None:
    case = found_with(office, picture(0))
    assert mended_with(office, case, picture(0, 2, scenes.hand(1))) == []
    assert not Question.objects.exists()


@pytest.mark.parametrize("how", ["stamped", "cropped", "brightness", "mixed"])
def test_the_photo_of_the_problem_stays_the_same_however_it_is_altered(office, how: str) -> None:
    case = found_with(office, one := picture(0))
    told = mended_with(office, case, once_more(one, how))
    assert [part for part in told if "与整改前的照片几乎一样" in part]


def test_a_photo_that_was_used_for_another_case_is_told_and_becomes_a_question(office) -> None:
    first = found_with(office, picture(0))
    mended_with(office, first, one := picture(0, 2, scenes.hand(1)))
    second = found_with(office, picture(1))
    told = mended_with(office, second, once_more(one))
    assert [part for part in told if "以前用过：2021-10-12 收到的一张照片" in part]
    question = Question.objects.get()
    assert (question.doubt, question.file.name, question.other.name) == ("reused", "整改后.jpg", "整改后.jpg")


def test_the_very_same_file_is_refused(office) -> None:
    case = found_with(office, one := picture(0))
    with pytest.raises(SamePhoto):
        mended_with(office, case, one)
