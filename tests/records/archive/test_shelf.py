"""Documents: opened from files, described, given versions, put to use, withdrawn; who may know of them."""

from datetime import date

import pytest
from tests.people import CAST, hold
from tests.records.archive.shelf import Shelf

from chuangwen.kernel.problems import Problems
from chuangwen.kit.refusals import OutOfReach
from chuangwen.records.archive import queries
from chuangwen.records.archive.checking import read_archive
from chuangwen.records.archive.document_actions import (
    BadFact,
    DocumentChanged,
    Facts,
    Mark,
    NoFiles,
    Serves,
    add_file,
    describe,
    mark_passage,
    open_document,
    put_to_use,
    take_out_of_use,
    withdraw,
)
from chuangwen.records.archive.models import Document, Use
from chuangwen.records.archive.policy import Withdrawn, why_not_change, why_not_see
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.ledger.models import Note


@pytest.fixture
def shelf(cast) -> Shelf:
    return Shelf(cast)


def test_a_document_is_opened_from_files_with_one_note(shelf) -> None:
    one = shelf.document(number="张政办〔2021〕3号", dated=date(2021, 3, 1))
    assert (one.kind_id, one.files.count(), one.person.username) == ("norm", 1, "limin")
    assert Note.objects.filter(kind="document", key=str(one.pk)).count() == 1
    with pytest.raises(NoFiles):
        open_document(
            Facts("空"), [], shelf.cast.units["office"], road="page", by=shelf.cast.actor("limin"), at=shelf.at
        )


def test_a_new_version_stands_at_the_same_place_and_the_old_one_stays(shelf) -> None:
    one = shelf.document()
    limin = shelf.cast.actor("limin")
    second = add_file(one, shelf.file("改稿.docx"), by=limin, at=shelf.at, place=1)
    add_file(one, shelf.file("附件.xlsx"), by=limin, at=shelf.at)
    assert (second.place, second.edition) == (1, 2)
    assert [(row.place, row.edition) for row in one.files.filter(superseded_at=None)] == [(1, 2), (2, 1)]
    assert one.files.count() == 3


def test_the_second_of_two_people_is_told_and_changes_nothing(shelf) -> None:
    one = shelf.document()
    describe(one, Facts("市场办法（改）", kind="norm"), by=shelf.cast.actor("limin"), at=shelf.at, version=1)
    with pytest.raises(DocumentChanged, match="李敏"):
        describe(one, Facts("另一个名字", kind="norm"), by=shelf.cast.actor("chenjing"), at=shelf.at, version=1)
    assert Document.objects.get().title == "市场办法（改）"


def test_classified_matter_has_no_place_here(shelf) -> None:
    with pytest.raises(BadFact, match="涉密"):
        shelf.document(confidentiality="secret")


def test_one_document_serves_many_things_and_says_how_often(shelf) -> None:
    one = shelf.document()
    limin = shelf.cast.actor("limin")
    wanted = [Serves("standard", "1:V-1-2"), Serves("year", "2021"), Serves("year", "2022"), Serves("year", "2021")]
    assert len(put_to_use(one, wanted, by=limin, at=shelf.at)) == 3
    assert put_to_use(one, wanted, by=limin, at=shelf.at) == []
    assert queries.in_rows(queries.visible_to(limin)).get().used == 3
    assert queries.counts_by_key("year", ["2021", "2023"]) == {"2021": 1}
    take_out_of_use(Use.objects.get(key="2022"), by=limin, at=shelf.at)
    assert Note.objects.filter(verb="取消用途").count() == 1


def test_a_passage_is_marked_as_proof(shelf) -> None:
    one = shelf.document()
    made = mark_passage(one.files.get(), Mark("市场内不得占道经营", page=2), by=shelf.cast.actor("limin"), at=shelf.at)
    assert (made.page, made.quote) == (2, "市场内不得占道经营")


def test_a_withdrawn_document_keeps_its_reason_and_changes_no_more(shelf) -> None:
    one = shelf.document()
    limin = shelf.cast.actor("limin")
    with pytest.raises(BadFact):
        withdraw(one, " ", by=limin, at=shelf.at)
    withdraw(one, "重复上传", by=limin, at=shelf.at)
    with pytest.raises(Withdrawn):
        describe(one, Facts("又改", kind="norm"), by=limin, at=shelf.at)


def test_a_village_brings_papers_for_itself_and_for_no_other(shelf) -> None:
    assert shelf.document(who="liufang", unit="V1").unit.code == "V1"
    with pytest.raises(OutOfReach):
        shelf.document(who="liufang", unit="V2")


def test_who_brings_for_any_village_and_sees_all_still_changes_only_what_is_their_own(shelf) -> None:
    hold(
        shelf.cast.people["zhouzheng"], shelf.cast.roles["inspector"]
    )  # 周正 sees the whole archive, inspects villages
    zhou = shelf.cast.actor("zhouzheng")
    theirs, own = shelf.document(who="liufang", unit="V1"), shelf.document(who="zhouzheng", unit="V1", title="巡查照片")
    assert isinstance(why_not_change(theirs, zhou), OutOfReach)
    assert why_not_change(own, zhou) is None


def test_the_list_and_the_single_question_agree_for_everybody(shelf) -> None:
    made = [shelf.document(unit=unit) for unit in ("office", "market", "V1", "V2")]
    made.append(shelf.document(who="liufang", unit="V1"))
    for username, *_ in CAST:
        actor = shelf.cast.actor(username)
        seen = set(queries.visible_to(actor).values_list("pk", flat=True))
        assert seen == {one.pk for one in made if why_not_see(one, actor) is None}, username


def test_the_material_of_a_year_comes_from_its_window(shelf) -> None:
    assert rules_in_force().window_of(2021) == (date(2020, 9, 1), date(2021, 8, 31))


def test_what_is_wrong_with_a_packs_archive_is_told_together(tmp_path) -> None:
    (tmp_path / "archive.toml").write_text(
        '[[kind]]\nid = "a"\ntitle = "甲"\ncategory = "XX"\n[[kind]]\nid = "a"\ntitle = "乙"\naliases = ["甲"]\n'
        'category = "WS"\n[[category]]\ncode = "WS"\ntitle = "文书"\n[what]\n',
        encoding="utf-8",
    )
    problems = Problems()
    read_archive(tmp_path, problems)
    told = " ".join(one.what for one in problems)
    for part in ("“XX”没有声明", "写了两次", "不认识“what”"):
        assert part in told
