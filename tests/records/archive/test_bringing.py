"""What the archive's pages ask of it: files into a document, originals by right, who reads, what is lacking, many answers."""

import pytest
from tests.people import CAST
from tests.records.archive.bring import brought
from tests.records.archive.bring import word as paper
from tests.records.archive.shelf import Shelf
from tests.samples import word, zipped
from tests.town import standard

from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive import previews, queries, reading
from chuangwen.records.archive.actions import PackedFile
from chuangwen.records.archive.adding import take_into
from chuangwen.records.archive.arriving import Answer, Incoming, decide_many, take_in
from chuangwen.records.archive.copies import OriginalMissing
from chuangwen.records.archive.document_actions import (
    Facts,
    Mark,
    Serves,
    describe,
    mark_passage,
    put_to_use,
    withdraw,
)
from chuangwen.records.archive.missing_materials import Lack, missing_materials
from chuangwen.records.archive.models import Arrival, Decision, Document, DocumentFile, Proposal
from chuangwen.records.archive.originals import take_original
from chuangwen.records.archive.policy import ClassifiedForbidden, Withdrawn, why_not_add, why_not_read
from chuangwen.records.archive.proposal_actions import leave_proposal, take_proposal
from chuangwen.records.archive.queries import sealed_path, serving_any, undecided, units_to_add_for, unused
from chuangwen.records.archive.serving import requirement_key
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.standards.models import Requirement
from chuangwen.records.township.models import Organisation

SECRET = "机密★1年\n张沟镇人民政府办公室文件\n张政办〔2021〕3号\n关于印发农贸市场管理办法的通知\n请执行。"


@pytest.fixture
def shelf(cast) -> Shelf:
    return Shelf(cast)


def sent(shelf: Shelf, data: bytes, name: str = "新版.docx") -> Incoming:
    return Incoming(name, shelf.cast.units["office"], source=lambda: iter([data]))


def secret(shelf: Shelf) -> tuple[Document, Proposal]:
    one = brought(shelf, paper(SECRET), "文件.docx", unit="market", who="wangjianguo")
    reading.read_waiting(9, by=MACHINE, at=shelf.at)
    return one, Proposal.objects.get(document=one, field="classified")


def test_a_new_version_stands_in_the_place_of_the_old_one_and_is_an_arrival_that_waits_for_nobody(shelf) -> None:
    one = brought(shelf, word("旧的"), "办法.docx")
    made = take_into(one, sent(shelf, word("新的")), 1, by=shelf.cast.actor("limin"), at=shelf.at)
    assert [(row.edition, row.superseded_at is None) for row in one.files.order_by("edition")] == [
        (1, False),
        (2, True),
    ]
    came = Arrival.objects.get()
    assert (came.decision, came.document, came.twin, came.person.username) == (Decision.VERSION, one, None, "limin")
    assert sealed_path(made.file).read_bytes() == word("新的")
    assert Note.objects.order_by("-number").first().verb == "换新版本"


def test_one_more_file_stands_at_the_end_and_names_the_document_that_has_it_already(shelf) -> None:
    other = brought(shelf, word("附件"), "附件.docx")
    one = brought(shelf, word("正文"), "正文.docx")
    made = take_into(one, sent(shelf, word("附件"), "附件.docx"), by=shelf.cast.actor("limin"), at=shelf.at)
    assert (made.place, made.edition, Arrival.objects.get().twin) == (2, 1, other)


def test_what_is_no_single_file_is_refused_at_once_and_nothing_is_kept(shelf) -> None:
    one = brought(shelf, word("正文"), "正文.docx")
    with pytest.raises(PackedFile):
        take_into(one, sent(shelf, zipped({"a.txt": b"1"}), "包.zip"), by=shelf.cast.actor("limin"), at=shelf.at)
    assert (one.files.count(), Arrival.objects.count()) == (1, 0)
    withdraw(one, "重复", by=shelf.cast.actor("limin"), at=shelf.at)
    with pytest.raises(Withdrawn):
        take_into(one, sent(shelf, word("新的")), by=shelf.cast.actor("limin"), at=shelf.at)


def test_who_takes_the_original_of_an_internal_document_is_written_down(shelf) -> None:
    one = brought(shelf, word("内部"), "名册.docx")
    row = one.files.get()
    count = Note.objects.count()
    assert take_original(row, by=shelf.cast.actor("limin"), at=shelf.at).read_bytes() == word("内部")
    assert Note.objects.count() == count
    describe(one, Facts("名册", confidentiality="internal"), by=shelf.cast.actor("limin"), at=shelf.at)
    row = DocumentFile.objects.get()
    take_original(row, by=shelf.cast.actor("zhouzheng"), at=shelf.at)
    note = Note.objects.order_by("-number").first()
    assert (note.verb, note.name, note.key) == ("取内部资料的原件", "周正", str(one.pk))
    with pytest.raises(NotFound):
        take_original(row, by=shelf.cast.actor("liufang"), at=shelf.at)
    sealed_path(row.file).unlink()
    with pytest.raises(OriginalMissing):
        take_original(row, by=shelf.cast.actor("limin"), at=shelf.at)


