"""A table of shifts (接访安排表) as offices keep it: read as a whole, matched to people, all problems told."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from chuangwen.kernel.cells import Cell, day_of, text_of
from chuangwen.kernel.chinese import bare
from chuangwen.kernel.dates import weekday_told
from chuangwen.kernel.headings import Heading, find_heading
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheets import Sheet, Workbook, cell_problems
from chuangwen.kernel.words import later, listed, say
from chuangwen.work.rotas.pattern import bounds

WORDS: Mapping[str, tuple[str, ...]] = {
    "day": ("日期", "接访日期", "值班日期", "接访时间", "日子"),
    "weekday": ("星期", "周几"),
    "start": ("开始", "开始时间", "起"),
    "end": ("结束", "结束时间", "止"),
    "span": ("时间", "时段", "时间段", "起止时间"),
    "person": ("接访领导", "值班人", "值班领导", "值班人员", "带班领导", "姓名", "领导"),
    "stand_in": ("替补", "替补人", "替班人", "备岗", "B岗"),
    "place": ("地点", "接访地点", "值班地点"),
    "note": ("备注", "说明"),
}
"""Every column by the headings that offices use."""
TEMPLATE = ("day", "start", "end", "person", "stand_in", "place", "note")
FIRST_SHOWN = 6
_SPLIT = re.compile(r"[、，,;；/\n]+")
_SPAN = re.compile(r"(\d{1,2}[:：时]\d{0,2})分?\s*(?:-|—|–|~|～|至|到)+\s*(\d{1,2}[:：时]\d{0,2})分?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:：时](\d{0,2})分?(?:[:：]\d{2})?)?")
_MONTH_DAY = re.compile(r"(\d{1,2})[月./-](\d{1,2})[日号]?")
_DAYS = "一二三四五六日"


class NoShiftTable(Refusal):
    code = "no_shift_table"
    sentence = later("“{name}”里没有找到排班表：要有“日期”和“{who}”两列的表头。请连表头一起贴上来，或按模板整理。")
    status = 422


@dataclass(frozen=True)
class Asked:
    """What the table is read by: how the rota calls its people, its own times, who may be put on, what stands already.

    ``people`` are names and user names to keys (a name that two bear stands for nobody), ``standing`` starts to the key
    of the person who stands there.
    """

    on_duty: str
    start: time
    end: time
    year: int
    people: Mapping[str, int]
    standing: Mapping[datetime, int] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        return {**WORDS, "person": (self.on_duty, *WORDS["person"])}


@dataclass(frozen=True)
class ShiftRow:
    """One row understood. ``known``: the same shift stands already."""

    row: int
    starts_at: datetime
    ends_at: datetime
    person: int
    stand_in: int | None
    place: str
    note: str
    known: bool


@dataclass(frozen=True)
class ShiftTable:
    """The rows that can be taken in, and all that is wrong with the others."""

    name: str
    rows: Sequence[ShiftRow]
    problems: Problems = field(default_factory=Problems)


def read_shifts(book: Workbook, asked: Asked) -> ShiftTable:
    """Read the first sheet that has a heading of shifts; nothing is written."""
    found = [(sheet, find_heading(sheet, asked.words)) for sheet in book.shown]
    sheet, heading = next(((one, head) for one, head in found if {"day", "person"} <= set(head.columns)), (None, None))
    if sheet is None or heading is None:
        raise NoShiftTable(name=book.name, who=asked.on_duty)
    reader = _Reader(asked, sheet.name, heading)
    reader.problems.extend(replace(one, file=sheet.name) for one in cell_problems(book, sheet))
    return ShiftTable(book.name, reader.rows(sheet), reader.problems)


@dataclass
class _Reader:
    asked: Asked
    sheet: str
    heading: Heading
    problems: Problems = field(default_factory=Problems)
    seen: dict[datetime, int] = field(default_factory=dict)

    def rows(self, sheet: Sheet) -> list[ShiftRow]:
        """Every row below the heading that has a day or a person in it."""
        found = []
        for number, cells in sheet.filled().numbered(after=self.heading.last_row):
            said = {
                name: cells[column.index] for name, column in self.heading.columns.items() if column.index < len(cells)
            }
            if not text_of(said.get("day")) and not text_of(said.get("person")):
                continue
            before = len(self.problems)
            row = self._row(number, said)
            if row is not None and len(self.problems) == before:
                found.append(row)
        return found

    def _row(self, number: int, said: Mapping[str, Cell]) -> ShiftRow | None:
        day = self._day(number, said)
        person = self._person(number, "person", text_of(said.get("person")))
        stand_in = self._person(number, "stand_in", text_of(said.get("stand_in")))
        start, end = self._times(number, said)
        if day is None or person is None or start is None or end is None:
            return None
        if stand_in == person:
            self._tell(number, "stand_in", say("自己不能替补自己"), say("请另写替补，或留空。"))
        starts, ends = bounds(start, end, day)
        standing = self.asked.standing.get(starts)
        if starts in self.seen:
            what = say("与第 {row} 行是同一时间", row=self.seen[starts])
            self._tell(number, "day", what, say("同一时间只能排一次，请只留一行。"))
        elif standing is not None and standing != person:
            what = say("{start} 已经排了别人", start=f"{starts:%Y-%m-%d %H:%M}")
            self._tell(number, "person", what, say("要换人请在页面上改那一次，或删去这一行。"))
        self.seen.setdefault(starts, number)
        place, note = text_of(said.get("place"))[:120], text_of(said.get("note"))[:200]
        return ShiftRow(number, starts, ends, person, stand_in, place, note, standing is not None)

    def _day(self, number: int, said: Mapping[str, Cell]) -> date | None:
        cell = said.get("day")
        text = re.sub(r"[（(].*?[）)]|星期.|周.", "", text_of(cell)).strip()
        day = day_of(cell) or day_of(text) or self._in_year(text)
        if day is None:
            what = say("“{text}”不是日期", text=text_of(cell)[:20]) if text else say("没有写日期")
            self._tell(number, "day", what, say("请写成 2021-10-19，或 10月19日。"))
            return None
        told = next((one for one in reversed(text_of(said.get("weekday"))) if one in _DAYS + "天"), "")
        if told and _DAYS.index(told.replace("天", "日")) != day.weekday():
            what = say(
                "{day} 是{right}，表里写的是“{told}”", day=day, right=weekday_told(day), told=text_of(said["weekday"])
            )
            self._tell(number, "weekday", what, say("请核对日期和星期。"))
        return day

    def _in_year(self, text: str) -> date | None:
        found = _MONTH_DAY.fullmatch(text)
        try:
            return date(self.asked.year, int(found[1]), int(found[2])) if found else None
        except ValueError:
            return None

    def _times(self, number: int, said: Mapping[str, Cell]) -> tuple[time | None, time | None]:
        """Own columns for start and end, or one for both; the rota's own times where nothing is written."""
        span = text_of(said.get("span"))
        found = _SPAN.search(span)
        if span and not found and not said.get("start"):
            self._tell(number, "span", say("“{text}”不是起止时间", text=span[:20]), say("请写成 08:30—11:30。"))
            return None, None
        start, end = found.groups() if found else ("", "")
        return (
            self._clock(number, "start", said.get("start") or start, self.asked.start),
            self._clock(number, "end", said.get("end") or end, self.asked.end),
        )

    def _clock(self, number: int, column: str, cell: Cell, otherwise: time) -> time | None:
        if isinstance(cell, time):
            return cell.replace(second=0, microsecond=0)
        if isinstance(cell, datetime):
            return cell.time().replace(second=0, microsecond=0)
        text = text_of(cell)
        found = _CLOCK.fullmatch(text)
        try:
            return time(int(found[1]), int(found[2] or 0)) if found else self._no_clock(text, otherwise)
        except ValueError:
            self._tell(number, column, say("“{text}”不是时间", text=text[:20]), say("请写成 08:30。"))
            return None

    def _no_clock(self, text: str, otherwise: time) -> time:
        if text:
            raise ValueError(text)
        return otherwise

    def _person(self, number: int, column: str, text: str) -> int | None:
        """The one person that a cell names: a name (spaced or with the post in brackets) or a user name."""
        names = [one.strip() for one in _SPLIT.split(text) if one.strip()]
        if len(names) > 1:
            self._tell(number, column, say("写了 {n} 个人", n=len(names)), say("一次排一位；另一位请写在“替补”列。"))
            return None
        if not names:
            if column == "person":
                self._tell(number, column, say("没有写人"), say("请写姓名。"))
            return None
        wanted = re.sub(r"\(.*?\)", "", bare(names[0]))
        found = self.asked.people.get(wanted)
        if found is None:
            known = listed(list(self.asked.people)[:FIRST_SHOWN])
            what = say("“{name}”不在可以排的人里，或有重名", name=names[0][:20])
            self._tell(number, column, what, say("可以写：{known}；重名时写账号。", known=known))
        return found

    def _tell(self, number: int, column: str, what: str, cure: str) -> None:
        title = self.heading.title(column) or _usual(column)
        self.problems.add(file=self.sheet, row=number, column=title, what=what, cure=cure)


def _usual(column: str) -> str:
    return WORDS[column][0]


def names_of(people: Sequence[tuple[int, str, str]]) -> dict[str, int]:
    """(key, user name, name) as what a table may call them; a name that two bear is left out."""
    found: dict[str, Any] = {}
    for key, _username, name in people:
        found[bare(name)] = None if bare(name) in found else key
    named = {name: key for name, key in found.items() if key is not None}
    return {**named, **{bare(username): key for key, username, _ in people}}
