"""Cases from a table: an old ledger in Excel, a list from a hotline. Read and matched as a whole, all problems told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from chuangwen.kernel.cells import day_of, lines_of, text_of
from chuangwen.kernel.fields import FieldRow, Kind, Known, read
from chuangwen.kernel.headings import Heading, find_heading
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheets import Sheet, Workbook, cell_problems
from chuangwen.kernel.words import later, listed, say

OWN: Mapping[str, tuple[str, ...]] = {
    "title": ("问题", "标题", "事项", "什么事", "问题描述", "反映事项"),
    "text": ("详细情况", "情况", "内容", "反映内容", "备注"),
    "area": ("村（社区）", "村", "社区", "所在村", "所属村"),
    "site": ("点位", "点位编号", "点位名称"),
    "category": ("类别", "问题类别", "分类"),
    "address": ("地址", "位置", "地点"),
    "reporter": ("反映人", "姓名", "来电人", "联系人"),
    "phone": ("电话", "联系电话", "手机"),
    "outer": ("外部编号", "工单号", "信访编号"),
}
"""What every kind of case may have as a column, by the headings offices use."""
MANY = (Kind.UNITS, Kind.CHOICES)
FIRST_SHOWN = 6


class NoCaseTable(Refusal):
    code = "no_case_table"
    sentence = later("“{name}”里没有找到事项表：前 30 行中没有“问题”或“标题”这样的表头。请按模板的列名整理后再导入。")
    status = 422


@dataclass(frozen=True)
class Lists:
    """Names of the town to codes: villages, sites, categories, units, people. A name that stands twice stands for nothing."""

    areas: Mapping[str, str]
    sites: Mapping[str, str]
    categories: Mapping[str, str]
    units: Mapping[str, str]
    people: Mapping[str, str]

    @property
    def known(self) -> Known:
        return Known(set(self.units.values()), set(self.people.values()), set(self.categories.values()))

    def of(self, kind: Kind) -> Mapping[str, str]:
        """The names that a declared field of this kind may use."""
        tables = {Kind.UNIT: self.units, Kind.UNITS: self.units, Kind.PERSON: self.people}
        return tables.get(kind, self.categories if kind is Kind.CATEGORY else {})


@dataclass(frozen=True)
class Asked:
    """What the opening of this kind of case asks: its declared fields, and which of them must be filled."""

    fields: Sequence[FieldRow]
    needs: Sequence[str]

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """Every column by the headings it goes by: the declared fields by their own titles."""
        own = {key: names for key, names in OWN.items() if key not in {one.id for one in self.fields}}
        return {
            **own,
            **{one.id: (one.title, *OWN.get(one.id, ())) for one in self.fields if one.kind is not Kind.TABLE},
        }


@dataclass(frozen=True)
class CaseRow:
    """One row understood; codes throughout. ``mark`` makes importing it again harmless."""

    row: int
    said: Mapping[str, str]
    answers: Mapping[str, object]
    mark: str


@dataclass(frozen=True)
class CaseTable:
    """The rows that can be opened, and all that is wrong with the others."""

    name: str
    rows: Sequence[CaseRow]
    problems: Problems = field(default_factory=Problems)


def read_cases(book: Workbook, kind: str, asked: Asked, lists: Lists) -> CaseTable:
    """Read the first sheet with a heading of cases; nothing is written."""
    found = [(sheet, find_heading(sheet, asked.words)) for sheet in book.shown]
    sheet, heading = next(((one, head) for one, head in found if "title" in head.columns), (None, None))
    if sheet is None or heading is None:
        raise NoCaseTable(name=book.name)
    problems = Problems()
    for problem in cell_problems(book, sheet):
        problems.add(file=sheet.name, row=problem.row, column=problem.column, what=problem.what, cure=problem.cure)
    reader = _Reader(kind, asked, lists, problems)
    rows = reader.rows(sheet, heading)
    return CaseTable(book.name, rows, problems)


@dataclass
class _Reader:
    kind: str
    asked: Asked
    lists: Lists
    problems: Problems

    def rows(self, sheet: Sheet, heading: Heading) -> list[CaseRow]:
        """Every row below the heading that has anything in it."""
        index = {name: column.index for name, column in heading.columns.items()}
        found, seen = [], dict[str, int]()
        for number, cells in sheet.filled().numbered(after=heading.last_row):
            texts = {name: _text(name, cells[at] if at < len(cells) else "") for name, at in index.items()}
            if not any(texts.values()):
                continue
            before = len(self.problems)
            row = self._row(sheet.name, number, texts, heading)
            if row.mark in seen:
                self._tell(sheet.name, number, "", say("与第 {row} 行相同", row=seen[row.mark]), say("请删去一行。"))
            seen.setdefault(row.mark, number)
            if len(self.problems) == before:
                found.append(row)
        return found

    def _row(self, sheet: str, number: int, texts: dict[str, str], heading: Heading) -> CaseRow:
        said = {name: texts[name] for name in OWN if name in texts}
        title = said.get("title", "").strip()
        if not title or len(title) > 120:
            self._tell(
                sheet, number, heading.title("title"), say("没有写问题，或超过 120 个字"), say("请用一句话写明。")
            )
        for name, table in (
            ("area", self.lists.areas),
            ("site", self.lists.sites),
            ("category", self.lists.categories),
        ):
            if said.get(name):
                said[name] = self._code(said[name], table, (sheet, number, heading.title(name)))
        answers: dict[str, Any] = {}
        for row in self.asked.fields:
            if texts.get(row.id):
                answers[row.id] = self._answer(row, texts[row.id], (sheet, number, heading.title(row.id)))
        read_ = read(self.asked.fields, self.asked.needs, answers, self.lists.known)
        for key, what in read_.wrong.items():
            self._tell(sheet, number, heading.title(key) or _title(self.asked.fields, key), what, "")
        facts = "|".join(f"{key}={texts[key]}" for key in sorted(texts))
        return CaseRow(number, said, answers, f"sheet:{self.kind}:{sha256(facts.encode()).hexdigest()[:40]}")

    def _answer(self, row: FieldRow, text: str, place: tuple[str, int, str]) -> object:
        parts = [part for part in text.replace("，", "、").replace(",", "、").split("、") if part.strip()]
        table = self.lists.of(row.kind)
        if table:
            codes = [self._code(part.strip(), table, place) for part in (parts if row.kind in MANY else [text])]
            return [code for code in codes if code]
        return [part.strip() for part in parts] if row.kind in MANY else text

    def _code(self, text: str, table: Mapping[str, str], place: tuple[str, int, str]) -> str:
        found = table.get(text) or (text if text in table.values() else "")
        if not found:
            known = listed(list(table)[:FIRST_SHOWN])
            self._tell(
                *place,
                say("不认识“{text}”", text=text[:40]),
                say("请照抄系统里的名称或编号，例如：{known}。", known=known),
            )
        return found

    def _tell(self, sheet: str, number: int, column: str, what: str, cure: str) -> None:
        self.problems.add(file=sheet, row=number, column=column, what=what, cure=cure)


def _text(name: str, cell: Any) -> str:
    day = day_of(cell) if not isinstance(cell, str) else None
    if day is not None and not isinstance(cell, int | float):
        return day.isoformat()
    return lines_of(cell) if name == "text" else text_of(cell)


def _title(fields: Sequence[FieldRow], key: str) -> str:
    return next((one.title for one in fields if one.id == key), key)
