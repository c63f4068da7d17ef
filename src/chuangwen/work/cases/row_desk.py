"""What the rows of one file need of the town, read once however many rows there are; and what is wrong with a row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chuangwen.kernel.fields import FieldRow, read
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import say
from chuangwen.kernel.workdays import WorkCalendar
from chuangwen.kit.refusals import NotFound
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation, Site
from chuangwen.work.cases import clocks, materials, naming
from chuangwen.work.cases.case_rows import LONGEST, LONGEST_OF_REPORTER, TITLES, CaseRow
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import CaseType, Category
from chuangwen.work.cases.policy import why_not_open
from chuangwen.work.cases.said import Said
from chuangwen.work.cases.stepping import ProofMissing
from chuangwen.work.cases.stride import Lists, lists_for
from chuangwen.work.cases.types import definition, in_force


def opening_for_rows(type_: CaseTypeRow, wanted: str, by: By) -> MoveRow:
    """The opening by which rows come in: one that this person may take and that needs no photo, which a table has not."""
    guard = type_.type.guard
    asked = [one for one in type_.openings if not wanted or one.id == wanted]
    may = [one for one in asked if why_not_open(guard, one, by) is None]
    if not may:
        raise next((no for one in asked if (no := why_not_open(guard, one, by))), NotFound(what=say("登记方式")))
    plain = [one for one in may if not one.photos and not one.files]
    if not plain:
        what, count = (say("照片"), may[0].photos) if may[0].photos else (say("文件"), may[0].files)
        raise ProofMissing(move=may[0].title, what=what, count=count, have=0)
    staff = [one for one in plain if set(one.who) != {"@resident"}] or plain
    return next((one for one in staff if one.does == "file"), staff[0])


@dataclass
class Desk:
    """The kind and its opening, the lists that rows name, the calendar, the moment."""

    type_row: CaseType
    type: CaseTypeRow
    move: MoveRow
    by: By
    at: datetime
    lists: Lists = field(default_factory=Lists)
    units: dict[str, Organisation] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    days: WorkCalendar = field(default_factory=clocks.calendar)
    answers: dict[tuple[str, int], dict[str, object]] = field(default_factory=dict)
    _leads: dict[str, Organisation | None] = field(default_factory=dict)

    @property
    def fields(self) -> list[FieldRow]:
        return self.type.fields_of(self.move)

    def lead_of(self, category: str) -> Organisation | None:
        """The unit that answers for a category by the town's own table."""
        if category not in self._leads:
            self._leads[category] = materials.bringer(self.move, self.by) or naming.default_unit(self.type, category)
        return self._leads[category]


def desk_for(kind: str, move: str, rows: Sequence[CaseRow], *, by: By, at: datetime) -> Desk:
    """Read all that these rows name."""
    type_row = in_force(kind)
    type_ = definition(type_row)
    materials.require_link(type_, ())
    desk = Desk(type_row, type_, opening_for_rows(type_, move, by), by, at)
    desk.lists = _lists(desk, rows)
    units = {one.pk: one for one in Organisation.objects.filter(closed=None)}
    for one in units.values():
        if one.parent_id in units:
            one.parent = units[one.parent_id]
    desk.units = {one.code: one for one in units.values()}
    named = {one.site for one in rows if one.site}
    for site in Site.objects.filter(code__in=named, closed=None) if named else ():
        if site.organisation_id in units:
            site.organisation = units[site.organisation_id]
        desk.sites[site.code] = site
    return desk


def _lists(desk: Desk, rows: Sequence[CaseRow]) -> Lists:
    said: dict[str, object] = {}
    for one in desk.fields:
        said[one.id] = sorted({str(code) for row in rows for code in _many(row.answers.get(one.id))})
    found = lists_for(desk.type, desk.move, Said(answers=said))
    codes = {one.category for one in rows if one.category}
    table = desk.type.type.categories
    more = Category.objects.filter(table=table, code__in=codes, retired=False) if codes else ()
    return replace(found, categories={**found.categories, **{one.code: one for one in more}})


def _many(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else [value] if value else []


def check_rows(desk: Desk, rows: Sequence[CaseRow]) -> Problems:
    """All that is wrong with the rows; the declared fields of the others are read into ``desk.answers``."""
    problems = Problems()
    for row in rows:
        for name, what, cure in [*_wrong_words(row), *_wrong_days(desk, row), *_wrong_codes(desk, row)]:
            problems.add(file=row.sheet, row=row.row, column=say(TITLES[name]), what=what, cure=cure)
        found = read(desk.fields, desk.move.needs, row.answers, desk.lists.known)
        for key, what in found.wrong.items():
            if row.finished and key not in row.answers:  # what nobody wrote down in its time nobody can ask now
                continue
            title = next(one.title for one in desk.fields if one.id == key)
            problems.add(file=row.sheet, row=row.row, column=title, what=what, cure="")
        desk.answers[row.at] = found.values
    return problems


Wrong = list[tuple[str, str, str]]
"""Column, what is wrong, the cure."""


def _wrong_words(row: CaseRow) -> Wrong:
    found: Wrong = []
    if not row.title.strip():
        found.append(("title", say("没有写问题"), say("请用一句话写明是什么事（不超过 120 个字）。")))
    told = [(name, str(getattr(row, name)), most) for name, most in LONGEST.items()]
    for one in row.reporters:
        told += [
            ("reporter", one.name, LONGEST_OF_REPORTER["name"]),
            ("phone", one.phone, LONGEST_OF_REPORTER["phone"]),
        ]
    for name, text, most in told:
        if len(text.strip()) > most:
            what = say("有 {n} 个字，最多 {most} 个字", n=len(text.strip()), most=most)
            found.append((name, what, say("请改短；放不下的作为附件补充。系统不会替你截断。")))
    return found


def _wrong_days(desk: Desk, row: CaseRow) -> Wrong:
    found: Wrong = []
    cure = say("请核对日期。")
    for name, day in (("opened", row.opened), ("closed", row.closed)):
        if day is not None and day > desk.at:
            found.append((name, say("{day} 还没有到", day=f"{day:%Y-%m-%d}"), cure))
    if row.closed and row.opened and row.closed < row.opened:
        what = say("办结日期 {closed} 早于登记日期 {opened}", closed=f"{row.closed:%Y-%m-%d}", opened=f"{row.opened:%Y-%m-%d}")  # fmt: skip
        found.append(("closed", what, cure))
    if row.closed and row.opened is None:
        found.append(("opened", say("写了办结日期，没有写登记日期"), say("请补上登记日期。")))
    if row.closed and row.status == "open":
        found.append(("status", say("写着在办，又写了办结日期"), say("请改正其中一处。")))
    if row.status == "closed" and row.closed is None:
        found.append(("closed", say("写着已办结，没有写办结日期"), say("请补上办结日期；还没办结的请改办理状态。")))
    if row.stars is not None and row.closed is None:
        found.append(("stars", say("没有办结，却写了满意度"), say("请补上办结日期，或清空满意度。")))
    return found


def _wrong_codes(desk: Desk, row: CaseRow) -> Wrong:
    known = (
        ("area", row.area, desk.units),
        ("site", row.site, desk.sites),
        ("category", row.category, desk.lists.categories),
        ("lead", row.lead, desk.units),
    )
    cure = say("请照抄系统里的名称或编号。")
    return [(name, say("不认识“{text}”", text=code[:40]), cure) for name, code, table in known if code and code not in table]  # fmt: skip
