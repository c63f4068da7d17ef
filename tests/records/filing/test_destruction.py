"""Destruction: only what is due, never what is kept for ever, never by one alone; the list stays for ever."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.people import hold
from tests.records.filing.filing_desk import Desk, on
from tests.samples import photo

from chuangwen.kit.refusals import NotAllowed
from chuangwen.records.archive.actions import keep_file
from chuangwen.records.archive.document_actions import BadFact
from chuangwen.records.archive.models import Document, StoredFile
from chuangwen.records.archive.proving import check_all
from chuangwen.records.archive.queries import damaged, last_check, sealed_path
from chuangwen.records.archive.removal import bytes_of, remove_waiting, waiting
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.filing.actions import Settled, unfile
from chuangwen.records.filing.destruction_actions import (
    OWN,
    AlreadyJudged,
    NeedsPerson,
    NotApproved,
    NotDue,
    SamePerson,
    _holding,
    approve_destruction,
    carry_out,
    keep_longer,
    propose_destruction,
    refuse_destruction,
)
from chuangwen.records.filing.models import Destruction, Item
from chuangwen.records.filing.papers import destruction_word
from chuangwen.records.filing.queries import due
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note

LATER = on(2021, 10, 14)


@pytest.fixture
def desk(cast) -> Desk:
    return Desk(cast)


def listed(desk: Desk, *items: Item) -> Destruction:
    return propose_destruction(items, "已无查考价值", by=desk.archivist, at=LATER)


def done(desk: Desk, *items: Item) -> Destruction:
    one = approve_destruction(listed(desk, *items), by=desk.leader, at=LATER)
    return carry_out(one, by=desk.archivist, at=LATER)


def test_a_term_runs_from_the_year_after_to_its_last_day(desk) -> None:
    (item,) = desk.closed(date(2010, 5, 1))
    assert list(due(2020)) == []
    assert list(due(2021)) == [item]


def test_what_is_kept_for_ever_is_never_due_and_the_database_holds_it_too(desk) -> None:
    (item,) = desk.files(desk.paper(day=date(1990, 1, 1)), year=1990, retention="Y")
    assert list(due(2021)) == []
    with pytest.raises(NotDue, match="永久的"):
        listed(desk, item)
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(destroyed_at=LATER)


def test_what_is_not_due_or_stands_on_another_list_cannot_be_proposed(desk) -> None:
    (young,) = desk.closed(date(2015, 5, 1))
    (old,) = desk.closed(date(2010, 5, 1))
    with pytest.raises(NotDue, match=young.code):
        listed(desk, old, young)
    listed(desk, old)
    with pytest.raises(NotDue):
        listed(desk, old)
    with pytest.raises(NotDue):
        listed(desk)


def test_an_appraisal_without_an_opinion_is_none(desk) -> None:
    (item,) = desk.closed(date(2010, 5, 1))
    with pytest.raises(BadFact, match="鉴定意见"):
        propose_destruction([item], " ", by=desk.archivist, at=LATER)


def test_it_takes_two(desk) -> None:
    (item,) = desk.closed(date(2010, 5, 1))
    hold(desk.cast.people["chenjing"], desk.cast.roles["leader"])
    one = listed(desk, item)
    with pytest.raises(SamePerson, match="另一个人"):
        approve_destruction(one, by=desk.cast.actor("chenjing"), at=LATER)
    with pytest.raises(NotApproved):
        carry_out(one, by=desk.archivist, at=LATER)
    assert sealed_path(item.document.files.get().file).is_file()
    with pytest.raises(IntegrityError), transaction.atomic():
        Destruction.objects.filter(pk=one.pk).update(approved_by=one.proposed_by, approved_at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Destruction.objects.filter(pk=one.pk).update(carried_out_at=LATER)


def test_neither_the_keeper_approves_nor_the_leader_proposes_nor_a_command_does_either(desk) -> None:
    (item,) = desk.closed(date(2010, 5, 1))
    with pytest.raises(NotAllowed):
        propose_destruction([item], "无用", by=desk.leader, at=LATER)
    with pytest.raises(NeedsPerson):
        propose_destruction([item], "无用", by=MACHINE, at=LATER)
    one = listed(desk, item)
    with pytest.raises(NotAllowed):
        approve_destruction(one, by=desk.archivist, at=LATER)
    with pytest.raises(NeedsPerson):
        approve_destruction(one, by=MACHINE, at=LATER)


def test_what_was_approved_is_carried_out_the_bytes_go_and_the_list_stays(desk) -> None:
    first, second = desk.closed(date(2010, 5, 1), date(2010, 6, 1))
    files = [one.document.files.get().file for one in (first, second)]
    one = done(desk, first, second)
    assert [bytes_of(file) != [] for file in files] == [True, True]
    assert (waiting(LATER), remove_waiting(1, by=MACHINE, at=LATER), waiting(LATER)) == (2, 1, 1)
    assert (remove_waiting(9, by=MACHINE, at=LATER), remove_waiting(9, by=MACHINE, at=LATER)) == (1, 0)
    assert [bytes_of(file) for file in files] == [[], []]
    one.refresh_from_db()
    assert [row["sha256"] for row in one.removed] == [file.sha256 for file in files]
    assert list(one.items.values_list("code", flat=True)) == [first.code, second.code]
    document = Document.objects.get(pk=first.document_id)
    assert document.withdrawn_why == f"已按{one.title}销毁"
    verbs = Note.objects.filter(kind="destruction").values_list("verb", "name")
    assert list(verbs) == [("提出销毁", "陈静"), ("批准销毁", "李敏"), ("执行销毁", "陈静")]
    assert Note.objects.filter(verb="删除字节").count() == 2
    assert destruction_word(one, one.items.all(), rules_in_force(), at=LATER)[:2] == b"PK"
    with pytest.raises(AlreadyJudged):
        carry_out(one, by=desk.archivist, at=LATER)
    with pytest.raises(Settled):
        unfile(first, "误归", by=desk.archivist, at=LATER)


def test_a_photos_copies_go_with_it(desk) -> None:
    paper = desk.paper("照片", date(2010, 5, 1), data=photo(), kind="picture")
    (item,) = desk.files(paper, year=2010, retention="D10")
    file = paper.files.get().file
    assert len(bytes_of(file)) == 2
    done(desk, item)
    remove_waiting(9, by=MACHINE, at=LATER)
    assert bytes_of(file) == []


def test_bytes_that_another_document_uses_stay(desk) -> None:
    paper = desk.paper(day=date(2010, 5, 1))
    desk.files(paper, year=2010, retention="D10")
    file = paper.files.get().file
    other = desk.paper("还在用的", date(2021, 1, 1), files=[file])
    done(desk, Item.objects.get(document=paper))
    assert (waiting(LATER), sealed_path(file).is_file()) == (0, True)
    desk.files(other, year=2021, retention="D10")
    Item.objects.filter(document=other).update(year=2009)
    done(desk, Item.objects.get(document=other))
    assert remove_waiting(9, by=MACHINE, at=LATER) == 1


def test_every_kind_of_row_that_points_at_a_file_is_asked(desk) -> None:
    """A new one that holds files holds their bytes back of itself; what belongs to the file alone is named in ``OWN``."""
    file = desk.paper().files.get().file
    holding = {rows.model.__name__ for rows in _holding(file, [])}
    assert {"DocumentFile", "Arrival", "Attachment"} <= holding
    assert not holding & {one.__name__ for one in OWN}


def test_the_daily_proof_does_not_miss_what_was_destroyed(desk) -> None:
    done(desk, *desk.closed(date(2010, 5, 1)))
    remove_waiting(9, by=MACHINE, at=LATER)
    kept = desk.paper()
    assert list(damaged()) == []
    assert sum(check_all(by=MACHINE, at=LATER)) == 1
    assert (last_check().files, last_check().damaged) == (1, [])
    sealed_path(kept.files.get().file).unlink()
    assert [state for _, state in damaged()] == ["missing"]


@pytest.mark.parametrize("swept", [True, False])
def test_the_same_bytes_that_come_again_are_kept_again(desk, swept) -> None:
    data = b"the same bytes"
    paper = desk.paper(day=date(2010, 5, 1), data=data)
    (item,) = desk.files(paper, year=2010, retention="D10")
    done(desk, item)
    if swept:
        remove_waiting(9, by=MACHINE, at=LATER)
    again = keep_file(data, "又来.txt", by=MACHINE, at=LATER)
    assert again.sha256 == paper.files.get().file.sha256
    assert (again.removed_at, sealed_path(again).read_bytes()) == (None, data)
    assert remove_waiting(9, by=MACHINE, at=LATER) == 0
    assert StoredFile.objects.count() == 1


def test_a_refused_list_stays_with_its_reason_and_its_items_are_free_again(desk) -> None:
    (item,) = desk.closed(date(2010, 5, 1))
    one = listed(desk, item)
    with pytest.raises(BadFact):
        refuse_destruction(one, "", by=desk.leader, at=LATER)
    refuse_destruction(one, "还在打官司", by=desk.leader, at=LATER)
    with pytest.raises(AlreadyJudged):
        approve_destruction(one, by=desk.leader, at=LATER)
    assert Destruction.objects.get().refused_why == "还在打官司"
    again = listed(desk, item)
    assert again.title == "2021 年第 2 号销毁清册"
    approve_destruction(again, by=desk.leader, at=LATER)
    with pytest.raises(AlreadyJudged):
        approve_destruction(again, by=desk.leader, at=LATER)
    with pytest.raises(AlreadyJudged):
        refuse_destruction(again, "晚了", by=desk.leader, at=LATER)


def test_an_appraisal_may_put_the_end_off(desk) -> None:
    (item,) = desk.closed(date(2010, 5, 1))
    with pytest.raises(BadFact, match="续存到"):
        keep_longer([item], 2019, "仍有查考价值", by=desk.archivist, at=LATER)
    keep_longer([item], 2030, "仍有查考价值", by=desk.archivist, at=LATER)
    assert (list(due(2030)), list(due(2031))) == ([], [item])
    assert Note.objects.get(verb="鉴定续存").after["until"] == 2030
