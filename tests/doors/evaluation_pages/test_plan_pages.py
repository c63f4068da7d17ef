"""The pages of the plan: a file is read and shown first, made the town's plan by a second press, its tasks given to units."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.people import AT, Cast
from tests.work.plans.test_plan_actions import PLAN, take

from chuangwen.doors.evaluation_pages.plan_views import tree_of
from chuangwen.records.duties.models import Duty
from chuangwen.work.plans.models import PlanDocument, Task
from chuangwen.work.plans.queries import current


def sent(text: str = PLAN, name: str = "方案.txt") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, text.encode(), content_type="text/plain")}


def test_before_the_first_plan_the_office_is_shown_where_to_send_it(cast: Cast, signed_in_as: Any) -> None:
    page = signed_in_as("limin").get(reverse("plan")).content.decode()
    assert "还没有本镇的实施方案" in page
    assert reverse("plan_import") in page
    assert reverse("plan_import") not in signed_in_as("liufang").get(reverse("plan")).content.decode()


def test_a_file_is_read_and_shown_and_nothing_is_written_yet(cast: Cast, signed_in_as: Any) -> None:
    page = signed_in_as("limin").post(reverse("plan_import"), sent())
    assert "读到 2 个方面、2 个阶段、1 个写了数的目标" in page.content.decode()
    assert "".join(one.text for one in page.context["passages"]) == PLAN
    assert page.context["reading"]["document"]["publisher"] == "张沟镇人民政府办公室"
    assert not PlanDocument.objects.exists()


def test_the_second_press_makes_it_the_towns_plan_and_a_third_changes_nothing(cast: Cast, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    shown = limin.post(reverse("plan_import"), sent())
    said = {"text": shown.context["text"], "file": "方案.txt"}
    done = limin.post(reverse("plan_import"), said, follow=True)
    assert "已成为本镇方案。" in done.content.decode()
    plan = current()
    assert (plan.text, plan.imported_by) == (PLAN, "李敏")
    again = limin.post(reverse("plan_import"), said, follow=True)
    assert "这份方案先前已经导入，没有重复写入。" in again.content.decode()
    assert PlanDocument.objects.count() == 1


def test_a_text_without_tasks_is_refused_with_the_name_of_its_file(cast: Cast, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    shown = limin.post(reverse("plan_import"), sent("今天下雨。", "天气.txt"))
    answer = limin.post(reverse("plan_import"), {"text": shown.context["text"], "file": "天气.txt"})
    assert answer.status_code == 422
    assert "“天气.txt”里没有读到任何任务" in answer.content.decode()
    assert current() is None


def test_a_press_without_a_file_says_what_is_lacking(cast: Cast, signed_in_as: Any) -> None:
    answer = signed_in_as("limin").post(reverse("plan_import"), {})
    assert 400 <= answer.status_code < 500
    assert not PlanDocument.objects.exists()


@pytest.mark.parametrize("username", ["liufang", "wangjianguo"])
def test_only_the_office_imports_a_plan(cast: Cast, signed_in_as: Any, username: str) -> None:
    browser = signed_in_as(username)
    assert browser.get(reverse("plan_import")).status_code == 403
    assert browser.post(reverse("plan_import"), sent()).status_code == 403
    assert not PlanDocument.objects.exists()


def test_the_page_says_how_many_tasks_nobody_leads(cast: Cast, signed_in_as: Any) -> None:
    take(cast)
    limin = signed_in_as("limin")
    page = limin.get(reverse("plan"))
    assert "6 项任务，6 项还没有牵头单位" in page.content.decode()
    address = reverse("plan_assign", args=[Task.objects.order_by("position")[0].pk])
    done = limin.post(address, {"lead": cast.units["market"].pk, "due": "2021-11-30"}, follow=True)
    assert "任务已分给“市监所”。" in done.content.decode()
    assert "6 项任务，5 项还没有牵头单位" in done.content.decode()
    first = limin.get(reverse("plan")).context["tasks"][0]
    assert (first.duty.lead, first.duty.due) == ("市监所", date(2021, 11, 30))


def test_when_every_task_has_its_lead_the_page_says_so(cast: Cast, signed_in_as: Any) -> None:
    take(cast)
    limin = signed_in_as("limin")
    for one in Task.objects.all():
        limin.post(reverse("plan_assign", args=[one.pk]), {"lead": cast.units["V1"].pk})
    assert "6 项任务，项项有牵头单位" in limin.get(reverse("plan")).content.decode()
    assert Duty.objects.filter(kind="task").count() == 6


def test_the_form_of_a_task_shows_what_stands_and_keeps_it_where_the_form_is_wrong(
    cast: Cast, signed_in_as: Any
) -> None:
    take(cast)
    limin = signed_in_as("limin")
    address = reverse("plan_assign", args=[Task.objects.order_by("position")[0].pk])
    limin.post(address, {"lead": cast.units["market"].pk, "assisting": [cast.units["V1"].pk]})
    page = limin.get(address)
    assert page.context["form"].initial["lead"] == cast.units["market"].pk
    assert page.context["thing"] == "制定方案"
    assert limin.post(address, {"lead": ""}).context["form"].errors.keys() == {"lead"}
    assert Duty.objects.get().lead.code == "market"
    assert limin.get(reverse("plan_assign", args=[999999])).status_code == 404


@pytest.mark.parametrize("username", ["liufang", "wangjianguo", "zhangqiang"])
def test_whoever_assigns_no_duties_gives_no_task(cast: Cast, signed_in_as: Any, username: str) -> None:
    take(cast)
    address = reverse("plan_assign", args=[Task.objects.order_by("position")[0].pk])
    assert signed_in_as(username).post(address, {"lead": cast.units["market"].pk}).status_code == 403
    assert not Duty.objects.exists()


def test_a_village_reads_the_plan_and_finds_nothing_to_press(cast: Cast, signed_in_as: Any) -> None:
    take(cast)
    page = signed_in_as("liufang").get(reverse("plan"))
    assert (page.context["may_edit"], page.context["may_assign"]) == (False, False)
    assert "规范集贸市场" in page.content.decode()
    assert "/plan/tasks/" not in page.content.decode()


def test_the_phases_say_which_is_over_which_runs_and_which_is_to_come(cast: Cast, signed_in_as: Any) -> None:
    this_year = date.today().year
    text = PLAN.replace("2022—2023", f"{this_year}—{this_year + 1}").replace("（2021年）", f"（{this_year - 1}年）")
    take(cast, text + f"五、后续步骤\n第三阶段 巩固（{this_year + 2}年）\n1.巩固成果。\n第四阶段 总结\n1.总结。\n")
    steps = signed_in_as("limin").get(reverse("plan")).context["phases"]
    assert [one.state for one in steps] == ["is-done", "is-now", "", ""]
    assert [one.when for one in steps] == [
        f"{this_year - 1} 年",
        f"{this_year}—{this_year + 1} 年",
        f"{this_year + 2} 年",
        "",
    ]


def test_flat_nodes_become_a_tree_and_an_empty_heading_is_three_points() -> None:
    nodes = [
        {"id": "n1", "parent": None, "number": "一、", "title": "任务"},
        {"id": "n2", "parent": "n1", "number": "1.", "title": "整治"},
        {"id": "n3", "parent": "n2", "number": "", "title": ""},
        {"id": "n4", "parent": "gone", "number": "二、", "title": "保" * 80},
    ]
    first, last = tree_of(nodes)
    assert (first["label"], first["link"], len(first["children"])) == ("一、任务", "#n1", 1)
    assert first["children"][0]["children"][0]["label"] == "……"
    assert (len(last["label"]), last["children"]) == (60, [])


def test_the_plan_that_took_anothers_place_is_the_one_shown(cast: Cast, signed_in_as: Any) -> None:
    take(cast)
    take(cast, PLAN.replace("规范集贸市场", "改造集贸市场"))
    page = signed_in_as("limin").get(reverse("plan")).content.decode()
    assert "改造集贸市场" in page
    assert "规范集贸市场" not in page
    assert PlanDocument.objects.get(current=True).imported_at == AT


def test_what_the_plan_does_not_say_stands_as_a_question_on_its_page_and_before_it_is_taken(
    cast: Cast, signed_in_as: Any
) -> None:
    limin = signed_in_as("limin")
    before = limin.post(reverse("plan_import"), sent()).content.decode()
    take(cast)
    after = limin.get(reverse("plan")).content.decode()
    for page in (before, after):
        assert "原文没有写文号，请补。" in page
        assert "原文没有写发布机构" not in page


def test_a_target_is_shown_with_its_sentence_its_kind_and_its_unit(cast: Cast, signed_in_as: Any) -> None:
    take(cast)
    (target,) = signed_in_as("limin").get(reverse("plan")).context["targets"]
    assert (target.text, target.kinds, target.unit) == ("打扫背街小巷，新建公厕6座", ["公厕"], "座")
