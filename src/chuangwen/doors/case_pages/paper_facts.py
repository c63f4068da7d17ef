"""Everything that a template may name of a case: each fact from where the case's own page has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from chuangwen.doors.case_pages.declared_fields import filled
from chuangwen.kernel import papers
from chuangwen.kernel.words import listed, say
from chuangwen.records.township.models import Town
from chuangwen.work.cases import queries
from chuangwen.work.cases.definitions import CaseTypeRow, PaperRow
from chuangwen.work.cases.models import Case, Reporter, Step
from chuangwen.work.cases.papering import clock_of, due_before, due_of, step_of
from chuangwen.work.cases.types import type_of


@dataclass(frozen=True)
class Opened:
    """What was opened for the one who prints: private answers by field, and who asked for it."""

    answers: Mapping[str, object]
    reporters: Sequence[Reporter] = ()


def facts_for(case: Case, row: PaperRow, opened: Opened, at: datetime) -> dict[str, object]:
    """What ``papers.FACTS`` lists, for one paper of the case."""
    type_, steps = type_of(case), list(case.steps.select_related("person").order_by("number"))
    town = Town.objects.first()
    facts = filled(case, type_, opened.answers)
    clock, step = clock_of(case, type_, row), step_of(type_, row, steps)
    last = steps[-1] if steps else None
    return {
        **_of_the_case(case, type_),
        "paper_number": paper_number(case),
        "town": town.name if town else "",
        "office_name": town.office_name if town else "",
        "due_at": _moment(due_of(clock)),
        "old_due_at": _moment(due_before(clock, step, steps)),
        "today": at,
        "dated": timezone.localtime(step.at) if step else at,
        "person": _person(case, step),
        "reporter": listed(one.name for one in opened.reporters if one.name),
        "last_text": last.text if last else "",
        "step_text": step.text if step else "",
        "fields": [{"label": one.row.title, "value": one.text} for one in facts],
        "steps": [
            {"at": _moment(one.at), "title": one.title, "by": one.by, "unit": one.unit, "text": one.text}
            for one in steps
        ],
        "f": {**{one.row.id: one.text for one in facts}, **_named(case)},
    }


def _of_the_case(case: Case, type_: CaseTypeRow) -> dict[str, object]:
    return {
        "number": case.number,
        "title": case.title,
        "text": case.text,
        "type_title": type_.type.title,
        "category": queries.category_titles(type_.type.categories).get(case.category, ""),
        "unit": case.lead.name if case.lead else "",
        "assisting": _assisting(case),
        "village": case.area.name if case.area else "",
        "site": case.site.name if case.site else "",
        "address": case.address,
        "place": place_of(case),
        "opened_on": timezone.localtime(case.opened_at),
        "opener": case.opener.name if case.opener else "",
        "legal_basis": type_.type.law,
    }


def _assisting(case: Case) -> str:
    return listed(one.name for one in case.assisting.all())


def _person(case: Case, step: Step | None) -> str:
    """Who handles it; where nobody is named, whoever of the lead unit took the step."""
    if case.holder is not None:
        return case.holder.name
    person = step.person if step else None
    return person.name if person is not None and person.organisation_id == case.lead_id else ""


def _named(case: Case) -> dict[str, str]:
    """What the case itself knows of the fields that name its units and its person, however it came to know it."""
    said = {
        "unit": case.lead.name if case.lead else "",
        "assist": _assisting(case),
        "person": case.holder.name if case.holder else "",
    }
    return {name: text for name, text in said.items() if text}


def place_of(case: Case) -> str:
    """Where it is, in one phrase: the site by its name, else village and address."""
    if case.site is not None:
        return case.site.name
    return f"{case.area.name if case.area else ''}{case.address}"


def paper_number(case: Case) -> str:
    """The number of the town's own series, in six-angle brackets and without leading zeros (GB/T 9704)."""
    town = Town.objects.first()
    first = town.name[:1] if town else ""
    return say(
        "{first}创办{letter}〔{year}〕{n}号",
        first=first,
        letter=type_of(case).type.letter,
        year=case.year,
        n=case.serial,
    )


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{papers.date_cn(local)} {local:%H:%M}"
