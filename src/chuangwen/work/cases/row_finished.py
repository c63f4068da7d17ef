"""What tables say of the course of a case: its days, where it came from, how it ended. What may be corrected, and how.

The course of a case that ran here is told by its moves, and a table corrects none of it. The course of one that a table
brought as finished is known from tables alone: they correct it, and the case's history keeps what stood before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from chuangwen.kernel.words import lasting, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.work.cases.case_rows import SHEET, TITLES, CaseRow, Change
from chuangwen.work.cases.models import OLD_LEDGER, Case, Phase, Step
from chuangwen.work.cases.row_desk import Desk
from chuangwen.work.cases.row_opening import TAKEN_IN, closing_state

CORRECT = "correct"
COURSE = ("opened", "closed", "result", "stars", "source")
KEPT = ("result", "source")
"""What the steps keep of a finished matter, in their ``answers``: the case itself has no place for it."""
COURSE_LEFT = lasting("{number} 的{title}登记的是“{old}”，表里是“{new}”：这件事在本系统办过，没有改，请在事项里核对")
RESULT_LEFT = lasting("{number} 是在本系统办结的，表里的办理结果“{new}”没有写入，请在事项里核对")
RESULT_SHOWN = 60


@dataclass(frozen=True)
class Course:
    """What stands of the course of a case."""

    opened: datetime
    closed: datetime | None
    result: str
    stars: int | None
    source: str


def from_tables_alone(case: Case) -> bool:
    """Whether all that is known of how it went came from tables."""
    return case.source == OLD_LEDGER and case.phase == Phase.CLOSED


def course_of(case: Case, steps: list[Step]) -> Course:
    """By the case and by what tables said of it last; ``steps`` are those of its opening, taking in and correcting."""
    said = {"result": "", "source": ""}
    for one in sorted(steps, key=lambda one: one.number):
        if one.move == TAKEN_IN:
            said["result"] = one.text
        said |= {name: one.answers[name] for name in KEPT if name in one.answers and one.move in {TAKEN_IN, CORRECT}}
    source = said["source"] if case.source == OLD_LEDGER else "" if case.source == SHEET else case.source
    return Course(case.opened_at, case.closed_at, said["result"], case.stars, source)


def course_changes(row: CaseRow, case: Case, steps: list[Step]) -> list[tuple[Change, object]]:
    """In what a row differs from the course that stands, with the new values; an empty cell says nothing."""
    course, found = course_of(case, steps), list[tuple[Change, object]]()
    for name in COURSE:
        new, old = getattr(row, name), getattr(course, name)
        new = new.strip() if isinstance(new, str) else new
        if new in (None, "") or _agrees(new, old):
            continue
        found.append((Change(name, say(TITLES[name]), _told(old), _told(new)), new))
    return found


def split(row: CaseRow, case: Case, desk: Desk) -> tuple[list[tuple[Change, object]], list[str]]:
    """The changes that a table may make, and in words those that it may not."""
    changes = course_changes(row, case, table_steps(case))
    if from_tables_alone(case):
        return changes, []
    may = [one for one in changes if one[0].field == "source" and _is_of_a_table(case)]
    rest = [one for one, _value in changes if one.field != "source"]
    return may, list(_left(rest, case, desk))


def table_steps(case: Case) -> list[Step]:
    """The steps that tell a course; the matcher has them read for all cases at once."""
    return list(getattr(case, "of_tables", ()))


def _left(rest: list[Change], case: Case, desk: Desk) -> Iterator[str]:
    """An open case's end is not here yet (what a table says of it is told elsewhere)."""
    for one in rest:
        if one.field == "opened" or (case.phase == Phase.CLOSED and one.field in {"closed", "stars"}):
            old = one.old or say("（空）")
            yield say(COURSE_LEFT, number=case.number, title=one.title, old=old, new=one.new)
        elif one.field == "result" and case.phase == Phase.CLOSED and one.new != desk.type.state(case.state).title:
            yield say(RESULT_LEFT, number=case.number, new=one.new[:RESULT_SHOWN])


def why_not_days(row: CaseRow, case: Case) -> str:
    """Why the days of a corrected matter cannot be; empty where they can."""
    opened, closed = row.opened or case.opened_at, row.closed or case.closed_at
    if closed is None or not from_tables_alone(case) or _date(closed) >= _date(opened):
        return ""
    return say("办结日期 {closed} 早于登记日期 {opened}。", closed=_told(closed), opened=_told(opened))


def set_course(desk: Desk, case: Case, name: str, value: object) -> None:
    """Put a new value of the course where it belongs; result and source of a finished matter stand in its steps."""
    if name == "opened" and isinstance(value, datetime):
        case.opened_at = value
    elif name == "closed" and isinstance(value, datetime):
        case.closed_at = value
    elif name == "stars" and isinstance(value, int):
        case.stars = value
    elif name == "result" and (end := closing_state(desk, str(value))) is not None:
        case.state, case.outcome = end.id, end.outcome
    elif name == "source" and case.source != OLD_LEDGER:
        case.source = str(value)


def _is_of_a_table(case: Case) -> bool:
    """Whether a table said where it came from, or brought it and did not say: our own pages' words are not corrected."""
    return case.source == SHEET or not (case.source.isascii() and case.source.replace("_", "").isalpha())


def _agrees(new: object, old: object) -> bool:
    """Whether both say the same; a day without a time agrees with every time of that day."""
    if not isinstance(new, datetime) or not isinstance(old, datetime):
        return new == old
    if _date(new) != _date(old):
        return False
    there = old.astimezone(CHINA).time().replace(second=0, microsecond=0)
    said = new.astimezone(CHINA).time().replace(second=0, microsecond=0)
    return said in {time(), there}


def _date(one: datetime) -> date:
    return one.astimezone(CHINA).date()


def _told(value: object) -> str:
    if not isinstance(value, datetime):
        return "" if value is None else str(value)
    local = value.astimezone(CHINA)
    return f"{local:%Y-%m-%d}" if local.time() == time() else f"{local:%Y-%m-%d %H:%M}"
