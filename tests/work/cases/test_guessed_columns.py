"""Columns of a hotline's or a ledger's table: a term is no closing date, the accused is no reporter, a row is no heading."""

import io

import openpyxl
import pytest

from chuangwen.work.cases.case_rows import CaseBatch, RowsAskedAbout
from chuangwen.work.cases.import_actions import take_in_rows
from tests.shipped import Shipped
from tests.work.cases.test_sheet_rows import reading, sheet


def _asked(shipped: Shipped, heads: str, row: str, kind: str = "appeal") -> dict[str, list[str]]:
    read = reading(shipped, sheet(tuple(row.split(",")), heads=tuple(heads.split(","))), kind)
    return {one.id: [option.value for option in one.options] for one in read.table.open_questions}


def test_a_term_closes_no_ticket(shipped: Shipped) -> None:
    heads = ("工单编号", "来电时间", "诉求标题", "所属村（社区）", "承办单位", "办结时限")
    row = ("HC1", "2021-09-27", "红旗村七组路灯不亮", "红旗村", "城建办", "2021-10-11")
    read = reading(shipped, sheet(row, heads=heads))
    assert [one.id for one in read.table.open_questions] == ["guess.0.closed"]
    (case,) = read.rows
    assert (case.closed, case.area != "") == (None, True)
    left = reading(shipped, sheet(row, heads=heads), **{"guess.0.closed": "leave"})
    assert (left.table.is_ready, left.rows[0].closed) == (True, None)
    assert "办结时限" in [one.title for one in left.table.unread]
    taken = reading(shipped, sheet(row, heads=heads), **{"guess.0.closed": "F"})
    assert taken.rows[0].closed is not None


@pytest.mark.parametrize(
    "word", ["交办时间", "要求办结日期", "应办结日期", "限办日期", "预计办结时间", "办结日期（预计）", "办结提醒时间"]
)
def test_a_day_that_is_not_said_to_be_the_closing_is_never_taken_for_it(shipped: Shipped, word: str) -> None:
    rows = sheet(("2021-09-27", "路灯不亮", "2021-10-11"), heads=("来电时间", "诉求标题", word))
    read = reading(shipped, rows)
    assert [one.closed for one in read.rows] == [None]
    assert word in [one.title for one in read.table.unread]


def test_the_accused_and_the_phones_of_others_are_no_reporters(shipped: Shipped) -> None:
    heads = ("来电时间", "被反映人", "诉求标题", "所在村", "承办人电话", "村书记电话")
    row = ("2021-10-08", "钱大宝", "钱大宝家养猪臭", "红旗村", "13955556666", "13955557777")
    read = reading(shipped, sheet(row, heads=heads))
    asked = {one.id: [option.value for option in one.options] for one in read.table.open_questions}
    assert asked == {"guess.0.reporter": ["B", "leave"], "guess.0.phone": ["E", "F", "leave"]}
    assert [one.reporters for one in read.rows] == [()]


@pytest.mark.parametrize(
    ("word", "cell", "field"),
    [
        *((word, "城建办", "lead") for word in ("协办单位", "督办单位", "交办单位", "原承办单位")),
        *((word, "HC-1", "outer") for word in ("关联工单号", "父工单编号")),
        ("答复内容", "已经答复", "text"),
    ],
)
def test_another_unit_number_or_text_is_asked_about(shipped: Shipped, word: str, cell: str, field: str) -> None:
    assert _asked(shipped, f"诉求标题,所在村,{word}", f"路灯不亮,红旗村,{cell}") == {f"guess.0.{field}": ["C", "leave"]}


def test_the_first_ticket_of_an_export_without_phones_is_no_heading(shipped: Shipped) -> None:
    heads = ("工单编号", "诉求标题", "受理方式", "所在村")
    rows = (("HC1", "路灯不亮", "电话", "红旗村"), ("HC2", "水沟堵了", "来信", "红旗村"))
    read = reading(shipped, sheet(*rows, heads=heads))
    assert read.table.is_ready
    assert [(one.outer, one.title) for one in read.rows] == [("HC1", "路灯不亮"), ("HC2", "水沟堵了")]


