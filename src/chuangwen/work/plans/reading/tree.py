"""The tree of a plan: the level of a mark is decided by the order in which kinds of marks first appear."""

import re
from dataclasses import dataclass

from chuangwen.work.plans.reading.marks import ROW, Mark, find_marks

_FOOT = re.compile(r"扫一扫|版权所有|ICP备|公网安备|网站标识码|主办|承办单位|打印本页|关闭窗口|^附件[:：]|^抄送|分享到")
_LONG = 60


@dataclass
class Branch:
    """A node: its number, heading and exact characters; ``role`` says what it is in a plan."""

    id: str
    parent: str | None
    mark: str
    level: int
    number: str
    title: str
    start: int
    end: int
    role: str = "section"

    def as_dict(self) -> dict[str, object]:
        return {
            "id": self.id,
            "parent": self.parent,
            "kind": self.role,
            "number": self.number,
            "title": self.title,
            "start": self.start,
            "end": self.end,
        }


def body_end(text: str, after: int) -> int:
    """Where the document ends and the furniture of a web page or the list of attachments begins."""
    place = 0
    for line in text.splitlines(keepends=True):
        if place > after and _FOOT.search(line.strip()) and len(line.strip()) < 120:
            return place
        place += len(line)
    return len(text)


def grow(text: str) -> list[Branch]:
    """All nodes in document order, parents before children."""
    marks = find_marks(text)
    last = body_end(text, marks[0].start) if marks else len(text)
    marks = [mark for mark in marks if mark.start < last]
    branches: list[Branch] = []
    stack: list[Branch] = []
    for number, mark in enumerate(marks, start=1):
        stack = _cut(stack, mark, branches)
        parent = stack[-1] if stack else None
        branch = Branch(
            id=f"n{number}",
            parent=parent.id if parent else None,
            mark=mark.kind,
            level=len(stack),
            number=mark.number,
            title=_title(text, mark, marks[number].start if number < len(marks) else last),
            start=mark.start,
            end=last,
        )
        branches.append(branch)
        stack.append(branch)
    _close(text, branches, last)
    return branches


def _cut(stack: list[Branch], mark: Mark, _branches: list[Branch]) -> list[Branch]:
    """The branches that this mark stands under."""
    for depth, branch in enumerate(stack):
        if branch.mark == mark.kind:
            return stack[:depth]
    return list(stack)


def _title(text: str, mark: Mark, last: int) -> str:
    """The heading: the line if it is short, else its first clause."""
    line_end = text.find("\n", mark.end)
    line = text[mark.end : min(line_end if line_end >= 0 else len(text), last)].strip()
    if mark.kind == ROW:
        line = line.split("\t", 1)[0].strip()
    first = re.split(r"[。；！]", line, maxsplit=1)[0]
    return first if len(first) <= _LONG else re.split(r"[，,：:]", first, maxsplit=1)[0][:_LONG]


def _close(text: str, branches: list[Branch], last: int) -> None:
    """Each node ends where the next one that is not below it begins."""
    open_: list[Branch] = []
    for branch in branches:
        while open_ and open_[-1].level >= branch.level:
            _end(text, open_.pop(), branch.start)
        open_.append(branch)
    for branch in open_:
        _end(text, branch, last)


def _end(text: str, branch: Branch, place: int) -> None:
    branch.end = branch.start + len(text[branch.start : place].rstrip())


def children(branches: list[Branch], parent: Branch) -> list[Branch]:
    """Direct children in order."""
    return [branch for branch in branches if branch.parent == parent.id]
