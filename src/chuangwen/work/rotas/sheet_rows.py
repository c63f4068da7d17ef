"""A table of shifts (接访安排表) as offices keep it: read by its declaration, matched to people and to what stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from chuangwen.kernel.chinese import half_width
from chuangwen.kernel.dates import weekday_told
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.days import said_clock
from chuangwen.kernel.tables.declared import Table, declared
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.names import Names
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.tables.telling import Option
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.work.rotas.pattern import bounds
from chuangwen.work.rotas.turn_of_year import days_told

TEMPLATE = ("day", "start", "end", "person", "stand_in", "place", "note")
_DECLARED = Path(__file__).parent / "tables" / "shifts.toml"
_SPAN = re.compile(r"(\S.*?)\s*[-—–~～至到]+\s*(\S.*)")
_DAYS = "一二三四五六日"


@dataclass(frozen=True)
class Standing:
    """What stands at a time already."""

    person: int
    ends_at: datetime
    stand_in: int | None = None
    place: str = ""
    note: str = ""
    cancelled: bool = False


@dataclass(frozen=True)
class Asked:
    """What the table is read by: how the rota calls its people, its own times, who may be put on, what stands already.

    ``people`` are user names to names, ``keys`` user names to keys, ``standing`` starts to what stands there;
    ``title`` is the rota's name: a row that names another one is not its own. ``today``: where nobody said the year.
    """

    on_duty: str
    start: time
    end: time
    year: int
    people: Names
    keys: Mapping[str, int] = field(default_factory=dict)
    standing: Mapping[datetime, Standing] = field(default_factory=dict)
    title: str = ""
    today: date | None = None

    @property
    def table(self) -> Table:
        """The declared table, in the rota's own word for who is on duty."""
        return shift_table(self.on_duty)


def shift_table(on_duty: str) -> Table:
    """The declared table of a rota whose people are called so."""
    return declared(_DECLARED).titled({"person": (on_duty,)})


@dataclass(frozen=True)
class ShiftRow:
    """One row understood. ``known``: the same shift stands already; ``was``: another one stands, which it corrects.

    ``moves``: the start of that one, where it is another time.
    """

    row: int
    starts_at: datetime
    ends_at: datetime
    person: int
    stand_in: int | None
    place: str
    note: str
    known: bool = False
    was: Standing | None = None
    moves: datetime | None = None


@dataclass(frozen=True)
class ShiftTable:
    """The rows that can be taken in; the reading tells all that is wrong with the others and what was not read."""

    reading: TableReading
    rows: Sequence[ShiftRow]

    @property
    def problems(self) -> Problems:
        return self.reading.problems


def read_shifts(book: Workbook, asked: Asked, said: Said | None = None) -> ShiftTable:
    """Read every sheet that has a heading of shifts; nothing is written."""
    reading = read_rows(book, asked.table, Around({"people": asked.people}, year=asked.year), said)
    days, seen = days_told(reading, asked.today), dict[datetime, int]()
    rows = [_Row(asked, reading, one, days.get(one)) for one in reading.read]
    found = [(one, shift) for one in rows if (shift := one.shift(seen)) is not None]
    unnamed = {start: was for start, was in asked.standing.items() if start not in seen and not was.cancelled}
    beside = {one.row: one.against(shift, unnamed) for one, shift in found}
    return ShiftTable(reading, [beside[one] for one in reading.rows])


