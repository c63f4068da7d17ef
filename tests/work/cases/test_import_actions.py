"""Many cases from a table: what is new, what is a correction, what is asked; all or nothing, one note, no query per row."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chuangwen.kernel.problems import Rejected
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.notices.models import Notice
from chuangwen.work.cases import figures
from chuangwen.work.cases.actions import open_case
from chuangwen.work.cases.case_rows import CaseBatch, CaseRow, RowReporter, RowsAskedAbout, TakenIn
from chuangwen.work.cases.import_actions import plan_rows, take_in_rows
from chuangwen.work.cases.models import Case, Reporter, Step
from chuangwen.work.cases.policy import NotYourMove
from chuangwen.work.cases.row_opening import closing_state
from chuangwen.work.cases.said import NewCase
from chuangwen.work.cases.types import definition, in_force
from tests.office import Office
from tests.work.cases.tallying import assert_equals_a_recount

WANG, LI = RowReporter("王某", "13900001111"), RowReporter("李某", "13900002222")


def row(number: int = 2, title: str = "路灯不亮", **said: object) -> CaseRow:
    return CaseRow(row=number, title=title, **{"area": "V1", **said})  # type: ignore[arg-type]


def day(month: int, number: int, hour: int = 0, year: int = 2021) -> datetime:
    return datetime(year, month, number, hour, tzinfo=CHINA)


def batch(*rows: CaseRow, **answers: str) -> CaseBatch:
    return CaseBatch("mending", rows, file="热线.xlsx", answers=answers)


def taken(office: Office, *rows: CaseRow, who: str = "limin", **answers: str) -> TakenIn:
    """李敏 takes a table in."""
    return take_in_rows(batch(*rows, **answers), by=office.cast.actor(who), at=office.at)


def asked(office: Office, *rows: CaseRow, **answers: str) -> set[str]:
    """What is asked of the rows; nothing is written then."""
    before = Case.objects.count(), Step.objects.count(), Note.objects.count()
    with pytest.raises(RowsAskedAbout) as no:
        taken(office, *rows, **answers)
    assert (Case.objects.count(), Step.objects.count(), Note.objects.count()) == before
    return {one.id for one in no.value.questions}


def told(done: TakenIn) -> tuple[int, int, int]:
    return done.new, done.corrected, done.known


def test_the_same_ticket_with_another_phone_is_a_correction_and_no_second_case(office: Office) -> None:
    taken(office, row(outer="12345-001", text="村口路灯不亮", reporters=(WANG,)))
    case = Case.objects.get()
    clocks, due = case.clocks, case.due_at
    office.later(days=1)
    new = RowReporter("王某", "13900009112")
    done = taken(office, row(outer="12345-001", text="村口路灯不亮（补充：已三天）", reporters=(new,)), row(3, "新的一件", outer="12345-002"))  # fmt: skip
    case.refresh_from_db()
    assert (told(done), Case.objects.count()) == ((1, 1, 0), 2)
    assert (case.text, case.clocks, case.due_at) == ("村口路灯不亮（补充：已三天）", clocks, due)
    assert [one.phone for one in case.reporters.all()] == ["13900009112"]
    step = case.steps.get(does="correct")
    assert "详细情况：村口路灯不亮 → 村口路灯不亮（补充：已三天）" in step.text
    assert "139****1111 → 139****9112" in step.text
    assert "13900009112" not in step.text
    assert (step.number, case.version) == (2, 2)


def test_a_correction_is_told_before_anything_is_written(office: Office) -> None:
    taken(office, row(outer="1", reporters=(WANG,)))
    plan = plan_rows(batch(row(outer="1", reporters=(RowReporter("王某", "13900003333"),))), by=office.cast.actor("limin"), at=office.at)  # fmt: skip
    [one] = plan.corrections
    assert [(each.title, each.old, each.new) for each in one.changes] == [("电话", "13900001111", "13900003333")]
    assert Reporter.objects.get().phone == "13900001111"


def test_the_same_row_again_changes_nothing_and_leaves_no_note(office: Office) -> None:
    rows = [row(outer="1", reporters=(WANG,)), row(3, "垃圾未清"), row(4, "旧的", opened=day(10, 11))]
    taken(office, *rows, start="today")
    notes, steps = Note.objects.count(), Step.objects.count()
    office.later(hours=2)
    assert told(taken(office, *rows, start="today")) == (0, 0, 3)
    assert (Note.objects.count(), Step.objects.count()) == (notes, steps)


def test_what_the_office_has_done_since_is_not_undone_by_the_same_row(office: Office) -> None:
    first = row(outer="1", answers={"owner": "钱多多"})
    taken(office, first)
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(hidden={"owner": "钱少少"}, text="核实后的情况")
    assert told(taken(office, first)) == (0, 0, 1)
    assert Case.objects.get().hidden == {"owner": "钱少少"}


def test_an_older_table_again_asks_before_it_takes_a_correction_back(office: Office) -> None:
    first, second = row(outer="1", text="甲"), row(outer="1", text="甲乙")
    taken(office, first)
    taken(office, second)
    assert asked(office, first) == {"older"}
    assert told(taken(office, first, older="leave")) == (0, 0, 1)
    assert told(taken(office, first, older="correct")) == (0, 1, 0)
    assert Case.objects.get().text == "甲"


def test_an_empty_cell_takes_nothing_away(office: Office) -> None:
    taken(office, row(outer="1", text="村口", address="一组", reporters=(WANG,)))
    assert told(taken(office, row(outer="1", reporters=(RowReporter("王某"),)))) == (0, 0, 1)
    assert Case.objects.get().address == "一组"


def test_what_decides_about_place_and_unit_is_told_and_left(office: Office) -> None:
    taken(office, row(outer="1", text="甲"))
    done = taken(office, row(outer="1", text="甲乙", area="V2"))
    assert (told(done), Case.objects.get().area.code) == ((0, 1, 0), "V1")
    assert "先锋村" in done.remarks[0][1]
    assert "联盟村" in done.remarks[0][1]


def test_a_closed_case_asks_before_it_is_corrected(office: Office) -> None:
    taken(office, row(outer="1", text="甲"))
    office.does(Case.objects.get(), "limin", "refuse")
    other = row(outer="1", text="甲乙")
    assert asked(office, other) == {"closed"}
    assert told(taken(office, other, closed="leave")) == (0, 0, 1)
    assert told(taken(office, other, closed="correct")) == (0, 1, 0)


def test_another_title_under_the_same_number_is_asked_about(office: Office) -> None:
    taken(office, row(outer="1"))
    other = row(outer="1", title="水管破裂")
    assert asked(office, other) == {"title"}
    assert told(taken(office, other, title="leave")) == (0, 0, 1)
    taken(office, other, title="correct")
    assert Case.objects.get().title == "水管破裂"


def test_a_reporter_nobody_knows_is_another_one_or_a_correction_as_answered(office: Office) -> None:
    taken(office, row(outer="1", reporters=(WANG,)))
    other = row(outer="1", reporters=(LI,))
    assert asked(office, other) == {"reporter"}
    taken(office, other, reporter="add")
    assert sorted(one.name for one in Reporter.objects.all()) == ["李某", "王某"]
    taken(office, row(outer="2", reporters=(WANG,)))
    taken(office, row(outer="2", reporters=(LI,)), reporter="replace")
    assert [one.phone for one in Reporter.objects.filter(case__outer_number="2")] == ["13900002222"]


def test_two_rows_of_one_number_are_asked_about(office: Office) -> None:
    rows = [row(outer="1", text="甲", reporters=(WANG,)), row(3, outer="1", text="乙", reporters=(LI,))]
    assert asked(office, *rows) == {"twice"}
    assert taken(office, *rows, twice="together").new == 1
    assert Reporter.objects.count() == 2


def test_rows_without_a_number_that_look_alike_are_asked_about(office: Office) -> None:
    rows = [row(reporters=(WANG,)), row(3, reporters=(LI,))]
    assert asked(office, *rows) == {"alike"}
    assert taken(office, *rows, alike="one").new == 1
    assert (Case.objects.count(), Reporter.objects.count()) == (1, 2)
    assert asked(office, row(text="另一种说法")) == {"maybe"}
    assert told(taken(office, row(text="另一种说法"), maybe="new")) == (1, 0, 0)


def test_the_same_words_on_another_day_may_be_a_new_matter_and_are_asked_about(office: Office) -> None:
    taken(office, row())
    office.later(days=40)
    assert asked(office, row()) == {"maybe"}
    assert told(taken(office, row(), maybe="new")) == (1, 0, 0)


def test_what_is_said_to_be_the_same_matter_is_a_correction_and_not_dropped(office: Office) -> None:
    taken(office, row(text="甲", reporters=(WANG,)))
    assert told(taken(office, row(text="甲乙", reporters=(WANG,)), maybe="same")) == (0, 1, 0)
    assert (Case.objects.get().text, Case.objects.count()) == ("甲乙", 1)


def test_a_number_of_another_source_is_asked_about(office: Office) -> None:
    taken(office, row(outer="1", source="12345"))
    other = row(outer="1", source="市长信箱")
    assert asked(office, other) == {"source"}
    assert told(taken(office, other, source="new")) == (1, 0, 0)
    assert told(taken(office, other)) == (0, 0, 1)


def test_a_ticket_registered_by_hand_is_known_whatever_the_table_calls_its_source(office: Office) -> None:
    new = NewCase(kind="mending", title="路灯不亮", move="find", source="hotline", outer_number="1")
    open_case(new, by=office.cast.actor("limin"), at=office.at)
    assert told(taken(office, row(outer="1", source="12345热线"))) == (0, 0, 1)


def test_a_number_that_was_changed_by_hand_does_not_stop_the_table(office: Office) -> None:
    taken(office, row(outer="1"))
    Case.objects.update(outer_number="2")
    assert told(taken(office, row(outer="1"))) == (1, 0, 0)


def test_two_equal_rows_may_be_two_matters(office: Office) -> None:
    assert told(taken(office, row(), row(3), alike="apart")) == (2, 0, 0)
    assert told(taken(office, row(), row(3))) == (0, 0, 2)


def test_a_finished_matter_is_taken_in_as_finished_on_its_day(office: Office) -> None:
    old = row(opened=day(3, 5), closed=day(3, 9), result="已更换灯泡", stars=4, reporters=(WANG,))
    done = taken(office, old)
    case = Case.objects.get()
    assert (done.new, done.finished) == (1, 1)
    assert (case.state, case.phase, case.outcome, case.stars) == ("done", "closed", "done", 4)
    assert (case.opened_at, case.closed_at, case.clocks, case.due_at) == (day(3, 5), day(3, 9), {}, None)
    assert (case.closed_in_time, case.handled_at, case.revisit_on, case.late) == (None, None, None, False)
    assert [(one.number, one.at, one.after) for one in case.steps.all()] == [
        (1, day(3, 5), "filed"),
        (2, day(3, 9), "done"),
    ]
    assert case.steps.get(number=2).text == "已更换灯泡"
    assert not Notice.objects.exists()
    assert case.number == "整2021-00001"
    assert_equals_a_recount()


def test_what_nobody_knows_of_a_finished_matter_lowers_no_rate(office: Office) -> None:
    taken(office, row(opened=day(3, 5), closed=day(3, 9), stars=2))
    march = figures.Period(day(3, 1).date(), day(3, 31).date(), office.at)
    found = {one.rule.id: (one.top, one.base) for one in figures.figures(Case.objects.all(), march)}
    assert (found["reported"], found["closing_rate"], found["satisfaction_rate"]) == ((1, None), (1, 1), (0, 1))
    assert {found[one] for one in ("filing_rate", "dispatch_rate", "on_time_rate", "response_rate", "rework_rate")} == {
        (0, 0)
    }


def test_a_result_that_names_an_end_of_the_flow_is_that_end(office: Office) -> None:
    taken(office, row(opened=day(3, 5), closed=day(3, 9), result="不予立案"))
    assert Case.objects.get().outcome == "declined"


def test_an_old_open_matter_keeps_its_day_and_its_clock_starts_as_answered(office: Office) -> None:
    reported = CaseRow(row=2, title="旧事", opened=day(11, 5, year=2020))
    plan = CaseBatch("mending", [reported], move="report", answers={})
    by = office.cast.actor("limin")
    with pytest.raises(RowsAskedAbout) as no:
        take_in_rows(plan, by=by, at=office.at)
    assert [one.title for one in no.value.questions[0].options] == ["按登记日期起算（可能马上超期）", "从今天起算"]
    take_in_rows(CaseBatch("mending", [reported], "report", answers={"start": "opened"}), by=by, at=office.at)
    first = Case.objects.get()
    assert (first.opened_at, first.due_at, first.year) == (day(11, 5, year=2020), day(11, 5, 10, 2020) + timedelta(minutes=30), 2020)  # fmt: skip
    other = CaseRow(row=2, title="另一件旧事", opened=day(11, 5, year=2020))
    take_in_rows(CaseBatch("mending", [other], "report", answers={"start": "today"}), by=by, at=office.at)
    second = Case.objects.get(title="另一件旧事")
    assert (second.opened_at, second.due_at) == (day(11, 5, year=2020), office.at + timedelta(hours=2))
    assert_equals_a_recount()


def test_a_result_without_its_day_is_asked_about(office: Office) -> None:
    some = row(result="已派人去看")
    assert asked(office, some) == {"result"}
    assert asked(office, some, result="refuse") == {"result"}
    taken(office, some, result="open")
    assert "已派人去看" in Step.objects.get().text


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"text": "长" * 4001}, "最多 4000 个字"),
        ({"title": "长" * 121}, "最多 120 个字"),
        ({"outer": "1" * 61}, "最多 60 个字"),
        ({"address": "长" * 201}, "最多 200 个字"),
        ({"reporters": (RowReporter("王", "1" * 21),)}, "最多 20 个字"),
        ({"title": " "}, "没有写问题"),
        ({"area": "V99"}, "不认识“V99”"),
        ({"category": "9999"}, "不认识“9999”"),
        ({"lead": "nobody"}, "不认识“nobody”"),
        ({"opened": day(12, 1)}, "还没有到"),
        ({"opened": day(3, 9), "closed": day(3, 5)}, "早于登记日期"),
        ({"closed": day(3, 5)}, "没有写登记日期"),
        ({"status": "closed"}, "没有写办结日期"),
        ({"stars": 4}, "没有办结"),
        ({"answers": {"category": "9999"}}, "9999"),
    ],
)
def test_what_is_wrong_is_told_with_its_row_and_nothing_is_written(office: Office, said: dict, word: str) -> None:
    with pytest.raises(Rejected) as no:
        taken(office, row(2, "好的一行"), row(7, **{"title": "坏的一行", **said}))
    assert any(one.row == 7 and word in one.what for one in no.value.problems)
    assert (Case.objects.count(), Note.objects.filter(kind="cases").count()) == (0, 0)


def test_a_text_of_exactly_the_limit_is_kept_whole(office: Office) -> None:
    taken(office, row(text="长" * 4000))
    assert len(Case.objects.get().text) == 4000


def test_one_note_tells_of_the_whole_file_without_personal_data(office: Office) -> None:
    taken(office, row(outer="1", reporters=(WANG,)))
    before = Note.objects.count()
    taken(office, row(outer="1", reporters=(RowReporter("王某", "13900003333"),)), row(3, outer="2"), row(4, outer="3"))
    note = Note.objects.order_by("-number")[0]
    assert Note.objects.count() == before + 1
    assert {one: note.after[one] for one in ("new", "corrected", "known")} == {"new": 2, "corrected": 1, "known": 0}
    assert note.after["corrections"] == {"整2021-00001": ["电话"]}
    assert "1390000" not in str(note.after)
    assert (note.title, note.username) == ("热线.xlsx", "limin")


def test_people_are_told_once_for_a_file_and_by_name_of_a_single_case(office: Office) -> None:
    taken(office, row(), row(3, "垃圾未清"), who="zhangqiang")
    [notice] = Notice.objects.filter(person__username="limin")
    assert "登记了 2 件" in notice.text
    taken(office, row(4, "独一件"), who="zhangqiang")
    assert "独一件" in Notice.objects.filter(person__username="limin").order_by("-pk")[0].text


def test_a_case_from_a_table_stands_as_one_opened_by_hand(office: Office) -> None:
    by_hand = office.finds(category="0102")
    taken(office, row(title="垃圾未清", answers={"category": "0102"}), maybe="new")
    from_table = Case.objects.latest("pk")
    same = ["state", "phase", "category", "campaign", "urgent", "lead_id", "area_id", "turn_unit_id", "turn_role"]
    same += ["turn_person_id", "clocks", "due_at", "filed_at", "opener_id", "version", "guard", "did"]
    assert {one: getattr(from_table, one) for one in same} == {one: getattr(by_hand, one) for one in same}
    assert_equals_a_recount()


def test_who_may_not_open_such_a_case_may_not_take_a_table_in(office: Office) -> None:
    with pytest.raises(NotYourMove):
        take_in_rows(CaseBatch("mending", [row()], "find"), by=office.cast.actor("liufang"), at=office.at)
    assert not Case.objects.exists()


def test_nobody_corrects_a_case_that_is_not_theirs_to_see(office: Office) -> None:
    taken(office, row(outer="1", text="甲", area="V2"))
    by = office.cast.actor("liufang")
    other = CaseBatch("mending", [row(outer="1", text="甲乙", area="V2")], "report")
    with pytest.raises(Rejected) as no:
        take_in_rows(other, by=by, at=office.at)
    assert "不能由你登记" in str(no.value.problems[0])
    assert Case.objects.get().text == "甲"


def many(count: int, text: str) -> list[CaseRow]:
    areas = ("V1", "V2")
    return [
        row(n, f"第 {n} 件", outer=f"N{n}", text=text, area=areas[n % 2], reporters=(WANG,), opened=day(10, 12))
        for n in range(2, count + 2)
    ]


@pytest.mark.parametrize("text", ["甲", "甲乙"])
def test_the_count_of_queries_does_not_grow_with_the_rows(office: Office, text: str) -> None:
    used = []
    for count in (20, 120):
        Step.objects.all().delete()
        Reporter.objects.all().delete()
        Case.objects.all().delete()
        if text != "甲":
            taken(office, *many(count, "甲"))
        with CaptureQueriesContext(connection) as queries:
            done = taken(office, *many(count, text))
        assert told(done) == ((count, 0, 0) if text == "甲" else (0, count, 0))
        used.append(len(queries))
    assert used[0] < 40
    assert used[1] <= used[0] + 10, "a hundred rows more may need some more batches of an insert, never a query each"


def test_a_list_that_went_out_of_here_changes_nothing_whatever_else_it_leaves_out(office: Office) -> None:
    """The product's own list of cases doubled three: without a village, its 编号 a column that nobody read."""
    taken(office, row(area="", outer="12345-001", text="没有写村"))
    case = Case.objects.get()
    ours = CaseRow(row=3, title="路灯不亮", number=case.number, result="办理中")
    assert told(taken(office, ours)) == (0, 0, 1)
    serial = CaseRow(row=4, title="井盖破损", area="V2", number="4", outer="12345-009")
    assert told(taken(office, serial)) == (1, 0, 0)


