"""Tables of cases as offices send them: what a row says, what is asked, what is refused with its cure, nothing in silence."""

import io
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from chuangwen.kernel.problems import Rejected
from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.reading import TableReading
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.township.models import Site
from chuangwen.work.cases.case_rows import CaseBatch, RowsAskedAbout, TakenIn
from chuangwen.work.cases.import_actions import take_in_rows
from chuangwen.work.cases.models import Case, Reporter
from chuangwen.work.cases.row_desk import opening_for_rows
from chuangwen.work.cases.sheet_rows import CaseReading, names_of_town, read_cases
from chuangwen.work.cases.types import definition, in_force
from tests.shipped import Shipped

FILES = Path(__file__).parents[2] / "files" / "case_tables"
HEADS = ("问题", "详细情况", "村（社区）", "地址", "反映人", "电话", "外部编号", "诉求类别")


def reading(shipped: Shipped, data: bytes | str, kind: str = "appeal", **answers: str) -> CaseReading:
    """何伟's office reads a file for a kind of case."""
    name = data if isinstance(data, str) else "表.xlsx"
    book = read_table((FILES / data).read_bytes() if isinstance(data, str) else data, name=name)
    type_ = definition(in_force(kind))
    move = opening_for_rows(type_, "", shipped.actor("limin"))
    return read_cases(book, (type_, move), names_of_town(type_.type.categories), Said(answers=answers))


def taken(shipped: Shipped, data: bytes | str, kind: str = "appeal", **answers: str) -> TakenIn:
    """李敏 takes a file in that is read without a question."""
    read = reading(shipped, data, kind, **answers)
    assert read.table.is_ready, [*map(str, read.table.problems), *(one.what for one in read.table.open_questions)]
    batch = CaseBatch(kind, read.rows, file=read.table.name, answers=answers)
    return take_in_rows(batch, by=shipped.actor("limin"), at=shipped.at)


