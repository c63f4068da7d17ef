"""Early warnings, overdue, and the ladder: what the clock does by itself. Each step is a note in the ledger."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, written
from chuangwen.kernel.workdays import CHINA, Term, due
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.notices.actions import Told, tell
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation
from chuangwen.work.cases import clocks
from chuangwen.work.cases.actions import open_case, thing
from chuangwen.work.cases.definitions import CaseTypeRow
from chuangwen.work.cases.keeping import fresh
from chuangwen.work.cases.models import Case, Phase, Rung
from chuangwen.work.cases.recomputing import recompute_if_changed
from chuangwen.work.cases.said import Link, NewCase, Said
from chuangwen.work.cases.telling import DUE_SOON, OVERDUE, link, thing_of
from chuangwen.work.cases.turning import company, turn_people
from chuangwen.work.cases.types import definition, in_force, type_of


@dataclass
class Swept:
    """What one sweep did, by number of case."""

    warned: list[str] = field(default_factory=list)
    climbed: list[tuple[str, str]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def sweep(*, by: By, at: datetime) -> Swept:
    """Do all that is due by the clock; each case in its own transaction, a second sweep does nothing again.

    What one case refuses (its unit has been dissolved, say) is told by number and holds up no other.
    """
    swept = Swept()
    recompute_if_changed(by=by, at=at)
    running = Case.objects.exclude(phase=Phase.CLOSED).filter(due_at__isnull=False)
    for pk in list(running.filter(warned=False, warn_at__lte=at, due_at__gte=at).values_list("pk", flat=True)):
        swept.warned += warn(pk, by=by, at=at)
    ladders: dict[str, list[Rung]] = {}
    for rung in Rung.objects.order_by("ladder", "order"):
        ladders.setdefault(rung.ladder, []).append(rung)
    most = max((len(rungs) for rungs in ladders.values()), default=0)
    for pk in list(running.filter(due_at__lt=at, rung__lt=most).order_by("due_at").values_list("pk", flat=True)):
        _climb_all(pk, ladders, swept, by=by, at=at)
    return swept


def _climb_all(pk: int, ladders: dict[str, list[Rung]], swept: Swept, *, by: By, at: datetime) -> None:
    """Every rung whose time has come."""
    try:
        while climb(pk, ladders, swept, by=by, at=at):
            pass
    except Refusal as no:
        swept.refused[Case.objects.values_list("number", flat=True).get(pk=pk)] = str(no)


@transaction.atomic
def warn(pk: int, *, by: By, at: datetime) -> list[str]:
    """The early warning, once for a deadline, to those whose turn it is."""
    case = fresh(pk)
    if (
        case.warned
        or case.phase == Phase.CLOSED
        or case.warn_at is None
        or not case.warn_at <= at <= (case.due_at or at)
    ):
        return []
    Case.objects.filter(pk=pk).update(warned=True)
    text = written(DUE_SOON, number=case.number, due=_moment(case.due_at))
    told = Told("warning", text, link(case), thing_of(case), f"case:{case.number}:warn:{case.due_at}")
    tell(sorted(turn_people(case)), told, by=by, at=at)
    ledger.note(thing(case), later("到期预警"), by=by, at=at, after={"due": case.due_at})
    return [case.number]


@transaction.atomic
def climb(pk: int, ladders: dict[str, list[Rung]], swept: Swept, *, by: By, at: datetime) -> bool:
    """Take the next rung if its time has come; whether one was taken."""
    case = fresh(pk)
    rungs = ladders.get(type_of(case).type.ladder, [])
    if case.due_at is None or case.due_at >= at or case.rung >= len(rungs) or case.phase == Phase.CLOSED:
        return False
    rung = rungs[case.rung]
    if rung.after and due(Term.parse(rung.after), case.due_at, clocks.calendar()).at > at:
        return False
    Case.objects.filter(pk=pk).update(rung=F("rung") + 1, late=True)
    text = written(
        OVERDUE,
        number=case.number,
        rung=rung.title,
        due=_moment(case.due_at),
    )
    told = Told("overdue", text, link(case), thing_of(case), f"case:{case.number}:rung{rung.pk}:{case.due_at}")
    tell(sorted(company(case, rung.tells).called(rung.tells) | turn_people(case)), told, by=by, at=at)
    ledger.note(thing(case), rung.title, by=by, at=at, after={"rung": rung.code, "due": case.due_at})
    swept.climbed.append((case.number, rung.code))
    if rung.opens and case.turn_unit is not None:  # a unit is late, not a role of the office
        swept.opened.append(_open(case, rung, by=by, at=at).number)
    return True


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" if at else ""


def _open(case: Case, rung: Rung, *, by: By, at: datetime) -> Case:
    """The supervision order or the discipline lead that a rung opens, about the unit that is late.

    Of an accusation it tells nothing, not even the number: a lead about the late unit is read by others than the case.
    """
    type_, short = definition(in_force(rung.opens)), type_of(case).type.short
    number = short if case.accused_id else case.number
    title = written("{rung}：{number}超期未办结", rung=rung.title, number=number)
    return open_case(
        NewCase(
            kind=rung.opens,
            title=title[:120],
            text=written(
                "{number}“{title}”应于 {due} 前办结，至今未办结。",
                number=number,
                title=short if case.guard or case.accused_id else case.title,
                due=_moment(case.due_at),
            ),
            source="machine",
            lead=None if type_.type.conceals else case.turn_unit,
            area=case.area,
            links=[] if case.accused_id else [Link("case", case.number, "" if case.guard else case.title)],
            parent=case,
            accused=None if type_.type.conceals else case.accused,
        ),
        Said(answers=_answers(type_, case.turn_unit), text=title),
        by=by,
        at=at,
    )


def _answers(type_: CaseTypeRow, lead: Organisation | None) -> dict[str, object]:
    """What the opening of such a case needs and the machine can know: the unit concerned, by the type's own fields."""
    move = type_.openings[0]
    units = [row.id for row in type_.fields_of(move) if row.kind == "unit"]
    return dict.fromkeys(units, lead.code) if lead else {}
