"""李敏 makes a document the town's plan, and gives its tasks to units: who may, what is kept, what a second time does."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from chuangwen.kit.refusals import NotAllowed, OutOfReach
from chuangwen.records.duties.actions import Charge, LeadAssists
from chuangwen.records.duties.models import Duty
from chuangwen.records.ledger.models import Note
from chuangwen.records.township.permissions import Scope
from chuangwen.work.plans.actions import EmptyPlan, Imported, assign_task, import_plan
from chuangwen.work.plans.models import Phase, PlanDocument, Target, Task
from chuangwen.work.plans.queries import current, passages, tasks_of
from chuangwen.work.plans.reading.reader import read_plan
from tests.people import AT, Cast, hold

PLAN = """张沟镇创建全国文明城市工作方案
发布机构：张沟镇人民政府办公室
发文日期：2021-02-03

一、工作目标
三年建成文明城镇。
二、重点任务
（一）市场整治
1.规范集贸市场。
2.清理流动摊贩。
（二）环境提升
打扫背街小巷，新建公厕6座。
三、实施步骤
第一阶段 启动（2021年）
1.制定方案。
2.召开动员会。
第二阶段 攻坚（2022—2023年）
1.开展整治。
四、工作要求
1.加强领导。
"""


def take(cast: Cast, text: str = PLAN, *, by: str = "limin", file: str = "方案.txt") -> Imported:
    return import_plan(read_plan(text), text, file=file, by=cast.actor(by), at=AT)


def task(number: int) -> Task:
    return Task.objects.order_by("position")[number]


def charge(cast: Cast, lead: str, *assisting: str, person: str = "", due: date | None = None) -> Charge:
    named = cast.people[person] if person else None
    return Charge(cast.units[lead], [cast.units[one] for one in assisting], named, due)


# --- a document becomes the plan


def test_limin_makes_a_document_the_towns_plan(cast: Cast) -> None:
    made = take(cast)
    assert made.new
    plan = current()
    assert plan == made.plan
    assert (plan.title, plan.publisher, plan.issued) == (
        "张沟镇创建全国文明城市工作方案",
        "张沟镇人民政府办公室",
        "2021-02-03",
    )
    assert (plan.text, plan.imported_by, plan.imported_at) == (PLAN, "李敏", AT)


def test_the_ledger_says_which_file_it_was_and_what_was_found(cast: Cast) -> None:
    take(cast, file="张政办〔2021〕3号.txt")
    note = Note.objects.order_by("-number")[0]
    assert (note.kind, note.name, note.title) == ("plan", "李敏", "张沟镇创建全国文明城市工作方案")
    assert note.after == {"phases": 2, "tasks": 6, "targets": 1, "file": "张政办〔2021〕3号.txt"}


def test_phases_keep_their_years(cast: Cast) -> None:
    take(cast)
    told = list(Phase.objects.order_by("position").values_list("name", "first_year", "last_year"))
    assert told == [("第一阶段启动（2021年）", 2021, 2021), ("第二阶段攻坚（2022—2023年）", 2022, 2023)]


def test_tasks_are_the_works_of_the_phases_then_the_leaves_of_the_areas(cast: Cast) -> None:
    take(cast)
    told = [(one.phase.name[:4] if one.phase else one.area, one.number, one.title) for one in Task.objects.all()]
    assert told == [
        ("第一阶段", "1.", "制定方案"),
        ("第一阶段", "2.", "召开动员会"),
        ("第二阶段", "1.", "开展整治"),
        ("市场整治", "1.", "规范集贸市场"),
        ("市场整治", "2.", "清理流动摊贩"),
        ("环境提升", "（二）", "环境提升"),
    ]


def test_each_task_stands_at_its_own_characters(cast: Cast) -> None:
    take(cast)
    assert [PLAN[one.start : one.end] for one in Task.objects.all()][:4] == [
        "1.制定方案。",
        "2.召开动员会。",
        "1.开展整治。",
        "1.规范集贸市场。",
    ]


def test_targets_keep_their_numbers_and_their_sentence(cast: Cast) -> None:
    take(cast)
    one = Target.objects.get()
    assert (one.low, one.high, one.unit, one.kinds, one.year) == (6, 6, "座", ["公厕"], None)
    assert (one.text, PLAN[one.start : one.end]) == ("打扫背街小巷，新建公厕6座", "6座")


def test_the_same_document_again_changes_nothing(cast: Cast) -> None:
    first = take(cast)
    assign_task(task(0), charge(cast, "market"), by=cast.actor("limin"), at=AT)
    notes = Note.objects.count()
    again = take(cast, file="同一份.txt")
    assert (again.plan, again.new) == (first.plan, False)
    assert (PlanDocument.objects.count(), Task.objects.count(), Note.objects.count()) == (1, 6, notes)
    assert tasks_of(again.plan)[0].duty.lead == "市监所"


def test_another_document_takes_the_place_of_the_first_which_is_kept(cast: Cast) -> None:
    first = take(cast).plan
    second = take(cast, PLAN.replace("规范集贸市场", "改造集贸市场")).plan
    first.refresh_from_db()
    assert current() == second
    assert not first.current
    assert Task.objects.filter(plan=first).count() == 6
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanDocument.objects.update(current=True)


def test_an_earlier_plan_taken_in_again_is_the_towns_plan_again_with_its_duties(cast: Cast) -> None:
    first = take(cast).plan
    assign_task(task(0), charge(cast, "market"), by=cast.actor("limin"), at=AT)
    take(cast, PLAN.replace("规范集贸市场", "改造集贸市场"))
    again = take(cast)
    assert (again.plan, again.new, again.restored, current()) == (first, False, True, first)
    assert tasks_of(first)[0].duty.lead == "市监所"
    assert PlanDocument.objects.filter(current=True).count() == 1
    assert Note.objects.order_by("-number")[0].verb == "恢复实施方案"


def test_a_plan_without_a_title_goes_by_the_name_of_its_file(cast: Cast) -> None:
    made = take(cast, "一、重点任务\n1.清理摊贩。\n", file="未命名.txt").plan
    assert (made.title, made.publisher, made.issued) == ("未命名.txt", "", "")


@pytest.mark.parametrize("text", ["", "今天下雨。", "关于做好防汛工作的通知\n各村：\n请做好防汛。\n"])
def test_a_text_without_any_task_is_no_plan(cast: Cast, text: str) -> None:
    with pytest.raises(EmptyPlan, match=r"“通知\.txt”里没有读到任何任务"):
        take(cast, text, file="通知.txt")
    assert current() is None
    assert not PlanDocument.objects.exists()


def test_what_is_no_plan_leaves_the_towns_plan_standing(cast: Cast) -> None:
    plan = take(cast).plan
    with pytest.raises(EmptyPlan):
        take(cast, "今天下雨。")
    assert current() == plan


@pytest.mark.parametrize("username", ["wangjianguo", "liufang", "zhangqiang", "zhouzheng", "zhaolei", "sunyue"])
def test_whoever_does_not_edit_the_plan_imports_none(cast: Cast, username: str) -> None:
    with pytest.raises(NotAllowed):
        take(cast, by=username)
    assert not PlanDocument.objects.exists()


# --- tasks and who does them


def test_a_task_is_given_to_its_lead_unit_and_the_ledger_says_so(cast: Cast) -> None:
    take(cast)
    one = task(3)
    duty = assign_task(
        one,
        charge(cast, "market", "office", "V1", person="wangjianguo", due=date(2021, 11, 30)),
        by=cast.actor("limin"),
        at=AT,
    )
    one.refresh_from_db()
    assert (one.duty, duty.kind, duty.standard, duty.requirement) == (duty, "task", None, None)
    line = tasks_of(current())[3].duty
    assert (line.lead, line.assisting, line.person, line.due) == (
        "市监所",
        ("创文办", "先锋村"),
        "王建国",
        date(2021, 11, 30),
    )
    note = Note.objects.order_by("-number")[0]
    assert (note.kind, note.key, note.title, note.before) == ("task", str(one.pk), "规范集贸市场", {})
    assert note.after == {"lead": "市监所", "assisting": ["创文办", "先锋村"], "person": "王建国", "due": "2021-11-30"}


def test_a_task_has_one_duty_however_often_it_is_given(cast: Cast) -> None:
    take(cast)
    limin = cast.actor("limin")
    first = assign_task(task(0), charge(cast, "market", "V1"), by=limin, at=AT)
    second = assign_task(task(0), charge(cast, "office"), by=limin, at=AT)
    assert first.pk == second.pk
    assert Duty.objects.get().lead.code == "office"
    assert not second.assisting.exists()
    note = Note.objects.order_by("-number")[0]
    assert (note.before, note.after["lead"]) == ({"lead": "市监所"}, "创文办")


def test_the_lead_of_a_task_does_not_assist_itself(cast: Cast) -> None:
    take(cast)
    with pytest.raises(LeadAssists):
        assign_task(task(0), charge(cast, "market", "market"), by=cast.actor("limin"), at=AT)
    assert task(0).duty is None
    assert not Duty.objects.exists()


@pytest.mark.parametrize("username", ["wangjianguo", "liufang", "zhangqiang", "zhaolei", "sunyue"])
def test_whoever_does_not_assign_duties_gives_no_task(cast: Cast, username: str) -> None:
    take(cast)
    with pytest.raises(NotAllowed):
        assign_task(task(0), charge(cast, "market"), by=cast.actor(username), at=AT)
    assert not Duty.objects.exists()


def test_who_assigns_for_the_own_unit_takes_no_task_from_another(cast: Cast) -> None:
    """The right was asked for over the new lead only, so that anybody could take a task over."""
    take(cast)
    hold(cast.people["wangjianguo"], cast.roles["office"], scope=Scope.OWN)
    wang = cast.actor("wangjianguo")
    assert assign_task(task(0), charge(cast, "market"), by=wang, at=AT).lead.code == "market"
    with pytest.raises(OutOfReach):
        assign_task(task(0), charge(cast, "office"), by=wang, at=AT)
    assign_task(task(1), charge(cast, "office"), by=cast.actor("limin"), at=AT)
    with pytest.raises(OutOfReach):
        assign_task(task(1), charge(cast, "market"), by=wang, at=AT)
    assert task(1).duty.lead.code == "office"


# --- reading it back


def test_before_the_first_document_there_is_no_plan(cast: Cast) -> None:
    assert current() is None


def test_the_tasks_stand_in_the_order_of_the_document_with_their_duties(cast: Cast) -> None:
    plan = take(cast).plan
    assign_task(task(5), charge(cast, "V2"), by=cast.actor("limin"), at=AT)
    lines = tasks_of(plan)
    assert [one.duty.lead if one.duty else "" for one in lines] == ["", "", "", "", "", "联盟村"]
    assert [one.phase for one in lines[:3]] == ["第一阶段启动（2021年）"] * 2 + ["第二阶段攻坚（2022—2023年）"]
    assert [one.area for one in lines[3:]] == ["市场整治", "市场整治", "环境提升"]
    assert [one.id for one in lines] == list(Task.objects.order_by("position").values_list("pk", flat=True))


def test_the_tasks_are_read_in_as_many_queries_however_many_have_a_duty(
    cast: Cast, django_assert_num_queries: object
) -> None:
    plan = take(cast).plan
    for number in range(6):
        assign_task(task(number), charge(cast, "market", "V1"), by=cast.actor("limin"), at=AT)
    with django_assert_num_queries(3):  # type: ignore[operator]
        tasks_of(plan)


def test_the_passages_joined_again_are_the_document_and_each_belongs_to_its_deepest_node(cast: Cast) -> None:
    plan = take(cast).plan
    found = passages(plan)
    assert "".join(one.text for one in found) == PLAN
    assert found[0].node == ""
    assert found[0].text.startswith("张沟镇")
    titles = {one["id"]: one["title"] for one in plan.reading["nodes"]}
    by_title = {titles[one.node]: one.text.strip() for one in found if one.node and one.text.strip()}
    assert by_title["规范集贸市场"] == "1.规范集贸市场。"
    assert by_title["市场整治"] == "（一）市场整治"
    assert all(one.text for one in found)


def test_an_empty_document_has_no_passages() -> None:
    assert passages(PlanDocument(text="", reading={"nodes": []})) == []
    assert [(one.node, one.text) for one in passages(PlanDocument(text="雨", reading={"nodes": []}))] == [("", "雨")]


def test_the_database_keeps_years_and_characters_in_their_order(cast: Cast) -> None:
    take(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Phase.objects.update(first_year=2024, last_year=2023)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.update(start=9, end=8)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.update(node="n1")


def test_the_duties_of_a_plan_that_was_replaced_stay_with_its_own_tasks(cast: Cast) -> None:
    first = take(cast).plan
    assign_task(task(0), charge(cast, "market"), by=cast.actor("limin"), at=AT)
    second = take(cast, PLAN.replace("规范集贸市场", "改造集贸市场")).plan
    assert tasks_of(first)[0].duty.lead == "市监所"
    assert [one.duty for one in tasks_of(second)] == [None] * 6


def test_a_document_that_comes_back_is_the_one_that_was_kept_and_is_not_made_twice(cast: Cast) -> None:
    first = take(cast).plan
    take(cast, PLAN.replace("规范集贸市场", "改造集贸市场"))
    again = take(cast)
    assert (again.plan, again.new) == (first, False)
    assert PlanDocument.objects.count() == 2


def test_a_task_without_words_of_its_own_goes_by_its_own_characters(cast: Cast) -> None:
    take(cast, "甲镇方案\n一、重点任务\n（一）整 治 市 场\n（二）。\n", file="方案.txt")
    assert [one.title for one in Task.objects.order_by("position")] == ["整治市场", "（二）。"]


def test_a_work_that_stands_in_a_phase_and_in_an_area_is_one_task(cast: Cast) -> None:
    text = "甲镇方案\n一、任务安排\n第一阶段（2021年）\n1.制定方案。\n第二阶段（2022年）\n1.开展整治。\n"
    plan = take(cast, text, file="方案.txt").plan
    nodes = [one.node for one in Task.objects.filter(plan=plan)]
    assert len(nodes) == len(set(nodes))
    assert {one.title for one in Task.objects.filter(plan=plan)} >= {"制定方案", "开展整治"}


def test_titles_of_two_hundred_characters_are_kept_and_longer_ones_cut(cast: Cast) -> None:
    name = "方" * 300 + ".txt"
    assert take(cast, "一、重点任务\n1.清理摊贩。\n", file=name).plan.title == name[:200]


def test_a_refused_task_leaves_neither_duty_nor_note(cast: Cast) -> None:
    take(cast)
    notes = Note.objects.count()
    with pytest.raises(NotAllowed):
        assign_task(task(0), charge(cast, "market"), by=cast.actor("liufang"), at=AT)
    assert (Duty.objects.count(), Note.objects.count()) == (0, notes)
    assert all(one.duty is None for one in tasks_of(current()))