@dataclass
class _Row:
    asked: Asked
    reading: TableReading
    row: TableRow
    said: date | None

    def shift(self, seen: dict[datetime, int]) -> ShiftRow | None:
        """The shift that a row means; what is wrong with it is told."""
        said = self.said
        day = said.date() if isinstance(said, datetime) else said
        person, stand_in = self._one("person"), self._one("stand_in")
        start, end = self._times(said)
        if not isinstance(day, date) or person is None or start is None or end is None:
            return None
        self._check_weekday(day)
        self._check_rota()
        if stand_in == person:
            self._tell("stand_in", say("自己不能替补自己"), say("请另写替补，或留空。"))
        starts, ends = bounds(start, end, day)
        if seen.setdefault(starts, self.row.row) != self.row.row:
            what = say("与第 {row} 行是同一时间", row=seen[starts])
            self._tell("day", what, say("同一时间只能排一次，请只留一行。"))
        return ShiftRow(self.row.row, starts, ends, person, stand_in, self.row.text("place"), self.row.text("note"))

    def against(self, row: ShiftRow, unnamed: dict[datetime, Standing]) -> ShiftRow:
        """The row beside what stands at its time: known, or a correction. What it leaves blank it does not deny.

        ``unnamed`` stands and is in no row of the table; what a row moves to another time is taken out of it.
        """
        was, moves = self.asked.standing.get(row.starts_at), None
        if was is None and (moves := self._moved(row, unnamed)) is not None:
            was = unnamed.pop(moves)
        cancelled = "取消" in self.row.text("state")
        if cancelled and (was is None or not was.cancelled):
            self._tell(
                "state", say("这一行写明已经取消"), say("取消请在页面上写原因取消，值班人会收到；不排的请删去这一行。")
            )
        if was is None:
            return row
        if was.cancelled and not cancelled:
            what = say("{start} 这一次已经取消", start=f"{row.starts_at:%Y-%m-%d %H:%M}")
            self._tell("day", what, say("要恢复请在页面上恢复那一次，或删去这一行。"))
        ends = row.ends_at if {"end", "span"} & self.row.values.keys() else was.ends_at
        stand_in = row.stand_in or (was.stand_in if was.stand_in != row.person else None)
        new = Standing(row.person, ends, stand_in, row.place or was.place, row.note or was.note, was.cancelled)
        facts = (row.row, row.starts_at, ends, row.person, stand_in, new.place, new.note)
        known = new == was and moves is None
        return ShiftRow(*facts, known=known, was=None if known else was, moves=moves)

    def _moved(self, row: ShiftRow, unnamed: Mapping[datetime, Standing]) -> datetime | None:
        """The start of the shift of that day which the row puts at another time.

        Nobody sits twice at once, so the same person in the same hours is sure; the rest is asked.
        """
        day = row.starts_at.astimezone(CHINA).date()
        of_day = [(start, was) for start, was in unnamed.items() if start.astimezone(CHINA).date() == day]
        at_once = {start for start, was in of_day if start < row.ends_at and row.starts_at < was.ends_at}
        same = {start for start, was in of_day if was.person == row.person}
        if at_once & same:
            return min(at_once & same)
        if not at_once | same:
            return None
        start = min(at_once | same)
        what = say(
            "那一天 {start} 已经排了一次，表里没有这个时间，写的是 {new}。是改时间，还是另排一次？",
            start=f"{start.astimezone(CHINA):%Y-%m-%d %H:%M}",
            new=f"{row.starts_at.astimezone(CHINA):%H:%M}",
        )
        options = [Option("move", say("是改时间")), Option("new", say("另排一次"))]
        answer = self.reading.ask(f"moved.{self.row.sheet}.{self.row.row}", what, options, row=self.row)
        return start if answer == "move" else None

    def _one(self, name: str) -> int | None:
        """The one person that a cell names."""
        found = self.row.values.get(name, ())
        if not isinstance(found, tuple) or not found:
            return None
        if len(found) > 1:
            self._tell(name, say("写了 {n} 个人", n=len(found)), say("一次排一位；另一位请写在“替补”列。"))
        return self.asked.keys[found[0]]

    def _check_rota(self) -> None:
        text = self.row.text("rota")
        if text and self.asked.title and half_width(text).split() != half_width(self.asked.title).split():
            what = say("这一行是“{other}”的", other=text[:40])
            self._tell(
                "rota", what, say("这里排的是“{title}”，请删去这一行，或到那个轮值里导入。", title=self.asked.title)
            )

    def _check_weekday(self, day: date) -> None:
        text = self.row.text("weekday")
        told = next((one for one in reversed(text) if one in _DAYS + "天"), "")
        if text and not told:
            self._tell("weekday", say("“{text}”不是星期几", text=text[:20]), say("请写星期二这样的，或留空。"))
        elif told and _DAYS.index(told.replace("天", "日")) != day.weekday():
            what = say("{day} 是{right}，表里写的是“{told}”", day=day, right=weekday_told(day), told=text)
            self._tell("weekday", what, say("请核对日期和星期。"))

    def _times(self, said: object) -> tuple[time | None, time | None]:
        """Own columns for start and end, or one for both, or the time beside the day; the rota's own where nothing is said."""
        values = self.row.values
        start, end = values.get("start"), values.get("end")
        if isinstance(said, datetime) and start is None:
            start = said.time()
        span = self.row.text("span")
        if span:
            found = _SPAN.fullmatch(half_width(span))
            first, last = (said_clock(found[1]), said_clock(found[2])) if found else (None, None)
            if first is None or last is None:
                self._tell("span", say("“{text}”不是起止时间", text=span[:20]), say("请写成 08:30—11:30。"))
                return None, None
            start, end = start or first, end or last
        return (start if isinstance(start, time) else self.asked.start), (
            end if isinstance(end, time) else self.asked.end
        )

    def _tell(self, name: str, what: str, cure: str) -> None:
        self.reading.tell(self.row, name, what, cure)


def names_of(people: Sequence[tuple[int, str, str, str, str]]) -> tuple[Names, dict[str, int]]:
    """(key, user name, name, post, unit) as what a table may call them: the names, and the key of every user name."""
    beside = {username: (post, unit) for _, username, _, post, unit in people}
    names = Names(later("可以排的人"), [(username, (name,)) for _, username, name, *_ in people], beside)
    return names, {username: key for key, username, *_ in people}