@pytest.mark.parametrize(
    ("kind", "heads", "row"),
    [
        ("petition", ("信访日期", "信访人", "信访事项"), ("2021-10-08", "吴奶奶", "宅基地")),
        ("petition", ("来访时间", "来访人", "反映问题"), ("2021-10-08", "吴奶奶", "宅基地")),
        ("hazard", ("排查日期", "反映人", "隐患描述"), ("2021-10-08", "吴奶奶", "线路老化")),
        ("rectification", ("发现时间", "反映人", "存在问题"), ("2021-10-08", "吴奶奶", "公厕无灯")),
    ],
)
def test_the_words_of_ledgers_are_known(
    shipped: Shipped, kind: str, heads: tuple[str, ...], row: tuple[str, ...]
) -> None:
    read = reading(shipped, sheet(row, heads=heads), kind)
    assert not read.table.questions
    heading = read.table.heads[0].heading
    assert [heading.title(name) for name in ("opened", "reporter", "title")] == list(heads)


LEDGER = ("序号", "存在问题", "发现时间", "整改完成时间", "整改结果")


@pytest.mark.parametrize(
    ("when", "how"), [("完成时间", "整改情况"), ("整改完成时间", "整改结果"), ("整改日期", "落实情况")]
)
def test_when_and_how_a_ledger_says_it_was_mended_is_asked_about(shipped: Shipped, when: str, how: str) -> None:
    heads = ("存在问题", "发现时间", when, how)
    rows = sheet(("沟渠堵塞", "2021-09-20", "2021-09-25", "已整改"), heads=heads)
    read = reading(shipped, rows)
    assert [one.id for one in read.table.open_questions] == ["guess.0.closed", "guess.0.result"]
    (case,) = read.rows
    assert (case.finished, case.result) == (True, "已整改")
    left = reading(shipped, rows, **{"guess.0.closed": "leave", "guess.0.result": "D"})
    assert (left.rows, "没有写办结日期" in str(left.table.sorted_problems()[0].what)) == ([], True)


@pytest.mark.parametrize(("closed", "result", "fine"), [("", "已整改到位。", False), ("2021-09-25", "正在整改", False), ("", "正在整改", True), ("2021-09-25", "已清运", True)])  # fmt: skip
def test_a_word_that_says_it_is_mended_is_never_an_open_matter(
    shipped: Shipped, closed: str, result: str, fine: bool
) -> None:
    rows = sheet(("沟渠堵塞", "2021-09-20", closed, result), heads=("问题", "登记日期", "办结日期", "办理结果"))
    assert bool(reading(shipped, rows).rows) is fine


def test_the_content_of_an_appeal_is_the_matter_where_nothing_else_is(shipped: Shipped) -> None:
    alone = reading(shipped, sheet(("2021-09-27", "渠边垃圾没人清"), heads=("来电时间", "诉求内容")))
    assert [(one.title, one.text) for one in alone.rows] == [("渠边垃圾没人清", "")]
    both = sheet(("2021-09-27", "垃圾", "渠边垃圾没人清"), heads=("来电时间", "诉求标题", "诉求内容"))
    assert [(one.title, one.text) for one in reading(shipped, both).rows] == [("垃圾", "渠边垃圾没人清")]


def test_a_sheet_called_like_a_village_is_asked_whether_all_is_there(shipped: Shipped) -> None:
    book = openpyxl.Workbook()
    for name in ("红旗村", "附表"):
        book.create_sheet(name).append(("问题", "登记日期"))
        book[name].append(("柴草乱堆", "2021-09-20"))
    out = io.BytesIO()
    book.save(out)
    read = reading(shipped, out.getvalue())
    [question] = read.table.open_questions
    assert "红旗村" in question.what
    said = reading(shipped, out.getvalue(), **{question.id: "all"})
    assert said.table.is_ready
    assert [(one.sheet, bool(one.area)) for one in said.rows] == [("红旗村", True), ("附表", False)]
    none = reading(shipped, out.getvalue(), **{question.id: "none"})
    assert [one.area for one in none.rows] == ["", ""]
    batch = CaseBatch("appeal", none.rows, file="表.xlsx")
    with pytest.raises(RowsAskedAbout) as no:
        take_in_rows(batch, by=shipped.actor("limin"), at=shipped.at)
    [alike] = [one for one in no.value.questions if one.id == "alike"]
    assert "“红旗村”第 2、“附表”第 2 行" in alike.what
