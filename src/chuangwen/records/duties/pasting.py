"""A duty table pasted or imported by the office: read whole, checked whole, all problems told at once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import later, listed, say

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "target": ("编号", "代码", "标准编号", "测评标准编号", "任务编号"),
    "lead": ("牵头单位", "牵头部门", "主责单位", "牵头"),
    "assisting": ("责任单位", "配合单位", "协办单位", "配合"),
    "person": ("责任人", "具体责任人", "负责人", "联系人"),
    "due": ("完成时限", "时限", "完成时间", "截止日期"),
}
ORDER = ("target", "lead", "assisting", "person", "due")
_NO_SUCH_UNIT = later("没有“{name}”这个单位")
_TRY_NEAR = later("是否应为：{near}？")


@dataclass(frozen=True)
class DutyRow:
    """One line of a duty table. Keys are database ids; ``person`` and ``due`` may be open."""

    row: int
    target: str
    lead: int
    assisting: tuple[int, ...]
    person: int | None
    due: date | None


@dataclass(frozen=True)
class Known:
    """What names may stand for: codes, names and other names of units; names and accounts of people."""

    targets: frozenset[str]
    units: Mapping[str, int]
    people: Mapping[str, int]


def read_pasted(text: str, known: Known) -> tuple[list[DutyRow], Problems]:
    """Lines of tab-separated cells, as a spreadsheet puts them on the clipboard; a heading row may lead."""
    lines = [line.split("\t") for line in text.replace("\r\n", "\n").split("\n")]
    return read_rows(
        ((number, cells) for number, cells in enumerate(lines, start=1) if any(map(str.strip, cells))), known
    )


def read_rows(lines: Iterable[tuple[int, Sequence[str]]], known: Known) -> tuple[list[DutyRow], Problems]:
    """Rows of cells with their true row numbers, in the order target, lead, assisting, person, due, or with headings."""
    problems = Problems()
    rows: list[DutyRow] = []
    order: Sequence[str] | None = None
    seen: dict[str, int] = {}
    for number, cells in lines:
        if order is None:
            order = _headings(cells)
            if order:
                continue
            order = ORDER
        row = _read_row(number, _named(cells, order), known, problems)
        if row is None:
            continue
        if row.target in seen:
            problems.add(
                row=number,
                column="编号",
                what=say("“{target}”在第 {first} 行已经出现", target=row.target, first=seen[row.target]),
                cure=say("同一项只能有一个牵头单位，请只留一行。"),
            )
        seen.setdefault(row.target, number)
        rows.append(row)
    return rows, problems


def _headings(cells: Sequence[str]) -> list[str]:
    names = {heading: key for key, headings in HEADINGS.items() for heading in headings}
    found = [names.get(re.sub(r"\s", "", cell), "") for cell in cells]
    return found if "target" in found and "lead" in found else []


def _named(cells: Sequence[str], order: Sequence[str]) -> dict[str, str]:
    return {key: cell.strip() for key, cell in zip(order, cells, strict=False) if key}


def _read_row(number: int, cells: Mapping[str, str], known: Known, problems: Problems) -> DutyRow | None:
    before = len(problems)
    target = cells.get("target", "")
    if target not in known.targets:
        problems.add(
            row=number,
            column="编号",
            what=say("没有编号为“{target}”的标准、材料或任务", target=target),
            cure=say("请照抄责任分解表里的编号。"),
        )
    lead = _unit(number, "牵头单位", cells.get("lead", ""), known, problems)
    assisting = [
        _unit(number, "责任单位", name, known, problems)
        for name in re.split(r"[、,，;；\s]+", cells.get("assisting", ""))
        if name
    ]
    person = _person(number, cells.get("person", ""), known, problems)
    due = _due(number, cells.get("due", ""), problems)
    if len(problems) > before or lead is None:
        return None
    others = tuple(dict.fromkeys(unit for unit in assisting if unit is not None and unit != lead))
    return DutyRow(number, target, lead, others, person, due)


def _unit(number: int, column: str, name: str, known: Known, problems: Problems) -> int | None:
    if not name:
        problems.add(
            row=number, column=column, what=say("没有写牵头单位"), cure=say("每一项必须有且只有一个牵头单位。")
        )
        return None
    if name in known.units:
        return known.units[name]
    near = listed(unit for unit in known.units if name in unit or unit in name)
    problems.add(
        row=number,
        column=column,
        what=say(_NO_SUCH_UNIT, name=name),
        cure=say(_TRY_NEAR, near=near) if near else say("请先在“单位”里登记，或改用已登记的名称。"),
    )
    return None


def _person(number: int, name: str, known: Known, problems: Problems) -> int | None:
    if not name:
        return None
    if name not in known.people:
        problems.add(
            row=number,
            column="责任人",
            what=say("没有“{name}”这个人，或有重名", name=name),
            cure=say("请写姓名；重名时写账号。"),
        )
    return known.people.get(name)


def _due(number: int, text: str, problems: Problems) -> date | None:
    if not text:
        return None
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else _no_day()
    except ValueError:
        problems.add(
            row=number, column="完成时限", what=say("“{text}”不是日期", text=text), cure=say("请写成 2021-11-30。")
        )
        return None


def _no_day() -> date:
    raise ValueError
