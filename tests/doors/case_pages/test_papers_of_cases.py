"""Every official paper says what the page of its case says: the number, the unit, the deadline it is about, the day of its step."""

import hashlib
import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document

from chuangwen.kernel.papers import BLANK, date_cn
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import sealed_path
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.work.cases.definitions import PaperRow
from chuangwen.work.cases.escalating import sweep
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.said import NewReporter
from chuangwen.work.cases.types import type_of

PAPERS = Path(__file__).parents[3] / "packs" / "township" / "papers"
HAZARD = {
    "place_name": "利民超市", "inspectors": "甲", "second_inspector": "乙", "basis": "消防法第二十八条",
    "responsibility": "店主", "measures": "清出通道", "money": "自筹 2000 元", "plan": "疏散预案", "temporary": "专人看守",
}  # fmt: skip
VISIT = {
    "kind": "申诉求决", "form": "坐班接访", "place": "信访接待室", "leader": "zhangqiang", "received_at": "2021-09-28T09:30",
    "signed": "yes", "people": "2", "visitors": "甲某，13900001234，一组", "on_spot": "当场说明政策", "system_number": "X-7",
}  # fmt: skip
HOUSE = {
    "householder": "甲某", "plot": "120", "how": "原址翻建", "land": "建设用地", "neighbours": "yes", "promise": "yes",
    "sex": "男", "age": "45", "why": "旧房漏雨",
}  # fmt: skip
Walk = list[tuple[str, str, dict[str, object]]]
WALKS: dict[str, tuple[str, str, dict[str, object], Walk]] = {
    "rectification": ("limin", "find", {"category": "0102"}, [
        ("limin", "dispatch", {"unit": "sjs", "assist": ["zfd"]}), ("luyi", "take_on", {"measures": "清扫保洁"}),
        ("luyi", "ask", {"extension": "2 工作日", "reason": "雨天"}), ("limin", "grant", {}), ("luyi", "mend", {}),
        ("limin", "redo", {}), ("luyi", "mend", {}),
    ]),
    "appeal": ("limin", "register", {"category": ""}, [
        ("limin", "dispatch", {"unit": "sjs"}), ("luyi", "first", {"contact_how": "电话"}),
        ("luyi", "ask", {"extension": "2 工作日", "reason": "要等材料", "explained": "yes"}), ("limin", "grant", {}),
        ("luyi", "reply", {"result": "已修好", "reply": "感谢反映"}), ("limin", "call_bad", {"why_not": "又漏了"}),
    ]),
    "petition": ("limin", "receive", VISIT, [
        ("limin", "accept", {"way": "信访处理意见书", "avoid": "yes", "unit": "sjs", "case_leader": "zhangqiang"}),
        ("luyi", "taken", {}),
        ("luyi", "deliver", {"basis": "信访工作条例", "opinion": "予以支持", "outcome": "支持"}),
    ]),
    "hazard": ("limin", "register", {"level": "一般", **HAZARD}, [
        ("limin", "issue", {"unit": "sjs", "term": "5 日", **HAZARD}), ("luyi", "mend", {}),
        ("limin", "redo", {"term": "3 日", "rechecked": "没有清完", "recheckers": "甲、丙"}),
    ]),
    "dispute": ("limin", "register", {"origin": "当事人申请", "parties": "甲某，男\n乙某，女", "request": "修复院墙"}, [
        ("limin", "accept", {"willing": "yes", "told_rights": "yes", "unit": "sjs"}),
        ("luyi", "agree", {
            "agreement_kind": "书面协议", "agreement": "甲方三日内修好", "perform_by": "2021-10-20", "perform_way": "自行修复",
        }),
    ]),
    "illegal_building": ("limin", "find", {"what": "未批先建", "area_built": "80", "owner": "甲某", "unit": "sjs"}, [
        ("luyi", "stop", {"stopped": "yes"}), ("luyi", "report_up", {"reported_to": "自然资源部门"}),
        ("luyi", "decide", {"decision": "限期拆除", "mend_term": "15 日"}),
        ("luyi", "ask", {"extension": "5 工作日", "reason": "农忙"}),
    ]),
    "building": ("limin", "apply", HOUSE, []),
    "supervision": ("limin", "issue", {"unit": "sjs", "demand": "三日内清完", "term": "5 工作日"}, [
        ("luyi", "sign", {}), ("luyi", "ask", {"extension": "2 工作日", "reason": "人手不足"}), ("limin", "grant", {}),
    ]),
    "upper": ("limin", "receive", {
        "ordered_by": "市文明委", "term": "10 工作日", "document": "仙文明办〔2021〕7号", "reply_by": "2021-10-22", "demand": "报整改情况",
    }, [("limin", "split", {"unit": "sjs"})]),
}  # fmt: skip