def test_what_is_marked_secret_is_read_by_those_who_must_judge_the_mark_and_by_nobody_once_it_is_confirmed(
    shelf,
) -> None:
    one, mark = secret(shelf)
    wang, zhou = shelf.cast.actor("wangjianguo"), shelf.cast.actor("zhouzheng")
    assert why_not_read(one, wang) is None
    assert isinstance(why_not_read(one, zhou), ClassifiedForbidden)  # sees the archive, may not add
    with pytest.raises(ClassifiedForbidden):
        take_original(one.files.get(), by=zhou, at=shelf.at)
    take_proposal(mark, by=wang, at=shelf.at)
    one.refresh_from_db()
    assert isinstance(why_not_read(one, wang), ClassifiedForbidden)
    with pytest.raises(ClassifiedForbidden):
        take_original(one.files.get(), by=wang, at=shelf.at)


def test_a_mark_that_is_none_hides_nothing(shelf) -> None:
    one, mark = secret(shelf)
    leave_proposal(mark, by=shelf.cast.actor("wangjianguo"), at=shelf.at, why="引用了密级名称")
    assert why_not_read(one, shelf.cast.actor("zhouzheng")) is None


def test_a_passage_finds_its_place_in_the_text_of_the_page(shelf) -> None:
    one = brought(shelf, paper("市场内不得占道经营。\n市场内应设公平秤。"), "办法.docx")
    reading.read_waiting(9, by=MACHINE, at=shelf.at)
    row, limin = one.files.get(), shelf.cast.actor("limin")
    text = row.file.texts.get().text

    def place(quote: str, **said: int) -> str:
        made = mark_passage(row, Mark(quote, **said), by=limin, at=shelf.at)
        return "" if made.start is None else text[made.start : made.end]

    assert place("公平秤") == "公平秤"
    second = text.index("市场内", 3)
    made = mark_passage(row, Mark("市场内", start=second), by=limin, at=shelf.at)
    assert (made.start, made.end) == (second, second + 3)
    assert place("市场内", start=1) == "市场内"  # told wrongly: found where it is
    assert place("没有这句") == ""
    assert place("公平秤", page=7) == ""


@pytest.mark.parametrize("username", [username for username, *_ in CAST])
def test_the_units_offered_are_those_for_which_one_may_add(shelf, username: str) -> None:
    actor = shelf.cast.actor(username)
    Organisation.objects.filter(code="V2").update(closed="2021-01-01")
    open_ = [one for one in Organisation.objects.filter(closed=None) if why_not_add(one, actor) is None]
    assert {one.code for one in units_to_add_for(actor)} == {one.code for one in open_}


def test_many_arrivals_get_one_answer_and_those_that_cannot_are_named(shelf) -> None:
    limin, office = shelf.cast.actor("limin"), shelf.cast.units["office"]
    for batch in ("一", "二"):
        take_in(sent(shelf, word("同一份"), "办法.docx"), batch, by=limin, at=shelf.at)
    take_in(Incoming("程序.exe", office, source=lambda: iter([b"MZ" + b"\0" * 99])), "三", by=limin, at=shelf.at)
    waiting = queries.waiting_arrivals(limin)
    done, refused = decide_many(list(waiting.all()), Answer(Decision.SAME), by=limin, at=shelf.at)
    assert (done, list(refused)) == (1, ["程序.exe"])
    done, refused = decide_many(list(waiting.all()), Answer(Decision.REFUSED, why="不是资料"), by=limin, at=shelf.at)
    assert (done, refused, waiting.all().count()) == (1, {}, 0)


def test_standards_tell_which_of_their_materials_no_document_serves(town) -> None:
    shelf = Shelf(town.cast)

    def lacking() -> list[Lack]:
        return missing_materials([town.edition], 2021)

    exempt, *bare = before = lacking()
    assert (exempt.asked, exempt.there, exempt.missing) == (1, 0, [])  # its edition asks for no document
    assert all(one.there == 0 and len(one.missing) == one.asked for one in bare)
    first = before[1].missing[0]
    one = shelf.document("说明")
    put_to_use(
        one, [Serves("requirement", requirement_key(first), first.title)], by=shelf.cast.actor("limin"), at=shelf.at
    )
    after = lacking()[1]
    assert (after.there, first in after.missing) == (1, False)
    withdraw(one, "换一份", by=shelf.cast.actor("limin"), at=shelf.at)
    assert lacking()[1].there == 0


def test_lists_know_what_is_unused_undecided_and_serving(town) -> None:
    shelf = Shelf(town.cast)
    limin, node = shelf.cast.actor("limin"), standard(town, 1)
    need = Requirement.objects.last()
    used, spare = shelf.document("用上的"), shelf.document("没用上的")
    both = [Serves("standard", f"{node.edition_id}:{node.code}"), Serves("requirement", requirement_key(need))]
    put_to_use(used, both, by=limin, at=shelf.at)
    Proposal.objects.create(document=spare, field="number", value="张政办〔2021〕3号", source="text")
    rows = queries.visible_to(limin)
    assert (list(unused(rows)), list(undecided(rows))) == ([spare], [spare])
    things = [(one.kind, one.key) for one in both]
    assert list(serving_any(limin, things)) == [used]
    assert [one.used for one in queries.in_rows(serving_any(limin, things))] == [2]
    assert list(serving_any(limin, [])) == []
    assert list(serving_any(shelf.cast.actor("sunyue"), things)) == []


def test_what_came_last_is_read_and_drawn_first_since_somebody_waits_for_it(shelf) -> None:
    for number in range(3):
        brought(shelf, paper(f"第 {number} 份"), f"{number}.docx")
    assert reading.read_waiting(1, by=MACHINE, at=shelf.at) == 1
    assert [one.name for one in reading.waiting()] == ["1.docx", "0.docx"]
    assert [one.name for one in previews.waiting()] == ["2.docx", "1.docx", "0.docx"]
