"""A number merged over several rows is nobody's: it is never counted for each of them."""

import io
from collections.abc import Sequence

import openpyxl
import pytest

from chuangwen.kernel.sheets import Workbook, read_table
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.declared import Field, Kind, Table
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.names import Names
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.kernel.tables.reading import TableReading

TABLE = Table(
    id="answers",
    title="问卷",
    fields=(
        Field(id="title", title="问题", required=True, merged="ask"),
        Field(id="area", title="村", kind=Kind.NAME, of="areas"),
        Field(id="positive", title="正面", kind=Kind.WHOLE),
        Field(id="share", title="满意率", kind=Kind.SHARE),
        Field(id="result", title="结果", kind=Kind.RAW),
        Field(id="days", title="天数", kind=Kind.WHOLE, merged="fill"),
    ),
)
AROUND = Around({"areas": Names("村", [("V01", ("胡湾村",)), ("V02", ("曾沟村",))])})
HEADS = ["问题", "村", "正面", "满意率", "结果", "天数"]


def book(rows: Sequence[Sequence[object]], *merged: str) -> Workbook:
    made = openpyxl.Workbook()
    for row in (HEADS, *rows):
        made.active.append(list(row))
    for one in merged:
        made.active.merge_cells(one)
    out = io.BytesIO()
    made.save(out)
    return read_table(out.getvalue(), name="表.xlsx")


def read(rows: Sequence[Sequence[object]], *merged: str, **answers: str) -> TableReading:
    return read_rows(book(rows, *merged), TABLE, AROUND, Said(answers=answers))


def rows_of(**first: object) -> list[list[object]]:
    """A question in two villages, whose second row is covered by what is merged over both."""
    cells = {"positive": 18, "share": 0.9, "result": "合格", "days": 3} | first
    return [["甲", "胡湾村", *cells.values()], ["乙", "曾沟村", *([None] * 4)]]


@pytest.mark.parametrize(
    ("merged", "letter", "said"), [("C2:C3", "C", "18"), ("D2:D3", "D", "0.9"), ("E2:E3", "E", "17/20")]
)
def test_a_number_of_two_villages_is_refused_in_both_rows(merged: str, letter: str, said: str) -> None:
    found = read(rows_of(result="17/20"), merged)
    assert [(one.row, one.column[:1]) for one in found.sorted_problems()] == [(2, letter), (3, letter)]
    told = found.sorted_problems()[0]
    assert merged in told.what
    assert said in told.what
    assert "取消合并" in told.cure
    assert found.rows == []


def test_words_villages_and_what_is_declared_to_hold_for_all_are_repeated() -> None:
    found = read(rows_of(), "B2:B3", "E2:E3", "F2:F3")
    assert found.is_ready
    assert [(one.values["area"], one.values["result"], one.values["days"]) for one in found.rows] == [
        ("V01", "合格", 3)
    ] * 2


def test_rows_that_are_one_matter_share_its_number() -> None:
    rows = [["甲", "胡湾村", 18], [None, "曾沟村", None]]
    asked = read(rows, "A2:A3", "C2:C3")
    [question] = asked.open_questions
    assert not asked.problems
    assert read(rows, "A2:A3", "C2:C3", **{question.id: "one"}).is_ready
    apart = read(rows, "A2:A3", "C2:C3", **{question.id: "each"})
    assert [one.row for one in apart.sorted_problems()] == [2, 3]


def test_a_number_merged_beyond_its_matter_is_refused() -> None:
    rows = [["甲", "胡湾村", 18], [None, "曾沟村", None], ["丙", "曾沟村", None]]
    found = read(rows, "A2:A3", "C2:C4", **{"merged.0.title": "one"})
    assert [one.row for one in found.sorted_problems()] == [2, 3, 4]


def test_a_number_merged_over_two_counts_is_refused_in_both() -> None:
    found = read([["甲", "胡湾村", 1, None]], "C2:D2")
    assert [one.column[:1] for one in found.sorted_problems()] == ["C", "D"]
    assert "C2:D2" in found.sorted_problems()[0].what