def sheet(*rows: tuple[object, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    book = openpyxl.Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def told(read: CaseReading) -> list[tuple[int, str]]:
    return [(one.row, f"{one.column} {one.what}{one.cure}") for one in read.table.sorted_problems()]


def test_the_hotlines_second_day_corrects_two_and_opens_one(shipped: Shipped) -> None:
    taken(shipped, "hotline_day1.xlsx")
    shipped.later(days=1)
    done = taken(shipped, "hotline_day2.xlsx")
    assert (done.new, done.corrected, done.known, Case.objects.count()) == (1, 2, 0, 3)
    first, second = Case.objects.filter(outer_number__startswith="12345-20211001").order_by("serial")
    assert first.reporters.get().phone == "13900001112"
    assert second.text == "两天没有清（补充：已三天）"
    assert first.due_at == second.due_at < Case.objects.latest("pk").due_at
    again = taken(shipped, "hotline_day2.xlsx")
    assert (again.new, again.corrected, again.known) == (0, 0, 3)


def test_one_matter_merged_over_three_reporters_is_asked_about_and_then_one_case(shipped: Shipped) -> None:
    [question] = reading(shipped, "merged_three_reporters.xlsx").table.open_questions
    assert [one.value for one in question.options] == ["one", "each"]
    done = taken(shipped, "merged_three_reporters.xlsx", **{question.id: "one"})
    assert (done.new, sorted(Reporter.objects.values_list("name", flat=True))) == (1, ["张某", "李某", "王某"])
    with pytest.raises(RowsAskedAbout):
        taken(shipped, "merged_three_reporters.xlsx", **{question.id: "each"})


def test_an_old_ledger_is_understood(shipped: Shipped) -> None:
    with pytest.raises(RowsAskedAbout) as no:
        taken(shipped, "old_ledger.xlsx")
    assert [(one.id, one.rows) for one in no.value.questions] == [("start", (3,))]
    done = taken(shipped, "old_ledger.xlsx", start="today")
    assert (done.new, done.finished) == (2, 1)
    past, open_ = Case.objects.order_by("opened_at").reverse()
    assert (past.phase, past.opened_at, past.closed_at) == (
        "closed",
        datetime(2021, 3, 5, tzinfo=CHINA),
        datetime(2021, 3, 9, tzinfo=CHINA),
    )
    assert (past.stars, past.clocks, past.steps.get(number=2).text) == (4, {}, "已更换灯泡")
    assert (open_.phase, open_.opened_at) == ("open", datetime(2020, 11, 5, tzinfo=CHINA))
    assert open_.due_at > shipped.at
    assert (past.area.name, open_.area.name, open_.text) == ("红旗村", "红旗村", "未办")


def test_an_old_ledgers_clock_may_run_from_its_own_day(shipped: Shipped) -> None:
    taken(shipped, "old_ledger.xlsx", start="opened")
    assert Case.objects.get(phase="open").due_at < datetime(2020, 11, 7, tzinfo=CHINA)


def test_a_number_that_excel_has_cut_is_refused_with_the_cure(shipped: Shipped) -> None:
    [cell] = [text for row, text in told(reading(shipped, "numbers_as_excel_stores.xlsx")) if "外部编号" in text]
    assert "文本" in cell
    assert reading(shipped, "numbers_as_excel_stores.xlsx").rows == []


def test_a_true_moment_keeps_its_time(shipped: Shipped) -> None:
    read = reading(shipped, "petition_true_datetime.xlsx", "petition")
    assert told(read) == []
    assert [one.answers["received_at"] for one in read.rows] == ["2021-10-12T09:30", "2021-10-12T14:30"]
    shipped.at = datetime(2021, 10, 13, 9, tzinfo=CHINA)
    taken(shipped, "petition_true_datetime.xlsx", "petition")
    assert [one.answers["received_at"] for one in Case.objects.order_by("serial")] == ["2021-10-12T09:30", "2021-10-12T14:30"]  # fmt: skip


def test_a_day_alone_is_no_moment(shipped: Shipped) -> None:
    heads = ("问题", "接访时间", "事项性质", "接访形式")
    read = reading(shipped, sheet(("一件", "2021-10-12", "申诉求决", "约访"), heads=heads), "petition")
    assert "没有写时刻" in told(read)[0][1]


def test_two_columns_of_one_heading_are_asked_about(shipped: Shipped) -> None:
    [question] = reading(shipped, "duplicate_heading.xlsx").table.open_questions
    assert "问题" in question.what
    assert [one.title for one in reading(shipped, "duplicate_heading.xlsx", **{question.id: "B"}).rows] == ["新问题列"]


def test_a_long_text_is_told_with_the_limit_and_never_cut(shipped: Shipped) -> None:
    read = reading(shipped, sheet(("一件", "长" * 9000)))
    assert "最多 4000 个字" in told(read)[0][1]
    assert read.rows == []


def test_sums_names_below_the_table_and_notes_are_no_cases(shipped: Shipped) -> None:
    rows = [("路灯不亮", "", "红旗村"), ("合计", "1 件"), ("填表人：李敏",), ("备注：本表每周五报",)]
    read = reading(shipped, sheet(*rows))
    assert [one.title for one in read.rows] == ["路灯不亮"]
    assert {one.kind for one in read.table.unread} == {"totals", "notes"}


def test_a_column_that_nobody_knows_is_named(shipped: Shipped) -> None:
    read = reading(shipped, sheet(("一件", "红旗村", "甲"), heads=("问题", "村", "星座")))
    assert [(one.kind, one.title) for one in read.table.unread] == [("column", "星座")]


@pytest.mark.parametrize(
    ("heading", "cell", "near"),
    [("村", "红期村", "红旗村"), ("诉求类别", "没有这种", ""), ("承办单位", "城管纵队", ""), ("点位", "无此点", "")],
)
def test_an_unknown_name_is_told_with_names_like_it(shipped: Shipped, heading: str, cell: str, near: str) -> None:
    [(number, text)] = told(reading(shipped, sheet(("一件", cell), heads=("问题", heading))))
    assert (number, cell in text, near in text) == (2, True, True)


def test_an_unknown_person_of_a_declared_field_is_told(shipped: Shipped) -> None:
    heads = ("问题", "接访领导", "事项性质", "接访形式")
    [(_row, text)] = told(reading(shipped, sheet(("一件", "何维", "申诉求决", "约访"), heads=heads), "petition"))
    assert "何伟" in text


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("满意度", "还行吧"),
        ("办理状态", "不清楚"),
        ("登记日期", "上周"),
        ("办结日期", "三月九日左右"),
        ("电话", "1390000"),
    ],
)
def test_a_word_that_nobody_understands_is_refused(shipped: Shipped, heading: str, cell: str) -> None:
    read = reading(shipped, sheet(("一件", cell), heads=("问题", heading)))
    assert [number for number, _text in told(read)] == [2]
    assert read.rows == []