@pytest.fixture
def enter(shipped):
    """Pages of the town as this person sees them; the templates lie where the installation has kept them."""
    for template in PAPERS.glob("*.docx"):
        kept = StoredFile.objects.get(sha256=hashlib.sha256(template.read_bytes()).hexdigest())
        path = sealed_path(kept)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(template.read_bytes())

    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(shipped.person(username), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def text_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = ["\t".join(dict.fromkeys(cell.text for cell in row.cells)) for one in document.tables for row in one.rows]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def walked(shipped, kind: str) -> Iterator[Case]:
    """A case of the kind, at each of its stations; a night goes by between them."""
    opener, move, answers, walk = WALKS[kind]
    reporter = NewReporter("丁大爷", "13900001234") if kind in {"appeal", "petition"} else None
    case = shipped.opens(
        kind, opener, move, title="农贸市场门口积水", reporter=reporter, **offered(kind, move, answers)
    )
    yield case
    for who, move_, said in walk:
        shipped.later(hours=6)
        case = shipped.does(case, who, move_, **said)
        yield case


def offered(kind: str, move: str, answers: dict[str, object]) -> dict[str, object]:
    """Options that a walk names loosely are the first of the field."""
    return {key: value for key, value in answers.items() if value != ""}


def printed(client: Client, case: Case) -> Iterator[tuple[PaperRow, str, Any]]:
    """Each paper that the page offers, with its words and what the page knows."""
    page = client.get(f"/cases/{case.number}/")
    for row in page.context["printable"]:
        answer = client.get(f"/cases/{case.number}/paper/{row.id}/")
        assert answer.status_code == 200
        yield row, text_of(answer.content), page.context


def cn(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{date_cn(local)} {local:%H:%M}"


def known(context: Any, names: set[str]) -> dict[str, str]:
    """What the page shows of the facts that a template names."""
    case, type_ = context["case"], context["type"]
    shown = {title: text for title, text, private in context["facts"] if not private}
    found = {f"f.{row.id}": shown[row.title] for row in type_.fields if row.title in shown}
    found |= {
        "number": case.number,
        "title": case.title,
        "text": case.text,
        "unit": case.lead.name if case.lead else "",
        "assisting": "、".join(one.name for one in case.assisting.all()),
        "person": case.holder.name if case.holder else "",
        "place": case.area.name if case.area else "",
        "f.received_at": date_cn(shown.get("接访时间", "")),
        "f.perform_by": date_cn(shown.get("履行期限", "")),
    }
    return {name: text for name, text in found.items() if name in names and text}


def wanted(row: PaperRow) -> set[str]:
    words = text_of((PAPERS / row.template).read_bytes())
    return {one.strip() for one in re.findall(r"\{\{\s*([a-z_.]+)", words)}


@pytest.mark.parametrize("kind", WALKS)
def test_each_paper_says_what_the_page_says(shipped, enter, kind: str) -> None:
    seen = set()
    for case in walked(shipped, kind):
        for row, words, context in printed(enter("limin"), case):
            seen.add(row.id)
            for name, text in known(context, wanted(row)).items():
                assert text in words, (row.title, name, words)
            steps = list(case.steps.order_by("number"))
            own = [one for one in steps if one.move in row.steps]
            day = date_cn(timezone.localtime(own[-1].at if own else context["now"]))
            if "dated" in wanted(row):
                assert words.rstrip().endswith(day), (row.title, words)
            clocks = {clock.id: one for clock, one in context["clocks"]}
            running = [clocks[one] for one in row.clocks if one in clocks and not clocks[one].get("stopped")]
            if "due_at" in wanted(row) and running:
                assert cn(datetime.fromisoformat(running[0]["due"])) in words, (row.title, words)
    papers = {one.id for one in type_of(case).papers}
    assert seen == (papers if kind != "building" else papers - {"extension"})


def test_a_notice_prints_the_time_for_mending_and_the_day_of_the_dispatch(shipped, enter) -> None:
    case = shipped.opens("rectification", "limin", "find")
    case = shipped.does(case, "limin", "dispatch", unit="sjs")
    shipped.later(days=1)
    ((_row, words, _page),) = printed(enter("limin"), case)
    assert case.clocks["accept"]["due"] < case.clocks["handle"]["due"]
    assert cn(datetime.fromisoformat(case.clocks["handle"]["due"])) in words
    assert cn(case.due_at) not in words
    assert "2021年9月28日" in words
    assert "2021年9月29日" not in words


def test_after_an_extension_the_form_keeps_the_old_end_and_the_notice_has_the_new_one(shipped, enter) -> None:
    case = shipped.mending()
    old = cn(case.due_at)
    case = shipped.does(case, "luyi", "ask", extension="2 工作日", reason="雨天")
    for _time in range(2):
        words = {row.id: words for row, words, _page in printed(enter("limin"), case)}
        assert f"原截止时间\t{old}" in words["extension"]
        assert cn(datetime.fromisoformat(case.clocks["handle"]["due"])) in words["notice"]
        if case.state == "asking":
            case = shipped.does(case, "limin", "grant")
    assert cn(case.due_at) != old
    assert "经办人\t陆怡" in words["extension"]


def test_what_rests_has_no_notice_with_a_deadline(shipped, enter) -> None:
    case = shipped.does(shipped.mending(), "limin", "pause", reason="等雨停")
    assert list(printed(enter("limin"), case)) == []


def test_an_order_that_the_machine_issues_leaves_no_subject_to_fill_in(shipped, enter) -> None:
    late = shipped.mending()
    shipped.later(days=20)
    sweep(by=MACHINE, at=shipped.at)
    order = Case.objects.get(kind="supervision", parent=late)
    words = {row.id: words for row, words, _page in printed(enter("limin"), order)}["order"]
    assert BLANK not in words
    assert f"事由：{order.title}" in words
    assert late.number in words
    assert order.lead.name in words
    assert cn(datetime.fromisoformat(order.clocks["answer"]["due"])) in words


def test_an_order_typed_with_a_title_alone_has_its_subject(shipped, enter) -> None:
    order = shipped.opens("supervision", "limin", "issue", title="秋收禁烧不力", unit="sjs")
    words = {row.id: words for row, words, _page in printed(enter("limin"), order)}["order"]
    assert "事由：秋收禁烧不力" in words
    assert BLANK not in words


def test_the_accused_is_a_unit_and_a_person_of_the_same_code_is_not(shipped, enter) -> None:
    person = shipped.person("luyi")
    person.username = "zzb"
    person.save()
    case = shipped.opens("accountability", "zhouzheng", "take", accused="zzb")
    page = enter("zhouzheng").get(f"/cases/{case.number}/")
    shown = {title: text for title, text, _private in page.context["facts"]}
    assert shown["被反映单位"] == shipped.unit("zzb").name
    assert person.name not in shown["被反映单位"]


def test_a_person_and_a_unit_of_one_code_are_both_themselves(shipped, enter) -> None:
    person = shipped.person("zhangqiang")
    person.username = "sjs"
    person.save()
    case = shipped.opens("petition", "limin", "receive", **{**VISIT, "leader": "sjs"})
    case = shipped.does(case, "limin", "accept", way="信访处理意见书", avoid="yes", unit="sjs", case_leader="sjs")
    words = {row.id: words for row, words, _page in printed(enter("limin"), case)}
    assert f"包案领导\t{person.name}" in words["visit"]
    assert f"交办单位\t{shipped.unit('sjs').name}" in words["visit"]


def test_a_petitioner_is_named_to_those_who_may_know_and_the_look_is_noted(shipped, enter) -> None:
    case = shipped.opens("petition", "limin", "receive", reporter=NewReporter("丁大爷", "13900001234"), **VISIT)
    case = shipped.does(case, "limin", "accept", way="信访处理意见书", avoid="yes", unit="sjs")
    looks = Note.objects.filter(verb="查看反映人信息")
    words = {row.id: words for row, words, _page in printed(enter("limin"), case)}
    assert "丁大爷：" in words["accepted"]
    assert looks.count() == 1
    words = text_of(enter("zhouzheng").get(f"/cases/{case.number}/paper/accepted/").content)
    assert ("丁大爷" in words) == (looks.count() > 1)


def test_the_leader_s_own_day_binds(shipped, enter) -> None:
    answers = {"plan_due": "2021-10-13", "plan_term": "20 工作日", "measures": "清扫", "goal": "提高"}
    case = shipped.opens("rectification", "limin", "gap", **answers)
    case = shipped.does(case, "limin", "dispatch", unit="sjs")
    assert case.clocks["handle"]["due"] == "2021-10-13T17:30:00+08:00"
    ((_row, words, _page),) = printed(enter("limin"), case)
    assert "2021年10月13日 17:30前完成整改" in words
    case = shipped.does(case, "luyi", "take_on")
    case = shipped.does(case, "luyi", "ask", extension="2 工作日", reason="雨天")
    case = shipped.does(case, "limin", "grant")
    assert case.clocks["handle"]["due"] == "2021-10-15T17:30:00+08:00"
    shipped.at = datetime.fromisoformat("2021-10-15T16:00+08:00")
    case = shipped.does(case, "luyi", "mend")
    case = shipped.does(case, "limin", "redo")
    assert case.clocks["handle"]["due"] == "2021-11-12T17:30:00+08:00", "the day has passed, rework has its own time"


def test_a_day_set_by_the_one_who_orders_binds_on_a_day_off_and_when_it_has_passed(shipped) -> None:
    said = {"ordered_by": "市文明委", "term": "10 工作日"}
    case = shipped.opens("upper", "limin", "receive", **said, reply_by="2021-10-03")
    assert case.clocks["handle"]["due"] == "2021-10-03T17:30:00+08:00"
    case = shipped.opens("upper", "limin", "receive", **said, reply_by="2021-09-27")
    assert case.is_overdue(shipped.at)
