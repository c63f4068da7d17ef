"""Filing: one document one item, codes by DA/T 13 without holes, fixed once closed, taken out only with a reason."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.records.filing.filing_desk import Desk, on

from chuangwen.kernel.problems import Problems, Rejected
from chuangwen.kit.refusals import NotAllowed, NotFound
from chuangwen.records.archive.checking import check_terms, read_archive
from chuangwen.records.archive.definitions import ArchiveContent, FilingRow
from chuangwen.records.archive.document_actions import Facts, describe, withdraw
from chuangwen.records.archive.models import ArchiveRules, Question
from chuangwen.records.archive.policy import Filed
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.filing.actions import (
    Choice,
    Correction,
    NoFilingRules,
    NoReason,
    NothingToFile,
    YearClosed,
    YearNotOver,
    close_year,
    correct,
    file_documents,
    put_in_boxes,
    ready,
    unfile,
)
from chuangwen.records.filing.models import FilingYear, Item, Unfiled
from chuangwen.records.filing.papers import cells, notes_word, stamp_of
from chuangwen.records.filing.proposing import code_of, proposer
from chuangwen.records.filing.queries import boxes_of, lacks_of, waiting, years
from chuangwen.records.ledger.models import Note


@pytest.fixture
def desk(cast) -> Desk:
    return Desk(cast)


def test_documents_get_codes_in_the_order_of_their_days_inside_each_class(desk) -> None:
    late, early = desk.paper(day=date(2020, 9, 1)), desk.paper(day=date(2020, 2, 1))
    market = desk.paper(day=date(2020, 5, 1), unit="market")
    plan = desk.paper("2020 年度创建实施方案", date(2020, 1, 5))
    desk.files(late, early, market, plan)
    assert {item.document_id: item.code for item in Item.objects.all()} == {
        early.pk: "J001-WS·2020-D30-CJB-0001",
        late.pk: "J001-WS·2020-D30-CJB-0002",
        market.pk: "J001-WS·2020-D30-SJS-0001",
        plan.pk: "J001-WS·2020-Y-CJB-0001",
    }
    note = Note.objects.get(kind="filing")
    assert (note.verb, note.after["items"], note.after["classes"]) == ("归档", 4, {"D30": 3, "Y": 1})


def test_what_is_filed_later_takes_its_place_by_its_day_until_the_year_is_closed(desk) -> None:
    second = desk.paper(day=date(2020, 9, 1))
    desk.files(second)
    first = desk.paper(day=date(2020, 2, 1))
    desk.files(first)
    assert Item.objects.get(document=second).number == 2
    assert Item.objects.get(document=first).number == 1


def test_the_retention_table_proposes_and_tells_its_line_the_person_decides(desk) -> None:
    how = proposer()
    assert how.propose(desk.paper("创建工作领导小组会议纪要")).retention == "Y"
    told = how.propose(desk.paper("关于值班的通知"))
    assert (told.retention, told.why) == ("D10", "通知、值班、活动安排等事务")
    assert how.propose(desk.paper("市场管理办法")).why == "申报材料和佐证"
    assert how.propose(desk.paper("旧物", kind="other")).retention == "D10"
    (item,) = desk.files(desk.paper("关于值班的通知"), retention="Y")
    assert (item.retention_id, item.term) == ("Y", None)


def test_a_village_without_a_section_of_its_own_files_where_the_rest_goes(desk) -> None:
    how = proposer()
    assert how.section_of(desk.paper(unit="V1-1")) == "CJB"
    assert how.section_of(desk.paper(unit="market")) == "SJS"


def test_what_cannot_be_filed_is_told_together_and_nothing_is_filed(desk) -> None:
    good, gone = desk.paper(), desk.paper("作废的")
    withdraw(gone, "重复", by=desk.leader, at=desk.at)
    asked = desk.paper("有疑点的")
    Question.objects.create(file=asked.files.get().file, doubt="blurred", asked_at=desk.at)
    with pytest.raises(Rejected) as no:
        desk.files(good, gone, asked)
    told = " ".join(map(str, no.value.problems))
    assert "不在待归档的资料里" in told
    assert "照片疑点还没有答复" in told
    with pytest.raises(Rejected, match="1 处"):
        desk.files(good, retention="D5")
    with pytest.raises(Rejected, match="1 处"):
        desk.files(good, section="XYZ")
    with pytest.raises(NothingToFile):
        desk.files()
    assert not Item.objects.exists()


def test_only_what_is_whole_by_its_kind_is_filed_in_one_press(desk) -> None:
    whole, bare = desk.paper(), desk.paper("没有文号的", number="")
    assert lacks_of(bare) == ["文号"]
    assert ready(2020) == [Choice(whole.pk)]


def test_a_filed_document_is_not_filed_twice_and_changes_no_more(desk) -> None:
    one = desk.paper()
    desk.files(one)
    with pytest.raises(Rejected):
        desk.files(one)
    with pytest.raises(Filed, match="J001-WS·2020-D30-CJB-0001"):
        describe(one, Facts("改名", kind="norm"), by=desk.leader, at=desk.at)


def test_only_the_keeper_of_the_archive_files(desk) -> None:
    one = desk.paper()
    with pytest.raises(NotAllowed):
        file_documents(2020, [Choice(one.pk)], by=desk.cast.actor("liufang"), at=desk.at)


def test_without_a_fonds_number_nothing_is_filed(desk) -> None:
    row = ArchiveRules.objects.get()
    del row.content["small"]["fonds"]
    row.save()
    with pytest.raises(NoFilingRules):
        desk.files(desk.paper())


def test_an_item_is_corrected_while_the_year_is_open_and_numbers_close_up(desk) -> None:
    a, b = desk.files(desk.paper(day=date(2020, 1, 1)), desk.paper(day=date(2020, 2, 1)))
    correct(a, Correction(retention="Y", pages=12, note="附光盘"), by=desk.archivist, at=desk.at)
    a.refresh_from_db()
    b.refresh_from_db()
    assert (a.code, a.pages, a.note, a.term) == ("J001-WS·2020-Y-CJB-0001", 12, "附光盘", None)
    assert b.code == "J001-WS·2020-D30-CJB-0001"
    note = Note.objects.get(verb="更正归档")
    assert (note.before["retention"], note.after["retention"]) == ("D30", "Y")
    with pytest.raises(NotFound):
        correct(a, Correction(retention="Q"), by=desk.archivist, at=desk.at)
    with pytest.raises(NotFound):
        correct(a, Correction(section="Q"), by=desk.archivist, at=desk.at)
    count = Note.objects.count()
    correct(a, Correction(pages=12), by=desk.archivist, at=desk.at)
    assert Note.objects.count() == count


def test_taken_out_of_an_open_year_the_numbers_close_up(desk) -> None:
    a, b = desk.files(desk.paper(day=date(2020, 1, 1)), desk.paper(day=date(2020, 2, 1)))
    unfile(a, by=desk.archivist, at=desk.at)
    b.refresh_from_db()
    assert (b.number, Unfiled.objects.count(), waiting(2020).count()) == (1, 0, 1)


def test_a_year_is_closed_only_when_it_is_over_and_holds_something(desk) -> None:
    with pytest.raises(YearNotOver, match="2021 年"):
        close_year(2020, by=desk.archivist, at=on(2020, 12, 31))
    with pytest.raises(NothingToFile):
        desk.closes(2020)


def test_after_closing_codes_are_fixed_and_what_is_late_goes_into_the_next_year(desk) -> None:
    (item,) = desk.files(desk.paper())
    desk.closes()
    late = desk.paper("迟到的", date(2020, 1, 1))
    for attempt in (
        lambda: desk.files(late),
        lambda: correct(item, Correction(retention="Y"), by=desk.archivist, at=desk.at),
        lambda: desk.closes(),
    ):
        with pytest.raises(YearClosed):
            attempt()
    (there,) = desk.files(late, year=2021)
    assert (there.code, there.note) == ("J001-WS·2021-D30-CJB-0001", "2020 年的文件")
    assert desk.codes() == ["J001-WS·2020-D30-CJB-0001"]


def test_taken_out_of_a_closed_year_the_number_stays_empty_with_its_reason(desk) -> None:
    a, b = desk.files(desk.paper(day=date(2020, 1, 1)), desk.paper(day=date(2020, 2, 1)))
    desk.closes()
    with pytest.raises(NoReason):
        unfile(a, " ", by=desk.archivist, at=desk.at)
    unfile(a, "误归：属于别的单位", by=desk.archivist, at=desk.at)
    b.refresh_from_db()
    assert b.code == "J001-WS·2020-D30-CJB-0002"
    gone = Unfiled.objects.get()
    assert (gone.code, gone.why) == ("J001-WS·2020-D30-CJB-0001", "误归：属于别的单位")
    (box,) = boxes_of(2020)
    assert (box.first, box.last, box.items, len(box.gone)) == (1, 2, 1, 1)
    assert desk.files(a.document, year=2021)[0].code == "J001-WS·2021-D30-CJB-0001"


@pytest.mark.parametrize(
    ("pages", "boxes"), [([150, 40, 30], [1, 1, 2]), ([500, 1], [1, 2]), ([None, 199, 1], [1, 1, 2])]
)
def test_boxes_are_filled_in_the_order_of_the_numbers(pages, boxes) -> None:
    items = [Item(retention_id="Y", pages=one) for one in pages]
    put_in_boxes(items, 200)
    assert [one.box for one in items] == boxes


def test_the_overview_tells_each_year_what_waits_and_what_is_filed(desk) -> None:
    desk.paper(day=date(2021, 2, 1))
    desk.files(desk.paper(), desk.paper("关于值班的通知"))
    told = [(one.year, one.waiting, one.items, one.classes) for one in years()]
    assert told == [(2021, 1, 0, {}), (2020, 0, 2, {"D10": 1, "D30": 1})]


def test_the_catalogue_has_the_columns_of_the_pack_and_the_stamp_its_six_cells(desk) -> None:
    (item,) = desk.files(desk.paper(confidentiality="internal"))
    correct(item, Correction(pages=3), by=desk.archivist, at=desk.at)
    item, rules = Item.objects.get(), rules_in_force()
    assert [one.title for one in rules.columns] == [
        "序号",
        "档号",
        "文号",
        "责任者",
        "题名",
        "日期",
        "密级",
        "页数",
        "备注",
    ]
    assert cells(item, rules.columns, rules, 1) == [
        "1", "J001-WS·2020-D30-CJB-0001", "张政发〔2020〕1号", "张沟镇人民政府", "市场管理办法", "20200301", "内部", "3", "",
    ]  # fmt: skip
    assert stamp_of(item, rules) == [
        ("全宗号", "J001"), ("年度", "2020"), ("件号", "0001"), ("机构（问题）", "创建办公室"), ("保管期限", "30 年"), ("页数", "3"),
    ]  # fmt: skip


def test_each_box_has_its_note_with_who_filed_and_who_checked(desk) -> None:
    desk.files(desk.paper(), desk.paper("关于值班的通知"))
    desk.closes()
    found = boxes_of(2020)
    assert [(one.retention, one.items) for one in found] == [("D30", 1), ("D10", 1)]
    assert notes_word(FilingYear.objects.get(), found, rules_in_force(), at=desk.at)[:2] == b"PK"


@given(
    some.lists(some.tuples(some.sampled_from(["Y", "D30", "D10"]), some.sampled_from(["CJB", "SJS"])), max_size=30),
    some.integers(1, 6),
)
def test_codes_tell_items_apart_and_hold_their_parts(places, digits) -> None:
    row = FilingRow(digits=digits)
    numbers: dict[tuple[str, str], int] = {}
    codes = []
    for retention, section in places:
        numbers[retention, section] = number = numbers.get((retention, section), 0) + 1
        facts = {"fonds": "J001", "category": "WS", "year": 2020, "retention": retention, "section": section}
        codes.append(code_of(row, {**facts, "number": number}))
    assert len(set(codes)) == len(codes)
    assert all(one.startswith("J001-WS·2020-") and one.rsplit("-")[-1].isdigit() for one in codes)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_filed_corrected_and_taken_out_no_number_is_missing_and_after_closing_none_moves(
    desk, seed
) -> None:
    """A random life of a year against the two laws: no holes before closing, nothing moves afterwards."""
    dice = random.Random(seed)
    papers = [desk.paper(f"办法{n}", date(2020, dice.randint(1, 12), dice.randint(1, 28))) for n in range(12)]
    free = list(papers)
    for _ in range(14):
        step = dice.choice(["file", "file", "correct", "unfile"])
        items = list(Item.objects.all())
        if step == "file" and free:
            some_of = [free.pop(dice.randrange(len(free))) for _ in range(min(len(free), dice.randint(1, 4)))]
            desk.files(*some_of, retention=dice.choice(["", "Y", "D10"]), section=dice.choice(["", "SJS"]))
        elif step == "correct" and items:
            change = Correction(retention=dice.choice(["Y", "D30", "D10"]), section=dice.choice(["CJB", "SJS"]))
            correct(dice.choice(items), change, by=desk.archivist, at=desk.at)
        elif step == "unfile" and items:
            gone = dice.choice(items)
            free.append(gone.document)
            unfile(gone, by=desk.archivist, at=desk.at)
        assert_without_holes()
    if not Item.objects.exists():
        desk.files(free.pop())
    desk.closes()
    before = dict(Item.objects.values_list("document", "code"))
    assert_without_holes()
    unfile(gone := dice.choice(list(Item.objects.all())), "误归", by=desk.archivist, at=desk.at)
    if free:
        desk.files(*free, year=2021)
    after = dict(Item.objects.filter(year=2020).values_list("document", "code"))
    assert after == {key: code for key, code in before.items() if key != gone.document_id}
    assert not set(after.values()) & {gone.code}


def assert_without_holes() -> None:
    classes: dict[tuple[str, str], list[Item]] = {}
    for item in Item.objects.select_related("document").order_by("number"):
        classes.setdefault((item.retention_id, item.section), []).append(item)
    for found in classes.values():
        assert [one.number for one in found] == list(range(1, len(found) + 1))
        days = [one.document.dated for one in found]
        assert days == sorted(days)
        assert all(one.code.endswith(f"-{one.number:04d}") for one in found)


def test_a_small_unit_may_leave_the_section_out(desk) -> None:
    content = ArchiveContent(filing=FilingRow(code="{fonds}-{category}·{year}-{retention}-{number}"))
    row = ArchiveRules.objects.get()
    row.content["township"] |= content.model_dump(mode="json", exclude_defaults=True)
    row.save()
    (item,) = desk.files(desk.paper(unit="market"))
    assert (item.code, item.section) == ("J001-WS·2020-D30-0001", "")


def test_a_pack_with_a_code_that_cannot_be_made_or_an_unknown_line_is_refused(tmp_path) -> None:
    (tmp_path / "archive.toml").write_text(
        '[filing]\ncode = "{fonds}-{what}"\nhand_over = ["X"]\n[[term]]\nwhat = "没有的"\n', encoding="utf-8"
    )
    problems = Problems()
    content = read_archive(tmp_path, problems)
    assert "“code”的值" in " ".join(map(str, problems))
    check_terms(content, ["有的"], ["Y"], problems)
    assert "归档范围里没有“没有的”" in " ".join(map(str, problems))
    check_terms(ArchiveContent(filing=FilingRow(hand_over=("X",))), [], ["Y"], problems)
    assert "没有保管期限“X”" in " ".join(map(str, problems))