def test_a_matter_closed_on_the_day_it_was_opened_is_no_contradiction(shipped: Shipped) -> None:
    opened = datetime(2021, 3, 5, 9, 30)
    taken(shipped, sheet(("一件", opened, "2021-03-05"), heads=("问题", "登记时间", "办结日期")))
    case = Case.objects.get()
    assert case.opened_at == case.closed_at == opened.replace(tzinfo=CHINA)


def test_a_merged_matter_whose_rows_contradict_each_other_is_refused(shipped: Shipped) -> None:
    book = openpyxl.Workbook()
    for row in (HEADS, ("一件", "", "红旗村", "一组", "王某"), ("", "", "红旗村", "二组", "李某")):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    [question] = reading(shipped, out.getvalue()).table.open_questions
    read = reading(shipped, out.getvalue(), **{question.id: "one"})
    assert [number for number, text in told(read) if "地址" in text] == [3]


def test_what_a_kind_asks_is_asked_of_open_matters_and_not_of_those_long_finished(shipped: Shipped) -> None:
    heads = ("问题", "登记日期", "办结日期")
    old = sheet(("旧访", "2020-03-05", "2020-03-09"), heads=heads)
    assert taken(shipped, old, "petition").finished == 1
    read = reading(shipped, sheet(("新访", "2021-09-28", None), heads=heads), "petition")
    with pytest.raises(Rejected) as no:
        take_in_rows(CaseBatch("petition", read.rows), by=shipped.actor("limin"), at=shipped.at)
    assert {one.column for one in no.value.problems} == {"事项性质", "接访形式"}


def test_rows_of_several_sheets_keep_apart(shipped: Shipped) -> None:
    book = openpyxl.Workbook()
    for number, title in enumerate(("一月", "二月")):
        one = book.active if not number else book.create_sheet(title)
        for row in (("问题", "村", "电话"), (f"{title}的事", "红旗村", 13900001111 if number else 1390000)):
            one.append(row)
    out = io.BytesIO()
    book.save(out)
    read = reading(shipped, out.getvalue())
    assert [(one.sheet, one.title) for one in read.rows] == [("二月", "二月的事")]


def test_every_kind_has_a_table_that_reads_its_own_headings(shipped: Shipped) -> None:
    for kind in ("appeal", "petition", "rectification", "dispute", "hazard", "upper"):
        read = reading(shipped, sheet(heads=("问题",)), kind)
        titles = [one.title for one in read.table.table.fields]
        assert len(titles) == len(set(titles)), kind
        head = tuple(titles)
        again = reading(shipped, sheet(("一件",), heads=head), kind).table
        assert {column["title"] for column in _columns(again)} == set(titles), kind


def _columns(table: TableReading) -> list[dict[str, object]]:
    """Which column was taken for which field."""
    return [
        {**column.as_dict(), "title": table.table.field(column.field).title}
        for head in table.heads
        for column in head.heading.columns.values()
    ]


def test_a_bracket_behind_a_unit_is_refused_and_behind_a_place_goes_into_the_address(shipped: Shipped) -> None:
    heads = ("问题", "点位", "村（社区）", "地址", "责任单位")
    site = Site.objects.filter(closed=None).first()
    assert site is not None
    place = f"{site.name}（南段）"
    rows = [
        ("垃圾成堆", place, "", "", ""),
        ("乱贴", place, "", "12号门前", ""),
        ("积水", site.name, "红旗村（三组）", "", ""),
        ("乱停", site.name, "", "", "环卫站（已移交城管）"),
    ]
    read = reading(shipped, sheet(*rows, heads=heads))
    assert [(one.row, one.site, one.address) for one in read.rows] == [
        (2, site.code, place),
        (3, site.code, f"{place} 12号门前"),
        (4, site.code, "红旗村（三组）"),
    ]
    [(row, what)] = told(read)
    assert (row, "已移交城管" in what) == (5, True)


def test_a_ditto_mark_is_no_content(shipped: Shipped) -> None:
    read = reading(shipped, sheet(("垃圾", "", "红旗村"), ("同上", "〃", "同上"), heads=HEADS[:3]))
    assert [(row, "照抄" in what) for row, what in told(read)] == [(3, True)] * 3
