"""Tables of tasks inside a plan (任务分解表): which lines are their rows, and what their columns say.

A document's text holds a table as lines of cells with tabs between. A table of tasks is one whose head names the task and
besides it a unit, a person or a time; every other table stays text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TASK = re.compile(r"任务|工作内容|重点工作|工作项目|项目名称|工作事项|工作举措|工作措施|主要内容|创建内容")
_WHO = re.compile(r"(?:牵头|责任|配合|主办|协办|承办|主管|分管|包保)(?:单位|部门|领导|人|科室)|责任人")
_WHEN = re.compile(r"时限|期限|完成时间|时间要求|时间节点")
_NUMBER = re.compile(r"序\s*号|编\s*号")
_TYPED = re.compile(r"[（(]?\s*(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*[)）.、]?")
_HEADING = re.compile(r"第\s*[一二三四五六七八九十\d]+\s*[章篇编节部条步阶]|[（(]?[一二三四五六七八九十]{1,3}[)）、.]")
_SHORT = 14
_PARAGRAPHS = 12
"""A cell has no more; own choice."""


@dataclass(frozen=True)
class Cell:
    """A cell's words and where they stand in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class TaskRow:
    """A row: its number as typed, the task, who answers for it (heading and cell), until when."""

    start: int
    end: int
    number: str
    task: Cell
    who: tuple[tuple[str, Cell], ...]
    when: str


def task_rows(text: str) -> list[TaskRow]:
    """Every row of every table of tasks, in order."""
    found: list[TaskRow] = []
    head: list[str] = []
    open_: list[Cell] = []
    lines = list(_lines(text))
    for place, cells in enumerate(lines):
        new_head = _is_head([re.sub(r"\s+", "", one.text) for one in cells])
        if open_ and not new_head and _goes_on(lines, place, len(head) - len(open_)):
            open_ = [*open_[:-1], _joined(text, open_[-1], cells[0]), *cells[1:]]
            continue
        _put(found, head, open_)
        open_ = cells if head and len(cells) > 1 and not new_head else []
        if new_head:
            head = [re.sub(r"\s+", "", one.text) for one in cells]
        elif len(cells) < 2:
            head = []
    _put(found, head, open_)
    return found


def _goes_on(lines: list[list[Cell]], place: int, lacking: int) -> bool:
    """Whether a line belongs to the row above, whose last cell has several paragraphs: another row or cell follows soon."""
    if len(lines[place]) > 1:
        return lacking > 0 and len(lines[place]) - 1 <= lacking
    for cells in lines[place : place + _PARAGRAPHS]:
        if len(cells) > 1:
            return True
        if _HEADING.match(cells[0].text):
            return False
    return False


def _put(found: list[TaskRow], head: list[str], cells: list[Cell]) -> None:
    if head and cells and (row := _row(head, cells)) is not None:
        found.append(row)


def _joined(text: str, one: Cell, other: Cell) -> Cell:
    """A cell of several paragraphs."""
    if not one.text or not other.text:
        return one if one.text else other
    return Cell(text[one.start : other.end], one.start, other.end)


def _lines(text: str) -> Iterator[list[Cell]]:
    """The lines as cells; a line without a tab is one cell. Empty lines are none."""
    place = 0
    for line in text.splitlines(keepends=True):
        cells, start = [], place
        for part in line.rstrip("\r\n").split("\t"):
            words = part.strip()
            begin = start + len(part) - len(part.lstrip())
            cells.append(Cell(words, begin, begin + len(words)))
            start += len(part) + 1
        place += len(line)
        if any(one.text for one in cells):
            yield cells


def _is_head(names: list[str]) -> bool:
    short = [one for one in names if one and len(one) <= _SHORT]
    if len(short) < 2 or len(short) < sum(bool(one) for one in names):
        return False
    others = any(_WHO.search(one) or _WHEN.search(one) for one in short)
    return others and any(_TASK.search(one) and not _WHEN.search(one) and not _WHO.search(one) for one in short)


def _row(head: list[str], cells: list[Cell]) -> TaskRow | None:
    """None where the row names no task."""
    pairs = [(name, one) for name, one in zip(head, cells, strict=False) if one.text]
    tasks = [one for name, one in pairs if _TASK.search(name) and not _WHO.search(name) and not _WHEN.search(name)]
    if not tasks:
        return None
    numbers = [one.text for name, one in pairs if _NUMBER.fullmatch(name) and _TYPED.fullmatch(one.text)]
    who = tuple((name, one) for name, one in pairs if _WHO.search(name))
    when = next((one.text for name, one in pairs if _WHEN.search(name)), "")
    full = [one for one in cells if one.text]
    return TaskRow(full[0].start, full[-1].end, numbers[0] if numbers else "", tasks[0], who, when)
