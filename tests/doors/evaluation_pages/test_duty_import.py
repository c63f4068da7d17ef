"""李敏 pastes the duty table: she sees what it would change before anything is written."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.town import MeasuredTown

from chuangwen.records.duties.models import Duty
from chuangwen.records.standards.models import Node

URL = "/duties/bulk/"


def _duty(code: str) -> Duty:
    return Duty.objects.get(standard__code=code)


def test_limin_tries_a_table_and_writes_it_in_a_second_step(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    tried = limin.post(URL, {"rows": "I-1-1\t市监所\t创文办\t王建国\t2021-11-30\nI-1-2\t创文办\t\t\t\n"})
    assert "写入 2 条，改正 0 条，已有 0 条" in tried.content.decode()
    assert not Duty.objects.exists()
    done = limin.post(URL, {"key": tried.context["sent"].key, "move": "take"}, follow=True)
    assert "已写入 2 条责任，改正 0 条。" in done.content.decode()
    assert (_duty("I-1-1").lead.name, str(_duty("I-1-1").due)) == ("市监所", "2021-11-30")
    again = limin.post(URL, {"rows": "I-1-1\t创文办\nI-1-2\t创文办\n"})
    assert "写入 0 条，改正 1 条，已有 1 条" in again.content.decode()
    (change,) = again.context["run"].changes
    assert ("市监所" in change.old, change.new.startswith("创文办")) == (True, True)
    limin.post(URL, {"key": again.context["sent"].key, "move": "take"})
    assert (_duty("I-1-1").lead.name, _duty("I-1-1").person.name) == ("创文办", "王建国")


def test_a_wrong_name_is_answered_by_near_ones_and_nothing_is_written(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    answer = limin.post(URL, {"rows": "I-1-1\t市监站\nI-1-2\t创文办\n"})
    assert answer.status_code == 422
    assert "市监所" in answer.content.decode()
    key = answer.context["sent"].key
    assert limin.post(URL, {"key": key, "move": "take"}).status_code == 422
    assert not Duty.objects.exists()
    marked = limin.post(URL, {"key": key, "move": "errors"})
    assert marked.content[:2] == b"PK"


def test_columns_are_chosen_by_hand_where_the_head_is_not_known(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    rows = "第几条,归谁,旧谁,何人,何时,何地\nI-1-1,市监所,创文办,,,大厅\n"
    unknown = limin.post(URL, {"rows": rows})
    assert unknown.status_code == 422
    assert "手工指定各列" in unknown.content.decode()
    by_hand = {"head.0": "1", "col.0.target": "0", "col.0.lead": "1"}
    tried = limin.post(URL, {"key": unknown.context["sent"].key, "move": "try", **by_hand})
    assert "写入 1 条" in tried.content.decode()
    assert {one["title"] for one in tried.context["unread"]} == {"旧谁", "何地"}
    limin.post(URL, {"key": unknown.context["sent"].key, "move": "take", **by_hand})
    assert _duty("I-1-1").lead.name == "市监所"


def test_who_may_not_assign_may_not_paste(town: MeasuredTown, signed_in_as: Any) -> None:
    assert signed_in_as("zhangqiang").post(URL, {"rows": "I-1-1\t市监所"}).status_code == 403


def test_pressing_write_twice_says_that_it_was_written(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    rows = {"rows": "I-1-1\t市监所\n"}
    key = limin.post(URL, rows).context["sent"].key
    limin.post(URL, {"key": key, "move": "take"})
    again = limin.post(URL, {"key": key, "move": "take"})
    assert (again.status_code, "已经写入" in again.content.decode()) == (409, True)
    assert Duty.objects.count() == 1
    assert "已有 1 条" in limin.post(URL, rows).content.decode()


def test_our_own_duty_table_is_taken_in_again_and_changes_nothing(town: MeasuredTown, signed_in_as: Any) -> None:
    """The table for the wall carries each standard's own full text beside its code, and is no stranger to us."""
    limin = signed_in_as("limin")
    standard = Node.objects.get(code="I-1-1")
    standard.text = "组织开展形式多样的学习宣传活动，群众知晓率高，阵地管理规范有序；有台账可查。"
    standard.save()
    tried = limin.post(URL, {"rows": "I-1-1\t市监所\t创文办\t王建国\t2021-11-30\n"})
    limin.post(URL, {"key": tried.context["sent"].key, "move": "take"})
    sheet = limin.get(f"/framework/{standard.edition_id}/duties.xlsx")
    again = limin.post(URL, {"file": SimpleUploadedFile("责任分解表.xlsx", sheet.content)})
    assert (again.status_code, again.context["reading"].sorted_problems()) == (200, [])
    assert "写入 0 条，改正 0 条，已有 1 条" in again.content.decode()
