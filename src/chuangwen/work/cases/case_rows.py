"""Rows of a table of cases as plain data: what a row says, what has to be asked about rows, what came of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.tables.telling import Question
from chuangwen.kernel.words import later
from chuangwen.kernel.workdays import CHINA
from chuangwen.work.cases.models import Case

LONGEST: Mapping[str, int] = {
    "title": 120,
    "text": 4000,
    "result": 4000,
    "address": 200,
    "outer": 60,
    "number": 40,
    "source": 20,
}
LONGEST_OF_REPORTER: Mapping[str, int] = {"name": 60, "phone": 20}
TITLES: Mapping[str, str] = {
    "title": later("问题"),
    "text": later("详细情况"),
    "area": later("村（社区）"),
    "site": later("点位"),
    "category": later("类别"),
    "lead": later("主办单位"),
    "address": later("地址"),
    "reporter": later("反映人"),
    "phone": later("电话"),
    "outer": later("外部编号"),
    "number": later("编号"),
    "source": later("来源"),
    "opened": later("登记日期"),
    "closed": later("办结日期"),
    "result": later("办理结果"),
    "stars": later("满意度"),
    "status": later("办理状态"),
}
"""What every kind of case may have as a column, as people call it."""

WHERE = ("row", "sheet", "number")
SHEET = "sheet"
"""The source of a case that a table brought and that says nothing of where it came from."""


class RowsAskedAbout(Refusal):
    """Rows that can be meant in two ways; ``questions`` says which, and what may be answered."""

    code = "rows_asked_about"
    sentence = later("这张表有 {count} 个问题要先回答，没有写入任何内容：{what}")

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = list(questions)
        super().__init__(count=len(questions), what="".join(one.what for one in questions))


@dataclass(frozen=True)
class RowReporter:
    """Who asks for it, as a row names them."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class CaseRow:
    """One matter of a table; codes throughout, moments with a zone. ``row`` is its (first) row in the sheet.

    ``number`` is our own, in a list that went out of here. ``closed`` is the day of a matter that is finished; ``dated`` whether the table says when it was opened.
    """

    row: int
    title: str
    text: str = ""
    area: str = ""
    site: str = ""
    category: str = ""
    lead: str = ""
    address: str = ""
    outer: str = ""
    number: str = ""
    source: str = ""
    reporters: tuple[RowReporter, ...] = ()
    answers: Mapping[str, object] = field(default_factory=dict)
    opened: datetime | None = None
    closed: datetime | None = None
    status: str = ""
    result: str = ""
    stars: int | None = None
    sheet: str = ""

    @property
    def at(self) -> tuple[str, int]:
        """Where it stands in the file."""
        return self.sheet, self.row

    @property
    def finished(self) -> bool:
        return self.closed is not None

    @property
    def facts(self) -> dict[str, object]:
        """All that the row says, without where it stands."""
        told: dict[str, object] = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in WHERE}
        told["reporters"] = [[one.name, one.phone] for one in self.reporters]
        return {key: value for key, value in told.items() if value not in ("", None, [], {})}

    @cached_property
    def digest(self) -> str:
        """A sum of all that the row says."""
        text = json.dumps(self.facts, ensure_ascii=False, sort_keys=True, default=str)
        return sha256(text.encode()).hexdigest()[:28]

    def mark(self, kind: str, time: int = 1) -> str:
        """The row's own name for its step: the same content again is the same mark. ``time``: the second of equal rows."""
        return f"sheet:{kind}:{self.digest}" + (f":{time}" if time > 1 else "")

    def day(self, at: datetime) -> date:
        """The day on which it was opened; today, where the table does not say."""
        return (self.opened or at).astimezone(CHINA).date()

    def place(self) -> tuple[str, str, str, str]:
        """Title and place: what makes rows without a number look alike."""
        return self.title, self.area, self.site, self.address

    def with_reporters(self, more: Sequence[RowReporter]) -> "CaseRow":
        return replace(self, reporters=tuple(dict.fromkeys((*self.reporters, *more))))


@dataclass(frozen=True)
class Change:
    """One value of a case that a row corrects. ``old`` and ``new`` as people read them; ``private``: masked in the history."""

    field: str
    title: str
    old: str
    new: str
    private: bool = False


@dataclass
class Correction:
    """A case and what a row changes in it."""

    row: CaseRow
    case: Case
    changes: list[Change]
    mark: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass
class Plan:
    """What taking the rows in would do: nothing is written yet. ``remarks`` tell what is left as it is."""

    fresh: list[tuple[CaseRow, str]] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    known: list[tuple[CaseRow, str]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)

    @property
    def open_questions(self) -> list[Question]:
        return [one for one in self.questions if one.is_open]

    @property
    def finished(self) -> int:
        return sum(row.finished for row, _mark in self.fresh)


@dataclass(frozen=True)
class CaseBatch:
    """The rows of one file for one kind of case. ``answers`` are those to the questions, by id; ``move`` the opening."""

    kind: str
    rows: Sequence[CaseRow]
    move: str = ""
    file: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TakenIn:
    """What came of a file: cases opened (of them finished ones), corrected, known already."""

    new: int = 0
    finished: int = 0
    corrected: int = 0
    known: int = 0
    numbers: tuple[str, ...] = ()
    remarks: tuple[tuple[int, str], ...] = ()
