"""Who owes what, as cases: a unit is asked for a required material, by a day that the submission's deadline leaves."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later, written
from chuangwen.kernel.workdays import CHINA, Term, due
from chuangwen.records.archive.serving import requirement_key
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.policy import why_not_grade
from chuangwen.records.standards.models import Requirement
from chuangwen.records.township.calendar_queries import work_calendar
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation
from chuangwen.results.submission.matrix import Judged, Matrix, State
from chuangwen.work.cases.actions import open_case
from chuangwen.work.cases.models import Case, CaseLink, Phase
from chuangwen.work.cases.queries import of_year
from chuangwen.work.cases.said import Link, NewCase, Said
from chuangwen.work.cases.types import for_materials

WANTED = lasting("{title}：{text}数量：{count}。时段：{period}。")


class NoMaterialType(Refusal):
    code = "no_material_type"
    sentence = later("内容包里没有“资料报审”这种事项，不能发起。请在事项类型里写 material。")


class NobodyLeads(Refusal):
    """Nobody can be asked for what nobody answers for."""

    code = "nobody_leads"
    sentence = later("“{code} {title}”还没有牵头单位，不知道向谁要。请先在责任分解里定牵头单位。")


def open_cases(requirements: Iterable[Requirement], year: int) -> dict[str, Case]:
    """The case that is open for each of these requirements in a year, by the requirement's key, in one query."""
    keys = [requirement_key(one) for one in requirements]
    links = CaseLink.objects.filter(kind="requirement", key__in=keys).exclude(case__phase=Phase.CLOSED)
    rows = (
        of_year(links, year).select_related("case__type", "case__lead").defer("case__type__content").order_by("case_id")
    )
    return {one.key: one.case for one in rows}


def why_not_ask(round_: Round) -> Refusal | None:
    """Why no unit is asked for materials of this round: it is closed or its materials are locked, so that nothing counts any more."""
    return why_not_grade(round_)


def owed(matrix: Matrix) -> list[Judged]:
    """What is missing and has a unit to be asked, in the order of the matrix."""
    judged = [one for line in matrix.lines for one in line.judged if one.state is State.MISSING]
    return [one for one in judged if one.need.lead is not None]


def ask_for(wanted: Sequence[Judged], round_: Round, *, by: By, at: datetime) -> list[Case]:
    """Ask the lead units for these materials; what somebody was asked for already this year stays one case."""
    if no := why_not_ask(round_):
        raise no
    units = Organisation.objects.in_bulk({one.need.lead.lead_id for one in wanted if one.need.lead})
    known = open_cases((one.need.requirement for one in wanted), round_.year)
    made = []
    for one in wanted:
        row = one.need.requirement
        if one.need.lead is None:
            raise NobodyLeads(code=row.code, title=row.title)
        if requirement_key(row) not in known:
            made.append(ask(row, units[one.need.lead.lead_id], round_, one.need.due, by=by, at=at))
    return made


def ask(row: Requirement, unit: Organisation, round_: Round, by_day: date | None, *, by: By, at: datetime) -> Case:
    """Open the case of one requirement to a unit."""
    if no := why_not_ask(round_):
        raise no
    kind = for_materials()
    if kind is None:
        raise NoMaterialType
    text = written(WANTED, title=row.title, text=row.text, count=row.count or "—", period=row.period or "—")
    new = NewCase(
        kind=kind[0],
        title=f"{row.code} {row.title}"[:120],
        text=text,
        move=kind[1],
        source="submission",
        lead=unit,
        links=links_of(row, round_),
    )
    term = term_until(by_day, at) if by_day else ""
    return open_case(new, Said({"hand_in_term": term} if term else {}), by=by, at=at)


def links_of(row: Requirement, round_: Round) -> list[Link]:
    """What such a case is linked with: the requirement, its standard, the round that its grade feeds."""
    return [
        Link("requirement", requirement_key(row), f"{row.code} {row.title}"),
        Link("standard", f"{row.edition_id}:{row.node.code}", row.node.code),
        Link("round", round_.code, round_.title),
    ]


def term_until(day: date, at: datetime) -> str:
    """The longest term in days that ends on or before the day (a term ending on a day off moves on); at least one day."""
    days = work_calendar()
    count = max(1, (day - at.astimezone(CHINA).date()).days)
    while count > 1 and due(Term.parse(f"{count} 日"), at, days).at.date() > day:
        count -= 1
    return f"{count} 日"


def overdue_days(judged: Judged, today: date) -> int:
    """By how many days a missing material is late."""
    return (today - judged.need.due) // timedelta(days=1) if judged.overdue and judged.need.due else 0