def test_a_list_that_went_out_of_here_and_was_corrected_corrects(office: Office) -> None:
    """A title put right in the product's own list was counted as known and dropped."""
    taken(office, row(outer="12345-001"))
    case = Case.objects.get()
    wrong = CaseRow(row=2, title="村口路灯不亮（三盏）", number=case.number, address="村口", lead="T")
    assert asked(office, wrong) == {"title"}
    done = taken(office, wrong, title="correct")
    case.refresh_from_db()
    assert (told(done), case.title, case.address) == ((0, 1, 0), "村口路灯不亮（三盏）", "村口")
    assert told(taken(office, wrong, title="correct")) == (0, 0, 1)


def test_a_row_of_another_kinds_case_is_told_and_changes_nothing(office: Office) -> None:
    other = open_case(NewCase(kind="clue", title="别的类型", area=office.cast.units["V1"]), by=MACHINE, at=office.at)
    done = taken(office, CaseRow(row=2, title="改了的", number=other.number))
    assert told(done) == (0, 0, 1)
    assert [text for _, text in done.remarks] == ["第 2 行的编号是别的类型的事项：没有改动，要改请到那个类型里导入"]


def test_a_result_that_names_a_refusal_with_a_reason_closes_as_refused(shipped) -> None:
    """不予受理：非本镇职权 closed as done."""
    type_ = definition(in_force("appeal"))
    desk = SimpleNamespace(type=type_)
    refused = next(one for one in type_.states if one.kind == "closed" and one.outcome == "declined")
    assert closing_state(desk, f"{refused.title}：非本镇职权").id == refused.id
    assert closing_state(desk, "已修好").outcome == "done"


