"""A finished matter that a table sends again with another end, day, mark or source: shown old and new, never "known"."""

from typing import Any

import pytest

from chuangwen.kernel.problems import Rejected
from chuangwen.work.cases import figures
from chuangwen.work.cases.actions import open_case
from chuangwen.work.cases.case_rows import CaseRow
from chuangwen.work.cases.import_actions import plan_rows
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.said import NewCase
from tests.office import Office
from tests.work.cases.tallying import assert_equals_a_recount
from tests.work.cases.test_import_actions import asked, batch, day, row, taken, told

FINISHED: dict[str, Any] = {
    "outer": "HC1",
    "opened": day(3, 5),
    "closed": day(3, 9),
    "result": "未解决",
    "stars": 2,
    "source": "市热线",
}
OTHER = [
    ("result", "不予立案", "办理结果", "未解决", "不予立案"),
    ("stars", 4, "满意度", "2", "4"),
    ("closed", day(3, 12), "办结日期", "2021-03-09", "2021-03-12"),
    ("opened", day(3, 4), "登记日期", "2021-03-05", "2021-03-04"),
    ("source", "市长信箱", "来源", "市热线", "市长信箱"),
]


def again(**said: Any) -> CaseRow:
    return row(**{**FINISHED, **said})


@pytest.mark.parametrize(("name", "value", "title", "old", "new"), OTHER)
def test_each_of_them_alone_is_shown_old_and_new_and_asked_about(
    office: Office, name: str, value: object, title: str, old: str, new: str
) -> None:
    taken(office, again())
    other = again(**{name: value})
    plan = plan_rows(batch(other), by=office.cast.actor("limin"), at=office.at)
    assert [(one.title, one.old, one.new) for each in plan.corrections for one in each.changes] == [(title, old, new)]
    assert not plan.known
    assert asked(office, other) == {"closed"}
    assert told(taken(office, other, closed="leave")) == (0, 0, 1)
    assert told(taken(office, other, closed="correct")) == (0, 1, 0)
    step = Case.objects.get().steps.get(does="correct")
    assert step.text == f"{title}：{old} → {new}"
    assert told(taken(office, other, closed="correct")) == (0, 0, 1)
    assert_equals_a_recount()


def test_the_new_end_and_the_new_day_are_those_that_count(office: Office) -> None:
    taken(office, again())
    taken(office, again(result="不予立案", stars=5, closed=day(4, 2)), closed="correct")
    case = Case.objects.get()
    assert (case.outcome, case.stars, case.closed_at, case.version) == ("declined", 5, day(4, 2), 3)
    april = figures.Period(day(4, 1).date(), day(4, 30).date(), office.at)
    found = {one.rule.id: one.top for one in figures.figures(Case.objects.all(), april)}
    assert found["satisfaction_rate"] == 1
    assert_equals_a_recount()


def test_a_correction_is_held_against_the_last_one_and_not_the_first(office: Office) -> None:
    taken(office, again())
    taken(office, again(result="已解决", source="市长信箱"), source="same", closed="correct")
    plan = plan_rows(batch(again(result="部分解决", source="市长信箱")), by=office.cast.actor("limin"), at=office.at)
    assert [(one.old, one.new) for each in plan.corrections for one in each.changes] == [("已解决", "部分解决")]


def test_the_first_version_again_asks_before_it_takes_the_correction_back(office: Office) -> None:
    taken(office, again())
    taken(office, again(stars=4), closed="correct")
    assert asked(office, again()) == {"older"}
    taken(office, again(), older="correct", closed="correct")
    assert Case.objects.get().stars == 2


def test_a_day_says_nothing_against_the_hour_that_is_known(office: Office) -> None:
    taken(office, again(opened=day(3, 5, 9), closed=day(3, 9, 16)))
    assert told(taken(office, again())) == (0, 0, 1)


def test_an_end_before_the_beginning_is_refused(office: Office) -> None:
    taken(office, again())
    with pytest.raises(Rejected) as no:
        taken(office, again(opened=day(3, 20), closed=None, result="", stars=None))
    assert [one.what for one in no.value.problems] == ["办结日期 2021-03-09 早于登记日期 2021-03-20。"]


def test_of_a_case_that_ran_here_a_table_changes_neither_day_nor_end_and_says_so(office: Office) -> None:
    new = NewCase(kind="mending", title="路灯不亮", move="find", area=office.cast.units["V1"], outer_number="HC1")
    case = open_case(new, by=office.cast.actor("limin"), at=office.at)
    office.does(case, "limin", "refuse")
    stood = Case.objects.values("opened_at", "closed_at", "state", "stars", "source").get()
    done = taken(office, again())
    assert told(done) == (0, 0, 1)
    assert Case.objects.values("opened_at", "closed_at", "state", "stars", "source").get() == stood
    text = " ".join(one for _row, one in done.remarks)
    for word in ("登记日期", "办结日期", "满意度", "“未解决”没有写入"):
        assert word in text


def test_another_source_of_the_same_open_matter_is_a_correction(office: Office) -> None:
    taken(office, row(outer="1", source="市热线"))
    assert told(taken(office, row(outer="1", source="市长信箱"), source="same")) == (0, 1, 0)
    assert Case.objects.get().source == "市长信箱"
