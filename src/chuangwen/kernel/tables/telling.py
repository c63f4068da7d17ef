"""What a reading tells a person before anything is written: what stayed unread, and what only a person can decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chuangwen.kernel.words import later, say

UnreadKind = Literal[
    "column",
    "sheet",
    "hidden_sheet",
    "above",
    "head",
    "totals",
    "notes",
    "heading",
    "row",
    "picture",
    "hidden",
    "time",
    "serial",
    "struck",
    "comment",
]
UNREAD_TITLES: dict[UnreadKind, str] = {
    "column": later("没有读的列"),
    "sheet": later("没有读的工作表"),
    "hidden_sheet": later("没有读的隐藏工作表"),
    "above": later("表头以上的文字"),
    "head": later("当作表头的行"),
    "totals": later("合计行"),
    "notes": later("表下的说明"),
    "heading": later("重复的表头"),
    "row": later("没有读的行"),
    "picture": later("没有随表进来的图片"),
    "hidden": later("按您的选择没有读的隐藏行、列"),
    "time": later("只取了日期的时刻"),
    "serial": later("按 Excel 序号读成的日期"),
    "struck": later("划掉的单元格（照读）"),
    "comment": later("没有读的批注"),
}


@dataclass(frozen=True)
class Unread:
    """Something in the file that is not taken in, or not as it stands: where, what it is called, a sample, how many cells."""

    kind: UnreadKind
    sheet: str
    where: str
    title: str = ""
    sample: str = ""
    count: int = 1

    def as_dict(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "sheet": self.sheet,
            "where": self.where,
            "title": self.title,
            "sample": self.sample,
            "count": self.count,
        }


def unread_told(one: Unread) -> str:
    """What is not taken in, in one line: told alike by every command."""
    place = " ".join(text for text in (one.sheet, one.where, one.title, one.sample) if text)
    return say("没有读进来：{kind} {place}", kind=say(UNREAD_TITLES[one.kind]), place=place)


@dataclass(frozen=True)
class Option:
    """One answer: its value, and what a person reads."""

    value: str
    title: str


@dataclass(frozen=True)
class Question:
    """Something that a person must decide before anything is written; ``answer`` is the chosen value, empty while open."""

    id: str
    what: str
    options: Sequence[Option]
    sheet: str = ""
    rows: tuple[int, ...] = ()
    answer: str = ""

    @property
    def is_open(self) -> bool:
        return not self.answer

    @property
    def where(self) -> str:
        """The sheet and the rows that it is about."""
        rows = say("第 {rows} 行", rows=spans_told(self.rows)) if self.rows else ""
        return f"{self.sheet} {rows}".strip()

    def as_dict(self) -> dict[str, object]:
        options = [{"value": one.value, "title": one.title} for one in self.options]
        facts = {"id": self.id, "what": self.what, "sheet": self.sheet, "rows": list(self.rows), "answer": self.answer}
        return {**facts, "options": options}


def spans_told(rows: Sequence[int]) -> str:
    """Row numbers as people list them: 3—5、9."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    told = [str(first) if first == last else f"{first}—{last}" for first, last in spans[:6]]
    return say("、").join(told) + (say("等") if len(spans) > 6 else "")