def ledger(*changed: CaseRow) -> list[CaseRow]:
    """An old ledger without numbers as a unit keeps it, with rows put right."""
    rows = [
        row(2, "人行道破损3处", address="沿河路", opened=day(9, 20), closed=day(9, 28), result="已整改"),
        row(3, "飞线充电", address="鳝乡花园", opened=day(9, 22), closed=day(9, 23), result="已完成"),
        row(4, "垃圾未清", address="供销社巷", opened=day(9, 21), closed=day(9, 30), result="已清"),
    ]
    return [next((new for new in changed if new.row == one.row), one) for one in rows]


OTHER_WORDS = row(2, "人行道破损5处", address="沿河路", opened=day(9, 20), closed=day(9, 28), result="已整改")
OTHER_DAY = row(3, "飞线充电", address="鳝乡花园", opened=day(9, 21), closed=day(9, 23), result="已完成")
OTHER_PLACE = row(4, "垃圾未清", address="供销社巷口", opened=day(9, 21), closed=day(9, 30), result="已清")


@pytest.mark.parametrize(
    ("put_right", "shown"),
    [
        (OTHER_WORDS, ("title", "人行道破损3处", "人行道破损5处")),
        (OTHER_DAY, ("opened", "2021-09-22", "2021-09-21")),
        (OTHER_PLACE, ("address", "供销社巷", "供销社巷口")),
    ],
)
def test_a_row_without_a_number_that_was_put_right_in_one_thing_is_asked_about_and_doubles_nothing(
    office: Office, put_right: CaseRow, shown: tuple[str, str, str]
) -> None:
    taken(office, *ledger())
    again = ledger(put_right)
    assert asked(office, *again) == {"near", "closed"}
    plan = plan_rows(batch(*again), by=office.cast.actor("limin"), at=office.at)
    assert [(one.field, one.old, one.new) for each in plan.corrections for one in each.changes] == [shown]
    assert told(taken(office, *again, near="correct", closed="correct")) == (0, 1, 2)
    assert told(taken(office, *again)) == (0, 0, 3)
    assert Case.objects.count() == 3
    assert_equals_a_recount()


def test_what_comes_near_may_be_another_matter(office: Office) -> None:
    taken(office, *ledger())
    assert told(taken(office, *ledger(OTHER_WORDS), near="new")) == (1, 0, 2)


def test_the_same_trouble_in_another_village_or_week_is_asked_about_only_in_a_table_taken_in_again(
    office: Office,
) -> None:
    taken(office, row(2, "垃圾未清", address="东巷", opened=day(9, 20)), start="opened")
    other_week = row(2, "垃圾未清", address="东巷", opened=day(9, 27))
    other_place = row(2, "垃圾未清", area="V2", address="西巷", opened=day(9, 20))
    assert told(taken(office, other_week, start="opened")) == (1, 0, 0)
    assert told(taken(office, other_place, start="opened")) == (1, 0, 0)


def test_a_case_that_its_own_row_names_is_no_ones_correction(office: Office) -> None:
    taken(office, *ledger())
    more = row(5, "人行道破损4处", address="沿河路", opened=day(9, 20), closed=day(9, 28), result="已整改")
    assert told(taken(office, *ledger(), more)) == (1, 0, 3)
